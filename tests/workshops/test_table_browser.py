"""The page of a work table in a browser: what is half typed, corrected or on its way is neither lost nor doubled."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import wait_until
from tests.workshops.coordination import running_cycle
from workshops.models import WorkTable

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rapporteur() -> User:
    return factories.create_member(name="Rosa Relatora", language="en")


@pytest.fixture
def table(rapporteur: User) -> WorkTable:
    starts_at = datetime.now(UTC) - timedelta(minutes=5)
    session = create_session(cycle=running_cycle(), mode="face_to_face", starts_at=starts_at)
    publish(session)
    return WorkTable.objects.create(session=session, number=1, theme="Movilidad", rapporteur=rapporteur)


@pytest.fixture
def context(table: WorkTable, rapporteur: User, browser_of: Any) -> BrowserContext:
    context: BrowserContext = browser_of(rapporteur)
    context.set_default_timeout(15_000)
    return context


@pytest.fixture
def page(context: BrowserContext, table: WorkTable) -> Page:
    page = context.new_page()
    page.goto(table.get_absolute_url())
    return page


def note(page: Page) -> Locator:
    return page.get_by_label("Note", exact=True)


def write(page: Page, text: str) -> None:
    note(page).fill(text)
    note(page).press("Enter")


def correct(page: Page, which: Locator, *, found: str) -> None:
    """Begin to correct a note. The device looks first whether a correction waits, and nobody types before it shows."""
    which.get_by_role("link", name="Correct").click()
    expect(note(page)).to_have_value(found)


def standing(table: WorkTable) -> list[tuple[str, str, str]]:
    return list(table.notes.order_by("pk").values_list("kind", "text", "said_by"))


def texts(table: WorkTable) -> list[str]:
    return [text for _kind, text, _who in standing(table)]


def written(page: Page, table: WorkTable, text: str) -> Locator:
    """A note that is stored and listed."""
    write(page, text)
    listed = page.locator("[data-notes] > li").filter(has_text=text)
    expect(listed).to_have_count(1)
    return listed


def more(page: Page) -> Locator:
    return page.get_by_text("Who or which city says it")


def who(page: Page) -> Locator:
    return page.get_by_label("Who", exact=True)


def test_correction_costs_no_half_typed_note(page: Page, table: WorkTable) -> None:
    first = written(page, table, "Banquetas")
    note(page).press_sequentially("r ")  # a proposal
    more(page).click()
    who(page).fill("Una vecina")
    note(page).fill("Poner más ár")

    correct(page, first, found="Banquetas")
    expect(who(page)).to_have_value("")
    write(page, "Banquetas rotas")

    expect(note(page)).to_have_value("Poner más ár")
    expect(who(page)).to_have_value("Una vecina")
    write(page, "Poner más árboles")
    wait_until(lambda: len(standing(table)) == 2, "both notes")
    wait_until(lambda: standing(table)[0][1] == "Banquetas rotas", "the correction")
    assert standing(table)[1] == ("proposal", "Poner más árboles", "Una vecina")
    expect(note(page)).to_have_value("")


def test_half_typed_correction_comes_back_as_a_correction(
    context: BrowserContext, page: Page, table: WorkTable
) -> None:
    first = written(page, table, "Banquetas")
    written(page, table, "Alumbrado")
    note(page).fill("Poner más ár")
    correct(page, first, found="Banquetas")
    note(page).fill("Banquetas ro")
    page.close()

    page = context.new_page()
    page.goto(table.get_absolute_url())
    expect(page.get_by_text("You are correcting a note.")).to_be_visible()
    expect(note(page)).to_have_value("Banquetas ro")
    # To another note and back: each half-typed text waits at its own.
    notes = page.locator("[data-notes] > li")
    correct(page, notes.filter(has_text="Alumbrado"), found="Alumbrado")
    write(page, "Alumbrado público")
    expect(note(page)).to_have_value("Poner más ár")
    correct(page, notes.filter(has_text="Banquetas"), found="Banquetas ro")
    write(page, "Banquetas rotas")
    note(page).press("Enter")

    wait_until(lambda: len(texts(table)) == 3, "the new note")
    wait_until(lambda: texts(table) == ["Banquetas rotas", "Alumbrado público", "Poner más ár"], "both corrections")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('note-sketch')).length") == 0


def test_cancelled_correction_leaves_the_note_and_what_was_begun(page: Page, table: WorkTable) -> None:
    first = written(page, table, "Banquetas")
    note(page).fill("Poner más ár")
    correct(page, first, found="Banquetas")
    note(page).fill("Otra cosa")
    note(page).press("Escape")

    expect(note(page)).to_have_value("Poner más ár")
    page.reload()
    expect(note(page)).to_have_value("Poner más ár")
    assert texts(table) == ["Banquetas"]


def test_device_that_keeps_nothing_gives_the_whole_note_back(page: Page, table: WorkTable) -> None:
    first = written(page, table, "Banquetas")
    page.evaluate("() => { IDBObjectStore.prototype.add = () => { throw new Error('full'); }; }")
    note(page).fill("Poner más ár")
    correct(page, first, found="Banquetas")
    more(page).click()
    who(page).fill("Una vecina")
    write(page, "Banquetas rotas")

    expect(page.locator("[data-problem]")).to_contain_text("This device cannot keep notes")
    expect(page.get_by_text("You are correcting a note.")).to_be_visible()
    expect(note(page)).to_have_value("Banquetas rotas")
    expect(who(page)).to_have_value("Una vecina")
    note(page).press("Escape")
    expect(note(page)).to_have_value("Poner más ár")


def lose(route: Route) -> None:
    """The server takes it; its answer is lost."""
    route.fetch()
    route.abort()


def test_correction_changed_again_after_a_lost_answer_is_no_clash(page: Page, table: WorkTable) -> None:
    first = written(page, table, "Banquetas")
    page.route(
        "**/notes/", lambda route: lose(route) if route.request.method == "POST" else route.continue_(), times=20
    )
    correct(page, first, found="Banquetas")
    write(page, "Banquetas rotas")
    waiting = page.locator("[data-waiting] > li")
    expect(page.locator("[data-line]")).to_contain_text("No network")
    assert texts(table) == ["Banquetas rotas"]

    waiting.get_by_role("button", name="Correct").click()
    write(page, "Banquetas muy rotas")
    page.unroute("**/notes/")

    wait_until(lambda: texts(table) == ["Banquetas muy rotas"], "the second correction")
    expect(page.get_by_text("Somebody else changed this note meanwhile.")).to_have_count(0)


def test_entry_that_is_sent_while_it_is_corrected_becomes_a_correction(page: Page, table: WorkTable) -> None:
    page.context.set_offline(True)
    write(page, "Banquetas")
    page.locator("[data-waiting] > li").get_by_role("button", name="Correct").click()
    note(page).fill("Banquetas rotas")
    page.context.set_offline(False)
    wait_until(lambda: texts(table) == ["Banquetas"], "the note as it was")
    expect(page.locator("[data-waiting] > li").filter(has_text="to be sent")).to_have_count(0)

    note(page).press("Enter")

    wait_until(lambda: texts(table) == ["Banquetas rotas"], "the correction")
    assert table.notes.get().edition == 2
