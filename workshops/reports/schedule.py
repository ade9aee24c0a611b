"""The published schedule as a list.

A release never changes, so what everybody may see is rendered once for each language and zone and kept; what only some
may see is read anew for each of them and never kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from cities.models import group_day
from ogpgroup import dates
from ogpgroup.kept import Kept
from ogpgroup.models import User
from workshops.models import ScheduleRelease, SessionVersion
from workshops.reports.rows import MemberCity, Reader, Row, Writer, by_month, member_cities

NEXT, PAST = "next", "past"

# The day of the schedule turns at this hour, when a session with a date alone is over in the westernmost zone as well.
DAY_TURNS_AT = time(3)
# More past sessions than this are shown year by year.
PAST_AT_ONCE = 100


class Stamp(NamedTuple):
    """What the published schedule is now; two equal stamps mean the same list.

    The count is there for the removal of demonstration rows, which takes sessions away without a release; the moment
    for a database put back from a backup, in which a number may be given a second time.
    """

    release: int
    released_at: datetime | None
    sessions: int


@dataclass(frozen=True)
class Fragment:
    """Rows of one period, ready to be put into a page."""

    rows: tuple[Row, ...]
    html: SafeString

    @property
    def size(self) -> int:
        return 2 * len(self.html) + 1000


_fragments: Kept[Fragment] = Kept(megabytes=24)


_STAMP = """
SELECT id, released_at, (SELECT count(*) FROM workshops_session WHERE current_version_id IS NOT NULL)
FROM workshops_schedulerelease ORDER BY number DESC LIMIT 1
"""


def stamp() -> Stamp:
    """In one query, because every page with the schedule asks it first."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        return Stamp(*(cursor.fetchone() or (0, None, 0)))


def latest_release(user: User | AnonymousUser) -> ScheduleRelease | None:
    """The last release that changed something the person may see."""
    visible = SessionVersion.objects.visible_to(user).order_by("-release__number").select_related("release")
    version = visible.only("release").first()
    return version.release if version else None


def day_cut(now: datetime) -> datetime:
    """The moment at which the schedule's day began; what ended before is past."""
    zone = dates.zone_info(settings.TIME_ZONE)
    local = now.astimezone(zone)
    day = local.date() if local.time() >= DAY_TURNS_AT else local.date() - timedelta(days=1)
    return datetime.combine(day, DAY_TURNS_AT, zone)


def of_period(versions: QuerySet[SessionVersion], period: str, cut: datetime) -> QuerySet[SessionVersion]:
    return versions.upcoming(cut) if period == NEXT else versions.past(cut)  # type: ignore[attr-defined, no-any-return]


@dataclass(frozen=True)
class Schedule:
    """The schedule at one moment for one kind of reader."""

    stamp: Stamp
    cities: tuple[MemberCity, ...]
    cut: datetime
    reader: Reader

    @classmethod
    def at(cls, now: datetime, reader: Reader) -> "Schedule":
        return cls(stamp(), member_cities(group_day(now)), day_cut(now), reader)

    def key(self, period: str) -> tuple[object, ...]:
        """Everything the list of public sessions depends on."""
        return (self.stamp, self.cities, self.cut, self.reader, period)

    def public(self, period: str) -> Fragment:
        """What everybody may see, kept."""

        def make() -> Fragment:
            public = SessionVersion.objects.current().visible_to(AnonymousUser())
            return self.listed(of_period(public, period, self.cut), period)

        return _fragments.get(self.key(period), make, size=lambda fragment: fragment.size)

    def visible(self, period: str, user: User | AnonymousUser) -> Fragment:
        """What this person may see: the kept rows, and among them those that only some may see."""
        public = self.public(period)
        if not user.is_authenticated:
            return public
        some = SessionVersion.objects.current().visible_to(user).exclude(visibility=SessionVersion.Visibility.PUBLIC)
        own = self.written(of_period(some, period, self.cut))
        return self.of_rows([*public.rows, *own], period) if own else public

    def listed(self, versions: QuerySet[SessionVersion], period: str) -> Fragment:
        return self.of_rows(self.written(versions), period)

    def written(self, versions: QuerySet[SessionVersion]) -> list[Row]:
        return Writer(self.reader, self.cities).rows(versions)

    def of_rows(self, rows: Sequence[Row], period: str) -> Fragment:
        """In the order of the days on which they begin; the latest first among those that are past."""
        ordered = tuple(sorted(rows, reverse=period == PAST))
        return Fragment(ordered, by_month(ordered, self.reader.language))


class Year(NamedTuple):
    number: int
    sessions: int


def years_of(rows: Sequence[Row]) -> list[Year]:
    """The years of a long list, newest first; none where the list is short enough to be read at once."""
    if len(rows) <= PAST_AT_ONCE:
        return []
    numbers = [row.day.year for row in rows]
    return [Year(number, numbers.count(number)) for number in sorted(set(numbers), reverse=True)]
