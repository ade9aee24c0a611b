"""A session that is on, and the people around it, for the tests of attendance."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection

from ogpgroup.models import User
from tests.factories_schedule import create_session, publish
from tests.workshops.coordination import running_cycle
from workshops.actions import attendance as actions
from workshops.models import Participation, Session

START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
NOW = START + timedelta(minutes=10)


def begin_ids_apart() -> None:
    """No two tables' ids are equal by chance."""
    with connection.cursor() as cursor:
        for number, table in enumerate(("workshops_session", "workshops_participation", "ogpgroup_user"), start=3):
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH {number}00001")


def session_on(**given: Any) -> Session:
    """Published, and begun a moment ago."""
    given = {"cycle": None, "title": "Taller abierto", "mode": "hybrid", "starts_at": START} | given
    given["cycle"] = given["cycle"] or running_cycle()
    session = create_session(**given)
    publish(session)
    session.refresh_from_db()
    return session


def row_of(session: Session, user: User) -> Participation:
    return Participation.objects.get(session=session, user=user)


def walk_in(session: Session, **given: Any) -> Participation:
    typed: dict[str, Any] = {
        "name": "Vera Vecina",
        "institution": "Colonia Centro",
        "mode": "face_to_face",
        "may_be_named": False,
        "form_id": uuid4(),
        "by": None,
        "now": NOW,
    } | given
    return actions.walk_in(session, **typed)


def facts(row: Participation) -> tuple[str, str, str, datetime | None, int | None]:
    row.refresh_from_db()
    return row.attended, row.mode, row.checked_in_how, row.checked_in_at, row.checked_in_by_id
