"""Work tables with bad Wi-Fi: notes survive a cut line, a stopped server, a closed browser, a lost sign-in."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.contrib.sessions.models import Session as SignIn
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from ogpgroup.models import User
from tests import factories
from tests.browser import installed
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import PATIENCE, Product, press, wait_until
from tests.journeys.steps import PHONE, fits, main, sign_in
from tests.workshops.coordination import running_cycle
from workshops.models import Participation, Session, SessionVersion, TableNote, WorkTable

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def held_now() -> Session:
    session = create_session(
        cycle=running_cycle(),
        title="Taller de barrios",
        mode="face_to_face",
        starts_at=datetime.now(UTC) - timedelta(minutes=5),
    )
    publish(session)
    session.refresh_from_db()
    return session


def table_of(session: Session, rapporteur: User, *, number: int = 1, **given: Any) -> WorkTable:
    return WorkTable.objects.create(session=session, number=number, theme="Movilidad", rapporteur=rapporteur, **given)


def texts(table: WorkTable) -> list[str]:
    return list(table.notes.order_by("pk").values_list("text", flat=True))


def open_table(page: Page, table: WorkTable) -> None:
    page.goto(table.get_absolute_url())
    expect(page.get_by_text("This page also opens without network.")).to_be_visible()


def type_note(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def line(page: Page) -> Locator:
    return page.locator("[data-line]")


@pytest.fixture
def on_a_phone(chromium: Browser, product: Product, tmp_path: Path) -> Iterator[Callable[[], BrowserContext]]:
    """A browser that finds again what it kept, each time it is opened."""
    opened: list[BrowserContext] = []

    def open_it() -> BrowserContext:
        context = chromium.browser_type.launch_persistent_context(
            tmp_path / "phone",
            executable_path=installed(),
            chromium_sandbox=os.geteuid() != 0,
            base_url=product.url,
            locale="en-GB",
            viewport=PHONE,
        )
        context.set_default_timeout(PATIENCE * 1000)
        opened.append(context)
        return context

    expect.set_options(timeout=PATIENCE * 1000)
    yield open_it
    for context in opened:
        context.close()


def test_notes_survive_the_line_the_server_and_the_browser(
    product: Product, on_a_phone: Callable[[], BrowserContext]
) -> None:
    rapporteur = factories.create_member(name="Rosa Relatora", language="en")
    table = table_of(held_now(), rapporteur)
    phone = on_a_phone()
    page = phone.new_page()
    sign_in(page, rapporteur)
    open_table(page, table)
    fits(page)
    expect(page.get_by_text("Sign in again to send what waits.")).to_be_hidden()
    page.get_by_label("Note", exact=True).focus()

    # Keyboard alone: a letter and a space choose the kind, and it stays chosen.
    type_note(page, "¿Quién invita?")
    type_note(page, "f No hay internet")
    type_note(page, "Nor a bus")
    type_note(page, "p Banquetas")
    wait_until(lambda: table.notes.count() == 4, "four notes")
    assert list(table.notes.order_by("pk").values_list("kind", "text")) == [
        ("doubt", "¿Quién invita?"),
        ("difficulty", "No hay internet"),
        ("difficulty", "Nor a bus"),
        ("priority", "Banquetas"),
    ]
    expect(page.locator("[data-notes] > li")).to_have_count(4)
    expect(line(page)).to_be_empty()

    # The line is cut: notes wait, in words that say so, also when the page is opened anew.
    phone.set_offline(True)
    for text in ("uno", "dos", "tres"):
        type_note(page, text)
    expect(line(page)).to_contain_text("3 to be sent.")
    expect(line(page)).to_contain_text("No network")
    fits(page)
    page.get_by_label("Note", exact=True).fill("a medias")
    phone.set_offline(False)
    wait_until(lambda: texts(table)[4:] == ["uno", "dos", "tres"], "what waited, once and in order")
    expect(line(page)).to_be_empty()

    # The server stops; the browser is closed and opened again before it is back.
    product.stop("web")
    page.get_by_label("Note", exact=True).fill("")
    type_note(page, "cuatro")
    type_note(page, "c cinco <b>con</b> \U0001f33e")
    expect(line(page)).to_contain_text("2 to be sent.")
    page.get_by_label("Note", exact=True).fill("a medias")
    phone.close()
    phone = on_a_phone()
    page = phone.new_page()
    page.goto(table.get_absolute_url())
    # The page that was kept may be older than the last notes: those that were sent stand below it, as sent.
    expect(page.locator("[data-notes] > li, [data-waiting] > li")).to_have_count(9)
    expect(page.locator("[data-waiting] > li").filter(has_text="to be sent")).to_have_count(2)
    expect(page.get_by_label("Note", exact=True)).to_have_value("a medias")
    expect(line(page)).to_contain_text("2 to be sent.")
    page.get_by_label("Note", exact=True).focus()
    product.start("web")
    wait_until(lambda: texts(table)[7:] == ["cuatro", "cinco <b>con</b> \U0001f33e"], "what waited")
    expect(page.locator("[data-waiting] > li")).to_have_count(0)

    # A page that was never opened here says that there is no network.
    product.stop("web")
    page.goto("/agreements/")
    expect(page.get_by_role("heading", name="There is no network")).to_be_visible()
    product.start("web")


def test_what_waits_is_its_own_persons(product: Product, open_page: Callable[..., Page]) -> None:
    rapporteur = factories.create_member(name="Rosa Relatora", language="en")
    other = factories.create_member(name="Otra Persona", language="en")
    session = held_now()
    table = table_of(session, rapporteur)
    table.co_rapporteurs.add(other)
    page = open_page(viewport=PHONE)
    sign_in(page, rapporteur)
    open_table(page, table)

    # The sign-in ends while she writes: the page asks for it, and keeps what waits.
    SignIn.objects.all().delete()
    page.get_by_label("Note", exact=True).focus()
    type_note(page, "uno")
    expect(page.get_by_role("link", name="Sign in again to send what waits.")).to_be_visible()
    assert texts(table) == []

    # Somebody else signs in on the same phone: sees nothing of it, and sends nothing of it.
    sign_in(page, other)
    open_table(page, table)
    expect(page.locator("[data-waiting] > li")).to_have_count(0)
    page.get_by_label("Note", exact=True).focus()
    type_note(page, "de otra")
    wait_until(lambda: texts(table) == ["de otra"], "her own note")
    kept = page.evaluate("caches.keys()")
    assert [name for name in kept if name.startswith("kept-")] == [f"kept-{other.pk}"]

    # A page that nobody opened for a week is no longer kept, and is not shown.
    page.evaluate(
        """async (name) => {
            const cache = await caches.open(name);
            const old = new Date(Date.now() - 8 * 24 * 3600 * 1000).toUTCString();
            await cache.put("/sessions/old/", new Response("Old", { headers: { "X-Kept-At": old } }));
        }""",
        f"kept-{other.pk}",
    )
    product.stop("web")
    page.goto("/sessions/old/")
    expect(page.get_by_role("heading", name="There is no network")).to_be_visible()
    page.goto(table.get_absolute_url())
    expect(page.get_by_label("Note", exact=True)).to_be_visible()
    product.start("web")
    page.goto("/desk/")
    paths = "async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)"
    wait_until(
        lambda: page.evaluate(paths, f"kept-{other.pk}") == [table.get_absolute_url()], "the old page to be deleted"
    )

    # At sign-out nobody's page is kept; the notes of the first wait for her.
    page.goto("/desk/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/$"))
    wait_until(
        lambda: not [name for name in page.evaluate("caches.keys()") if name.startswith("kept-")], "nothing kept"
    )
    sign_in(page, rapporteur)
    page.goto(table.get_absolute_url())
    wait_until(lambda: texts(table) == ["de otra", "uno"], "what waited for her")
    assert TableNote.objects.get(text="uno").written_by == rapporteur


def test_two_at_one_table(product: Product, open_page: Callable[..., Page]) -> None:
    rosa, helper = (factories.create_member(name=name, language="en") for name in ("Rosa", "Inés"))
    table = table_of(held_now(), rosa)
    table.co_rapporteurs.add(helper)
    one, two = open_page(), open_page(viewport=PHONE)
    for page, person in ((one, rosa), (two, helper)):
        sign_in(page, person)
        open_table(page, table)

    # What one writes the other reads.
    one.get_by_label("Note", exact=True).focus()
    type_note(one, "r Rutas seguras")
    notes = two.locator("[data-notes] > li")
    expect(notes).to_have_count(1)
    expect(notes).to_contain_text("Proposal")

    # Both correct it; the later one, who was without network, sees both versions.
    two.context.set_offline(True)
    notes.get_by_role("link", name="Correct").click()
    expect(two.get_by_text("You are correcting a note.")).to_be_visible()
    two.get_by_label("Note", exact=True).fill("Rutas de Inés")
    two.get_by_role("button", name="Add").click()
    one.locator("[data-notes] > li").get_by_role("link", name="Correct").click()
    expect(one.get_by_text("You are correcting a note.")).to_be_visible()
    one.get_by_label("Note", exact=True).fill("Rutas de Rosa")
    one.keyboard.press("Enter")
    wait_until(lambda: texts(table) == ["Rutas de Rosa"], "the first correction")
    two.context.set_offline(False)
    waiting = two.locator("[data-waiting] > li")
    expect(waiting).to_contain_text("Somebody else changed this note meanwhile.")
    expect(waiting).to_contain_text("Rutas de Rosa")
    expect(waiting).to_contain_text("Rutas de Inés")
    fits(two)
    waiting.get_by_role("button", name="Keep mine").click()
    wait_until(lambda: texts(table) == ["Rutas de Inés"], "what was chosen")
    expect(waiting).to_have_count(0)
    expect(one.locator("[data-notes] > li")).to_contain_text("Rutas de Inés")

    # Struck out by one tap, and brought back.
    notes.get_by_role("button", name="Strike out").click()
    expect(one.locator("[data-notes] s")).to_have_text("Rutas de Inés")
    notes.get_by_role("button", name="Bring back").click()
    expect(one.locator("[data-notes] s")).to_have_count(0)

    # A note that the server refuses stays, with the reason.
    WorkTable.objects.filter(pk=table.pk).update(rapporteur=None)
    one.get_by_label("Note", exact=True).focus()
    type_note(one, "sin mesa")
    expect(one.locator("[data-waiting] > li")).to_contain_text("you no longer write there")
    WorkTable.objects.filter(pk=table.pk).update(rapporteur=rosa)
    one.locator("[data-waiting] > li").get_by_role("button", name="Send again").click()
    wait_until(lambda: texts(table)[1:] == ["sin mesa"], "the note sent again")

    # Too long is said at once; nothing is cut.
    one.get_by_label("Note", exact=True).fill("x" * 10_000)
    one.keyboard.press("Enter")
    expect(one.locator("[data-problem]")).to_contain_text("10000 characters")
    expect(one.get_by_label("Note", exact=True)).to_have_value("x" * 10_000)


def test_door_without_network(product: Product, open_page: Callable[..., Page]) -> None:
    coordinator = factories.create_coordinator(name="Carmen Coordinadora", language="en")
    members = [factories.create_member(name=name) for name in ("Inés Integrante", "Mario Miembro")]
    session = held_now()
    page = open_page(viewport=PHONE)
    sign_in(page, coordinator)
    address = f"/coordination/sessions/{session.slug}/attendance/"
    page.goto(address)
    expect(page.get_by_text("This list also opens without network.")).to_be_visible()

    product.stop("web")
    page.goto(address)
    people = page.locator(".attendee")
    expect(people).to_have_count(3)
    fits(page)
    people.filter(has_text="Inés").get_by_role("button", name="Present").click()
    expect(people.filter(has_text="Inés")).to_contain_text("to be sent")
    people.filter(has_text="Mario").get_by_role("button", name="Present").click()
    people.filter(has_text="Carmen").get_by_role("button", name="Present").click()
    expect(page.locator("[data-line]")).to_contain_text("3 to be sent.")
    main(page).get_by_role("link", name="Somebody else is here").click()
    page.get_by_label("Name and surname").fill("Vera Vecina")
    press(page, "Write down as present")
    expect(page).to_have_url(re.compile("/attendance/$"))
    expect(page.locator("[data-waiting]")).to_contain_text("Vera Vecina")
    expect(page.locator("[data-line]")).to_contain_text("4 to be sent.")
    fits(page)

    # Somebody else was quicker elsewhere: the first time stands.
    first = datetime.now(UTC) - timedelta(minutes=4)
    Participation.objects.filter(user=members[1]).update(
        attended="present", mode="face_to_face", checked_in_at=first, checked_in_how="list"
    )
    Participation.objects.filter(user=members[0]).update(attended="absent")
    product.start("web")
    present = session.participations.filter(attended="present")
    wait_until(lambda: present.count() == 4, "all who came")
    expect(page.locator("[data-waiting] > li")).to_have_count(0)
    assert Participation.objects.get(user=members[1]).checked_in_at == first
    assert list(present.filter(user=None).values_list("name", flat=True)) == ["Vera Vecina"]


def test_two_tables_on_one_device_without_network(product: Product, open_page: Callable[..., Page]) -> None:
    rapporteur = factories.create_member(name="Rosa Relatora", language="en")
    session = held_now()
    first, second = (table_of(session, rapporteur, number=number) for number in (1, 2))
    page = open_page(viewport=PHONE)
    sign_in(page, rapporteur)
    for table in (first, second):
        open_table(page, table)

    product.stop("web")
    page.goto(first.get_absolute_url())
    page.get_by_label("Note", exact=True).focus()
    type_note(page, "banquetas")
    page.get_by_label("Note", exact=True).fill("a medias en la uno")
    page.goto(second.get_absolute_url())
    expect(page.get_by_label("Note", exact=True)).to_have_value("")
    expect(page.locator("[data-waiting] > li")).to_have_count(0)
    page.get_by_label("Note", exact=True).focus()
    for text in ("parques", "canchas"):
        type_note(page, text)
    expect(line(page)).to_contain_text("2 to be sent. 1 of another page wait on this device.")
    fits(page)
    page.goto(first.get_absolute_url())
    expect(page.get_by_label("Note", exact=True)).to_have_value("a medias en la uno")
    page.get_by_label("Note", exact=True).fill("")
    type_note(page, "alumbrado")
    expect(line(page)).to_contain_text("2 to be sent. 2 of another page wait on this device.")

    product.start("web")
    wait_until(lambda: texts(first) == ["banquetas", "alumbrado"], "what waited for the first table, in its order")
    wait_until(lambda: texts(second) == ["parques", "canchas"], "what waited for the second")
    expect(line(page)).to_be_empty()
    expect(page.locator("[data-notes] > li")).to_have_count(2)
    page.goto(second.get_absolute_url())
    expect(page.locator("[data-notes] > li")).to_have_count(2)
    expect(page.locator("[data-waiting] > li")).to_have_count(0)


def test_what_arrives_after_the_close_counts_once_the_facilitator_says_so(
    product: Product, open_page: Callable[..., Page]
) -> None:
    rapporteur, facilitator = (factories.create_member(name=name, language="en") for name in ("Rosa", "Fabián"))
    session = held_now()
    table = table_of(session, rapporteur, facilitator=facilitator)
    phone, desk, reading = open_page(viewport=PHONE), open_page(), open_page()
    sign_in(phone, rapporteur)
    open_table(phone, table)
    phone.get_by_label("Note", exact=True).focus()
    type_note(phone, "a tiempo")
    wait_until(lambda: texts(table) == ["a tiempo"], "the note of the session")
    phone.context.set_offline(True)
    for text in ("tarde", "tarde y equivocada"):
        type_note(phone, text)
    expect(line(phone)).to_contain_text("2 to be sent.")

    # The line comes back the next day.
    held = datetime.now(UTC) - timedelta(days=1)
    with pgtrigger.ignore("workshops.SessionVersion:append_only"):
        SessionVersion.objects.filter(session=session).update(starts_at=held, ends_at=held + timedelta(hours=2))
    phone.context.set_offline(False)
    wait_until(lambda: texts(table) == ["a tiempo", "tarde", "tarde y equivocada"], "what waited")
    late = phone.locator("[data-notes] > li").filter(has_text="tarde")
    expect(late).to_have_count(2)
    expect(late.first).to_contain_text("arrived late")
    expect(late.get_by_role("button", name="Let it count")).to_have_count(0)
    fits(phone)
    sign_in(reading, factories.create_member(language="en"))
    reading.goto(table.get_absolute_url())
    expect(main(reading)).to_contain_text("a tiempo")
    expect(main(reading)).not_to_contain_text("tarde")

    # The facilitator lets one count and refuses the other.
    sign_in(desk, facilitator)
    desk.goto(table.get_absolute_url())
    expect(main(desk)).to_contain_text("2 notes arrived after the session had closed and do not count yet.")
    waiting = desk.locator("[data-notes] > li")
    waiting.nth(1).get_by_role("button", name="Let it count").click()
    wait_until(lambda: table.notes.awaiting().count() == 1, "one note to count")
    waiting.nth(2).get_by_role("button", name="Refuse").click()
    wait_until(lambda: table.notes.awaiting().count() == 0, "nothing to decide")
    reading.reload()
    expect(main(reading)).to_contain_text("tarde")
    expect(main(reading)).not_to_contain_text("equivocada")
    assert list(table.notes.standing().order_by("pk").values_list("text", flat=True)) == ["a tiempo", "tarde"]
