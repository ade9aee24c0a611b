"""An agenda: written on a laptop, slides handed out from a phone, asked about in the hall, answered, filed as PDF."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import Product, press, text_of
from tests.journeys.steps import PHONE, fits, main, sign_in
from tests.ogpgroup import upload_documents as documents
from tests.workshops.agendas import titles
from tests.workshops.coordination import running_cycle
from workshops.models import AgendaItem, Session

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SLIDES = FilePayload(
    name="Diagnostico de Reynosa.pptx",
    mimeType="application/vnd.openxmlformats-officedocument.presentationml.presentation",
    buffer=documents.pptx(),
)
QUESTION = "¿Quién midió las banquetas?"


@pytest.fixture
def session(product: Product) -> Session:
    """A session of two hours that began five minutes ago, without an agenda."""
    starts_at = datetime.now(UTC) - timedelta(minutes=5)
    session = create_session(cycle=running_cycle(), title="Sesión de diagnósticos", starts_at=starts_at)
    publish(session)
    session.refresh_from_db()
    return session


def add_point(
    page: Page, title: str, minutes: int, *, presenter: User | None = None, first: User | None = None
) -> None:
    main(page).get_by_role("link", name="Add a point", exact=True).click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Minutes").fill(str(minutes))
    for label, person in (("Presented by", presenter), ("First feedback by", first)):
        if person:
            page.get_by_label(label).select_option(str(person.pk))
    press(page, "Put it on the agenda")
    expect(page.get_by_text(f"“{title}” is on the agenda.")).to_be_visible()


def points(page: Page) -> Locator:
    return page.locator(".agenda-point strong")


def test_from_the_first_point_to_the_answer(product: Product, open_page: Callable[..., Page], session: Session) -> None:
    coordinator = factories.create_coordinator(name="Carmen Coordinadora", language="en")
    official = factories.create_official(name="Rosa de Reynosa", language="en")
    respondent = factories.create_member(name="Ramiro Responde", language="en")
    member = factories.create_member(name="Inés Integrante", language="en")
    laptop = open_page(viewport={"width": 1280, "height": 800})
    rosa, ines = (open_page(viewport=PHONE, has_touch=True, is_mobile=True) for _person in range(2))

    # Written on a laptop; the order mended by the keyboard alone, which stays with the point.
    sign_in(laptop, coordinator)
    laptop.goto(session.get_absolute_url())
    main(laptop).get_by_role("link", name="Write the agenda").click()
    add_point(laptop, "Acuerdos", 20)
    add_point(laptop, "Diagnóstico de Reynosa", 40, presenter=official, first=respondent)
    point = laptop.locator("[data-agenda-point]").filter(has_text="Diagnóstico de Reynosa")
    expect(point).to_be_focused()
    laptop.keyboard.press("Alt+ArrowUp")
    expect(points(laptop)).to_have_text(["Diagnóstico de Reynosa", "Acuerdos"])
    expect(point).to_be_focused()
    assert titles(session) == ["Diagnóstico de Reynosa", "Acuerdos"]
    laptop.keyboard.press("Alt+ArrowUp")  # nowhere to go
    expect(points(laptop)).to_have_text(["Diagnóstico de Reynosa", "Acuerdos"])
    fits(laptop)

    # Nobody reads it before it is published.
    sign_in(ines, member)
    ines.goto(session.get_absolute_url())
    expect(points(ines)).to_have_count(0)
    press(laptop, "Publish the agenda")
    expect(laptop.get_by_text("The agenda is published: whoever may see the session reads it")).to_be_visible()
    ines.reload()
    expect(points(ines)).to_have_text(["Diagnóstico de Reynosa", "Acuerdos"])
    fits(ines)

    # Who presents hears of it, and hands out slides from a phone.
    told = text_of(product.mail_to(official.email, number=1))
    assert "Ramiro Responde" in told
    assert "Rosa de Reynosa" in text_of(product.mail_to(respondent.email, number=1))
    sign_in(rosa, official)
    link = re.search(rf"{re.escape(product.url)}(/sessions/\S+)", told)
    assert link
    rosa.goto(link[1])
    main(rosa).get_by_role("link", name="Hand out a file or a link").tap()
    rosa.get_by_label(re.compile("^File")).set_input_files(SLIDES)
    fits(rosa)
    main(rosa).get_by_role("button", name="Hand it out").tap()
    expect(rosa.get_by_text("“Diagnostico de Reynosa” is handed out.")).to_be_visible()
    fits(rosa)

    # A member reads the slides, and asks while it is presented: what is on now is chosen already.
    ines.reload()
    address = main(ines).get_by_role("link", name="Diagnostico de Reynosa", exact=True).get_attribute("href")
    assert address
    served = ines.request.get(address)
    assert (served.status, served.body()) == (200, SLIDES["buffer"])
    main(ines).get_by_role("link", name="Ask or comment").tap()
    expect(ines.get_by_label("Your question or comment")).to_be_focused()
    ines.keyboard.type(QUESTION)
    fits(ines)
    main(ines).get_by_role("button", name="Send", exact=True).tap()
    expect(ines.get_by_text("It has reached whoever presents. You may ask more.")).to_be_visible()
    expect(ines.get_by_label("Your question or comment")).to_have_value("")

    # Whoever presented answers, and the answer stands on the page of the session.
    rosa.reload()
    main(rosa).get_by_role("link", name=QUESTION).tap()
    main(rosa).get_by_role("link", name="Answer the note").tap()
    main(rosa).get_by_text("It declines it", exact=True).tap()
    rosa.get_by_label(re.compile("^Why")).fill("El instituto de planeación, en marzo.")
    fits(rosa)
    main(rosa).get_by_role("button", name="Send the answer and tell the author").tap()
    expect(main(rosa)).to_contain_text("El instituto de planeación, en marzo.")
    fits(rosa)
    ines.goto(session.get_absolute_url())
    main(ines).get_by_role("link", name=QUESTION).tap()
    expect(main(ines)).to_contain_text("El instituto de planeación, en marzo.")
    fits(ines)

    # The document that is filed.
    ines.goto(session.get_absolute_url())
    filed = ines.locator("#agenda").get_by_role("link", name="PDF").get_attribute("href")
    assert filed
    document = ines.request.get(filed)
    assert (document.status, document.headers["content-type"]) == (200, "application/pdf")
    assert document.body().startswith(b"%PDF-")
    assert AgendaItem.objects.get(title="Diagnóstico de Reynosa").notes.get().text == QUESTION
