"""A headless Chromium for the tests marked `browser`: named in CHROMIUM, or the distribution's, or Playwright's."""

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from playwright.sync_api import Browser, sync_playwright

_connections: WeakSet[BaseDatabaseWrapper] = WeakSet()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    sandbox = os.geteuid() != 0  # Chromium refuses to sandbox itself as root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=sandbox)
        yield browser
        browser.close()


def _remember(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if threading.current_thread() is threading.main_thread():
        _connections.add(connection)


connection_created.connect(_remember)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database with all connections closed before it is dropped.

    While Playwright runs, its loop runs in the thread of the tests, and then Django keeps other connections for them
    than without it. In the end Django closes those of one kind; the others would hold the database ("is being accessed
    by other users").
    """
    yield
    for connection in _connections:
        connection.close()
