"""A photo that should not be in public: a coordinator withholds it, and whoever looks finds a sentence in its place."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from actionplans.actions import evidence
from actionplans.models import Commitment
from cities.models import group_day
from ogpgroup.models import User, Withholding
from tests import factories
from tests.journeys.conftest import Product, press, text_of
from tests.journeys.steps import PHONE, fits, main, sign_in
from tests.ogpgroup import upload_pictures as pictures
from tests.pages.test_soundness import hindrances

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHAT_IT_SHOWS = "Niñas del barrio en el foro"
SENTENCE = "Withdrawn from public view by the coordinators on"
REASON = "a minor can be recognised in it. Her family asked for it."


@pytest.fixture
def official(product: Product) -> User:
    city = factories.create_city(name="Reynosa", slug="reynosa")
    return factories.create_official(city=city, name="Olga Oficial", language="en")


@pytest.fixture
def commitment(official: User, settings: Any, tmp_path: Path) -> Commitment:
    """With one entry in its diary, and the photo."""
    settings.MEDIA_ROOT = tmp_path / "media"  # where the product looks
    today = group_day(timezone.now())
    city = official.memberships.get().organization.city
    plan = factories.create_plan(
        city=city,
        starts_on=today - timedelta(days=90),
        ends_on=today + timedelta(days=200),
        title="Reynosa abre su plan",
    )
    commitment = factories.create_commitment(plan=plan, title="Foros en los barrios")
    entry = factories.create_entry(
        commitment=commitment, text="Se celebró el foro.", happened_on=today, reported_by=official
    )
    photo = SimpleUploadedFile("foro.jpg", pictures.gps())
    kept = evidence.keep_file(plan, upload=photo, alt=WHAT_IT_SHOWS, by=official)
    evidence.attach(entry=entry, uuids=[kept.uuid], by=official)
    return commitment


def diary(page: Page) -> Locator:
    return main(page).locator(".diary")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_photo_is_withheld_and_shown_again(
    *, has_javascript: bool, product: Product, open_page: Callable[..., Page], commitment: Commitment, official: User
) -> None:
    coordinator = factories.create_coordinator(name="Carla Coordinadora", language="en")
    office = open_page(viewport=PHONE, java_script_enabled=has_javascript)
    anybody = open_page(viewport=PHONE)
    anybody.goto(commitment.get_absolute_url())
    photo = diary(anybody).get_by_alt_text(WHAT_IT_SHOWS)
    expect(photo).to_be_visible()
    address = photo.get_attribute("src")
    assert address
    assert anybody.request.get(address).status == 200

    sign_in(office, coordinator)
    office.goto(commitment.get_absolute_url())
    fits(office)
    diary(office).get_by_role("link", name="Withdraw from public view (foro.jpg)").click()
    expect(main(office).get_by_alt_text(WHAT_IT_SHOWS)).to_be_visible()
    fits(office)
    office.get_by_label("In your words").fill("Her family asked for it.")
    press(office, "Withdraw it from public view")  # without a reason
    expect(main(office).get_by_role("heading", name="Withdraw from public view")).to_be_visible()
    expect(office.get_by_label("In your words")).to_have_value("Her family asked for it.")
    office.get_by_label("A minor can be recognised in it").check()
    press(office, "Withdraw it from public view")
    expect(office.get_by_text("It is withdrawn from public view, and who published it is told why")).to_be_visible()
    expect(diary(office)).to_contain_text(SENTENCE)
    expect(diary(office).get_by_alt_text(WHAT_IT_SHOWS)).to_be_visible()

    anybody.reload()
    expect(diary(anybody)).to_contain_text(SENTENCE)
    expect(diary(anybody)).to_contain_text(REASON)
    expect(diary(anybody)).to_contain_text("Se celebró el foro.")
    expect(diary(anybody).get_by_role("img")).to_have_count(0)
    assert WHAT_IT_SHOWS not in anybody.content()
    assert anybody.request.get(address).status == 404
    fits(anybody)
    assert hindrances(anybody, "es-mx") == []

    mail = text_of(product.mail_to(official.email, number=1))
    assert "because a minor can be recognised in it." in mail
    assert "Her family asked for it." in mail
    assert commitment.get_absolute_url() in mail

    office.goto("/coordination/withheld/")
    expect(main(office).get_by_role("heading", name="One thing is withdrawn from public view")).to_be_visible()
    expect(main(office)).to_contain_text("Withdrawn by Carla Coordinadora on")
    fits(office)
    main(office).get_by_role("link", name="Show it to everybody again").click()
    press(office, "Show it to everybody again")
    expect(office.get_by_text("Everybody can read it again.")).to_be_visible()

    anybody.reload()
    expect(diary(anybody).get_by_alt_text(WHAT_IT_SHOWS)).to_be_visible()
    expect(diary(anybody)).not_to_contain_text("Withdrawn")
    assert anybody.request.get(address).status == 200
    assert Withholding.objects.get().lifted_by == coordinator
