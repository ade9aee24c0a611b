"""A headless Chromium for the tests marked `browser`: named in CHROMIUM, or the distribution's, or Playwright's."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from pytest_django.live_server_helper import LiveServer

from ogpgroup.models import User


def installed() -> str | None:
    """Best the one without all that only a screen needs: with it the tests of pages take a sixth less."""
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as ready:
        yield ready


@contextmanager
def launched(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    sandbox = os.geteuid() != 0  # Chromium refuses to sandbox itself as root
    browser = playwright.chromium.launch(executable_path=installed(), chromium_sandbox=sandbox, args=flags)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    with launched(playwright) as browser:
        yield browser


@pytest.fixture
def browser_of(chromium: Browser, live_server: LiveServer) -> Iterator[Any]:
    """A browser at which somebody is signed in, before a server in the process of the test."""
    contexts: list[BrowserContext] = []

    def open_for(user: User | None, **options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        if user is not None:
            bring_session(context, user, live_server.url)
        return context

    yield open_for
    for context in contexts:
        context.close()


def bring_session(context: BrowserContext, user: User, url: str) -> None:
    """Signed in without the form."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}])
