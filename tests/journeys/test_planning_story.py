"""A coordinator plans a month on the board: by keyboard alone, then with the pointer and a finger."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
from playwright.sync_api import Locator, Page, expect

from cities.models import Cycle, group_day
from ogpgroup import dates
from ogpgroup.models import User
from tests import factories
from tests.dragging import Finger
from tests.factories_schedule import create_session
from tests.journeys.conftest import Product
from tests.journeys.steps import PHONE, fits, main, sign_in
from workshops.models import Session

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DAY = timedelta(days=1)
MEXICO = ZoneInfo("America/Mexico_City")
TITLE = "Taller de barrios"


@pytest.fixture
def cycle(product: Product) -> Cycle:
    today = group_day(datetime.now(UTC))
    return factories.create_cycle(name="Ciclo de prueba", starts_on=today - 40 * DAY, ends_on=today + 200 * DAY)


@pytest.fixture
def coordinator(product: Product) -> User:
    return factories.create_coordinator(name="Carmen Coordinadora", language="en")


@pytest.fixture
def carmen(coordinator: User, open_page: Callable[..., Page]) -> Page:
    page = open_page(viewport={"width": 1280, "height": 900})
    sign_in(page, coordinator)
    return page


def holiday_ahead() -> date:
    """A public holiday far enough away for the notice that the group promises, and on a day before a working day."""
    today = group_day(datetime.now(UTC))
    days = holidays.country_holidays("MX", years=[today.year, today.year + 1])
    return next(day for day in sorted(days) if day > today + 20 * DAY and day + DAY not in days)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MEXICO)


def board_of(cycle: Cycle) -> str:
    return f"/coordination/cycles/{cycle.slug}/board/"


def card(page: Page, title: str, *, number: int = 0) -> Locator:
    return page.get_by_role("article").filter(has=page.get_by_role("heading", name=title, exact=True)).nth(number)


# --- By keyboard ------------------------------------------------------------------------------------------------------


def go_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """As somebody without a mouse does; what cannot be reached so is not found."""
    for _press in range(300):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"The keyboard does not get to {wanted}.")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    go_to(page, wanted)
    page.keyboard.press(key)


def write(page: Page, label: str, text: str) -> None:
    go_to(page, page.get_by_label(re.compile(f"^{label}")))
    page.keyboard.type(text)


def write_day(page: Page, day: date) -> None:
    """In the order of the browser's own language, which is not the page's."""
    field = page.get_by_label("Date", exact=True)
    for order in ("%d%m%Y", "%m%d%Y"):
        go_to(page, field)
        page.keyboard.type(f"{day:{order}}")
        if field.input_value() == day.isoformat():
            return
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
    raise AssertionError(f"The field holds {field.input_value()}.")


def write_hour(page: Page, label: str, hour: int) -> None:
    field = page.get_by_label(label, exact=True)
    go_to(page, field)
    page.keyboard.type(f"{hour:02d}00")
    if field.input_value() == "":  # the browser's language asks for morning or afternoon too
        page.keyboard.type("a" if hour < 12 else "p")
    expect(field).to_have_value(f"{hour:02d}:00")


def choose(page: Page, group: str, label: str) -> None:
    """A radio button: Tab goes to the group, arrows within."""
    wanted = page.get_by_role("group", name=group).get_by_label(label, exact=True)
    first = page.get_by_role("group", name=group).get_by_role("radio").first
    checked = page.get_by_role("group", name=group).locator("input:checked")
    go_to(page, checked if checked.count() else first)
    if not checked.count():
        page.keyboard.press("Space")
    go_to(page, wanted, key="ArrowDown")
    expect(wanted).to_be_checked()


def draft_by_keyboard(page: Page, day: date) -> None:
    press(page, main(page).get_by_role("link", name="Draft a session"))
    write(page, "Title", TITLE)
    choose(page, "Kind", "Workshop")
    write_day(page, day)
    write_hour(page, "Begins at", 10)
    write_hour(page, "Ends at", 12)
    choose(page, "How it is held", "Remote")
    press(page, page.get_by_role("button", name="Save the draft"))
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def test_a_month_is_planned_by_keyboard_alone(cycle: Cycle, carmen: Page, coordinator: User) -> None:
    holiday = holiday_ahead()
    page = carmen
    page.goto(board_of(cycle))
    expect(page.get_by_role("heading", level=1)).to_have_text("No session is drafted yet")

    # Created on a holiday: the board says which.
    draft_by_keyboard(page, holiday)
    press(page, page.get_by_role("link", name="See it on the planning board"))
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 1 sessions needs a second look")
    one = card(page, TITLE)
    expect(one).to_contain_text("is a public holiday in Mexico")

    # Moved by its buttons: what happened is said, the focus stays, the warning goes.
    press(page, one.get_by_text("Move, copy, repeat"))
    later = one.get_by_role("button", name="A day later")
    press(page, later)
    moved = dates.spoken_day(holiday + DAY, "en")
    expect(page.locator("#said")).to_have_text(f"“{TITLE}” is now on {moved}. Nobody is told before you publish.")
    expect(later).to_be_focused()
    expect(one).not_to_contain_text("public holiday")

    # A series every two weeks; its occurrences are moved alone.
    press(page, one.get_by_role("link", name="Repeat"))
    choose(page, "How often", "Every two weeks")
    go_to(page, page.get_by_label("How many sessions in all"))
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    press(page, page.get_by_role("button", name="Make the drafts"))
    expect(main(page).get_by_role("article")).to_have_count(3)
    expect(card(page, TITLE, number=1)).to_contain_text("series 2/3")
    press(page, card(page, TITLE, number=1).get_by_text("Move, copy, repeat"))
    press(page, card(page, TITLE, number=1).get_by_role("button", name="A week later"))
    expect(page.locator("#said")).to_contain_text(dates.spoken_day(holiday + 22 * DAY, "en"))
    days = [session.local_day for session in Session.objects.in_order()]
    assert days == [holiday + DAY, holiday + 22 * DAY, holiday + 29 * DAY]

    # Copied to the same hours: everybody would be in two places at once, and the board says so on both cards.
    press(page, card(page, TITLE).get_by_text("Move, copy, repeat"))
    press(page, card(page, TITLE).get_by_role("link", name="Copy"))
    write_day(page, holiday + DAY)
    write_hour(page, "Begins at", 11)
    write_hour(page, "Ends at", 12)
    press(page, page.get_by_role("button", name="Save the draft"))
    press(page, page.get_by_role("link", name="See it on the planning board"))
    both = main(page).get_by_role("article").filter(has_text="the whole working group is expected at both")
    expect(both).to_have_count(2)

    # Released.
    press(page, main(page).get_by_role("link", name="Review and publish (4 changes)"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 1 changes 4 sessions")
    expect(main(page)).to_contain_text("the whole working group is expected at both")
    write(page, "Covering note", "El calendario del mes.")
    press(page, page.get_by_role("button", name="Publish version 1 and tell 1 person"))
    expect(page.get_by_text("Version 1 is published and 4 mails are on their way.")).to_be_visible()
    expect(page.get_by_text("El calendario del mes.")).to_be_visible()
    assert Session.objects.filter(current_version__isnull=False).count() == 4


# --- Warnings ---------------------------------------------------------------------------------------------------------


def drafts_to_warn_of(cycle: Cycle, coordinator: User, day: date) -> dict[str, Any]:
    """One draft for each warning, far from each other but for those that clash."""
    reynosa = factories.create_city(name="Reynosa", time_zone="America/Matamoros")
    cabos = factories.create_city(
        name="Los Cabos", state="Baja California Sur", state_code="MX-BCS", time_zone="America/Mazatlan"
    )
    officials = [factories.create_official(city=city, language="en") for city in (reynosa, cabos)]
    plan = factories.create_plan(cycle=cycle)
    report = factories.create_deliverable(plan=plan, title="Informe de avance", due_on=day + 12 * DAY)
    here: dict[str, Any] = {"cycle": cycle, "mode": "face_to_face", "city": reynosa, "venue": "Sala de Cabildo"}
    create_session(**here, title="Mesa uno", starts_at=at(day, 10), people=[officials[0]], responsible=coordinator)
    create_session(**here, title="Mesa dos", starts_at=at(day, 11), people=[officials[0]])
    create_session(cycle=cycle, title="Temprano", starts_at=at(day + 2 * DAY, 8, 30), join_url="https://s.example/1")
    create_session(
        cycle=cycle, title="Tarde", starts_at=at(day + 3 * DAY, 18, 30), hours=2, join_url="https://s.example/1"
    )
    review = create_session(cycle=cycle, title="Revisión", starts_at=at(day + 5 * DAY, 12))
    review.reviews_deliverable = report
    review.save(update_fields=["reviews_deliverable"])
    soon = group_day(datetime.now(UTC)) + 6 * DAY
    create_session(cycle=cycle, title="Pronto", starts_at=at(soon, 12), join_url="https://s.example/1")
    return {"officials": officials, "report": report, "soon": soon}


def test_each_warning_says_what_it_warns_of(cycle: Cycle, carmen: Page, coordinator: User) -> None:
    day = holiday_ahead() + 3 * DAY
    made = drafts_to_warn_of(cycle, coordinator, day)
    carmen.goto(board_of(cycle))

    mesa, name = card(carmen, "Mesa uno"), made["officials"][0].name
    expect(mesa).to_contain_text(f"At the same time as “Mesa dos”, where this person is needed as well: {name}.")
    expect(mesa).to_contain_text("At the same time as “Mesa dos”, which is held there too: Sala de Cabildo.")
    expect(card(carmen, "Temprano")).to_contain_text("In Los Cabos it begins at 07:30, outside usual working hours.")
    expect(card(carmen, "Tarde")).to_contain_text(re.compile(r"In .*Reynosa it ends at 2[01]:30, outside usual"))
    due = dates.spoken_day(made["report"].due_on, "en", weekday=False)
    expect(card(carmen, "Revisión")).to_contain_text(
        f"It is to review “Informe de avance”, which is due on {due}: nobody can read it before."
    )
    expect(card(carmen, "Revisión")).to_contain_text("There is no link to join yet.")
    expect(card(carmen, "Pronto")).to_contain_text("Less notice than the group promised: 6 of 14 days.")

    # The promise is the cycle's: changed there, the board has nothing to say.
    main(carmen).get_by_role("link", name="Change it").click()
    carmen.get_by_label("Days of notice that the group promises").fill("5")
    carmen.get_by_role("button", name="Save the changes").click()
    carmen.goto(board_of(cycle))
    expect(main(carmen)).to_contain_text("The group promises 5 days of notice.")
    expect(card(carmen, "Pronto")).not_to_contain_text("Less notice")


# --- With the pointer -------------------------------------------------------------------------------------------------


def drag(page: Page, grip: Locator, day: date) -> None:
    """Down, over to the day, and up once the page shows that it is the day it would be dropped on."""
    target = page.locator(f'[data-day="{day}"]')
    target.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
    begin, end = grip.bounding_box(), target.bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + 8, begin["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=6)
    expect(page.locator(".is-target")).to_have_attribute("data-day", str(day))
    expect(page.locator(".drag-ghost")).to_be_visible()


def test_card_is_dragged_onto_a_day(cycle: Cycle, carmen: Page) -> None:
    day = group_day(datetime.now(UTC)).replace(day=1) + 40 * DAY  # next month, or the one after
    session = create_session(cycle=cycle, title="Mesa", starts_at=at(day, 10), join_url="https://s.example/1")
    wrong: list[str] = []
    carmen.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    carmen.on("pageerror", lambda error: wrong.append(str(error)))
    carmen.goto(board_of(cycle))
    there = day + (3 * DAY if day.day < 20 else -3 * DAY)

    drag(carmen, card(carmen, "Mesa").locator("time"), there)
    carmen.mouse.up()

    expect(carmen.locator("#said")).to_contain_text(f"“Mesa” is now on {dates.spoken_day(there, 'en')}.")
    expect(carmen.locator(".drag-ghost")).to_have_count(0)
    expect(carmen.locator(f'[data-day="{there}"] a')).to_be_visible()
    session.refresh_from_db()
    assert (session.local_day, session.starts_at) == (there, at(there, 10))

    # Escape, and a drop beside the days, leave it.
    drag(carmen, card(carmen, "Mesa").locator("time"), day)
    carmen.keyboard.press("Escape")
    carmen.mouse.up()
    expect(carmen.locator(".drag-ghost")).to_have_count(0)
    drag(carmen, card(carmen, "Mesa").locator("time"), day)
    carmen.mouse.move(3, 3)
    carmen.mouse.up()
    carmen.reload()
    session.refresh_from_db()
    assert (session.local_day, session.edits) == (there, 1)
    assert wrong == []


def test_finger_drags_a_card_by_its_handle(cycle: Cycle, coordinator: User, open_page: Callable[..., Page]) -> None:
    day = group_day(datetime.now(UTC)).replace(day=1) + 40 * DAY
    session = create_session(cycle=cycle, title="Mesa", starts_at=at(day, 10), join_url="https://s.example/1")
    phone = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    sign_in(phone, coordinator)
    phone.goto(board_of(cycle))
    fits(phone)
    there = day + (DAY if day.day < 20 else -DAY)
    target = phone.locator(f'[data-day="{there}"]')
    target.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")

    with Finger(phone).drag(card(phone, "Mesa").locator("[data-handle]"), target):
        expect(phone.locator(".is-target")).to_have_attribute("data-day", str(there))

    expect(phone.locator("#said")).to_contain_text(f"“Mesa” is now on {dates.spoken_day(there, 'en')}.")
    session.refresh_from_db()
    assert session.local_day == there
