"""A release: looked at field by field, published, read by everybody; a change of heart; a session given up."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from cities.models import Cycle, group_day
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import Entry, Product, press, text_of, wait_until
from tests.journeys.steps import fits, main, sign_in
from workshops.models import Session

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DAY = timedelta(days=1)
ATOM = "{http://www.w3.org/2005/Atom}"
TITLE, NEW_TITLE = "Taller de barrios", "Taller de barrios y colonias"


def ten_o_clock(days: int) -> datetime:
    day = group_day(datetime.now(UTC)) + days * DAY
    return datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("America/Mexico_City"))


@pytest.fixture
def cycle(product: Product) -> Cycle:
    today = group_day(datetime.now(UTC))
    return factories.create_cycle(name="Ciclo de prueba", starts_on=today - 40 * DAY, ends_on=today + 200 * DAY)


@pytest.fixture
def ines(product: Product) -> User:
    return factories.create_member(name="Inés Integrante", email="ines@ejemplo.mx", language="en")


@pytest.fixture
def session(cycle: Cycle, ines: User) -> Session:
    """Published, and Inés invited."""
    beto = factories.create_member(name="Beto Beltrán", email="beto@ejemplo.mx", language="en")
    here: dict[str, Any] = {"mode": "hybrid", "city": factories.create_city(name="Reynosa"), "venue": "Sala 1"}
    session = create_session(
        cycle=cycle, title=TITLE, starts_at=ten_o_clock(30), people=[ines, beto], purpose="Escuchar.", **here
    )
    publish(session, note="El calendario del año.")
    return session


@pytest.fixture
def carmen(product: Product, open_page: Callable[..., Page]) -> Page:
    coordinator = factories.create_coordinator(name="Carmen Coordinadora", language="en")
    page = open_page()
    sign_in(page, coordinator)
    return page


def edit(page: Page, session: Session, **changes: str) -> None:
    session.refresh_from_db()
    page.goto(f"/coordination/sessions/{session.slug}/edit/")
    for label, text in changes.items():
        page.get_by_label(re.compile(f"^{label.replace('_', ' ')}")).fill(text)
    press(page, "Save the draft")


def release(page: Page, note: str, *, number: int, people: int) -> None:
    page.get_by_role("link", name="Review and publish").first.click()
    page.get_by_label("Covering note").fill(note)
    press(page, re.compile(f"Publish version {number} and tell {people} (person|people)"))
    expect(page.get_by_text(f"Version {number} is published")).to_be_visible()


def diff_of(page: Page) -> dict[str, list[str]]:
    """Each field of the preview with what it was and what it will be."""
    fields = page.locator(".diff > div")
    return {one.locator("dt").inner_text(): one.locator("del, ins, em").all_inner_texts() for one in fields.all()}


def test_release_is_looked_at_field_by_field_published_and_read(
    product: Product, open_page: Callable[..., Page], carmen: Page, session: Session, ines: User
) -> None:
    product.mail_to(ines.email, number=1)
    edit(
        carmen,
        session,
        Title=NEW_TITLE,
        Ends_at="13:30",
        Venue="Sala 2",
        Link_to_join="https://sala.example.org/1",
        What_it_is_for="Escuchar y decidir.",
        What_to_bring="El plan impreso.",
    )
    carmen.get_by_role("group", name="Who").get_by_label("Beto Beltrán").uncheck()
    carmen.get_by_role("group", name="Who").get_by_label("Carmen Coordinadora").check()
    press(carmen, "Save the draft")

    # The exact difference, the mails it causes, and to how many.
    carmen.get_by_role("link", name="Review and publish").first.click()
    fields = diff_of(carmen)
    old, new = fields.pop("When")
    assert (old.partition(", ")[2][:11], new.partition(", ")[2][:11]) == ("10:00–12:00", "10:00–13:30")
    assert fields == {
        "Title": [TITLE, NEW_TITLE],
        "Venue": ["Sala 1", "Sala 2"],
        "What it is for": ["Escuchar.", "Escuchar y decidir."],
        "What to bring": ["El plan impreso."],
        "Link to join": ["https://sala.example.org/1"],
        "People expected by name": ["Beto Beltrán, Inés Integrante", "Carmen Coordinadora, Inés Integrante"],
    }
    told = main(carmen)
    told_each = [
        "1 person is invited.",
        "1 person is told of the change.",
        "1 person is told that they are no longer expected.",
    ]
    expect(told.locator("summary")).to_contain_text(told_each)
    expect(told).to_contain_text("3 people are told by mail")
    carmen.get_by_label("Covering note").fill("Una hora más, y otra sala.")
    press(carmen, "Publish version 2 and tell 3 people")
    expect(carmen.get_by_text("Version 2 is published and 3 mails are on their way.")).to_be_visible()

    # Everybody concerned hears what concerns them.
    change = product.mail_to(ines.email, number=2)
    assert Entry.of(change).facts[2] == 1
    assert "Sala 1 → Sala 2" in text_of(change)
    assert Entry.of(product.mail_to("beto@ejemplo.mx", number=2)).method == "CANCEL"

    # Anybody reads it in plain sentences, as a feed, and the schedule as it stood before.
    anybody = open_page(viewport={"width": 360, "height": 740})
    anybody.goto("/schedule/releases/2/")
    fits(anybody)
    expect(main(anybody)).to_contain_text("Una hora más, y otra sala.")
    expect(main(anybody)).to_contain_text("Its hours are new: ")
    expect(main(anybody)).to_contain_text("New as well: ")
    assert "https://sala.example.org" not in anybody.content()
    assert "Beltrán" not in anybody.content()
    anybody.goto("/schedule/releases/1/schedule/")
    fits(anybody)
    expect(main(anybody).get_by_role("article")).to_contain_text(TITLE)
    expect(main(anybody)).not_to_contain_text(NEW_TITLE)
    feed = ElementTree.fromstring(anybody.request.get("/schedule/releases.atom").body())  # noqa: S314  our own
    first = feed.find(f"{ATOM}entry/{ATOM}summary")
    assert first is not None
    assert str(first.text).split("<br>")[0] == "Una hora más, y otra sala."
    assert f"{NEW_TITLE}: Cambia su horario" in str(first.text)


def test_session_is_postponed_then_given_up(
    product: Product, open_page: Callable[..., Page], carmen: Page, session: Session, ines: User
) -> None:
    product.mail_to(ines.email, number=1)
    uid = f"{session.uid}@127.0.0.1"  # the fixture's release, made by another process, bears another host

    carmen.goto(f"/coordination/sessions/{session.slug}/postpone/")
    press(carmen, "Mark the session as postponed")
    expect(carmen.locator("textarea:invalid")).to_be_focused()  # never without a reason
    carmen.get_by_label("Reason").fill("La sala está en obra.")
    press(carmen, "Mark the session as postponed")
    release(carmen, "Se busca otra fecha.", number=2, people=2)
    postponed = product.mail_to(ines.email, number=2)
    assert str(postponed["Subject"]) == f"Postponed: {TITLE}"
    assert "La sala está en obra." in text_of(postponed)
    assert Entry.of(postponed).facts == ("REQUEST", uid, 1)
    assert Entry.of(postponed).event.status.value == "TENTATIVE"

    anybody = open_page()
    anybody.goto(session.get_absolute_url())
    expect(main(anybody)).to_contain_text("This session is postponed: it does not take place on this date.")

    carmen.goto(f"/coordination/sessions/{session.slug}/cancel/")
    carmen.get_by_label("Reason").fill("No hay otra fecha.")
    press(carmen, "Mark the session as cancelled")
    release(carmen, "Queda para otro ciclo.", number=3, people=2)
    cancelled = product.mail_to(ines.email, number=3)
    assert Entry.of(cancelled).facts == ("CANCEL", uid, 2)
    assert "No hay otra fecha." in text_of(cancelled)

    # It stays where people look for it.
    calendar = Calendar.from_ical(anybody.request.get("/schedule.ics").body())
    (event,) = calendar.walk("VEVENT")
    assert (str(event["UID"]), str(event["STATUS"]), event["SEQUENCE"]) == (uid, "CANCELLED", 2)
    anybody.goto("/schedule/")
    expect(anybody.get_by_role("article").filter(has_text=TITLE)).to_contain_text("Cancelled")
    anybody.goto("/schedule/releases/3/")
    expect(main(anybody)).to_contain_text("Reason: No hay otra fecha.")


def test_burst_of_edits_is_one_mail_to_each(product: Product, carmen: Page, session: Session, ines: User) -> None:
    product.mail_to(ines.email, number=1)
    for venue in ("Sala 2", "Sala 3", "Sala 4"):
        edit(carmen, session, Venue=venue)
    edit(carmen, session, Ends_at="12:30")

    release(carmen, "", number=2, people=2)

    change = text_of(product.mail_to(ines.email, number=2))
    assert "Sala 1 → Sala 4" in change
    assert "10:00–12:30" in change
    wait_until(lambda: not OutgoingMail.objects.filter(status="queued").exists(), "an empty outbox")
    assert len(product.mails_to(ines.email)) == 2
