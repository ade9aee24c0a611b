"""Who came, as a phone at the door noted it without a network and sends it now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import attendance
from workshops.actions import attendance as actions
from workshops.models import DoorEntry, Participation, Session

PRESENT, UNKNOWN = Participation.Attended.PRESENT, Participation.Attended.UNKNOWN
WAYS = {"room": attendance.ROOM, "line": attendance.LINE}


def seen_of(row: Participation) -> str:
    """What a list shows of the row, so that it is undone as it was seen, and not what was recorded since."""
    return f"{row.attended} {row.checked_in_at.isoformat() if row.checked_in_at else ''}".strip()


def happened(session: Session, *, age: timedelta, now: datetime) -> datetime:
    """When something was noted that a device sends so long after, by the version that counts now."""
    version = actions.version_of(session)
    return now if version is None else attendance.happened(version, age, now)[0]


@transaction.atomic
def once[Done](session: Session, *, client_id: UUID, by: User, does: Callable[[], Done]) -> Done | None:
    """Do what a device sends under this id and return what came of it; nothing, where it was done before.

    Guarantees that it is done once, however often and at once it is sent, also where somebody took it back since: the
    first one writes the id, all others wait for it. What is refused has not been done and may be sent again. Raises
    ActionNotPossible where somebody else used the id, or it was used at another session.
    """
    entry, is_first = DoorEntry.objects.get_or_create(client_id=client_id, defaults={"session": session, "sent_by": by})
    if is_first:
        return does()
    if (entry.session_id, entry.sent_by_id) != (session.pk, by.pk):
        raise ActionNotPossible(_("This entry was sent before, by somebody else or for another session."))
    return None


@transaction.atomic
def mark_later(row: Participation, *, mark: str, seen: str, age: timedelta, by: User, now: datetime) -> None:
    """Record what was ticked on a list without network.

    Guarantees, whoever was quicker: somebody ticked as present is present, also where they were written down as absent
    or excused meanwhile, and the first time stands; nobody who is present is excused or absent by an older list; and
    what was recorded since the list was read is not undone. Raises ActionNotPossible with the reason.
    """
    session = row.session
    if mark in WAYS:
        at = happened(session, age=age, now=now)
        how = Participation.CheckedIn.LIST
        actions.check_in(session, participation=row, how=how, mode=WAYS[mark], by=by, now=now, at=at)
    elif mark == "excused":
        actions.excuse(row, now=now)
    elif mark == "absent":
        actions.mark_absent(row, now=now)
    else:
        current = actions.locked(session, participation=row, user=None, now=now)
        if current.attended != UNKNOWN and seen_of(current) != seen:
            raise ActionNotPossible(_("Something else was recorded of this person since; it is not undone."))
        actions.undo_check_in(row)


@transaction.atomic
def walk_in_later(
    session: Session,
    *,
    name: str,
    institution: str,
    mode: str,
    may_be_named: bool,
    form_id: UUID,
    age: timedelta,
    by: User,
    now: datetime,
) -> Participation:
    """Write down somebody who came while there was no network.

    Nobody could be asked whether it is the person of that name whom we know: the row stands by itself, and the list
    offers to join the two. See also `walk_in`.
    """
    at = happened(session, age=age, now=now)
    return actions.walk_in(
        session,
        name=name,
        institution=institution,
        mode=mode,
        may_be_named=may_be_named,
        form_id=form_id,
        by=by,
        now=now,
        at=at,
        is_somebody_else=True,
    )
