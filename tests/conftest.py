"""What every test has: real servers, a clean Redis, plain static files, cheap passwords."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
import redis
from django.conf import settings

from tests import servers

servers.prepare()  # before pytest-django reads the settings, which need DATABASE_URL and REDIS_URL


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow by intent
    # A busy machine is no broken cache.
    settings.CACHES["default"]["OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 10}
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def pytest_sessionstart(session: pytest.Session) -> None:
    """The cast knows the models, so it comes in once Django is ready."""
    session.config.pluginmanager.import_plugin("tests.cast")
    session.config.pluginmanager.import_plugin("tests.browser")
    session.config.pluginmanager.import_plugin("tests.access.world")


@pytest.fixture(autouse=True)
def _clean_redis() -> Iterator[None]:
    """Nothing that one test cached or queued reaches the next."""
    yield
    with suppress(redis.ConnectionError), redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
