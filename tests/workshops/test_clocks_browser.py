"""The clock of a phone is wrong, or is set while a note waits: the note keeps the time at which it was written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import wait_until
from tests.workshops.coordination import running_cycle
from workshops.models import TableNote, WorkTable

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = 24 * 60 * 60 * 1000
# The clock of the device as the test sets it, and a stopwatch that can stand still, as on a phone that sleeps.
DEVICE = """
const [clock, ticks] = [Date.now.bind(Date), performance.now.bind(performance)];
let [off, still] = [Number(localStorage.getItem("test-off")), null];
Date.now = () => clock() + off;
performance.now = () => still ?? ticks();
window.setClock = (ms) => localStorage.setItem("test-off", (off = ms));
window.stopWatch = () => (still = ticks());
"""
WAIT = 4000  # milliseconds; what is told apart is more than a slow machine takes for anything


@pytest.fixture
def rapporteur() -> User:
    return factories.create_member(name="Rosa Relatora", language="en")


@pytest.fixture
def table(rapporteur: User) -> WorkTable:
    session = create_session(
        cycle=running_cycle(), mode="face_to_face", starts_at=datetime.now(UTC) - timedelta(minutes=5)
    )
    publish(session)
    return WorkTable.objects.create(session=session, number=1, theme="Movilidad", rapporteur=rapporteur)


@pytest.fixture
def context(rapporteur: User, browser_of: Any) -> BrowserContext:
    context: BrowserContext = browser_of(rapporteur)
    context.set_default_timeout(15_000)
    context.add_init_script(DEVICE)
    return context


def opened(context: BrowserContext, table: WorkTable, *, off: int = 0) -> Page:
    """The table's page on a device whose clock is wrong by so many milliseconds, and which has met ours once."""
    page = context.new_page()
    page.goto(table.get_absolute_url())
    page.evaluate("off => window.setClock(off)", off)
    page.reload()
    page.wait_for_function("off => Math.abs(Number(localStorage.getItem('clock-ahead')) + off) < 3000", arg=off)
    return page


def written_offline(page: Page) -> datetime:
    page.context.set_offline(True)
    field = page.get_by_label("Note", exact=True)
    field.fill("Banquetas")
    field.press("Enter")
    expect(page.locator("[data-waiting] > li")).to_have_count(1)
    return datetime.now(UTC)


def sent(page: Page, table: WorkTable) -> TableNote:
    page.context.set_offline(False)
    wait_until(lambda: table.notes.count() == 1, "the note")
    return table.notes.get()


def is_at(note: TableNote, moment: datetime) -> bool:
    assert note.written_at
    return abs(note.written_at - moment) < timedelta(milliseconds=WAIT / 2) and not note.time_was_put_right


@pytest.mark.parametrize(
    ("before", "after"),
    [(2 * DAY, 2 * DAY), (-365 * DAY, -365 * DAY), (2 * DAY, 0), (-365 * DAY, 0), (0, DAY), (-10 * 60_000, 0)],
    ids=["two days ahead", "a year behind", "set back", "set a year on", "set wrong", "ten minutes slow, set right"],
)
def test_note_keeps_its_time_whatever_the_clock_says(
    context: BrowserContext, table: WorkTable, before: int, after: int
) -> None:
    page = opened(context, table, off=before)
    at = written_offline(page)
    page.wait_for_timeout(WAIT)

    page.evaluate("off => window.setClock(off)", after)

    assert is_at(sent(page, table), at)


def test_phone_that_slept_goes_by_its_clock(context: BrowserContext, table: WorkTable) -> None:
    page = opened(context, table, off=-DAY)
    at = written_offline(page)
    page.evaluate("window.stopWatch()")
    page.wait_for_timeout(WAIT)

    assert is_at(sent(page, table), at)


@pytest.mark.parametrize(("before", "after"), [(2 * DAY, 2 * DAY), (2 * DAY, 0), (-365 * DAY, 0)])
def test_note_keeps_its_time_over_a_restart(context: BrowserContext, table: WorkTable, before: int, after: int) -> None:
    page = opened(context, table, off=before)
    at = written_offline(page)
    page.evaluate("off => window.setClock(off)", after)
    page.close()
    context.new_page().wait_for_timeout(WAIT)
    context.set_offline(False)

    context.new_page().goto(table.get_absolute_url())

    wait_until(lambda: table.notes.count() == 1, "the note")
    assert is_at(table.notes.get(), at)


def test_what_cannot_be_is_put_right_and_said(context: BrowserContext, table: WorkTable) -> None:
    page = opened(context, table, off=-DAY)
    context.set_offline(True)  # first: news that comes meanwhile would tell it our clock again
    page.evaluate("localStorage.removeItem('clock-ahead')")  # as if it had never met our clock
    written_offline(page)
    page.evaluate("off => window.setClock(off)", 0)
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.goto(table.get_absolute_url())

    wait_until(lambda: table.notes.count() == 1, "the note")
    note = table.notes.get()
    assert note.time_was_put_right
    expect(page.locator("[data-notes] > li")).to_contain_text("the clock of the device was wrong")
