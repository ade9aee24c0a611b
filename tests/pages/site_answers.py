"""A member who is asked to answer, for the pages of the answering area."""

from typing import Any

from django.utils import timezone

from cities.models import Cycle
from ogpgroup.models import User
from tests.factories_schedule import create_session, in_days, publish
from workshops import actions, answer_links
from workshops.models import Participation, Session

Answer = Participation.Answer


def asked_to_answer(cycle: Cycle, member: User) -> dict[str, Any]:
    """A hybrid session with few seats: the member is on the waiting list of the room; another was cancelled."""
    session = create_session(
        cycle=cycle,
        title="Taller con lugares contados",
        people=[member],
        starts_at=in_days(40),
        mode="hybrid",
        seats_in_person=0,
        seats_remote=3,
    )
    cancelled = create_session(cycle=cycle, title="Taller que no tendrá lugar", people=[member], starts_at=in_days(41))
    publish(cycle)
    cancelled.refresh_from_db()
    actions.cancel(cancelled, reason="La sede no está disponible.", by=None)
    publish(cycle)
    actions.answer(session, user=member, answer=Answer.YES, now=timezone.now())
    return {
        "seated": session.slug,
        "answer_asked": _token(session, member, Answer.MAYBE),
        "answered": _token(session, member, Answer.YES),
        "closed_answer": _token(cancelled, member, Answer.YES),
    }


def _token(session: Session, member: User, answer: Answer) -> str:
    own = Participation.objects.get(session=session, user=member)
    url = answer_links.answer_url(own, uid=session.uid.hex, answer=answer)
    return url.rstrip("/").rpartition("/")[2]
