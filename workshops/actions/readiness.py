"""What coordinators put aside of “Is it ready?” for one session, and take up again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops.models import NotNeeded, Session
from workshops.reports import readiness


@transaction.atomic
def put_aside(session: Session, gap: str, *, by: User, now: datetime) -> readiness.Gap:
    """Keep that this is not needed at the session, with who said so and when; said twice, the first stays.

    Raises ActionNotPossible for what is not missing any more, or what somebody waits for.
    """
    missing = {one.key: one for one in readiness.gaps_at([session], now=now).get(session.pk, []) if one.key}
    if gap not in missing:
        raise ActionNotPossible(_("This is not missing any more."))
    NotNeeded.objects.get_or_create(
        session=session, gap=gap, taken_back_at=None, defaults={"said_by": by, "said_at": now}
    )
    return missing[gap]


@transaction.atomic
def take_up(session: Session, gap: str, *, by: User, now: datetime) -> None:
    """It is needed after all; what was said stays on record. Harmless twice."""
    session.not_needed.standing().filter(gap=gap).update(taken_back_at=now, taken_back_by=by)
