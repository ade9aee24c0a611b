"""Sessions whose zone has other clock rules by now than when their hours were written; nothing is moved by itself.

What people agreed may be the hour on the wall or the moment: coordinators say which.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from workshops import diff, preparation
from workshops.models import Session


@dataclass(frozen=True)
class Asked:
    """What coordinators are asked about one session: its hours as they were written, and as they read today."""

    session: Session
    day: str
    written: str
    read: str

    @property
    def sentence(self) -> str:
        told = {"zone": self.session.time_zone, "written": self.written, "read": self.read}
        return (
            _("The clock rules of %(zone)s changed: this session was published for %(written)s and now reads %(read)s.")
            if self.session.current_version_id
            else _(
                "The clock rules of %(zone)s changed: this session was written for %(written)s and now reads %(read)s."
            )
        ) % told


def asked_of(session: Session, *, now: datetime) -> Asked | None:
    """What is asked about a session, if anything."""
    if not session.awaits_its_hours(now):
        return None
    written, read = diff.when_written(session), preparation.when_of(session)
    if written.day == read.day:
        return Asked(session, read.day, written.hours, read.hours)
    return Asked(session, written.day, *(f"{one.day}, {one.hours}" for one in (written, read)))


def undecided(now: datetime) -> list[Asked]:
    """All that is asked, soonest first; one query. The rules are those of this release, which no database knows."""
    ahead = Session.objects.filter(status=Session.Status.PLANNED, starts_at__gt=now, start_offset__isnull=False)
    needed = ("slug", "title", "status", "starts_at", "ends_at", "day", "time_zone", "start_offset", "end_offset")
    sessions = ahead.only(*needed, "current_version", "is_demo").in_order()
    return [asked for session in sessions if (asked := asked_of(session, now=now))]
