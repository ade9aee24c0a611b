"""What `/healthz` and `/readyz` tell whoever watches."""

import socket
import time

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from ogpgroup import health
from ogpgroup.models import Heartbeat, User


def see(name: str, ago: str = "0 minutes") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ogpgroup_heartbeat (name, seen_at) VALUES (%s, clock_timestamp() - %s::interval)", [name, ago]
        )


def test_healthz_asks_no_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_is_ok_when_everything_was_seen(client: Client) -> None:
    see(Heartbeat.PLANNER, "4 minutes")
    see(Heartbeat.SENDER)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "troubles": []})


@pytest.mark.django_db
def test_readyz_is_degraded_when_planner_and_sender_are_gone(client: Client) -> None:
    see(Heartbeat.PLANNER, "6 minutes")

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "troubles": ["planner", "sender"]}


@pytest.mark.django_db
def test_readyz_is_degraded_while_the_mailbox_of_replies_is_not_read(
    client: Client, settings: pytest.FixtureRequest
) -> None:
    see(Heartbeat.PLANNER)
    see(Heartbeat.SENDER)
    see(Heartbeat.READER, "6 minutes")

    without = client.get("/readyz").json()
    settings.REPLY_MAILBOX_URL = "imap://a:b@127.0.0.1:1/INBOX"  # type: ignore[attr-defined]
    broken = client.get("/readyz")
    Heartbeat.objects.filter(name=Heartbeat.READER).delete()
    see(Heartbeat.READER, "4 minutes")

    assert without == {"status": "ok", "troubles": []}
    assert (broken.status_code, broken.json()) == (200, {"status": "degraded", "troubles": ["reader"]})
    assert client.get("/readyz").json() == without


@pytest.mark.django_db
def test_readyz_is_degraded_without_redis(client: Client, settings: pytest.FixtureRequest) -> None:
    see(Heartbeat.PLANNER)
    see(Heartbeat.SENDER)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "degraded", "troubles": ["redis"]})


@pytest.mark.django_db
def test_readyz_is_unavailable_with_a_migration_missing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    MigrationRecorder.Migration.objects.filter(app="ogpgroup").delete()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "troubles": ["migrations"]})


@pytest.mark.django_db
def test_readyz_is_unavailable_without_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> bool:
        raise DatabaseError("no connection")

    monkeypatch.setattr(health, "has_unapplied_migrations", refuse)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "troubles": ["database"]})


# --- What coordinators are told on every page -------------------------------------------------------------------------

MISSING = "A part of the platform is missing."


@pytest.fixture
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_redis_seen", (float("-inf"), True))


@pytest.mark.django_db
@pytest.mark.usefixtures("asked_anew")
@pytest.mark.parametrize("listens", [False, True])
def test_pages_tell_coordinators_alone_that_redis_is_away(
    coordinator: User, member: User, settings: Settings, *, listens: bool
) -> None:
    see(Heartbeat.PLANNER)
    see(Heartbeat.SENDER)
    pages = {}
    with socket.socket() as nowhere:  # it refuses, or takes the connection and says nothing
        nowhere.bind(("127.0.0.1", 0))
        if listens:
            nowhere.listen()
        settings.REDIS_URL = f"redis://127.0.0.1:{nowhere.getsockname()[1]}/0"
        for person in (coordinator, member):
            client = Client(headers={"Accept-Language": "en"})
            person.language = "en"
            person.save(update_fields=["language"])
            client.force_login(person)
            started = time.monotonic()
            pages[person.pk] = client.get("/privacy/").content.decode()
            assert time.monotonic() - started < 0.9

    assert MISSING in pages[coordinator.pk]
    assert MISSING not in pages[member.pk]


@pytest.mark.usefixtures("asked_anew")
def test_redis_is_asked_twice_a_minute_at_most(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    there = health.redis_answered_lately()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    within_half_a_minute = health.redis_answered_lately()
    monkeypatch.setattr(health, "_redis_seen", (time.monotonic() - 31, True))

    assert (there, within_half_a_minute, health.redis_answered_lately()) == (True, True, False)
