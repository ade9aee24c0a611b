"""The rules of a time zone as a VTIMEZONE (RFC 5545, 3.6.5), so that a calendar needs no zone database of its own.

Written here because icalendar's own lets summer time begin an hour late (by the clock after the change, where the RFC
counts by the one before it), and lists days instead of rules, which not every calendar reads.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class _Change:
    """A moment at which a zone's clocks are put forward or back."""

    at: datetime  # in UTC
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool

    @property
    def onset(self) -> datetime:
        """What the clock shows at that moment, before it is changed."""
        return (self.at + self.before).replace(tzinfo=None)

    @property
    def kind(self) -> tuple[object, ...]:
        return (self.is_summer, self.before, self.after, self.name, self.onset.month, self.onset.time())


def _state(zone: ZoneInfo, moment: datetime) -> tuple[timedelta, str, bool]:
    local = moment.astimezone(zone)
    return (local.utcoffset() or timedelta(0), local.tzname() or "", bool(local.dst()))


def _changes(zone: ZoneInfo, first_year: int, last_year: int) -> Iterator[_Change]:
    """Every change from the first to the last year, found by looking at each week and then closer."""
    moment, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    state = _state(zone, moment)
    while moment < end:
        later = moment + timedelta(days=7)
        if (new := _state(zone, later)) != state:
            low, high = moment, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                low, high = (low, middle) if _state(zone, middle) != state else (middle, high)
            at = high.replace(second=0, microsecond=0)  # clocks change on the minute, less than one before `high`
            yield _Change(at, state[0], *new)
            state = new
        moment = later


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _observance(change: _Change, *more: str) -> list[str]:
    name = "DAYLIGHT" if change.is_summer else "STANDARD"
    return [
        f"BEGIN:{name}",
        f"DTSTART:{change.onset:%Y%m%dT%H%M%S}",
        *more,
        f"TZOFFSETFROM:{_offset(change.before)}",
        f"TZOFFSETTO:{_offset(change.after)}",
        f"TZNAME:{change.name}",
        f"END:{name}",
    ]


def _week(change: _Change) -> int:
    """Which of the month's such weekdays it is; -1 for the last."""
    day = change.onset.day
    return -1 if day + 7 > monthrange(change.onset.year, change.onset.month)[1] else (day - 1) // 7 + 1


def _rule(changes: list[_Change], last_year: int) -> str | None:
    """“The second Sunday of March”, if one sentence tells them all; with an end unless it goes on."""
    first, last = changes[0].onset, changes[-1].onset
    if len({change.onset.weekday() for change in changes}) > 1 or len(changes) < 2:
        return None
    if last.year - first.year + 1 != len(changes):
        return None
    numbers = {(change.onset.day - 1) // 7 + 1 for change in changes}
    if len(numbers) == 1:
        week = numbers.pop()
    elif all(_week(change) == -1 for change in changes):
        week = -1
    else:
        return None
    until = "" if last.year >= last_year else f";UNTIL={changes[-1].at:%Y%m%dT%H%M%SZ}"
    return f"RRULE:FREQ=YEARLY;BYMONTH={first.month};BYDAY={week}{DAYS[first.weekday()]}{until}"


@lru_cache(maxsize=64)
def vtimezone(name: str, first_year: int, last_year: int) -> bytes:
    """The zone's rules in force between two years; those still in force at the end go on."""
    zone = ZoneInfo(name)
    offset, label, is_summer = _state(zone, datetime(first_year, 1, 1, tzinfo=UTC))
    begin = datetime(first_year, 1, 1, tzinfo=UTC) - offset  # the clock shows midnight of the first day
    lines = _observance(_Change(begin, offset, offset, label, is_summer))
    alike: dict[tuple[object, ...], list[_Change]] = {}
    for change in _changes(zone, first_year, last_year):
        alike.setdefault(change.kind, []).append(change)
    for same in alike.values():
        if rule := _rule(same, last_year):
            lines += _observance(same[0], rule)
        else:
            lines += [line for change in same for line in _observance(change)]
    return "\r\n".join(["BEGIN:VTIMEZONE", f"TZID:{name}", *lines, "END:VTIMEZONE", ""]).encode()
