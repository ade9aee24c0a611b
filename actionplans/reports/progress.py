"""How far a plan is. The only place with the rules; `Milestone.objects.late` and `.due` say the same in SQL.

Two figures stand side by side and are never mixed. *Reported* is what the city says of a commitment as a whole: its
newest standing entry without a milestone. *Computed* is how many milestones are reported complete, of those with any
report at all. A milestone without a report is "no evidence": it is not counted as zero, it is not counted. Where
nothing was reported there is no figure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from django.db import connection
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Commitment, Completion, Milestone, ProgressEntry, ProgressEntryQuerySet
from actionplans.models.progress import STANDS
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


class Said(NamedTuple):
    """The newest standing entry about a thing."""

    status: str
    on: date

    @property
    def label(self) -> str:
        return _label(self.status, get_language())


class Facts(NamedTuple):
    """All that can be said of a milestone on a day; plain, so that what is drawn from it is kept by it."""

    plan: str  # its slug
    commitment: int  # its number
    milestone_id: int
    number: int
    title: str
    expected_output: str
    lead: str
    starts_on: date
    ends_on: date
    first_ends_on: date | None
    moved_because: str
    status: str  # of the newest standing entry; empty where there is none
    said_on: date | None
    started_on: date | None  # day of the first standing entry that is not "not started"
    finished_on: date | None  # day since which every standing entry says complete
    with_evidence: int  # standing entries that bring files or links
    clock_runs: bool  # nobody is late in a plan that is closed, in preparation or read as a reference
    today: date

    def context(self) -> dict[str, Any]:
        """Of a piece of a page (`ogpgroup.parts`)."""
        track = self.track
        commitment = track.commitment
        return {"track": track, "milestone": track.milestone, "commitment": commitment, "plan": commitment.plan}

    @property
    def track(self) -> "Track":
        return Track(self, _addressed(self.plan, self.commitment))

    @property
    def address(self) -> str:
        """Of its commitment."""
        return _address(self.plan, self.commitment)


@lru_cache(maxsize=64)  # a picture asks ten times for the same
def _addressed(plan: str, number: int) -> Commitment:
    """A commitment of which nothing is known but where it stands; read, never changed."""
    return Commitment(plan=ActionPlan(slug=plan), number=number)


@lru_cache(maxsize=64)
def _address(plan: str, number: int) -> str:
    return _addressed(plan, number).get_absolute_url()


@dataclass(frozen=True)
class Track:
    """One milestone: what was planned, and what the entries say became of it by a day."""

    facts: Facts
    commitment: Commitment

    @cached_property
    def milestone(self) -> Milestone:
        """With what lists say of it."""
        facts = self.facts
        row = (facts.milestone_id, self.commitment.pk, facts.number, facts.title, facts.expected_output, facts.lead)
        days = (facts.starts_on, facts.ends_on, facts.first_ends_on, facts.moved_because)
        milestone = Milestone.from_db(None, _MILESTONE, (*row, *days))
        milestone.commitment = self.commitment
        return milestone

    @cached_property
    def said(self) -> Said | None:
        return Said(self.facts.status, self.facts.said_on) if self.facts.said_on else None

    @property
    def is_complete(self) -> bool:
        return self.facts.status == COMPLETE

    @cached_property  # four parts of a page ask it of each
    def is_late(self) -> bool:
        """See also `MilestoneQuerySet.late`."""
        return self.facts.clock_runs and self.facts.ends_on < self.facts.today and not self.is_complete

    @property
    def days_late(self) -> int:
        return (self.facts.today - self.facts.ends_on).days if self.is_late else 0

    @property
    def days_over(self) -> int:
        """How many days after the planned one it was finished."""
        return max((self.facts.finished_on - self.facts.ends_on).days, 0) if self.facts.finished_on else 0

    @property
    def is_ahead(self) -> bool:
        """Still to be finished, and not late."""
        return self.facts.clock_runs and not self.is_complete and not self.is_late

    @property
    def status_label(self) -> str:
        return self.said.label if self.said else _("no evidence")

    @property
    def planned_in_words(self) -> str:
        return f"{brief_day(self.facts.starts_on)} – {brief_day(self.facts.ends_on)}"

    @property
    def actual_in_words(self) -> str:
        """When it began and ended, as far as anything says so."""
        if self.facts.started_on is None:
            return ""
        if self.facts.finished_on is None:
            return _("since %(day)s") % {"day": brief_day(self.facts.started_on)}
        if self.facts.started_on == self.facts.finished_on:
            return brief_day(self.facts.finished_on)
        return f"{brief_day(self.facts.started_on)} – {brief_day(self.facts.finished_on)}"

    @property
    def delay_in_words(self) -> str:
        """What is late, or was: never by colour alone."""
        if self.is_late:
            return _late_by(self.days_late, get_language())
        return _finished_after(self.days_over, get_language()) if self.days_over else ""


class Promise(NamedTuple):
    """All that a list says of a commitment and how far it is; plain, as `Facts` are."""

    plan: str  # its slug
    is_reference: bool
    number: int
    heading: str
    lead: str
    said: Said | None
    complete: int
    reported: int
    milestones: int
    late_count: int

    def context(self) -> dict[str, Any]:
        plan = ActionPlan(slug=self.plan)
        commitment = Commitment(plan=plan, number=self.number, short_title=self.heading, lead=self.lead)
        share = Share(self.complete, self.reported, self.milestones)
        return {"promise": self, "commitment": commitment, "share": share}


@dataclass(frozen=True)
class CommitmentProgress:
    """One commitment: what the city says of it, what its milestones say, and each of them."""

    commitment: Commitment
    said: Said | None
    tracks: tuple[Track, ...]

    @cached_property
    def computed(self) -> Share:
        return _share_of(self.tracks)

    @cached_property
    def late_count(self) -> int:
        return sum(track.is_late for track in self.tracks)

    @property
    def promise(self) -> Promise:
        one, share = self.commitment, self.computed
        told = (one.plan.slug, one.plan.is_reference, one.number, one.heading, one.lead, self.said)
        return Promise(*told, share.complete, share.reported, share.count, self.late_count)


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
        return Figures(
            reported=_share(said, len(self.commitments)),
            computed=_share_of(self.tracks),
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
        return sorted(late, key=lambda track: track.facts.ends_on)

    @property
    def ahead(self) -> list[Track]:
        """What is next: the one due soonest first."""
        ahead = [track for track in self.tracks if track.is_ahead]
        return sorted(ahead, key=lambda track: track.facts.ends_on)


def progress_of(plan: ActionPlan, *, on: date) -> PlanProgress:
    """How far the plan and all its parts are that day; three queries, however much there is.

    Of each commitment and milestone it reads what lists say of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COMMITMENTS, [plan.pk])
        commitments = [Commitment.from_db(None, _COMMITMENT, row) for row in cursor.fetchall()]
    for commitment in commitments:
        commitment.plan = plan
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


