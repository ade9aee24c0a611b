"""The plan as a picture: one row per milestone on one axis of time, planned against actual.

Only places on the axis are worked out here, as percentages of its width; the template draws them as attributes of an
SVG that grows with the page. The same stands in words beside each row, so the picture says nothing alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import F, Window
from django.db.models.functions import RowNumber, TruncMonth

from actionplans.models import ActionPlan, ProgressEntry
from actionplans.reports.progress import CommitmentProgress, PlanProgress, Track
from ogpgroup.dates import short_month

MARKS: Final = 6  # a milestone shows its newest months with evidence, one mark each; the diary shows all
TICKS: Final = 7
SHORTEST: Final = 0.7  # of the axis, in percent: what began and ended on one day is still seen


@dataclass(frozen=True)
class Bar:
    """From one place to another, in percent of the axis."""

    start: str
    end: str


@dataclass(frozen=True)
class Mark:
    """An entry with evidence, to be opened."""

    place: str
    entry_id: int
    on: date


@dataclass(frozen=True)
class Row:
    """A milestone on the axis."""

    track: Track
    planned: Bar
    actual: Bar | None
    over: Bar | None  # the part beyond the planned day
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Group:
    progress: CommitmentProgress
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Tick:
    place: str
    label: str
    year: str  # said where it changes


@dataclass(frozen=True)
class Picture:
    groups: tuple[Group, ...]
    ticks: tuple[Tick, ...]
    today: str  # where the hairline stands; empty when that is off the axis


@dataclass(frozen=True)
class Axis:
    """Days from the first to the last, as shares of the whole."""

    first: date
    last: date

    def place(self, day: date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return min(max(100 * share, 0.0), 100.0)

    def at(self, day: date) -> str:
        return _percent(self.place(day))

    def bar(self, start: date, end: date) -> Bar:
        """A bar that is never too short to be seen."""
        left, right = self.place(start), self.place(end)
        if right - left < SHORTEST:
            right = min(left + SHORTEST, 100.0)
            left = min(left, right - SHORTEST)
        return Bar(_percent(left), _percent(right))


def picture_of(progress: PlanProgress) -> Picture | None:
    """The picture, or None for a plan without milestones; one query, for the marks."""
    tracks = progress.tracks
    if not tracks:
        return None
    axis = _axis(progress.plan, tracks, today=progress.today)
    marks = _marks(progress.plan)
    runs = progress.plan.is_running and axis.first <= progress.today <= axis.last
    groups = tuple(
        Group(one, tuple(_row(track, axis, marks.get(track.milestone.pk, [])) for track in one.tracks))
        for one in progress.commitments
        if one.tracks
    )
    return Picture(groups, tuple(_ticks(axis)), axis.at(progress.today) if runs else "")


def _axis(plan: ActionPlan, tracks: Iterable[Track], *, today: date) -> Axis:
    """All that is drawn fits; whole months."""
    days = [plan.starts_on, plan.ends_on]
    for track in tracks:
        days += [track.milestone.starts_on, track.milestone.ends_on]
        days += [day for day in (track.started_on, track.said.on if track.said else None) if day]
        if track.is_late:
            days.append(today)
    return Axis(min(days).replace(day=1), _next_month(max(days)))


def _row(track: Track, axis: Axis, marks: list[tuple[int, date]]) -> Row:
    milestone = track.milestone
    actual = over = None
    end = _actual_end(track)
    if track.started_on and end:
        actual = axis.bar(track.started_on, end)
    if track.clock_runs and (track.is_late or track.days_over):
        over = axis.bar(max(milestone.ends_on, milestone.starts_on), track.finished_on or track.today)
    return Row(
        track=track,
        planned=axis.bar(milestone.starts_on, milestone.ends_on),
        actual=actual,
        over=over,
        marks=tuple(Mark(axis.at(on), entry, on) for entry, on in marks),
    )


def _actual_end(track: Track) -> date | None:
    """Until it was complete; until today while the clock runs; else until the last that was said of it."""
    if track.finished_on:
        return track.finished_on
    if track.clock_runs and track.started_on:
        return max(track.today, track.started_on)
    return track.said.on if track.said else None


def _marks(plan: ActionPlan) -> Mapping[int, list[tuple[int, date]]]:
    """The newest entries with evidence of each milestone, at most one a month, as (entry, day)."""
    entries = ProgressEntry.objects.of_plan(plan).standing().filter(milestone__isnull=False, evidence__isnull=False)
    newest_of_month = Window(
        RowNumber(),
        partition_by=[F("milestone"), TruncMonth("happened_on")],
        order_by=[F("happened_on").desc(), F("pk").desc()],
    )
    rows = entries.annotate(rank=newest_of_month).filter(rank=1).order_by("-happened_on", "-pk")
    marks: defaultdict[int, list[tuple[int, date]]] = defaultdict(list)
    for milestone, entry, on in rows.values_list("milestone", "pk", "happened_on"):
        if len(marks[milestone]) < MARKS:
            marks[milestone].append((entry, on))
    return marks


def _ticks(axis: Axis) -> Iterable[Tick]:
    """Beginnings of months, so few that their names do not touch."""
    months = [axis.first]
    while (month := _next_month(months[-1])) < axis.last:
        months.append(month)
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if len(months) / step <= TICKS), 120)
    year = None
    for month in months:
        if (month.month - 1 + 12 * month.year) % step == 0 and axis.place(month) <= 94:
            yield Tick(axis.at(month), short_month(month), str(month.year) if month.year != year else "")
            year = month.year


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _percent(share: float) -> str:
    """Written out here: a template would put the reader's decimal comma."""
    return f"{share:.2f}%"
