"""From what tables said to what the public reads: the wall, themes by keys, votes from phones, hands, the diagnosis."""

import re
import time
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import factories
from tests.journeys.conftest import Product, press
from tests.journeys.steps import PHONE, fits, main, sign_in
from tests.workshops.attending import NOW
from tests.workshops.grouping import hall, lead, note
from workshops.actions import attendance
from workshops.models import Session

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def session(product: Product) -> Session:
    session = hall(tables=3)
    attendance.make_check_in_code(session)
    session.refresh_from_db()
    colima = factories.create_city(name="Colima")
    note(session, "Falta información del presupuesto", city=colima)
    note(session, "No se entiende el presupuesto", table=2)
    note(session, "No hay transporte a los foros", table=3)
    return session


def test_wall_shows_a_note_within_three_seconds_and_stands_still(
    session: Session, product: Product, open_page: Callable[..., Page]
) -> None:
    coordinator = factories.create_coordinator(language="en")
    wall, phone = open_page(viewport={"width": 1280, "height": 720}), open_page(viewport=PHONE)
    for page in (wall, phone):
        sign_in(page, coordinator)
    wall.goto(f"/sessions/{session.slug}/wall/")
    expect(wall.get_by_text("No hay transporte a los foros")).to_be_visible()
    time.sleep(1)

    begun = time.monotonic()
    note(session, "¿Y las juventudes?", table=2)
    expect(wall.get_by_text("¿Y las juventudes?")).to_be_visible(timeout=3500)
    assert time.monotonic() - begun < 3.5
    expect(wall.locator(".is-new")).to_have_count(1)
    fits(wall)

    phone.goto(f"/sessions/{session.slug}/wall/control/")
    fits(phone)
    main(phone).get_by_label("Minutes").fill("10")
    main(phone).get_by_label("What the time is for").fill("Prioridades")
    press(phone, "Start")
    expect(wall.locator("[data-clock]")).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    expect(wall.get_by_text("Prioridades")).to_be_visible()
    press(phone, "Let the wall stand still")
    expect(wall.get_by_text("The wall stands still")).to_be_visible()
    note(session, "Esta espera", table=1, received_at=timezone.now())
    expect(wall.get_by_text("1 note waits")).to_be_visible()
    expect(wall.get_by_text("Esta espera")).to_have_count(0)
    press(phone, "Let the wall go on")
    expect(wall.get_by_text("Esta espera")).to_be_visible()


def test_from_notes_to_a_diagnosis_that_a_stranger_reads_back(
    session: Session, product: Product, open_page: Callable[..., Page]
) -> None:
    facilitator, coordinator = lead(session), factories.create_coordinator(language="en")
    member = factories.create_member(name="Inés Integrante", language="en")
    facilitator.language = "en"
    facilitator.save(update_fields=["language"])
    fay, ines, vera = open_page(), open_page(viewport=PHONE), open_page(viewport=PHONE)
    carmen, stranger = open_page(), open_page(viewport=PHONE)

    # By keys alone: choose two notes, go to the list of themes, name a new one.
    sign_in(fay, facilitator)
    fay.goto(f"/sessions/{session.slug}/themes/")
    boxes = fay.locator('input[name="notes"]')
    boxes.first.focus()
    fay.keyboard.press("Space")
    fay.keyboard.press("ArrowDown")
    fay.keyboard.press("Space")
    fay.keyboard.press("t")
    expect(fay.locator("#grouping-to")).to_be_focused()
    fay.keyboard.press("Tab")
    fay.keyboard.type("Presupuesto claro")
    fay.keyboard.press("Enter")
    theme = fay.locator(".grouping-theme")
    expect(theme.locator("li")).to_have_count(2)
    # By pointer: the third is dragged into it, and by the button back again.
    box = theme.bounding_box()
    item = fay.locator(".grouping-loose li").bounding_box()
    assert box
    assert item
    fay.mouse.move(item["x"] + 60, item["y"] + 12)
    fay.mouse.down()
    fay.mouse.move(box["x"] + 40, box["y"] + 30, steps=6)
    fay.mouse.up()
    expect(theme.locator("li")).to_have_count(3)
    press(fay, re.compile("Undo the last step"))
    expect(theme.locator("li")).to_have_count(2)
    boxes.first.check()
    fay.get_by_label("Name of the new theme").fill("Llegar a los foros")
    press(fay, "Put them there")
    expect(theme).to_have_count(2)

    # The vote: one phone with an account, one that checks in at the door first.
    main(fay).get_by_role("link", name="Vote on the themes").click()
    press(fay, "Open the vote")
    address = fay.locator(".code-address").inner_text()
    attendance.check_in(session, user=member, how="list", mode="face_to_face", by=member, now=NOW)
    sign_in(ines, member)
    ines.goto(f"http://{address}")
    fits(ines)
    more = ines.get_by_role("button", name="One vote more for Presupuesto claro")
    for _vote in range(2):
        more.click()
    expect(ines.get_by_text("1 vote left")).to_be_visible()
    press(ines, re.compile("^Vote$"))
    expect(ines.get_by_text("Your 2 votes count.")).to_be_visible()

    vera.goto(f"http://{address}")
    main(vera).get_by_role("link", name="Check in first").click()
    vera.get_by_label("Your name and surname").fill("Vera Vecina")
    vera.get_by_label("Your institution").fill("Colonia Centro")
    press(vera, "I am here")
    expect(vera.get_by_text("You vote as Vera Vecina")).to_be_visible()
    fits(vera)
    vera.get_by_role("button", name="One vote more for Llegar a los foros").click()
    press(vera, re.compile("^Vote$"))
    expect(vera.get_by_text("Your 1 vote counts.")).to_be_visible()

    # Hands of the room, closed, revealed.
    fay.reload()
    expect(fay.locator(".stats dd").first).to_have_text("2")
    fay.get_by_label("Llegar a los foros").fill("4")
    press(fay, "Write the hands down")
    press(fay, "Close the vote")
    expect(fay.locator(".vote-bars")).to_have_count(0)
    press(fay, "Reveal the totals")
    expect(fay.locator(".vote-bars li").first).to_contain_text("Llegar a los foros")
    expect(fay.locator(".vote-bars li").first).to_contain_text("5 votes")

    # Written, published, read back by a stranger.
    sign_in(carmen, coordinator)
    carmen.goto(f"/sessions/{session.slug}/diagnosis/")
    main(carmen).get_by_role("link", name=re.compile("Write the statement ?: Llegar a los foros")).click()
    carmen.get_by_label("what the group says of it").fill("Sin transporte no hay participación.")
    press(carmen, "Save the statement")
    press(carmen, "Publish the diagnosis with 3 notes")
    expect(carmen.get_by_text("Version 1 is published.")).to_be_visible()

    stranger.goto(f"/sessions/{session.slug}/")
    main(stranger).get_by_role("link", name=re.compile("The collective diagnosis, with 2 themes")).click()
    expect(stranger.get_by_text("Sin transporte no hay participación.")).to_be_visible()
    fits(stranger)
    stranger.get_by_text("1 note, from table 3").click()
    told = stranger.locator(".told-notes li").filter(has_text="No hay transporte a los foros")
    expect(told).to_be_visible()
    expect(told).to_contain_text("Table 3")
