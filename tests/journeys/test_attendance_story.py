"""The door of a workshop: a list on a phone, a code on the wall, a neighbour who just came, and the numbers."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import Product, press
from tests.journeys.steps import PHONE, fits, main, sign_in
from tests.workshops.coordination import running_cycle
from workshops.models import Session

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def held_now() -> Session:
    session = create_session(
        cycle=running_cycle(),
        title="Taller de barrios",
        mode="hybrid",
        starts_at=datetime.now(UTC) - timedelta(minutes=5),
        join_url="https://sala.example.org/1",
    )
    publish(session)
    session.refresh_from_db()
    return session


def counted(page: Page) -> dict[str, int]:
    """The numbers above the list."""
    words = page.locator("#totals dt").all_inner_texts()
    return dict(zip(words, map(int, page.locator("#totals dd").all_inner_texts()), strict=True))


def test_door_of_a_workshop(product: Product, open_page: Callable[..., Page]) -> None:
    coordinator = factories.create_coordinator(name="Carmen Coordinadora", language="en")
    member = factories.create_member(name="Inés Integrante", language="en")
    official = factories.create_official(name="Rosa de Reynosa", language="en")
    session = held_now()
    carmen, ines = (open_page(viewport=PHONE, has_touch=True) for _ in range(2))
    rosa, vera = open_page(), open_page(viewport=PHONE)

    # The list: found by a few letters, one tap, a slip undone.
    sign_in(carmen, coordinator)
    carmen.goto(session.get_absolute_url())
    main(carmen).get_by_role("link", name="Who came").tap()
    people = carmen.locator(".attendee")
    expect(people).to_have_count(3)
    carmen.wait_for_load_state()  # before that nobody listens to what is typed
    fits(carmen)
    carmen.get_by_label("Name or institution").press_sequentially("carm")
    expect(people).to_have_count(1)
    people.get_by_role("button", name="On the line").tap()
    expect(people).to_contain_text("on the line")
    people.get_by_role("button", name="Undo").tap()
    people.get_by_role("button", name="In the room").tap()
    expect(people).to_contain_text("in the room")
    expect(people.get_by_role("button", name="Undo")).to_be_focused()
    expect(carmen.locator("#said")).to_have_text("Carmen Coordinadora is here.")

    # The code on the wall.
    main(carmen).get_by_role("link", name="Code for the door").tap()
    press(carmen, "Show the code")
    address = carmen.locator(".code-address").inner_text()
    fits(carmen)

    sign_in(ines, member)
    ines.goto(f"http://{address}")
    fits(ines)
    press(ines, "I am here")
    expect(ines.get_by_text(re.compile("You are on the list of who took part, since"))).to_be_visible()

    vera.goto(f"http://{address}")
    vera.get_by_label("Your name and surname").fill("Vera Vecina")
    vera.get_by_label("Your institution").fill("Colonia Centro")
    vera.get_by_label("I may be named in public").check()
    fits(vera)
    press(vera, "I am here")
    expect(vera.get_by_text("Vera Vecina is on the list of who took part.")).to_be_visible()

    # On the line: the button records, and leads on.
    rosa.route("https://sala.example.org/**", lambda route: route.fulfill(body="Sala"))
    sign_in(rosa, official)
    rosa.goto(session.get_absolute_url())
    press(rosa, "Join the session")
    expect(rosa).to_have_url("https://sala.example.org/1")

    carmen.goto(f"/coordination/sessions/{session.slug}/attendance/")
    expect(people).to_have_count(4)
    assert counted(carmen) == {
        "on the list": 4,
        "are here": 4,
        "in the room": 3,
        "on the line": 1,
        "came without an account": 1,
        "excused": 0,
    }
    expect(people.filter(has_text="Vera Vecina")).to_contain_text("came without an invitation")
