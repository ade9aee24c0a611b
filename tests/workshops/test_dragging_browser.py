"""Notes are dragged into themes and people to tables: by finger at the handle, by mouse anywhere; a swipe scrolls."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ogpgroup.models import User
from tests import factories
from tests.dragging import Finger
from tests.journeys.conftest import wait_until
from tests.journeys.steps import PHONE, fits
from tests.workshops.grouping import hall, note, theme
from workshops.models import Session, TableNote, Theme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def coordinator() -> User:
    return factories.create_coordinator(name="Carmen Coordinadora", language="en")


@pytest.fixture
def session() -> Session:
    return hall()


@pytest.fixture
def notes(session: Session) -> list[TableNote]:
    return [note(session, f"Nota {number}") for number in range(4)]


@pytest.fixture
def water(session: Session, notes: list[TableNote]) -> Theme:
    return theme(session, "Agua", notes[3:])


def on_phone(browser_of: Any, user: User, address: str) -> Page:
    context = browser_of(user, viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page: Page = context.new_page()
    page.goto(address)
    fits(page)
    return page


def in_theme(one: Theme) -> list[str]:
    return list(TableNote.objects.filter(theme=one).order_by("pk").values_list("text", flat=True))


def test_finger_drags_a_note_into_a_theme(session: Session, water: Theme, coordinator: User, browser_of: Any) -> None:
    page = on_phone(browser_of, coordinator, f"{session.get_absolute_url()}themes/")
    lines, place = page.locator(".grouping-loose li"), page.locator(".grouping-theme")
    expect(lines).to_have_count(3)
    # Those chosen go along.
    lines.nth(2).get_by_role("checkbox").check()
    place.evaluate("element => element.scrollIntoView({block: 'end'})")

    with Finger(page).drag(lines.first.locator("[data-handle]"), place.get_by_role("heading")):
        expect(place).to_have_class("card grouping-theme is-target")
        expect(page.locator(".drag-ghost")).to_have_text("Nota 0 + 1Agua")

    expect(page.get_by_role("status").filter(has_text="2 notes put into “Agua”.")).to_be_visible()
    expect(page.locator(".drag-ghost")).to_have_count(0)
    assert in_theme(water) == ["Nota 0", "Nota 2", "Nota 3"]
    # The board was drawn anew, and its notes can be dragged again: back out of the theme.
    with Finger(page).drag(place.locator("[data-handle]").first, page.locator("#loose")):
        expect(page.locator(".grouping-loose")).to_have_class("grouping-loose is-target")
    wait_until(lambda: in_theme(water) == ["Nota 2", "Nota 3"], "the note taken out")


def test_swipe_over_a_note_scrolls_and_moves_none(
    session: Session, water: Theme, coordinator: User, browser_of: Any
) -> None:
    page = on_phone(browser_of, coordinator, f"{session.get_absolute_url()}themes/")
    page.locator(".grouping-loose").evaluate("element => element.scrollIntoView({block: 'start'})")
    begun = page.evaluate("scrollY")
    text = page.locator(".grouping-loose li").nth(1).bounding_box()
    assert text
    finger = Finger(page)

    finger.move((text["x"] + 60, text["y"] + 20), (text["x"] + 60, text["y"] + 320))
    expect(page.locator(".drag-ghost")).to_have_count(0)
    finger.lift()

    page.wait_for_function("begun => scrollY < begun", arg=begun)
    assert in_theme(water) == ["Nota 3"]


def test_escape_and_a_drop_beside_the_themes_leave_a_note(
    session: Session, water: Theme, coordinator: User, browser_of: Any
) -> None:
    context = browser_of(coordinator)
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{session.get_absolute_url()}themes/")
    line, place = page.locator(".grouping-loose li").first, page.locator(".grouping-theme")
    line.locator(".grouping-text").hover()
    page.mouse.down()
    place.get_by_role("heading").hover()
    expect(place).to_have_class("card grouping-theme is-target")

    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".drag-ghost")).to_have_count(0)
    line.locator(".grouping-text").hover()
    page.mouse.down()
    page.get_by_role("heading", level=1).hover()
    page.mouse.up()

    expect(page.locator(".drag-ghost")).to_have_count(0)
    expect(page.locator(".is-dragged")).to_have_count(0)
    # The next click chooses as always.
    line.locator(".grouping-text").click()
    expect(line.get_by_role("checkbox")).to_be_checked()
    assert (sent, in_theme(water)) == ([], ["Nota 3"])


def test_finger_drags_a_person_to_another_table(session: Session, coordinator: User, browser_of: Any) -> None:
    person = factories.create_member(name="Vera Vecina")
    row = session.participations.create(user=person, expected=True, table=session.tables.get(number=1))
    page = on_phone(browser_of, coordinator, f"/coordination/sessions/{session.slug}/tables/")
    line, there = page.locator(f"#seat-{row.pk}"), page.locator('[data-place="2"]')
    line.evaluate("element => element.scrollIntoView({block: 'start'})")

    with Finger(page).drag(line.locator("[data-handle]"), there.get_by_role("heading")):
        expect(there).to_have_class("card is-target")
        expect(page.locator(".drag-ghost")).to_have_text("Vera Vecina2, Tema 2")

    expect(page.get_by_text("Vera Vecina sits at table 2 Tema 2.")).to_be_visible()
    expect(there.locator(f"#seat-{row.pk}")).to_be_in_viewport()
    row.refresh_from_db()
    assert row.table == session.tables.get(number=2)
