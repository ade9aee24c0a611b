"""The plan as a picture: one row per milestone on one axis of time, planned against actual.

Places on the axis are percentages of its width, attributes of an SVG that grows with the page. The same stands in words
beside each row, so the picture says nothing alone. A plan may have a hundred rows with six marks each: what a template
would resolve name by name is put together here, once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan
from actionplans.models.days import nearest
from actionplans.reports.progress import CommitmentProgress, PlanProgress, Track
from ogpgroup.dates import short_month

MARKS: Final = 5  # a milestone shows its newest months with evidence, one mark each; the diary shows all
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
    """A milestone on the axis, and in words."""

    track: Track
    planned: Bar
    actual: Bar | None
    over: Bar | None  # the part beyond the planned day
    marks: tuple[Mark, ...]
    number: str
    title: str
    href: str
    when_planned: str
    when_actual: str
    status: str
    tone: str  # of the status: class of the style sheet
    delay: str
    evidence: str
    drawing: SafeString

    @property
    def cells(self) -> SafeString:
        """The row after its heading, written in one go. Safe: what comes from people or translators is escaped."""
        planned, actual = _headings(get_language())
        when = f", {escape(self.when_actual)}" if self.when_actual else ""
        late_tone = "warm" if self.track.clock_runs else "soft"
        delay = f' <strong class="{late_tone}">{escape(self.delay)}</strong>' if self.delay else ""
        evidence = f' <span class="soft nowrap">{escape(self.evidence)}</span>' if self.evidence else ""
        return mark_safe(  # noqa: S308 (see above)
            f'<td data-label="{planned}">{escape(self.when_planned)}</td>'
            f'<td data-label="{actual}"><span class="{self.tone}">{escape(self.status)}</span>'
            f"{when}{delay}{evidence}</td>"
            f'<td class="track"><svg aria-hidden="true" focusable="false">{self.drawing}</svg></td>'
        )


@dataclass(frozen=True)
class Group:
    """A commitment with the rows of its milestones."""

    progress: CommitmentProgress
    href: str
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
    marks = _marks(progress.commitments)
    runs = progress.plan.is_running and axis.first <= progress.today <= axis.last
    today = axis.at(progress.today) if runs else ""
    groups = []
    for one in progress.commitments:
        href = one.commitment.get_absolute_url()
        rows = [_row(track, axis, marks.get(track.milestone.pk, []), today=today, href=href) for track in one.tracks]
        groups += [Group(one, href, tuple(rows))] if rows else []
    return Picture(tuple(groups), tuple(_ticks(axis)), today)


def _axis(plan: ActionPlan, tracks: Iterable[Track], *, today: date) -> Axis:
    """All that is drawn fits; whole months. What lies beyond all bounds is drawn at the edge."""
    days = [plan.starts_on, plan.ends_on]
    for track in tracks:
        days += [track.milestone.starts_on, track.milestone.ends_on]
        days += [day for day in (track.started_on, track.said.on if track.said else None) if day]
        if track.is_late:
            days.append(today)
    return Axis(nearest(min(days)).replace(day=1), _next_month(nearest(max(days))))


def _row(track: Track, axis: Axis, marks: list[tuple[int, date]], *, today: str, href: str) -> Row:
    milestone = track.milestone
    planned = axis.bar(milestone.starts_on, milestone.ends_on)
    actual = over = None
    end = _actual_end(track)
    if track.started_on and end:
        actual = axis.bar(track.started_on, end)
    if track.clock_runs and (track.is_late or track.days_over):
        over = axis.bar(max(milestone.ends_on, milestone.starts_on), track.finished_on or track.today)
    drawn = tuple(Mark(axis.at(on), entry, on) for entry, on in marks)
    return Row(
        track=track,
        planned=planned,
        actual=actual,
        over=over,
        marks=drawn,
        number=str(milestone.number),
        title=str(milestone),
        href=f"{href}#milestone-{milestone.number}",
        when_planned=track.planned_in_words,
        when_actual=track.actual_in_words,
        status=track.status_label,
        tone="track-done" if track.is_complete else "" if track.said else "soft",
        delay=track.delay_in_words,
        evidence=_evidence_in_words(track.with_evidence, get_language()),
        drawing=_draw(planned, actual, over, drawn, today=today, href=href),
    )


@lru_cache(maxsize=8)
def _headings(_language: str | None) -> tuple[str, str]:
    return escape(_("Planned")), escape(_("Actual"))


@lru_cache(maxsize=256)
def _evidence_in_words(count: int, _language: str | None) -> str:
    if not count:
        return ""
    return ngettext("%(count)d entry with evidence", "%(count)d entries with evidence", count) % {"count": count}


def _draw(
    planned: Bar, actual: Bar | None, over: Bar | None, marks: Iterable[Mark], *, today: str, href: str
) -> SafeString:
    """The inside of a row's SVG. Safe: places are made by `_percent`, keys are numbers, the address is escaped."""
    lines = [f'<line class="track-today" x1="{today}" x2="{today}" y1="0" y2="100%"/>'] if today else []
    for name, bar in (("planned", planned), ("actual", actual), ("over", over)):
        if bar:
            lines.append(f'<line class="track-{name}" x1="{bar.start}" x2="{bar.end}" y1="50%" y2="50%"/>')
    address = escape(href)
    for mark in marks:
        lines.append(
            f'<a href="{address}?entry={mark.entry_id:d}#entry-{mark.entry_id:d}" tabindex="-1">'
            f'<circle class="track-target" cx="{mark.place}" cy="50%" r="11"/>'
            f'<circle class="track-mark" cx="{mark.place}" cy="50%" r="4.5"/></a>'
        )
    return mark_safe("".join(lines))  # noqa: S308 (see above)


def _actual_end(track: Track) -> date | None:
    """Until it was complete; until today while the clock runs; else until the last that was said of it."""
    if track.finished_on:
        return track.finished_on
    if track.clock_runs and track.started_on:
        return max(track.today, track.started_on)
    return track.said.on if track.said else None


# The newest standing entries with evidence of each milestone, at most one a month.
_MARKS: Final = """
SELECT milestone_id, id, happened_on FROM (
    SELECT milestone_id, id, happened_on,
        row_number() OVER (PARTITION BY milestone_id, month ORDER BY happened_on DESC, id DESC) AS in_month,
        dense_rank() OVER (PARTITION BY milestone_id ORDER BY month DESC) AS months
    FROM actionplans_progressentry AS entry, date_trunc('month', happened_on) AS month
    WHERE commitment_id = ANY(%s) AND milestone_id IS NOT NULL
        AND EXISTS (SELECT FROM actionplans_evidence WHERE entry_id = entry.id)
        AND NOT EXISTS (SELECT FROM actionplans_progressentry AS correction WHERE corrects_id = entry.id)
) AS shown
WHERE in_month = 1 AND months <= %s
ORDER BY milestone_id, happened_on
"""


def _marks(commitments: Iterable[CommitmentProgress]) -> Mapping[int, list[tuple[int, date]]]:
    """The newest entries with evidence of each milestone, at most one a month, as (entry, day)."""
    marks: defaultdict[int, list[tuple[int, date]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, [[one.commitment.pk for one in commitments], MARKS])
        for milestone, entry, on in cursor.fetchall():
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
