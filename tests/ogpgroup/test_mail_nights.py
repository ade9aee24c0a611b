"""Reminders that come late wait for the morning of who reads them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from ogpgroup.mail.nights import is_quiet, morning_after
from ogpgroup.models import OutgoingMail
from tests import factories
from tests.faults.kinds import DECISION, REMINDER, enqueue
from tests.ogpgroup.sending import deliver, the

pytestmark = pytest.mark.django_db


def zone_at(hour: int) -> str:
    """A zone in which it is this hour now; the tests run at any."""
    ahead = (hour - timezone.now().astimezone(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


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
    OutgoingMail.objects.update(retry_at=timezone.now() - timedelta(seconds=1), due=timezone.now())
    assert deliver() == Counter(sent=1)


@pytest.mark.parametrize(
    "mail",
    [
        {"late": timedelta(minutes=50)},  # as its planner meant it
        {"late": timedelta(hours=2), "useful": timedelta(hours=6)},  # in the morning it would be too late
        {"late": timedelta(hours=2), "kind": DECISION},
    ],
)
def test_what_is_meant_for_the_night_or_cannot_wait_goes(sink, mail):
    enqueue_for(zone_at(2), "a", **mail)

    assert deliver() == Counter(sent=1)


def test_mail_to_nobody_with_an_account_goes(sink):
    enqueue("a", due=-timedelta(hours=2))

    assert deliver() == Counter(sent=1)
