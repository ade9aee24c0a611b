"""What the outbox says of reminders to come is what the planner then queues."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ogpgroup.models import OutgoingMail
from tests import factories
from tests.factories_schedule import create_session, in_days, publish
from workshops import emails
from workshops.models import Participation
from workshops.reports.forecast import AT_MOST, ahead

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    organization = factories.create_organization()
    return [factories.create_member(organization=organization) for _ in range(4)]


@pytest.fixture
def cycle(people):
    return factories.create_cycle()


def test_ahead_tells_the_next_reminder_of_each_session_soonest_first(cycle):
    near = create_session(cycle=cycle, starts_at=in_days(5))
    far = create_session(cycle=cycle, starts_at=in_days(20))
    publish(cycle)

    found = [(one.version.session_id, one.version.begins_at - one.due) for one in ahead(timezone.now())]

    assert found == [(near.pk, timedelta(days=3)), (far.pk, timedelta(days=14))]


def test_ahead_counts_whom_the_planner_then_reminds(cycle, people):
    session = create_session(cycle=cycle, people=people, starts_at=in_days(20))
    publish(cycle)
    declined, unwilling, closed, _reminded = people
    Participation.objects.filter(user=declined).update(answer=Participation.Answer.NO, answered_at=timezone.now())
    type(unwilling).objects.filter(pk=unwilling.pk).update(wants_reminders=False)
    type(closed).objects.filter(pk=closed.pk).update(is_active=False)

    (one,) = ahead(timezone.now())
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
    for number in range(AT_MOST + 3):
        create_session(cycle=cycle, starts_at=in_days(5 + number))
    publish(cycle)

    with django_assert_num_queries(2):
        found = ahead(timezone.now())

    assert [one.count for one in found] == [found[0].count] * AT_MOST


def test_outbox_shows_what_comes_on_the_whole_page_alone(client, coordinator, cycle):
    session = create_session(cycle=cycle, title="Taller de datos", starts_at=in_days(20))
    publish(cycle)
    client.force_login(coordinator)

    page = client.get(reverse("outbox")).content.decode()
    part = client.get(reverse("outbox"), headers={"HX-Request": "true"}).content.decode()

    heading = f">{session.title}</a></h3>"
    assert heading in page
    assert heading not in part
