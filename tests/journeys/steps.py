"""What people do in every story."""

import re

from playwright.sync_api import Locator, Page, ViewportSize, expect

from ogpgroup.models import User
from tests import factories

PHONE = ViewportSize(width=360, height=740)


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def sign_in(page: Page, user: User) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email", exact=False).first.fill(user.email)
    page.get_by_label("Password", exact=False).first.fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/desk/"))


def fits(page: Page) -> None:
    """Nothing hangs out at the side."""
    assert page.viewport_size
    # Not innerWidth: a phone zooms out until all that hangs out is in view.
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url
