"""Who came, recorded from a sheet at one stroke."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import attendance, sheets
from workshops.actions.attendance import BY_IMPORT, locked, mark, record, version_of, visitor_of
from workshops.actions.locks import hold_off_releases
from workshops.models import Participation, Session
from workshops.sheets import Entry, Match, Outcome


class NotAsShown(ActionNotPossible):
    """Something was recorded since the preview; whoever sent the sheet looks at it again."""


@transaction.atomic
def apply_sheet(session: Session, entries: Sequence[Entry], *, shown: str, by: User, now: datetime) -> int:
    """Record all that the preview said, or nothing; the number of people recorded.

    Guarantees that a sheet applied twice changes nothing the second time, and that nothing but what was shown is
    recorded: else NotAsShown. Who is on record as present stays so, with time and way. Raises ActionNotPossible before
    the hours of check-in and for what does not take place.
    """
    hold_off_releases()  # rows are locked one after the other
    version = version_of(session)
    attendance.refuse_unless_open(version, now=now, later_too=True)
    assert version is not None
    Session.objects.select_for_update(no_key=True).get(pk=session.pk)  # walk-ins come one after the other
    matches = sheets.match(session, version, entries)
    due = [one for one in matches if one.changes]
    if due and sheets.fingerprint(matches) != shown:
        raise NotAsShown(_("The list has changed since you looked at it. Please look again."))
    for one in due:
        _apply(session, one, by=by, now=now)
    return len(due)


def _apply(session: Session, one: Match, *, by: User, now: datetime) -> None:
    if one.outcome == Outcome.NEW:
        row = visitor_of(session, name=one.entry.name, institution=one.entry.institution, now=now)
    else:
        row = locked(session, participation=one.row, user=one.user, now=now)
    if one.entry.status == Participation.Attended.PRESENT:
        record(row, how=BY_IMPORT, mode=one.mode, by=by, now=now, may_be_named=None)
    elif row.attended != Participation.Attended.PRESENT:
        mark(row, one.entry.status)
