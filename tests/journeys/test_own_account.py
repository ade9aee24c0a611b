"""Somebody who forgot the password, on a phone; and a stranger who reads by another clock and in another language."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import Product, press, text_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 360, "height": 740}
NEW_PASSWORD = "cuatro faros miran la bahia"


def main(page: Page):
    return page.get_by_role("main")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))


def test_forgotten_password_then_a_mailed_code(product: Product, open_page: Callable[..., Page]) -> None:
    member = factories.create_user(email="ines@ejemplo.mx", name="Inés Integrante", language="en")
    factories.create_membership(user=member)
    page = open_page(viewport=PHONE, has_touch=True)

    # A link to choose a new password; it works once.
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email").fill(member.email)
    press(page, "Mail me the link")
    expect(main(page).get_by_role("heading", level=1)).to_have_text("Look in your mail")
    link = re.search(
        rf"{product.url}/accounts/password/reset/key/\S+", text_of(product.mail_to(member.email, number=1))
    )
    assert link
    page.goto(link[0])
    main(page).get_by_label("New Password", exact=True).fill(NEW_PASSWORD)
    again = main(page).get_by_label("New Password (again)")
    if again.count():
        again.fill(NEW_PASSWORD)
    press(page, "Save the password")
    expect(main(page).get_by_role("heading", level=1)).to_have_text("Your new password is in use")
    page.goto(link[0])
    expect(main(page).get_by_role("heading", level=1)).to_have_text("This link no longer works")
    product.mail_to(member.email, number=2)  # tells that the password was changed

    # The new password opens, the old one does not.
    page.goto("/accounts/login/")
    for password in (factories.PASSWORD, NEW_PASSWORD):
        page.get_by_label("Email").fill(member.email)
        main(page).get_by_label("Password", exact=True).fill(password)
        press(page, "Sign in")
        if password != NEW_PASSWORD:
            expect(main(page).get_by_role("alert").first).to_be_visible()
    expect(page).to_have_url(re.compile("/desk/"))
    sign_out(page)

    # A code that works once.
    page.goto("/accounts/login/")
    main(page).get_by_role("link", name="Mail me a code").click()
    page.get_by_label("Email").fill(member.email)
    press(page, "Mail me a code")
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", text_of(product.mail_to(member.email, number=3)), re.M)
    assert code
    main(page).get_by_label("Code").fill(code[1])
    main(page).get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("/desk/"))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_stranger_reads_by_another_clock_and_in_another_language(
    product: Product, open_page: Callable[..., Page]
) -> None:
    start = (datetime.now(UTC) + timedelta(days=20)).replace(hour=18, minute=0, second=0, microsecond=0)
    session = create_session(title="Seminario de apertura", starts_at=start, time_zone="America/Mexico_City")
    publish(session)
    page = open_page(locale="es-MX", viewport=PHONE)

    page.goto(session.get_absolute_url())
    expect(page.locator("html")).to_have_attribute("lang", "es-MX")
    expect(main(page).get_by_text("12:00", exact=False).first).to_be_visible()
    page.get_by_label("Horas según").select_option("America/Cancun")
    page.get_by_role("contentinfo").get_by_role("button", name="Cambiar").click()
    expect(main(page).get_by_text("13:00", exact=False).first).to_be_visible()

    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(product.url + session.get_absolute_url())
    page.goto("/schedule/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(main(page).get_by_role("link", name="Seminario de apertura")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
