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
from html import escape
from typing import Any, Final, NamedTuple

from django.db import connection
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan
from actionplans.models.days import nearest
from actionplans.models.progress import STANDS
from actionplans.reports import progress
from actionplans.reports.progress import CommitmentProgress, PlanProgress, Track
from ogpgroup import parts
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
        late_tone = "warm" if self.track.facts.clock_runs else "soft"
        delay = f' <strong class="{late_tone}">{escape(self.delay)}</strong>' if self.delay else ""
        evidence = f' <span class="soft nowrap">{escape(self.evidence)}</span>' if self.evidence else ""
        return mark_safe(  # noqa: S308 (see above)
            f'<td data-label="{planned}">{escape(self.when_planned)}</td>'
            f'<td data-label="{actual}"><span class="{self.tone}">{escape(self.status)}</span>'
            f"{when}{delay}{evidence}</td>"
            f'<td class="track"><svg aria-hidden="true" focusable="false">{self.drawing}</svg></td>'
        )


class Axis(NamedTuple):
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


class Facts(NamedTuple):
    """All that the row of a milestone is drawn from, by which it is kept (`ogpgroup.parts`)."""

    axis: Axis
    milestone: progress.Facts
    marks: tuple[tuple[int, date], ...]  # entry, day

    def context(self) -> dict[str, Any]:
        return {**self.milestone.context(), "row": row_of(self)}


@dataclass(frozen=True)
class Group:
    """A commitment with the rows of its milestones."""

    progress: CommitmentProgress
    href: str
    rows: tuple[Facts, ...]


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

    @property
    def headed(self) -> SafeString:
        """All rows by commitment, each with its title as a heading that leads to the milestone."""
        groups = [
            f'<tbody>\n<tr class="tracks-group"><th scope="rowgroup" colspan="4"><a href="{escape(group.href)}">'
            f"{escape(str(group.progress.commitment))}</a></th></tr>\n"
            f"{''.join(parts.written(_headed, group.rows))}</tbody>\n"
            for group in self.groups
        ]
        return mark_safe("".join(groups))  # noqa: S308  escaped here, and by `_headed`

    @property
    def axis(self) -> SafeString:
        """The inside of the SVG above the rows: beginnings of months, and today."""
        lines = []
        for tick in self.ticks:
            lines.append(f'<line class="track-tick" x1="{tick.place}" x2="{tick.place}" y1="62%" y2="100%" />')
            lines.append(f'<text x="{tick.place}" dx="4" y="92%">{escape(tick.label)}</text>')
            if tick.year:
                lines.append(f'<text x="{tick.place}" dx="4" y="45%">{tick.year}</text>')
        if self.today:
            lines.append(f'\n<line class="track-today" x1="{self.today}" x2="{self.today}" y1="30%" y2="100%" />')
        return mark_safe("".join(lines))  # noqa: S308  places are made by `_percent`


def picture_of(found: PlanProgress) -> Picture | None:
    """The picture, or None for a plan without milestones; one query, for the marks."""
    tracks = found.tracks
    if not tracks:
        return None
    axis = _axis(found.plan, tracks, today=found.today)
    marks = _marks(found.commitments)
    groups = [
        Group(
            one,
            one.commitment.get_absolute_url(),
            tuple(Facts(axis, track.facts, marks.get(track.facts.milestone_id, ())) for track in one.tracks),
        )
        for one in found.commitments
        if one.tracks
    ]
    return Picture(tuple(groups), tuple(_ticks(axis)), _hairline(axis, found.today, runs=found.plan.is_running))


def _hairline(axis: Axis, today: date, *, runs: bool) -> str:
    return axis.at(today) if runs and axis.first <= today <= axis.last else ""


def _axis(plan: ActionPlan, tracks: Iterable[Track], *, today: date) -> Axis:
    """All that is drawn fits; whole months. What lies beyond all bounds is drawn at the edge."""
    days = [plan.starts_on, plan.ends_on]
    for track in tracks:
        facts = track.facts
        days += [facts.starts_on, facts.ends_on]
        days += [day for day in (facts.started_on, facts.said_on) if day]
        if track.is_late:
            days.append(today)
    return Axis(nearest(min(days)).replace(day=1), _next_month(nearest(max(days))))


def row_of(facts: Facts) -> Row:
    axis, told = facts.axis, facts.milestone
    track, href = told.track, told.address
    today = _hairline(axis, told.today, runs=told.clock_runs)
    planned = axis.bar(told.starts_on, told.ends_on)
    actual = over = None
    end = _actual_end(told)
    if told.started_on and end:
        actual = axis.bar(told.started_on, end)
    if told.clock_runs and (track.is_late or track.days_over):
        over = axis.bar(max(told.ends_on, told.starts_on), told.finished_on or told.today)
    drawn = tuple(Mark(axis.at(on), entry, on) for entry, on in facts.marks)
    return Row(
        track=track,
        planned=planned,
        actual=actual,
        over=over,
        marks=drawn,
        number=str(told.number),
        title=f"{told.number}. {told.title}",
        href=f"{href}#milestone-{told.number}",
        when_planned=track.planned_in_words,
        when_actual=track.actual_in_words,
        status=track.status_label,
        tone="track-done" if track.is_complete else "" if track.said else "soft",
        delay=track.delay_in_words,
        evidence=_evidence_in_words(told.with_evidence, get_language()),
        drawing=_draw(planned, actual, over, drawn, today=today, href=href),
    )


def _headed(facts: Facts) -> SafeString:
    row = row_of(facts)
    return mark_safe(  # noqa: S308  what comes from people is escaped
        f'\n<tr>\n<th scope="row"><a href="{escape(row.href)}">{escape(row.title)}</a></th>\n{row.cells}\n</tr>\n'
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


def _actual_end(facts: progress.Facts) -> date | None:
    """Until it was complete; until today while the clock runs; else until the last that was said of it."""
    if facts.finished_on:
        return facts.finished_on
    if facts.clock_runs and facts.started_on:
        return max(facts.today, facts.started_on)
    return facts.said_on


# The newest standing entries with evidence of each milestone, at most one a month.
_MARKS: Final = """
SELECT milestone_id, id, happened_on FROM (
    SELECT milestone_id, id, happened_on,
        row_number() OVER (PARTITION BY milestone_id, month ORDER BY happened_on DESC, id DESC) AS in_month,
        dense_rank() OVER (PARTITION BY milestone_id ORDER BY month DESC) AS months
    FROM actionplans_progressentry AS entry, date_trunc('month', happened_on) AS month
    WHERE commitment_id = ANY(%s) AND milestone_id IS NOT NULL
        AND EXISTS (SELECT FROM actionplans_evidence WHERE entry_id = entry.id)
        AND {stands}
) AS shown
WHERE in_month = 1 AND months <= %s
ORDER BY milestone_id, happened_on
""".replace("{stands}", STANDS.format(entry="entry"))


def _marks(commitments: Iterable[CommitmentProgress]) -> Mapping[int, tuple[tuple[int, date], ...]]:
    """The newest entries with evidence of each milestone, at most one a month, as (entry, day)."""
    marks: defaultdict[int, list[tuple[int, date]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, [[one.commitment.pk for one in commitments], MARKS])
        for milestone, entry, on in cursor.fetchall():
            marks[milestone].append((entry, on))
    return {milestone: tuple(shown) for milestone, shown in marks.items()}


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
