"""Reminders that come late wait for the morning of who reads them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from ogpgroup.mail.nights import is_quiet, morning_after, until_morning
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.faults.kinds import DECISION, REMINDER, enqueue
from tests.ogpgroup.sending import deliver, the, zone_at

pytestmark = pytest.mark.django_db


def enqueue_for(zone: str, key: str, *, late: timedelta, useful: timedelta = timedelta(days=1), kind=REMINDER) -> None:
    person = factories.create_user(email=f"{key}@example.org", time_zone=zone)
    enqueue(key, due=-late, useful=useful, kind=kind)
    OutgoingMail.objects.filter(key=key).update(user=person)


@pytest.mark.parametrize(
    ("moment", "zone", "morning"),
    [
        ("2026-11-30T04:30", "America/Matamoros", "2026-11-30T13:00"),  # Reynosa, 22:30 of the day before
        ("2026-11-30T09:00", "America/Mazatlan", "2026-11-30T14:00"),  # Los Cabos, 02:00
        ("2026-11-01T05:30", "America/Matamoros", "2026-11-01T13:00"),  # the night in which clocks go back there
        ("2026-03-08T04:30", "America/Matamoros", "2026-03-08T12:00"),  # and in which they go forward
        ("2026-11-30T02:00", "America/Merida", None),  # 20:00
        ("2026-11-30T03:00", "America/Merida", "2026-11-30T13:00"),  # 21:00
        ("2026-11-30T12:59", "America/Merida", "2026-11-30T13:00"),
        ("2026-11-30T13:00", "America/Merida", None),  # 07:00
    ],
)
def test_night_ends_at_seven_where_the_reader_lives(moment, zone, morning):
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert is_quiet(at, zone) == (morning is not None)
    if morning:
        assert morning_after(at, zone) == datetime.fromisoformat(morning).replace(tzinfo=UTC)


def test_late_reminder_waits_for_the_morning_and_burns_no_attempt(sink):
    night = zone_at(2)
    enqueue_for(night, "asleep", late=timedelta(hours=2))
    enqueue_for(zone_at(12), "awake", late=timedelta(hours=2))

    assert deliver() == Counter(sent=1)

    assert sink.ledger.recipients() == ["awake@example.org"]
    row = the("asleep")
    assert (row.status, row.attempts, row.token, row.rendered) == ("queued", 0, None, None)
    assert row.retry_at == morning_after(timezone.now(), night)
    assert deliver() == Counter()
    OutgoingMail.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    User.objects.update(time_zone=zone_at(12))
    assert deliver() == Counter(sent=1)


@pytest.mark.parametrize(
    "mail",
    [
        {"late": timedelta(hours=2), "useful": timedelta(hours=6)},  # in the morning it would be too late
        {"late": timedelta(hours=2), "kind": DECISION},
    ],
)
def test_what_is_meant_for_the_night_or_cannot_wait_goes(sink, mail):
    enqueue_for(zone_at(2), "a", **mail)

    assert deliver() == Counter(sent=1)


@pytest.mark.parametrize(
    ("zone", "due", "now", "waits"),
    [
        ("America/Mexico_City", "02:59", "03:30", False),  # 20:59, as its planner meant it
        ("America/Mexico_City", "02:59", "04:00", True),  # and an hour late
        ("America/Cancun", "02:59", "03:00", True),  # planned for Mexico City; it is 21:59 where the reader went
        ("America/Tijuana", "13:00", "13:00", True),  # 07:00 there, 05:00 here
        ("America/Cancun", "13:00", "13:00", False),
    ],
)
def test_who_moved_to_another_zone_is_left_in_peace_there(zone, due, now, waits):
    person = factories.create_user(time_zone=zone)
    due_at, at = (datetime.fromisoformat(f"2026-12-01T{one}").replace(tzinfo=UTC) for one in (due, now))
    late = timedelta(minutes=1) if waits else timedelta(0)
    mail = OutgoingMail(
        pk=1, user=person, priority=OutgoingMail.Priority.REMINDER, due=due_at, useful_until=at + timedelta(days=1)
    )

    assert until_morning([mail], at + late) == ({1: morning_after(at, zone)} if waits else {})


def test_reminder_of_two_hours_goes_in_the_night_for_which_it_is_meant():
    person = factories.create_user(time_zone="America/Mexico_City")
    start = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)  # 8:30 there
    due = start - timedelta(hours=2)
    mail = OutgoingMail(pk=1, user=person, priority=OutgoingMail.Priority.REMINDER, due=due, useful_until=start)

    assert until_morning([mail], due) == {}


def test_mail_to_nobody_with_an_account_goes(sink):
    enqueue("a", due=-timedelta(hours=2))

    assert deliver() == Counter(sent=1)