def _share_of(tracks: Sequence[Track]) -> Share:
    return _share((track.facts.status for track in tracks if track.facts.status), len(tracks))


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
        AND {stands}
    WINDOW newer AS (
        PARTITION BY commitment_id, milestone_id ORDER BY happened_on DESC, reported_at DESC, id DESC
    )
) AS standing
GROUP BY commitment_id, milestone_id
""".replace("{stands}", STANDS.format(entry="entry"))


class _Told(NamedTuple):
    """What the standing entries say of one thing."""

    status: str  # empty where nothing was said
    said_on: date | None
    started_on: date | None
    finished_on: date | None
    with_evidence: int


_NOTHING: Final = _Told("", None, None, None, 0)


def _told(commitments: Iterable[int]) -> tuple[dict[int, _Told], dict[int, _Told]]:
    """By commitment as a whole, and by milestone; one query."""
    of_commitments: dict[int, _Told] = {}
    of_milestones: dict[int, _Told] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [list(commitments)])
        for commitment, milestone, *told in cursor.fetchall():
            of, key = (of_milestones, milestone) if milestone else (of_commitments, commitment)
            of[key] = _Told(*told)
    return of_commitments, of_milestones


# Of each what lists say of it: with all its texts a plan took longer to read than to tell.
_COMMITMENT: Final = ("id", "plan_id", "number", "title", "title_en", "short_title", "lead")
_COMMITMENTS: Final = """
SELECT id, plan_id, number, title, title_en, short_title, lead FROM actionplans_commitment
WHERE plan_id = %s ORDER BY number
"""
_MILESTONE: Final = (
    *("id", "commitment_id", "number", "title", "expected_output", "lead"),
    *("starts_on", "ends_on", "first_ends_on", "moved_because"),
)
_MILESTONES: Final = """
SELECT commitment_id, id, number, title, expected_output, lead, starts_on, ends_on, first_ends_on, moved_because
FROM actionplans_milestone
WHERE commitment_id = ANY(%s) ORDER BY commitment_id, number
"""


def _progress(plan: ActionPlan, commitments: list[Commitment], *, on: date) -> list[CommitmentProgress]:
    by_key = {commitment.pk: commitment for commitment in commitments}
    of_commitments, of_milestones = _told(by_key)
    tracks: defaultdict[int, list[Track]] = defaultdict(list)
    runs = plan.is_running
    with connection.cursor() as cursor:
        cursor.execute(_MILESTONES, [list(by_key)])
        for key, milestone, *row in cursor.fetchall():
            commitment, told = by_key[key], of_milestones.get(milestone, _NOTHING)
            facts = Facts._make((plan.slug, commitment.number, milestone, *row, *told, runs, on))
            tracks[key].append(Track(facts, commitment))
    return [
        CommitmentProgress(one, _said(of_commitments.get(one.pk, _NOTHING)), tuple(tracks[one.pk]))
        for one in commitments
    ]


def _said(told: _Told) -> Said | None:
    return Said(told.status, told.said_on) if told.said_on else None
