"""Reminders of agreements: one mail a day tells a person all that is due, until somebody says what became of it."""

import email
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cities.models import Organization
from ogpgroup import mail
from ogpgroup.models import OutgoingMail
from tests import factories
from tests.factories_schedule import create_agreement, create_session, publish
from workshops.actions import agreements as actions
from workshops.emails import agreements as emails
from workshops.models import Session

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAY = date(2027, 3, 17)  # a Wednesday
START = datetime(2027, 2, 25, 18, tzinfo=UTC)
DAY_AT_NINE = datetime(2027, 3, 17, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel(datetime(2027, 2, 1, 18, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def session(reynosa) -> Session:
    cycle = factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))
    session = create_session(cycle=cycle, starts_at=datetime(2027, 1, 20, 16, tzinfo=UTC))
    publish(session, notify=False)
    return session


def agreed(session, *organizations: Organization, due_on: date = DAY, text: str = "Publicar.", group: bool = False):
    agreement = create_agreement(session=session, text=text, due_on=due_on)
    agreement.responsible.set(organizations)
    agreement.responsible_group = group
    agreement.save(update_fields=["responsible_group"])
    return agreement


def council() -> Organization:
    return Organization.objects.get(kind="municipal_government")


def plan_through(start: datetime, end: datetime) -> None:
    now = start
    while now <= end:
        emails.plan(now)
        now += timedelta(hours=6)


def queued() -> list[tuple[str, str]]:
    return [
        (one.recipient, one.due.astimezone(ZoneInfo("America/Mexico_City")).strftime("%m-%d %H:%M"))
        for one in OutgoingMail.objects.filter(kind="agreements_due").order_by("due", "key")
    ]


def test_those_responsible_are_reminded_before_on_the_day_and_each_monday(session, official_reynosa):
    agreed(session, council())

    plan_through(START, datetime(2027, 4, 1, 18, tzinfo=UTC))

    days = [day for _who, day in queued()]
    assert [day[:5] for day in days] == ["03-03", "03-14", "03-17", "03-22", "03-29"]


def test_who_answers_for_nothing_is_reminded_of_nothing(session, official_reynosa, member, coordinator):
    agreed(session, council())

    plan_through(START, datetime(2027, 3, 18, 18, tzinfo=UTC))

    assert {who for who, _day in queued()} == {official_reynosa.email}


def test_coordinators_are_reminded_of_what_the_group_agreed(session, official_reynosa, coordinator):
    agreed(session, group=True)

    plan_through(START, datetime(2027, 3, 4, 18, tzinfo=UTC))

    assert {who for who, _day in queued()} == {coordinator.email}


def test_forecast_is_what_is_then_queued(session, official_reynosa, coordinator):
    """Of what is late it tells the next Monday alone."""
    agreed(session, council())
    agreed(session, group=True)
    agreed(session, council(), due_on=date(2027, 1, 29))

    foretold = emails.later(START, until=DAY_AT_NINE)

    plan_through(START + timedelta(hours=24), DAY_AT_NINE)
    queued = OutgoingMail.objects.filter(due__gt=START + timedelta(hours=24), due__lte=DAY_AT_NINE)
    days = Counter(due.date() for due in queued.values_list("due", flat=True))
    later_mondays = {date(2027, 3, 8), date(2027, 3, 15)}
    assert later_mondays <= days.keys()
    told = {one.due.date(): one.count for one in foretold}
    assert told == {day: count for day, count in days.items() if day not in later_mondays}
    assert [told[day] for day in sorted(told)] == [1, 2, 2, 2]
    assert min(one.due for one in foretold) == min(queued.values_list("due", flat=True))
    assert {(one.kind, one.href) for one in foretold} == {("agreements_due", "/agreements/")}


def test_one_mail_tells_all_that_is_due(session, official_reynosa):
    agreed(session, council(), text="Uno.")
    agreed(session, council(), text="Dos.", due_on=DAY + timedelta(days=11))
    agreed(session, council(), text="Tres.", due_on=date(2027, 1, 29))

    plan_through(datetime(2027, 3, 13, 18, tzinfo=UTC), datetime(2027, 3, 14, 18, tzinfo=UTC))
    mails = list(OutgoingMail.objects.filter(kind="agreements_due").order_by("due"))

    told = {one.key: _words(one) for one in mails}
    on_sunday = told[f"agreements_due:2027-03-14:{official_reynosa.pk}"]
    assert [word in on_sunday for word in ("Uno.", "Dos.", "Tres.")] == [True, True, False]
    on_monday = told[f"agreements_due:2027-03-15:{official_reynosa.pk}"]
    assert [word in on_monday for word in ("Uno.", "Dos.", "Tres.")] == [False, False, True]


def _words(one: OutgoingMail, now: datetime | None = None) -> str:
    rendered = emails._render([one], now or one.due)[one.pk]
    body = email.message_from_bytes(rendered.content, policy=default).get_body(("plain",))
    assert body is not None
    return f"{rendered.headline}\n{body.get_content()}"


def test_planners_that_run_twice_remind_once(session, official_reynosa):
    agreed(session, council())

    added = [emails.plan(datetime(2027, 3, 3, 12, tzinfo=UTC)) for _time in range(3)]

    assert added == [1, 0, 0]


def test_reminder_is_withdrawn_once_it_is_done(session, official_reynosa):
    agreement = agreed(session, council())
    now = datetime(2027, 3, 3, 12, tzinfo=UTC)
    emails.plan(now)
    mails = list(OutgoingMail.objects.filter(kind="agreements_due"))
    before = emails._still_true(mails, now)

    actions.tell(agreement, status="done", text="", by=None)

    assert (before, emails._still_true(mails, now)) == ({one.pk for one in mails}, set())


def test_of_what_is_sent_again_each_agreement_is_told_once(session, official_reynosa, coordinator):
    """Each mail tells what none after it has told; what is past by then it calls so."""
    agreed(session, council(), text="Uno.")
    agreed(session, council(), text="Dos.", due_on=DAY + timedelta(days=11))
    plan_through(START, datetime(2027, 4, 1, 18, tzinfo=UTC))
    now = DAY_AT_NINE + timedelta(days=2)
    OutgoingMail.objects.filter(due__gt=now).delete()
    OutgoingMail.objects.update(status="missed")

    mail.retry_all(OutgoingMail.objects.all(), by=coordinator, now=now)

    mails = list(OutgoingMail.objects.order_by("due"))
    told = {one.key.split(":")[1]: _words(one, now) for one in mails if one.pk in emails._still_true(mails, now)}
    assert {day: [word in text for word in ("Uno.", "Dos.")] for day, text in told.items()} == {
        "2027-03-14": [False, True],
        "2027-03-17": [True, False],
    }
    assert "Debía entregarse el 17 de marzo de 2027." in told["2027-03-17"]


def test_who_wants_no_reminders_gets_none(session, official_reynosa):
    agreed(session, council())
    official_reynosa.wants_reminders = False
    official_reynosa.save(update_fields=["wants_reminders"])

    assert emails.plan(datetime(2027, 3, 3, 12, tzinfo=UTC)) == 0


def test_who_may_not_see_the_session_is_told_nothing_of_it(session, official_reynosa, member):
    hidden = create_session(
        cycle=session.cycle,
        starts_at=datetime(2027, 2, 21, 16, tzinfo=UTC),
        visibility="invited",
        people=[member],
    )
    publish(session.cycle)
    agreed(hidden, council(), member.memberships.get().organization)

    emails.plan(datetime(2027, 3, 3, 12, tzinfo=UTC))

    assert {who for who, _day in queued()} == {member.email}


@pytest.mark.parametrize("count", [1, 3])
def test_number_of_queries_stays(session, official_reynosa, count):
    for _number in range(count):
        agreed(session, council())
    now = datetime(2027, 3, 3, 12, tzinfo=UTC)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        emails.plan(now)

    assert len(queries) == 4
