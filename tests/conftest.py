"""What every test has: real servers, a clean Redis, plain static files, cheap passwords."""

import os
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone, translation
from pytest_django.plugin import DjangoDbBlocker

from tests import servers
from tests.database import close_connections, empty_quickly
from tests.template import migrated_database

servers.prepare()  # before pytest-django reads the settings, which need DATABASE_URL and REDIS_URL


LEFT_OUT_WHEN_QUICK = {"browser", "faults", "slow"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="leave out what is slow; of cases in the database take one")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What `make check` has time for. The first case of a test tells most of what the others would."""
    if not config.getoption("--quick"):
        return
    chosen: dict[str, pytest.Item] = {}
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if LEFT_OUT_WHEN_QUICK.isdisjoint(marks):
            needs_database = "django_db" in marks or "db" in getattr(item, "fixturenames", ())
            chosen.setdefault(item.nodeid.partition("[")[0] if needs_database else item.nodeid, item)
    kept = set(chosen.values())
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = chosen.values()


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow by intent
    # Here the cache is there: what it does not answer is a failure to be seen, not a miss to be borne.
    settings.CACHES["default"] |= {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "OPTIONS": {"socket_connect_timeout": 10, "socket_timeout": 10},
    }
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The cast knows the models, so it comes in once Django is ready.

    Whoever is about to start xdist's workers takes the name of the settings out of what they inherit: pytest-django
    would read them before `servers.prepare()` has given the worker a Redis of its own.
    """
    assert os.environ["REDIS_URL"] == settings.REDIS_URL
    if session.config.pluginmanager.hasplugin("dsession"):
        del os.environ["DJANGO_SETTINGS_MODULE"]
    session.config.pluginmanager.import_plugin("tests.cast")
    session.config.pluginmanager.import_plugin("tests.browser")
    session.config.pluginmanager.import_plugin("tests.access.world")
    session.config.pluginmanager.import_plugin("tests.pages.site")


@pytest.fixture(scope="session")
def _redis_client() -> Iterator[redis.Redis]:
    with redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture(autouse=True)
def _clean_redis(_redis_client: redis.Redis) -> Iterator[None]:
    """Nothing that one test cached or queued reaches the next."""
    yield
    _redis_client.flushdb()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request leaves its reader's language and zone to the thread; the next test begins without."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated_database()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A database of the tests' own, whichever tests were chosen.

    pytest-django makes one only where a test asks for it by itself: with none such among the chosen, what a module
    shares would be written into the database beside it.

    Rows are numbered as in a database that is in use. Each table begins at a number of four digits or more that no
    other has: what would only work for small numbers is seen, and so is the number of one thing where that of another
    belongs.
    """
    empty_quickly()
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(format('%I.%I', schemaname, sequencename), 2000 + 10000 * row_number() OVER (ORDER BY "
                "sequencename)) FROM pg_sequences WHERE schemaname = 'public'"
            )
    yield
    close_connections()
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)
