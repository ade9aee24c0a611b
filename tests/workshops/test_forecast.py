"""What the outbox says of reminders to come is what the planner then queues."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cities.models import group_day
from ogpgroup.coming import Coming
from ogpgroup.models import OutgoingMail
from tests import factories
from tests.factories_schedule import create_session, in_days, publish
from workshops import emails
from workshops.models import Participation
from workshops.reports.forecast import later

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def ahead(now: datetime, *, days: int = 60, at_most: int = 30) -> list[Coming]:
    return later(now, until=now + days * DAY, at_most=at_most)[0]


@pytest.fixture
def people():
    organization = factories.create_organization()
    return [factories.create_member(organization=organization) for _ in range(4)]


@pytest.fixture
def cycle(people):
    return factories.create_cycle()


def test_ahead_tells_every_reminder_of_each_session_soonest_first(cycle):
    near = create_session(cycle=cycle, title="Cercana", starts_at=in_days(5))
    far = create_session(cycle=cycle, title="Lejana", starts_at=in_days(20))
    publish(cycle)
    starts, now = {"Cercana": near.starts_at, "Lejana": far.starts_at}, timezone.now()

    def told_of(days: int) -> list[tuple[str, timedelta]]:
        return [(one.title, (starts[one.title] or now) - one.due) for one in ahead(now, days=days)]

    hours = timedelta(hours=2)
    told = [("Cercana", lead) for lead in (3 * DAY, DAY, hours)]
    told += [("Lejana", lead) for lead in (14 * DAY, 3 * DAY, DAY, hours)]
    assert told_of(60) == told
    assert told_of(10) == told[:4]


def test_later_says_how_many_there_are_in_all(cycle):
    for number in range(4):
        create_session(cycle=cycle, starts_at=in_days(20 + number))
    publish(cycle)

    shown, count = later(timezone.now(), until=timezone.now() + 60 * DAY, at_most=5)

    assert (len(shown), count) == (5, 16)


def test_ahead_counts_whom_the_planner_then_reminds(cycle, people):
    session = create_session(cycle=cycle, people=people, starts_at=in_days(20))
    publish(cycle)
    declined, unwilling, closed, _reminded = people
    Participation.objects.filter(user=declined).update(answer=Participation.Answer.NO, answered_at=timezone.now())
    type(unwilling).objects.filter(pk=unwilling.pk).update(wants_reminders=False)
    type(closed).objects.filter(pk=closed.pk).update(is_active=False)

    one, *_rest = ahead(timezone.now())
    emails.plan_reminders(one.due - timedelta(hours=1))

    queued = OutgoingMail.objects.filter(kind=emails.REMINDER, subject_id=session.pk)
    assert one.count == 1
    assert list(queued.values_list("due", flat=True)) == [one.due]


def test_ahead_leaves_out_what_is_queued_already_and_what_nobody_is_told_of(cycle):
    create_session(cycle=cycle, starts_at=timezone.now() + timedelta(hours=25))  # its last two are due within a day
    publish(cycle)
    create_session(cycle=cycle, starts_at=in_days(20))
    publish(cycle, notify=False)

    assert ahead(timezone.now()) == []


def test_ahead_asks_twice_however_many_sessions_there_are(cycle, people, django_assert_num_queries):
    for number in range(15):
        create_session(cycle=cycle, starts_at=in_days(5 + number))
    publish(cycle)

    with django_assert_num_queries(2):
        found = ahead(timezone.now())

    assert [one.count for one in found] == [found[0].count] * 30


def test_outbox_shows_what_every_part_will_remind_of_by_date(client, coordinator, cycle, reynosa):
    """And says how many more there are."""
    factories.create_official(city=reynosa)
    plan = factories.create_plan(title="Plan de Reynosa", city=reynosa, status="active")
    factories.create_deliverable(plan=plan, due_on=group_day(timezone.now()) + 20 * DAY)
    for number in range(10):
        create_session(cycle=cycle, title="Taller de datos", starts_at=in_days(30 + number))
    publish(cycle)
    client.force_login(coordinator)

    page = " ".join(client.get(reverse("outbox")).content.decode().split())

    assert page.count("Taller de datos</a></h3>") == 27
    assert page.count("Plan de Reynosa</a></h3>") == 3
    assert page.index("Plan de Reynosa</a></h3>") < page.index("Taller de datos</a></h3>")
    assert "recordatorio de lo que toca a una ciudad · para 1 persona" in page
    assert "Y 13 más que no se muestran aquí." in page


def test_outbox_shows_what_comes_on_the_whole_page_alone(client, coordinator, cycle):
    session = create_session(cycle=cycle, title="Taller de datos", starts_at=in_days(20))
    publish(cycle)
    client.force_login(coordinator)

    page = client.get(reverse("outbox")).content.decode()
    part = client.get(reverse("outbox"), headers={"HX-Request": "true"}).content.decode()

    heading = f">{session.title}</a></h3>"
    assert heading in page
    assert heading not in part
