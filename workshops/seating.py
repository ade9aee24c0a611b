"""Where a person stands with their seat, as pages tell it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from workshops.models import Participation, SessionVersion
from workshops.models.seats import ROOM, seats_of, ways_to_come

Place = Participation.Place


@dataclass(frozen=True)
class Way:
    """A way to come to a hybrid session."""

    value: str
    label: str
    is_chosen: bool
    is_full: bool  # who asks for it now waits


@dataclass(frozen=True)
class Standing:
    """The seat of one person, and the ways to come among which they choose; none where there is only one."""

    has_seat: bool = False
    is_counted: bool = False
    number_in_line: int = 0  # 1 for who is next
    offered_until: datetime | None = None
    let_pass: bool = False
    comes_by: str = ""
    ways: Sequence[Way] = ()


def no_seat_yet(own: Participation, *, until: str) -> str:
    """What mails say to who said yes and has no seat, or was sent to take one; nothing for the others.

    `until` is when an offer ends.
    """
    if own.place == Place.OFFERED:
        return _("A seat is kept for you until %(until)s. Please say whether you take it.") % {"until": until}
    if own.place == Place.WAITING:
        return _("You are on the waiting list and have no seat yet.")
    if not own.lacks_seat:
        return ""
    return _("You have no seat: the time to take the one that was kept for you is over.")


def standing_of(own: Participation | None, version: SessionVersion, *, now: datetime) -> Standing:
    """Three queries at most, none where nobody counts seats and there is one way to come."""
    ways = ways_to_come(version)
    chosen = own.comes_by if own is not None and own.comes_by in ways else str(ROOM if ROOM in ways else ways[0])
    choices = []
    if len(ways) > 1:
        choices = [
            Way(way, str(way.label), is_chosen=way == chosen, is_full=_is_full(version, way, own)) for way in ways
        ]
    if own is None or (own.answer != Participation.Answer.YES and own.place == Place.NONE):
        return Standing(ways=choices)
    is_counted = seats_of(version, chosen) is not None
    is_offered = own.offered_until is not None and own.offered_until > now
    return Standing(
        has_seat=own.place == Place.HELD,
        is_counted=is_counted,
        number_in_line=_number_in_line(own),
        offered_until=own.offered_until if is_offered else None,
        let_pass=is_counted and not is_offered and (own.place == Place.OFFERED or _has_let_pass(own)),
        comes_by=str(own.get_comes_by_display()) if len(ways) > 1 and own.place == Place.HELD else "",
        ways=choices,
    )


def _has_let_pass(own: Participation) -> bool:
    return own.place == Place.NONE and own.waiting_since is not None


def _is_full(version: SessionVersion, way: str, own: Participation | None) -> bool:
    """Whether somebody who asks for a seat now would wait: all are taken, or others wait already."""
    seats = seats_of(version, way)
    if seats is None or (own is not None and own.comes_by == way and own.place in {Place.HELD, Place.OFFERED}):
        return False
    others = Participation.objects.filter(session=version.session_id, comes_by=way).exclude(place=Place.NONE)
    if own is not None:
        others = others.exclude(pk=own.pk)
    places = list(others.values_list("place", flat=True))
    return Place.WAITING in places or len(places) >= seats


def _number_in_line(own: Participation) -> int:
    if own.place != Place.WAITING:
        return 0
    line = Participation.objects.filter(session=own.session_id, comes_by=own.comes_by, place=Place.WAITING)
    before = Q(waiting_since__lt=own.waiting_since) | Q(waiting_since=own.waiting_since, pk__lt=own.pk)
    return line.filter(before).count() + 1
