"""Sessions with seats, and people who answer, for the tests of seats."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ogpgroup.models import User
from tests import factories
from tests.workshops.published import NOW, publish_session
from workshops import actions
from workshops.models import Participation, Session

YES, MAYBE, NO = Participation.Answer.YES, Participation.Answer.MAYBE, Participation.Answer.NO
ROOM, LINE = "face_to_face", "remote"
MINUTE = timedelta(minutes=1)


def seated(seats: int | None, *, people: Sequence[User] = (), line: int | None = None, **fields: Any) -> Session:
    """A published session face to face, with so many seats."""
    given: dict[str, Any] = {"mode": ROOM, "seats_in_person": seats, "seats_remote": line} | fields
    return publish_session(people=people, **given).session


def members(count: int) -> list[User]:
    return [factories.create_member() for _ in range(count)]


def say(session: Session, people: Sequence[User], answer: Participation.Answer = YES, **given: Any) -> None:
    """One after the other, a minute apart, beginning a minute after the release."""
    start = given.pop("now", NOW + MINUTE)
    for number, user in enumerate(people):
        actions.answer(session, user=user, answer=answer, now=start + number * MINUTE, **given)


def places(session: Session, people: Sequence[User]) -> list[str]:
    """`held`, `waiting` ... of each; `-` for who has none."""
    rows = {one.user_id: one.place for one in Participation.objects.filter(session=session)}
    return [rows.get(user.pk) or "-" for user in people]


def own(session: Session, user: User) -> Participation:
    return Participation.objects.get(session=session, user=user)
