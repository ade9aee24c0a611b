"""An agreement to its end: written down, reminded of, told on a phone, reviewed by the next session."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from cities.models import Organization
from tests import factories
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import Product, press, text_of
from tests.journeys.steps import PHONE, fits, main, sign_in
from tests.workshops.coordination import running_cycle
from workshops.models import Agreement, Session

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def two_sessions() -> tuple[Session, Session]:
    """One that was held, and the next of its cycle."""
    cycle, now = running_cycle(), datetime.now(UTC)
    held = create_session(cycle=cycle, title="Primera sesión", starts_at=now - timedelta(days=2))
    following = create_session(cycle=cycle, title="Segunda sesión", starts_at=now + timedelta(days=20))
    publish(cycle, notify=False)
    return held, following


def test_agreement_is_kept(product: Product, open_page: Callable[..., Page]) -> None:
    coordinator = factories.create_coordinator(name="Carmen Coordinadora", language="en")
    official = factories.create_official(
        city=factories.create_city(name="Reynosa", slug="reynosa", time_zone=factories.zone_at_noon(datetime.now(UTC))),
        name="Rosa de Reynosa",
        language="en",
    )
    council = Organization.objects.get(kind="municipal_government")
    held, following = two_sessions()
    carmen, rosa = open_page(), open_page(viewport=PHONE, has_touch=True)

    sign_in(carmen, coordinator)
    carmen.goto(held.get_absolute_url())
    main(carmen).get_by_role("link", name="Write down an agreement").click()
    carmen.get_by_label("task", exact=True).check()
    carmen.get_by_label("Text", exact=True).fill("Publicar las propuestas recibidas.")
    carmen.get_by_label(council.name).check()
    carmen.get_by_label("Due").fill(datetime.now(UTC).date().isoformat())  # where it is noon, it is the same day
    press(carmen, "Put it on record")
    expect(main(carmen)).to_contain_text("The agreement is on record.")

    # Who answers for it is reminded, and tells on a phone what became of it.
    product.call_like_beat()
    reminder = product.mail_to(official.email, number=1)
    assert str(reminder["Subject"]).endswith("Publicar las propuestas recibidas.")
    (link,) = re.findall(rf"{product.url}/sessions/\S+/agreements/1/", text_of(reminder))
    sign_in(rosa, official)
    expect(main(rosa)).to_contain_text("Publicar las propuestas recibidas.")
    rosa.goto(link)
    fits(rosa)
    rosa.get_by_label("What was done").fill("Están en el sitio de la ciudad.")
    press(rosa, "Put it on record")
    expect(main(rosa)).to_contain_text("Están en el sitio de la ciudad.")

    # It is open still, so the next session opens with it; once it is done, it does not.
    carmen.goto(following.get_absolute_url())
    expect(carmen.locator("#to-review")).to_contain_text("Publicar las propuestas recibidas.")
    rosa.get_by_label("done", exact=True).check()
    press(rosa, "Put it on record")
    expect(main(rosa)).to_contain_text("Done")
    carmen.reload()
    expect(carmen.locator("#to-review")).to_have_count(0)
    assert Agreement.objects.get().status == "done"


def test_agreements_from_a_sheet_without_javascript(product: Product, open_page: Callable[..., Page]) -> None:
    coordinator = factories.create_coordinator(language="en")
    factories.create_organization(name="Observatorio", slug="observatorio")
    held, _following = two_sessions()
    page = open_page(java_script_enabled=False)

    sign_in(page, coordinator)
    page.goto(f"/sessions/{held.slug}/agreements/import/")
    page.get_by_label("Cells copied from a spreadsheet").fill(
        "Acuerdo\tResponsable\tFecha\nCompartir la guía\tObservatorio\t31/01/2027\nTraducirla\tColectivo Nuevo\t\n"
    )
    press(page, "Look at it first")
    expect(main(page)).to_contain_text("not known: Colectivo Nuevo")
    assert Agreement.objects.count() == 0
    press(page, "Record 2 agreements")
    expect(main(page)).to_contain_text("2 agreements are on record.")
    page.goto("/agreements/?status=open")
    expect(main(page)).to_contain_text("Compartir la guía")
