"""Facilitators learn of new notes while they group: the board says so, and draws itself anew when asked."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.journeys.steps import PHONE, fits
from tests.workshops.grouping import hall, note, theme
from workshops import walls
from workshops.actions import walls as wall_actions
from workshops.models import Session, TableNote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session() -> Session:
    walls.forget()
    session = hall()
    theme(session, "Agua", [note(session, "Falta agua")])
    note(session, "Faltan banquetas")
    return session


@pytest.fixture
def page(session: Session, browser_of: Any) -> Page:
    coordinator = factories.create_coordinator(language="en")
    context = browser_of(coordinator, viewport=PHONE, has_touch=True, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page: Page = context.new_page()
    page.goto(f"{session.get_absolute_url()}themes/")
    return page


def news(page: Page) -> Any:
    return page.locator("[data-note-news-link]")


def test_new_notes_are_told_and_shown_when_asked(session: Session, page: Page) -> None:
    with page.expect_response("**/wall/**"):
        pass
    expect(news(page)).to_be_hidden()
    page.locator(".grouping-loose").get_by_role("checkbox").check()
    page.get_by_label("Name of the new theme").fill("Banque")

    note(session, "¿Y las juventudes?")
    expect(news(page)).to_have_text("1 new note: show it", timeout=12_000)
    for number in range(2):
        note(session, f"Otra {number}", table=2)
    TableNote.objects.filter(text="Falta agua").update(withdrawn_at="2026-01-01T00:00:00Z")
    expect(news(page)).to_have_text("3 new notes: show them", timeout=12_000)
    fits(page)
    # Nothing has moved yet; what was chosen and begun stays when it does.
    expect(page.locator(".grouping-loose li")).to_have_count(1)
    news(page).tap()

    expect(page.locator(".grouping-loose li")).to_have_count(4)
    expect(news(page)).to_be_hidden()
    expect(page.locator("[data-grouping-count]")).to_have_text("(1)")
    expect(page.get_by_role("checkbox", name="Faltan banquetas")).to_be_checked()
    expect(page.get_by_label("Name of the new theme")).to_have_value("Banque")


def test_wall_that_stands_still_keeps_nothing_from_the_board(session: Session, page: Page) -> None:
    with page.expect_response("**/wall/**"):
        pass
    frozen = wall_actions.freeze(session, now=TableNote.objects.latest("pk").received_at).frozen_at
    assert frozen

    late = note(session, "¿Y las juventudes?")
    TableNote.objects.filter(pk=late.pk).update(received_at=frozen.replace(year=frozen.year + 1))

    expect(news(page)).to_have_text("1 new note: show it", timeout=12_000)


def test_page_asks_as_a_wall_does(session: Session, page: Page) -> None:
    with page.expect_response("**/wall/**") as first:
        pass
    with page.expect_response("**/wall/**") as second:
        pass

    assert (first.value.status, second.value.status) == (200, 304)
