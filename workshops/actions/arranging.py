"""Arranging drafts in the calendar: moving one to another day, repeating one as a series, keeping its hours or moment
when the clock rules of its zone have changed.
"""

import uuid
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from ogpgroup import dates
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops.actions.drafts import save_draft
from workshops.models import OFFSETS, RELEASED_FIELDS, Session

# What an occurrence takes over beside what is released; each is a session of its own from then on.
TAKEN_OVER = (
    *(field for field in RELEASED_FIELDS if field not in {"status", "cancel_reason"}),
    "city",
    "cycle",
    "responsible",
    "reviews_plan",
    "reviews_deliverable",
    "reviews_agreement",
    "audience_roles",
    "lead_hours",
    "series",
    "is_demo",
)
MOST_TIMES = 26


class Every(StrEnum):
    """How often a series repeats."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"


@transaction.atomic
def move(session: Session, *, to: date, by: User | None, seen_edits: int) -> Session:
    """Put a draft on another day; its hours stay those of the wall clock where it takes place.

    Raises ActionNotPossible when somebody else edited it since `seen_edits`, for a cancelled session, and for an hour
    that the change of clocks leaves out that day. A postponed session is planned again.
    """
    session = Session.objects.select_related("cycle").get(pk=session.pk)
    if session.is_cancelled:
        raise ActionNotPossible(_("This session is cancelled; take the cancellation back before you move it."))
    _put_on(session, to)
    return _saved(session, like=session, by=by, seen_edits=seen_edits)


@transaction.atomic
def keep_clock(session: Session, *, by: User | None) -> Session:
    """Move a draft to where its clock shows the hours that were written, by the clock rules of today.

    The next release tells everybody, as of any move. Raises ActionNotPossible when nothing is to be decided any more,
    and for an hour that the change of clocks leaves out that day.
    """
    session = _undecided(session)
    assert session.written_start is not None
    _put_on(session, session.written_start.date())
    return _saved(session, like=session, by=by, seen_edits=session.edits)


@transaction.atomic
def keep_moment(session: Session, *, by: User | None) -> Session:
    """Let a draft begin at the moment at which it does, with the hours that its clock shows then by the rules of today.

    What was published reads otherwise, in mails and calendars: the next release tells everybody. Raises
    ActionNotPossible when nothing is to be decided any more.
    """
    session = _undecided(session)
    session.note_offsets()
    session.edited_by, session.edited_at, session.edits = by, database_now(), session.edits + 1
    session.save(update_fields=[*OFFSETS, "edited_by", "edited_at", "edits"])
    return session


def _undecided(session: Session) -> Session:
    """The draft, held until the decision is stored: of two at once the second is told."""
    session = Session.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=session.pk)
    if not session.awaits_its_hours(database_now()):
        raise ActionNotPossible(_("There is nothing to decide any more: its hours are as the clock shows them."))
    return session


@transaction.atomic
def repeat(session: Session, *, every: Every, times: int, by: User | None, seen_edits: int) -> list[Session]:
    """Make a series of so many sessions in all, this one the first; returns the new drafts, each its own from then on.

    Hours stay those of the wall clock, also over the night in which the clocks change. Days on which the series has a
    session that takes place are left out, so that a series is made longer by repeating its first session. Raises
    ActionNotPossible when somebody else edited the session since `seen_edits`; so a form that is sent twice makes one
    series.
    """
    if not 2 <= times <= MOST_TIMES:
        raise ValueError("A series has from 2 to 26 sessions.")
    session = Session.objects.select_related("cycle").get(pk=session.pk)
    if session.is_cancelled:
        raise ActionNotPossible(_("This session is cancelled; take the cancellation back before you repeat it."))
    session.series = session.series or uuid.uuid4()
    _saved(session, like=session, by=by, seen_edits=seen_edits)
    Session.objects.filter(pk=session.pk).update(series=session.series)
    made = []
    known = {one.local_day for one in Session.objects.filter(series=session.series) if one.is_planned}
    for day in islice(days_after(session.local_day, every), times - 1):
        if day in known:
            continue
        occurrence = Session(**{name: getattr(session, name) for name in TAKEN_OVER})
        _put_on(occurrence, day)
        made.append(_saved(occurrence, like=session, by=by))
    return made


def _saved(session: Session, *, like: Session, by: User | None, seen_edits: int = 0) -> Session:
    return save_draft(
        session,
        organizations=list(like.audience_organizations.all()),
        people=list(like.audience_people.all()),
        cities=list(like.audience_cities.all()),
        by=by,
        seen_edits=seen_edits,
    )


def days_after(first: date, every: Every) -> Iterator[date]:
    """The days that follow in a series, without end; monthly ones keep the weekday's place in the month."""
    number = 0
    while True:
        number += 1
        if every == Every.MONTH:
            yield same_weekday(first, number)
        else:
            yield first + timedelta(weeks=number * (2 if every == Every.FORTNIGHT else 1))


def same_weekday(first: date, months: int) -> date:
    """The same weekday so many months later: the second Thursday stays the second, a fifth becomes the last."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    month += 1
    place = (first.day - 1) // 7
    earliest = date(year, month, 1)
    day = 1 + (first.weekday() - earliest.weekday()) % 7 + 7 * place
    return date(year, month, day if day <= monthrange(year, month)[1] else day - 7)


def _put_on(session: Session, day: date) -> None:
    """Begin on this day, with the hours that were written on the wall clock of its zone and as many days long."""
    starts, ends = session.written_start, session.written_end
    if starts is None or ends is None:
        session.day = day
        return
    session.starts_at = _instant(day, starts.time(), session.zone)
    session.ends_at = _instant(ends.date() + (day - starts.date()), ends.time(), session.zone)
    if session.ends_at <= session.starts_at:
        raise ActionNotPossible(_("The clocks change that night and it would end before it begins; set its hours."))


def _instant(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of the zone show the hour; the first one where they show it twice."""
    local = datetime.combine(day, hour.replace(fold=0), zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ActionNotPossible(
            _("On %(day)s the clocks go forward and %(hour)s does not exist there. Please choose another day.")
            % {"day": dates.spoken_day(day, weekday=False), "hour": f"{hour:%H:%M}"}
        )
    return instant
