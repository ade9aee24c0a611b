"""Sessions as rows of a list, written in Python because a schedule has thousands.

The markup is that of templates/components/session_row.html; a test compares the two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import NamedTuple

from babel.lists import format_list
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from cities.models import City
from ogpgroup import changes, dates
from ogpgroup.kept import Kept
from ogpgroup.text import SortKey
from workshops.models import SessionBase, SessionVersion

# Beside an hour there is room for so many names of cities; the session's own page names them all.
CITIES_BESIDE_AN_HOUR = 3


class MemberCity(NamedTuple):
    """A city of the group and its clock."""

    name: str
    zone: str
    is_demo: bool


class Reader(NamedTuple):
    """In whose words a row is written: language, and zone where the person has one."""

    language: str
    zone: str | None


class Facts(NamedTuple):
    """What a row shows of a published session, in the order of the database's columns."""

    pk: int
    slug: str
    title: str
    kind: str
    mode: str
    day: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    time_zone: str
    venue: str
    city_name: str
    status: str
    cancel_reason: str
    visibility: str
    is_demo: bool
    begins_at: datetime


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A session in a list: where it stands in time, and its markup."""

    day: date
    begins_at: datetime
    pk: int
    html: str = field(compare=False)
    title: str = field(compare=False)
    is_planned: bool = field(compare=False)
    is_demo: bool = field(compare=False)


_cities: Kept[tuple[MemberCity, ...]] = Kept(megabytes=1)


def member_cities(on: date) -> tuple[MemberCity, ...]:
    """Cities of the group that day: the latest fellow city first, then those before it, then by name.

    Kept until something counted is written, as their tables are: nearly every page with hours asks for them.
    """
    return _cities.get((changes.stamp(), on), lambda: _member_cities(on), size=lambda cities: 300 * len(cities))


def _member_cities(on: date) -> tuple[MemberCity, ...]:
    cities = City.objects.in_group(on).annotate(fellow_since=Max("fellow_cycles__starts_on"), order=SortKey("name"))
    ordered = cities.order_by("order").values_list("fellow_since", "name", "time_zone", "is_demo")
    latest_first = sorted(ordered, key=lambda row: -(row[0] or date.min).toordinal())
    return tuple(MemberCity(*row[1:]) for row in latest_first)


def facts_of(versions: QuerySet[SessionVersion]) -> list[Facts]:
    return [Facts(*row) for row in versions.values_list(*Facts._fields)]


# A release changes few sessions: the rows of the others are there for the first reader after it.
_rows: Kept[Row] = Kept(megabytes=24)


def forget() -> None:
    """As after a restart; only tests and measurements need this."""
    _rows.clear()
    _cities.clear()


class Writer:
    """Writes rows for one kind of reader; what all rows share is looked up once.

    A row depends on its facts and on what the writer was made with, and is kept by both.
    """

    def __init__(self, reader: Reader, cities: Sequence[MemberCity] = (), *, this_year: int | None = None) -> None:
        """Under headings of months rows need no year; elsewhere those of other years than `this_year` say theirs."""
        self._language, self._zone, self._this_year = reader.language, reader.zone, this_year
        self._key = (reader, tuple(cities), this_year)
        self._clocks = {
            is_demo: tuple((city.name, city.zone) for city in cities if city.is_demo == is_demo)
            for is_demo in (False, True)
        }
        self._zones = {
            is_demo: tuple((zone, dates.zone_info(zone)) for zone in dict.fromkeys(zone for _name, zone in clocks))
            for is_demo, clocks in self._clocks.items()
        }
        self._before_slug, self._after_slug = reverse("workshops:session_detail", args=["slug"]).split("slug")
        with override(self._language):
            self._kinds = {value: _pill(str(label)) for value, label in SessionBase.Kind.choices}
            self._modes = {value: _pill(str(label)) for value, label in SessionBase.Mode.choices}
            self._circles: dict[str, str] = {
                SessionBase.Visibility.PUBLIC: "",
                SessionBase.Visibility.GROUP: _pill(_("Working group only")),
                SessionBase.Visibility.INVITED: _pill(_("Only those expected")),
            }
            self._not_held: dict[str, str] = {
                SessionBase.Status.PLANNED: "",
                SessionBase.Status.POSTPONED: _pill(_("Postponed, the new date follows"), kind="warm"),
                SessionBase.Status.CANCELLED: _pill(_("Cancelled"), kind="warm"),
            }
            self._demo = _pill(_("Demonstration"), kind="warm")
            self._reason = _("Reason: %(reason)s")
            self._whose = _("%(hours)s, %(zone)s time")
            self._hour_in = _("%(hour)s in %(cities)s")

    def row(self, facts: Facts) -> Row:
        return _rows.get((self._key, facts), lambda: self._written(facts), size=lambda row: 2 * len(row.html) + 1000)

    def _written(self, facts: Facts) -> Row:
        is_planned = facts.status == SessionBase.Status.PLANNED
        when = dates.when(
            day=facts.day,
            starts_at=facts.starts_at,
            ends_at=facts.ends_at,
            zone=self._zone or facts.time_zone,
            language=self._language,
        )
        other_year = self._this_year is not None and when.date.year != self._this_year
        year = f" <span>{when.date.year}</span>" if other_year else ""
        note = "" if is_planned else f"<p>{escape(self._reason % {'reason': facts.cancel_reason})}</p>"
        pills = [
            self._not_held[facts.status],
            self._demo if facts.is_demo else "",
            self._circles[facts.visibility],
            self._kinds[facts.kind],
            self._modes[facts.mode],
        ]
        css = "" if is_planned else f" session-{facts.status}"
        html = (
            f'<li><article class="session-row{css}">'
            f'<time class="date-block" datetime="{when.iso_start}"><b>{when.date.day}</b> '
            f"<span>{dates.short_month(when.date, self._language)}</span>{year}</time>"
            f'<div><h3><a href="{self._before_slug}{facts.slug}{self._after_slug}">{escape(facts.title)}</a></h3>'
            f"<p>{escape(self._line(facts, when))}</p>{_paragraph(facts.venue, facts.city_name)}{note}"
            f'<div class="pills">{" ".join(pill for pill in pills if pill)}</div></div></article></li>'
        )
        return Row(when.date, facts.begins_at, facts.pk, html, facts.title, is_planned, facts.is_demo)

    def rows(self, versions: QuerySet[SessionVersion]) -> list[Row]:
        return [self.row(facts) for facts in facts_of(versions)]

    def _line(self, facts: Facts, when: dates.When) -> str:
        """“Jueves, 10:00–12:00 h, hora del centro de México (11:00 en Reynosa)”."""
        weekday = dates.spoken_weekday(when.date, self._language)
        weekday = weekday[0].upper() + weekday[1:]
        return f"{weekday}, {self.hours(facts, when)}" if when.hours else weekday

    def hours(
        self,
        facts: Facts | SessionVersion,
        when: dates.When,
        *,
        at_most: int = CITIES_BESIDE_AN_HOUR,
        naming_zone: bool = False,
    ) -> str:
        """The session's hours with their zone, and beside them those of member cities, where they differ.

        A reader with a zone of their own reads that one, and beside it the hours where the session is held. A list says
        once whose hours these are; a page of one session names the zone (`naming_zone`).
        """
        assert facts.starts_at is not None
        if self._zone is None:
            hours = self._whose % {"hours": when.hours, "zone": when.zone}
            elsewhere = self._elsewhere(facts.starts_at, facts.time_zone, is_demo=facts.is_demo, at_most=at_most)
            return f"{hours} ({', '.join(elsewhere)})" if elsewhere else hours
        own = self._whose % {"hours": when.hours, "zone": when.zone} if naming_zone else when.hours
        there = facts.starts_at.astimezone(dates.zone_info(facts.time_zone))
        if there.isoformat()[:16] == when.iso_start[:16]:
            return own
        hours = dates.spoken_hours(facts.starts_at, facts.ends_at, facts.time_zone, self._language)
        if there.date() != when.date:
            hours = f"{dates.spoken_weekday(there.date(), self._language)} {hours}"
        beside = self._whose % {"hours": hours, "zone": dates.spoken_zone(facts.time_zone, self._language)}
        return f"{own} ({beside})"

    def _elsewhere(self, start: datetime, zone: str, *, is_demo: bool, at_most: int) -> list[str]:
        """“11:00 en Reynosa”, for each hour that differs from the session's."""
        here = start.astimezone(dates.zone_info(zone))
        by_hour: dict[str, list[str]] = {}
        for other, clock in self._zones[is_demo]:
            local = start.astimezone(clock)
            if local.utcoffset() == here.utcoffset():
                continue
            hour = f"{local:%H:%M}"
            if local.date() != here.date():
                hour = f"{dates.spoken_weekday(local.date(), self._language)} {hour}"
            by_hour.setdefault(hour, []).append(other)
        return [
            self._hour_in
            % {"hour": hour, "cities": _listed(self._clocks[is_demo], tuple(zones), at_most, self._language)}
            for hour, zones in by_hour.items()
        ]


