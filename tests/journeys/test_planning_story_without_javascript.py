"""Planning and releasing as in the browser, without JavaScript: forms are posted exactly as they are rendered."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from cities.models import group_day
from tests import factories
from tests.journeys.conftest import Entry, Product, text_of
from tests.journeys.reader import Reader, deliver
from workshops.models import Session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DAY = timedelta(days=1)
TITLE = "Taller de barrios"


def days() -> list[str]:
    return [f"{session.local_day:%Y-%m-%d}" for session in Session.objects.in_order()]


def test_month_is_planned_released_moved_and_given_up(post: Product) -> None:
    today = group_day(datetime.now(UTC))
    cycle = factories.create_cycle(starts_on=today - 40 * DAY, ends_on=today + 200 * DAY)
    factories.create_member(email="ines@ejemplo.mx", language="en")
    carmen, anybody = Reader(factories.create_coordinator(language="en")), Reader()
    board, first = f"/coordination/cycles/{cycle.slug}/board/", today + 6 * DAY

    # Drafted, warned of, moved, repeated, copied.
    assert "No session is drafted yet" in carmen.open(board)
    carmen.follow("Draft a session")
    hours = {"start_time": "10:00", "end_time": "12:00"}
    carmen.send(title=TITLE, kind="workshop", mode="remote", day=f"{first:%Y-%m-%d}", **hours)
    assert "Less notice than the group promised: 6 of 14 days." in carmen.follow("See it on the planning board")
    assert f"“{TITLE}” is now on" in carmen.send(days="7")
    assert "stays where it was" not in carmen.send(to=f"{first + 20 * DAY:%Y-%m-%d}")
    carmen.follow("Repeat")
    assert "series 2/3" in carmen.send(every="fortnight", times="3")
    expected = [f"{first + number * DAY:%Y-%m-%d}" for number in (20, 34, 48)]
    assert days() == expected
    carmen.follow("Copy")
    carmen.send(day=expected[0], start_time="11:00", end_time="13:00")
    assert carmen.open(board).count("the whole working group is expected at both") == 2

    # Released: looked at, told, read.
    preview = carmen.follow("Review and publish")
    assert "Version 1 changes 4 sessions" in preview
    assert "Publish version 1 and tell 2 people" in preview
    assert "Version 1 is published and 8 mails are on their way." in carmen.send(note="El calendario del mes.")
    deliver()
    assert len(post.mails_to("ines@ejemplo.mx")) == 4
    assert "El calendario del mes." in anybody.open("/schedule/releases/1/")
    assert "It takes place on" in anybody.page

    # Moved and given up: old and new, and the schedule as it stood.
    last = Session.objects.in_order().last()
    assert last is not None
    carmen.open(f"/coordination/sessions/{last.slug}/edit/")
    carmen.send(title="Otro título", end_time="12:30")
    preview = carmen.follow("Review and publish")
    assert '<ins dir="auto">Otro título</ins>' in preview
    assert "2 people are told of the change." in preview
    carmen.send(note="")
    carmen.open(f"/coordination/sessions/{last.slug}/cancel/")
    carmen.send(reason="Paro.")
    carmen.follow("Review and publish")
    carmen.send(note="")
    deliver()
    (cancelled,) = (mail for mail in post.mails_to("ines@ejemplo.mx") if "Cancelled" in str(mail["Subject"]))
    assert "Paro." in text_of(cancelled)
    assert Entry.of(cancelled).facts[0::2] == ("CANCEL", 2)
    assert len(post.mails_to("ines@ejemplo.mx")) == 5  # the change that nobody had heard of yet is told by none
    assert "Its hours are new" in anybody.open("/schedule/releases/2/")
    assert "Otro título" not in anybody.open("/schedule/releases/1/schedule/")
    assert "It is cancelled; it was planned for" in anybody.open("/schedule/releases/3/")
    calendar = Calendar.from_ical(anybody.client.get("/schedule.ics").content)
    assert [str(event["STATUS"]) for event in calendar.walk("VEVENT")].count("CANCELLED") == 1
