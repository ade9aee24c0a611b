"""The hours of an agenda, and whether its points fit: they follow from the start and the minutes of each point."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from workshops.models import AgendaItem, SessionBase


@dataclass(frozen=True)
class Point:
    """A point with its parts. It begins at an hour only where the length of all that stands before it is known."""

    item: AgendaItem
    minutes: int | None  # its own, else those of its parts where all of them are known
    starts_at: datetime | None
    parts: tuple["Point", ...] = ()

    @property
    def ends_at(self) -> datetime | None:
        if self.starts_at is None or self.minutes is None:
            return None
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def left(self) -> int | None:
        """Minutes of the point that its parts leave; fewer than none where they take too many."""
        if self.item.minutes is None or not self.parts:
            return None
        return self.item.minutes - sum(part.minutes or 0 for part in self.parts)


@dataclass(frozen=True)
class Agenda:
    """The points of a session in order, and how much of its time they take."""

    points: tuple[Point, ...]
    total: int | None  # minutes of the session, where its hours are known

    @property
    def used(self) -> int:
        return sum(point.minutes or 0 for point in self.points)

    @property
    def left(self) -> int | None:
        """Minutes that no point takes; fewer than none where they take too many."""
        return None if self.total is None else self.total - self.used

    @property
    def over(self) -> int:
        """Minutes that do not fit."""
        return max(0, -(self.left or 0))

    def __iter__(self) -> Iterator[Point]:  # depth first, as people read
        for point in self.points:
            yield point
            yield from point.parts

    def __bool__(self) -> bool:
        return bool(self.points)


def agenda(session: SessionBase, items: Iterable[AgendaItem]) -> Agenda:
    """The agenda of a session, or of its published version, from all its points. Runs no query.

    Hours are instants: where the clocks change in between, the wall shows what it shows.
    """
    in_order = sorted(items, key=lambda item: item.position)
    parts: dict[int, list[AgendaItem]] = {}
    for item in in_order:
        if item.parent_id is not None:
            parts.setdefault(item.parent_id, []).append(item)
    hour, points = session.starts_at, []
    for item in in_order:
        if item.parent_id is None:
            point = _point(item, parts.get(item.pk, []), hour)
            points.append(point)
            hour = point.ends_at
    return Agenda(tuple(points), minutes_of(session))


def minutes_of(session: SessionBase) -> int | None:
    """How long the session is; nothing where only its date is known."""
    if session.starts_at is None or session.ends_at is None:
        return None
    return (session.ends_at - session.starts_at) // timedelta(minutes=1)


def _point(item: AgendaItem, parts: Sequence[AgendaItem], starts_at: datetime | None) -> Point:
    hour, placed = starts_at, []
    for part in parts:
        placed.append(Point(part, part.minutes, hour))
        hour = placed[-1].ends_at
    minutes = item.minutes
    if minutes is None and placed and all(part.minutes is not None for part in placed):
        minutes = sum(part.minutes or 0 for part in placed)
    return Point(item, minutes, starts_at, tuple(placed))


def answered_with(items: Iterable[AgendaItem]) -> dict[int, set[int]]:
    """To which points each point with a respondent gives direct feedback: its own presentation.

    One that nobody presents answers what was presented since the direct feedback before it.
    """
    found: dict[int, set[int]] = {}
    since: set[int] = set()
    for item in sorted(items, key=lambda one: one.position):
        if item.is_presented:
            since.add(item.pk)
        if item.has_respondent:
            found[item.pk] = {item.pk} if item.is_presented else set(since)
        if item.kind == AgendaItem.Kind.DIRECT_FEEDBACK:
            since = set()
    return found
