"""How far a plan is. The only place with the rules; `Milestone.objects.late` and `.due` say the same in SQL.

Two figures stand side by side and are never mixed. *Reported* is what the city says of a commitment as a whole: its
newest standing entry without a milestone. *Computed* is how many milestones are reported complete, of those with any
report at all. A milestone without a report is "no evidence": it is not counted as zero, it is not counted. Where
nothing was reported there is no figure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from django.db import connection
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Commitment, Completion, Milestone, ProgressEntry, ProgressEntryQuerySet
from ogpgroup.dates import short_month

COMPLETE: Final = Completion.COMPLETE


def brief_day(day: date) -> str:
    """“3 dic 2026”: for tables, where the long form would not fit."""
    return _brief_day(day, get_language())


# A plan says these a hundred times over; each is looked up once for each language.


@lru_cache(maxsize=64)
def _label(status: str, _language: str | None) -> str:
    return str(Completion(status).label)


@lru_cache(maxsize=4096)
def _late_by(days: int, _language: str | None) -> str:
    return ngettext("late by %(days)d day", "late by %(days)d days", days) % {"days": days}


@lru_cache(maxsize=4096)
def _finished_after(days: int, _language: str | None) -> str:
    told = ngettext("%(days)d day after the planned one", "%(days)d days after the planned one", days)
    return told % {"days": days}


@lru_cache(maxsize=4096)
def _brief_day(day: date, language: str | None) -> str:
    return f"{day.day} {short_month(day, language)} {day.year}"


@dataclass(frozen=True)
class Share:
    """So many complete, of so many with a report, of so many in all."""

    complete: int
    reported: int
    count: int

    @property
    def percent(self) -> int | None:
        """The formula: complete ÷ with a report. None where nothing was reported: missing is not zero."""
        return round(100 * self.complete / self.reported) if self.reported else None

    @property
    def without(self) -> int:
        """Those of which nothing was reported."""
        return self.count - self.reported


@dataclass(frozen=True)
class Said:
    """The newest standing entry about a thing."""

    status: str
    on: date

    @property
    def label(self) -> str:
        return _label(self.status, get_language())


@dataclass(frozen=True)
class Track:
    """One milestone: what was planned, and what the entries say became of it by a day."""

    milestone: Milestone
    said: Said | None
    started_on: date | None  # day of the first standing entry that is not "not started"
    finished_on: date | None  # day since which every standing entry says complete
    clock_runs: bool  # nobody is late in a plan that is closed, in preparation or read as a reference
    today: date
    with_evidence: int = 0  # standing entries that bring files or links

    @property
    def is_complete(self) -> bool:
        return self.said is not None and self.said.status == COMPLETE

    @property
    def is_late(self) -> bool:
        """See also `MilestoneQuerySet.late`."""
        return self.clock_runs and self.milestone.ends_on < self.today and not self.is_complete

    @property
    def days_late(self) -> int:
        return (self.today - self.milestone.ends_on).days if self.is_late else 0

    @property
    def days_over(self) -> int:
        """How many days after the planned one it was finished."""
        return max((self.finished_on - self.milestone.ends_on).days, 0) if self.finished_on else 0

    @property
    def is_ahead(self) -> bool:
        """Still to be finished, and not late."""
        return self.clock_runs and not self.is_complete and not self.is_late

    @property
    def status_label(self) -> str:
        return self.said.label if self.said else _("no evidence")

    @property
    def planned_in_words(self) -> str:
        return f"{brief_day(self.milestone.starts_on)} – {brief_day(self.milestone.ends_on)}"

    @property
    def actual_in_words(self) -> str:
        """When it began and ended, as far as anything says so."""
        if self.started_on is None:
            return ""
        if self.finished_on is None:
            return _("since %(day)s") % {"day": brief_day(self.started_on)}
        if self.started_on == self.finished_on:
            return brief_day(self.finished_on)
        return f"{brief_day(self.started_on)} – {brief_day(self.finished_on)}"

    @property
    def delay_in_words(self) -> str:
        """What is late, or was: never by colour alone."""
        if self.is_late:
            return _late_by(self.days_late, get_language())
        return _finished_after(self.days_over, get_language()) if self.days_over else ""


@dataclass(frozen=True)
class CommitmentProgress:
    """One commitment: what the city says of it, what its milestones say, and each of them."""

    commitment: Commitment
    said: Said | None
    tracks: tuple[Track, ...]

    @cached_property
    def computed(self) -> Share:
        return _share((track.said.status for track in self.tracks if track.said), len(self.tracks))

    @cached_property
    def late_count(self) -> int:
        return sum(track.is_late for track in self.tracks)


@dataclass(frozen=True)
class Figures:
    """The two figures of a plan, and how many of its milestones are late."""

    reported: Share  # commitments the city calls complete, of those it has said anything of as a whole
    computed: Share  # milestones reported complete, of those with any report
    late_count: int = 0


@dataclass(frozen=True)
class PlanProgress:
    """A whole plan on a day."""

    plan: ActionPlan
    today: date
    commitments: tuple[CommitmentProgress, ...]

    @cached_property
    def tracks(self) -> tuple[Track, ...]:
        return tuple(track for one in self.commitments for track in one.tracks)

    @cached_property
    def figures(self) -> Figures:
        said = [one.said.status for one in self.commitments if one.said]
        tracks = self.tracks
        return Figures(
            reported=_share(said, len(self.commitments)),
            computed=_share((track.said.status for track in tracks if track.said), len(tracks)),
            late_count=len(self.late),
        )

    @property
    def said_counts(self) -> list[tuple[str, int]]:
        """How many commitments the city calls complete, substantial ...; the furthest first."""
        counts = Counter(one.said.status for one in self.commitments if one.said)
        return [(str(level.label), counts[level]) for level in reversed(Completion) if counts[level]]

    @cached_property
    def late(self) -> list[Track]:
        """The longest late first."""
        late = [track for track in self.tracks if track.is_late]
        return sorted(late, key=lambda track: track.milestone.ends_on)

    @property
    def ahead(self) -> list[Track]:
        """What is next: the one due soonest first."""
        ahead = [track for track in self.tracks if track.is_ahead]
        return sorted(ahead, key=lambda track: track.milestone.ends_on)


def progress_of(plan: ActionPlan, *, on: date) -> PlanProgress:
    """How far the plan and all its parts are that day; three queries, however much there is."""
    commitments = list(plan.commitments.order_by("number"))
    return PlanProgress(plan, on, tuple(_progress(plan, commitments, on=on)))


def progress_of_commitment(commitment: Commitment, *, on: date) -> CommitmentProgress:
    """The same of one commitment; expects its plan to be at hand."""
    (progress,) = _progress(commitment.plan, [commitment], on=on)
    return progress


def figures_of(plans: Iterable[ActionPlan], *, on: date) -> dict[int, Figures]:
    """The figures of each plan, by its key; five queries for any number of plans."""
    keys = [plan.pk for plan in plans]
    entries = ProgressEntry.objects.filter(commitment__plan__in=keys)
    of_commitments = _said_by_plan(entries.filter(milestone__isnull=True), "commitment")
    of_milestones = _said_by_plan(entries.filter(milestone__isnull=False), "milestone")
    commitments = Counter(Commitment.objects.filter(plan__in=keys).values_list("plan", flat=True))
    milestones = Milestone.objects.filter(commitment__plan__in=keys)
    counted = Counter(milestones.values_list("commitment__plan", flat=True))
    late = Counter(milestones.late(on).values_list("commitment__plan", flat=True))
    return {
        key: Figures(
            reported=_share(of_commitments[key], commitments[key]),
            computed=_share(of_milestones[key], counted[key]),
            late_count=late[key],
        )
        for key in keys
    }


def _share(statuses: Iterable[str], count: int) -> Share:
    reported = list(statuses)
    return Share(complete=reported.count(COMPLETE), reported=len(reported), count=count)


def _newest(entries: ProgressEntryQuerySet, thing: str) -> ProgressEntryQuerySet:
    """The newest standing entry about each thing; one query."""
    key = f"{thing}_id"  # the thing itself would bring its own order along
    return entries.standing().order_by(key, "-happened_on", "-reported_at", "-pk").distinct(key)


def _said_by_plan(entries: ProgressEntryQuerySet, thing: str) -> defaultdict[int, list[str]]:
    by_plan: defaultdict[int, list[str]] = defaultdict(list)
    for plan, status in _newest(entries, thing).values_list("commitment__plan", "status"):
        by_plan[plan].append(status)
    return by_plan


# What the standing entries say of each milestone, and of each commitment as a whole: one row for each, whether there
# are five entries or five thousand. Finished is since when all that is said is “complete”: who confirms later what was
# complete on time does not make it late, so the first entry of the last unbroken run counts.
_TOLD: Final = """
SELECT commitment_id, milestone_id, max(status) FILTER (WHERE is_newest), max(happened_on),
    min(happened_on) FILTER (WHERE status <> 'not_started'), min(happened_on) FILTER (WHERE all_complete_since),
    count(*) FILTER (WHERE is_shown)
