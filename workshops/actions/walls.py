"""Verbs on the wall of a session: its timer, standing still, and who may watch."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from workshops.models import Session, Wall

LONGEST: Final = timedelta(hours=8)
MORE: Final = timedelta(minutes=5)


@transaction.atomic
def start_timer(session: Session, *, minutes: int, label: str, now: datetime) -> Wall:
    """Let the time of a task run from now on; a timer that ran before gives way."""
    wall = _wall(session)
    wall.timer_label, wall.timer_ends_at, wall.timer_stopped_with = label, now + timedelta(minutes=minutes), None
    return _saved_timer(wall)


@transaction.atomic
def stop_timer(session: Session, *, now: datetime) -> Wall:
    """Let the time stand still with what is left; what stands still or is over stays as it is."""
    wall = _wall(session)
    if wall.timer_ends_at is not None and wall.timer_ends_at > now:
        wall.timer_stopped_with = round((wall.timer_ends_at - now).total_seconds())
        wall.timer_ends_at = None
    return _saved_timer(wall)


@transaction.atomic
def go_on_with_timer(session: Session, *, now: datetime) -> Wall:
    """Let the time that stands still run on; what runs already runs on."""
    wall = _wall(session)
    if wall.timer_stopped_with is not None:
        wall.timer_ends_at = now + timedelta(seconds=wall.timer_stopped_with)
        wall.timer_stopped_with = None
    return _saved_timer(wall)


@transaction.atomic
def give_more_time(session: Session, *, seen: str, now: datetime) -> Wall:
    """Five minutes more than the end that was seen (`told_timer`): who presses twice gives them once.

    Raises ActionNotPossible where there is no time to add to, or somebody else has changed it since.
    """
    wall = _wall(session)
    if told_timer(wall) != seen:
        raise ActionNotPossible(_("The time was changed meanwhile; look at it and press again if it is still short."))
    if wall.timer_ends_at is not None:
        wall.timer_ends_at = min(max(wall.timer_ends_at, now) + MORE, now + LONGEST)
    elif wall.timer_stopped_with is not None:
        wall.timer_stopped_with = min(wall.timer_stopped_with + int(MORE.total_seconds()), int(LONGEST.total_seconds()))
    else:
        raise ActionNotPossible(_("No time runs."))
    return _saved_timer(wall)


@transaction.atomic
def clear_timer(session: Session) -> Wall:
    """Take the timer off the wall."""
    wall = _wall(session)
    wall.timer_label, wall.timer_ends_at, wall.timer_stopped_with = "", None, None
    return _saved_timer(wall)


def told_timer(wall: Wall | None) -> str:
    """The same for the same end or the same rest: by it `give_more_time` knows what was seen."""
    if wall is None or (wall.timer_ends_at is None and wall.timer_stopped_with is None):
        return ""
    return wall.timer_ends_at.isoformat() if wall.timer_ends_at else str(wall.timer_stopped_with)


@transaction.atomic
def freeze(session: Session, *, now: datetime) -> Wall:
    """Let the wall stand still: notes that arrive from now on wait. A wall that stands still stands since before."""
    wall = _wall(session)
    wall.frozen_at = wall.frozen_at or now
    wall.save(update_fields=["frozen_at"])
    return wall


@transaction.atomic
def go_on(session: Session) -> Wall:
    """Let the wall show again what arrives, and all that waited."""
    wall = _wall(session)
    wall.frozen_at = None
    wall.save(update_fields=["frozen_at"])
    return wall


@transaction.atomic
def open_to_everybody(session: Session) -> Wall:
    """Let everybody watch the wall of a public session. Raises ActionNotPossible where the session is not public."""
    version = session.current_version
    if version is None or version.visibility != Session.Visibility.PUBLIC:
        raise ActionNotPossible(_("Only the wall of a public session can be opened to everybody."))
    wall = _wall(session)
    wall.is_open = True
    wall.save(update_fields=["is_open"])
    return wall


@transaction.atomic
def close_to_group(session: Session) -> Wall:
    """Let the group alone watch. Guarantees that the address which others have seen shows nothing any more."""
    wall = _wall(session)
    wall.is_open, wall.address_serial = False, wall.address_serial + 1
    wall.save(update_fields=["is_open", "address_serial"])
    return wall


def _wall(session: Session) -> Wall:
    """The session's wall, made where there is none, locked until the transaction ends."""
    return Wall.objects.select_for_update().get_or_create(session=session)[0]


def _saved_timer(wall: Wall) -> Wall:
    wall.save(update_fields=["timer_label", "timer_ends_at", "timer_stopped_with"])
    return wall
