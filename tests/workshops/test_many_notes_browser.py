"""A thousand notes at one table, on a phone: they are written on, read in pages, found and grouped."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import wait_until
from tests.journeys.steps import PHONE, fits
from tests.workshops.coordination import running_cycle
from workshops.models import TableNote, WorkTable

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MANY = 1000


@pytest.fixture
def coordinator() -> User:
    return factories.create_coordinator(name="Carmen Coordinadora", language="en")


@pytest.fixture
def table(coordinator: User) -> WorkTable:
    session = create_session(
        cycle=running_cycle(), mode="face_to_face", starts_at=datetime.now(UTC) - timedelta(minutes=5)
    )
    publish(session)
    table = WorkTable.objects.create(session=session, number=1, theme="Movilidad", rapporteur=coordinator)
    said = "faltan banquetas y alumbrado en la avenida"
    TableNote.objects.bulk_create(
        TableNote(table=table, kind="difficulty", text=f"Nota {number}: {said} {'x' * 60}", written_by=coordinator)
        for number in range(MANY)
    )
    return table


def open_page(browser_of: Any, user: User, address: str) -> Page:
    context = browser_of(user, viewport=PHONE, has_touch=True, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page: Page = context.new_page()
    page.goto(address)
    fits(page)
    return page


def test_table_is_written_on_and_read_in_pages(table: WorkTable, coordinator: User, browser_of: Any) -> None:
    writing = open_page(browser_of, coordinator, table.get_absolute_url())
    expect(writing.locator("[data-notes] > li")).to_have_count(50)
    expect(writing.get_by_label("Note", exact=True)).to_be_in_viewport()
    writing.get_by_label("Note", exact=True).fill("la última")
    writing.get_by_role("button", name="Add").tap()
    wait_until(lambda: table.notes.count() == MANY + 1, "the note")
    expect(writing.locator("[data-notes] > li").last).to_contain_text("la última")

    reading = open_page(browser_of, factories.create_member(language="en"), table.get_absolute_url())
    expect(reading.locator(".table-note")).to_have_count(50)
    expect(reading.get_by_text("Page 1 of 21")).to_be_visible()
    reading.get_by_role("link", name="Next").tap()
    expect(reading.locator(".table-note").first).to_contain_text("Nota 50:")
    last = table.notes.latest("pk")
    reading.goto(last.get_absolute_url())
    expect(reading.locator(f"#note-{last.pk}")).to_be_in_viewport()


def test_note_is_found_among_a_thousand_and_grouped(table: WorkTable, coordinator: User, browser_of: Any) -> None:
    page = open_page(browser_of, coordinator, f"{table.session.get_absolute_url()}themes/")
    page.get_by_label("Find a note").fill("nota 77")
    shown = page.locator(".grouping-notes > li:visible")
    expect(shown).to_have_count(11)  # 77 and 770 to 779
    shown.nth(1).get_by_role("checkbox").check()
    page.get_by_label("Find a note").fill("nota 500:")
    expect(shown).to_have_count(2)  # what is chosen stays in sight
    shown.first.get_by_role("checkbox").check()
    expect(page.locator("[data-grouping-count]")).to_have_text("(2)")
    page.get_by_label("Name of the new theme").fill("Banquetas")
    page.get_by_role("button", name="Put them there").tap()
    expect(page.get_by_text(f"2 of {MANY} notes are in a theme.")).to_be_visible()
    fits(page)

    # The board is drawn anew, with another box to find what is left.
    page.get_by_label("Find a note").fill("nota 500:")
    expect(page.locator(".grouping-loose li:visible")).to_have_count(0)
    page.get_by_label("Find a note").fill("")
    page.get_by_role("checkbox").nth(300).focus()
    for _note in range(8):
        page.keyboard.press("ArrowUp")
    bar, focused = page.locator(".grouping-bar").bounding_box(), page.locator(":focus").bounding_box()
    assert bar
    assert focused
    assert focused["y"] >= bar["y"] + bar["height"]  # not below what is stuck to the top
    assert sorted(text[:9] for text in TableNote.objects.exclude(theme=None).values_list("text", flat=True)) == [
        "Nota 500:",
        "Nota 770:",
    ]