FROM (
    SELECT commitment_id, milestone_id, status, happened_on, row_number() OVER newer = 1 AS is_newest,
        bool_and(status = 'complete') OVER newer AS all_complete_since,
        EXISTS (SELECT FROM actionplans_evidence WHERE entry_id = entry.id) AS is_shown
    FROM actionplans_progressentry AS entry
    WHERE commitment_id = ANY(%s)
        AND NOT EXISTS (SELECT FROM actionplans_progressentry AS correction WHERE corrects_id = entry.id)
    WINDOW newer AS (
        PARTITION BY commitment_id, milestone_id ORDER BY happened_on DESC, reported_at DESC, id DESC
    )
) AS standing
GROUP BY commitment_id, milestone_id
"""


class _Told(NamedTuple):
    """What the standing entries say of one thing."""

    said: Said
    started_on: date | None
    finished_on: date | None
    with_evidence: int


_NOTHING: Final = (None, None, None, 0)


def _told(commitments: Iterable[int]) -> tuple[dict[int, _Told], dict[int, _Told]]:
    """By commitment as a whole, and by milestone; one query."""
    of_commitments: dict[int, _Told] = {}
    of_milestones: dict[int, _Told] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [list(commitments)])
        for commitment, milestone, status, on, *rest in cursor.fetchall():
            of, key = (of_milestones, milestone) if milestone else (of_commitments, commitment)
            of[key] = _Told(Said(status, on), *rest)
    return of_commitments, of_milestones


def _progress(plan: ActionPlan, commitments: list[Commitment], *, on: date) -> list[CommitmentProgress]:
    by_key = {commitment.pk: commitment for commitment in commitments}
    of_commitments, of_milestones = _told(by_key)
    tracks: defaultdict[int, list[Track]] = defaultdict(list)
    for milestone in Milestone.objects.filter(commitment__in=by_key).order_by("commitment_id", "number"):
        milestone.commitment = by_key[milestone.commitment_id]
        milestone.commitment.plan = plan
        said, started_on, finished_on, with_evidence = of_milestones.get(milestone.pk, _NOTHING)
        tracks[milestone.commitment_id].append(
            Track(
                milestone=milestone,
                said=said,
                started_on=started_on,
                finished_on=finished_on,
                clock_runs=plan.is_running,
                today=on,
                with_evidence=with_evidence,
            )
        )
    return [
        CommitmentProgress(one, of_commitments.get(one.pk, _NOTHING)[0], tuple(tracks[one.pk])) for one in commitments
    ]
