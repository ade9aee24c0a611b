"""A session that is on and one that is over, with people who came, for the pages about them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from cities.models import Cycle
from ogpgroup.models import User
from tests.factories_schedule import create_session, publish
from tests.pages.site_tables import table_with_notes
from workshops import join_links
from workshops.actions import attendance
from workshops.attendance import personal_code
from workshops.models import Session


def sessions_attended(cycle: Cycle, people: dict[str, User]) -> dict[str, Any]:
    """Their slugs, the code at the door and a person's own."""
    now = timezone.now()
    running = create_session(
        cycle=cycle,
        title="Taller que está en curso",
        mode="hybrid",
        starts_at=now,
        join_url="https://sala.example.org/1",
    )
    over = create_session(cycle=cycle, title="Taller que ya fue", mode="hybrid", starts_at=now - timedelta(days=2))
    publish(cycle)
    for session in (running, over):
        session.refresh_from_db()
        _people(session, people)
    return {
        "running": running.slug,
        "attended": over.slug,
        "door_code": attendance.make_check_in_code(running),
        "personal_code": personal_code(running, people["official"]),
        "join_token": _join_token(running, people["official"]),
        "join_token_late": _join_token(over, people["official"]),
        **table_with_notes(running, people),
    }


def _join_token(session: Session, person: User) -> str:
    session.participations.filter(user=person).update(expected=True)  # a session of the past invites nobody any more
    own = session.participations.get(user=person)
    return join_links.join_url(own, uid=session.uid.hex).rstrip("/").rpartition("/")[2]


def _people(session: Session, people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    assert session.starts_at
    at: dict[str, Any] = {"by": coordinator, "now": session.starts_at + timedelta(minutes=5)}
    attendance.check_in(session, user=coordinator, how="list", mode="face_to_face", may_be_named=True, **at)
    attendance.check_in(session, user=people["official"], how="personal_code", mode="remote", **at)
    known = people["member"].name
    for name, institution in (("Vera Vecina", "Colonia Centro"), (known, "Observatorio sin cuenta")):
        attendance.walk_in(
            session,
            name=name,
            institution=institution,
            mode="face_to_face",
            may_be_named=name != known,
            form_id=uuid4(),
            is_somebody_else=True,
            **at,
        )
