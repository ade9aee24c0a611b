"""What coordinators type and read, for the tests of their pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from cities.models import Cycle
from ogpgroup.models import User
from tests import factories
from workshops import diff
from workshops.models import Session


def running_cycle() -> Cycle:
    today = datetime.now(UTC).date()
    return factories.create_cycle(
        name="Ciclo de prueba", starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=200)
    )


def desk_of(coordinator: User) -> Client:
    """Signed in, reading English."""
    coordinator.language = "en"
    coordinator.save(update_fields=["language"])
    client = Client()
    client.force_login(coordinator)
    return client


def typed(cycle: Cycle, **changes: Any) -> dict[str, Any]:
    day = datetime.now(UTC).date() + timedelta(days=30)
    return {
        "title": "Taller de participación",
        "kind": "workshop",
        "mode": "remote",
        "cycle": cycle.pk,
        "timing": "hours",
        "day": day.isoformat(),
        "start_time": "10:00",
        "end_time": "12:00",
        "time_zone": "America/Mexico_City",
        "visibility": "public",
        "audience": "everybody",
        "edits": "0",
    } | changes


def edit_url(session: Session) -> str:
    return reverse("workshops:edit", args=[session.slug])


def text_of(response: Any) -> str:
    return str(response.content.decode())


def fingerprint(cycle: Cycle) -> str:
    return diff.fingerprint(diff.pending_changes(cycle))