def _pill(label: str, *, kind: str = "") -> str:
    return f'<span class="pill{" pill-" + kind if kind else ""}">{escape(label)}</span>'


def _paragraph(*parts: str) -> str:
    text = ", ".join(part for part in parts if part)
    return f"<p>{escape(text)}</p>" if text else ""


@lru_cache(maxsize=512)
def _listed(clocks: tuple[tuple[str, str], ...], zones: tuple[str, ...], at_most: int, language: str) -> str:
    """The cities on those clocks: “Culiacán y Los Cabos”; of a long list the first few and an ellipsis."""
    names = [name for name, zone in clocks if zone in zones]
    if len(names) > at_most:
        return ", ".join(names[:at_most]) + "…"
    return format_list(names, locale="en" if language.startswith("en") else "es_MX")


def by_month(rows: Iterable[Row], language: str) -> SafeString:
    """Rows already in order, under a heading for each month."""
    parts = []
    for month, group in groupby(rows, key=lambda row: dates.spoken_month(row.day, language)):
        parts.append(f'<section class="section"><h3 class="month">{month}</h3><ol class="session-list">')
        parts.extend(row.html for row in group)
        parts.append("</ol></section>")
    return mark_safe("".join(parts))  # noqa: S308  each row was escaped field by field


def plain(rows: Iterable[Row]) -> SafeString:
    """Rows in one list, for a card on another page."""
    html = "".join(row.html for row in rows)
    return mark_safe(f'<ol class="session-list">{html}</ol>' if html else "")  # noqa: S308  escaped field by field
