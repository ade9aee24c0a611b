"""What the pages of plans and commitments show; worked out where a part of a page is not kept (`ogpgroup.parts`)."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from actionplans.forms.commitments import CommitmentForm
from actionplans.models import ActionPlan, Commitment
from actionplans.reports import due, history
from actionplans.reports.diary import Diary, diary_of_commitment, diary_of_plan
from actionplans.reports.picture import Picture, picture_of
from actionplans.reports.progress import (
    CommitmentProgress,
    Facts,
    PlanProgress,
    Promise,
    Track,
    progress_of,
    progress_of_commitment,
)
from ogpgroup.parts import lazily

DIARY_ON_PLAN: Final = 5  # entries a page; the commitments' own pages show more
MOST_AHEAD: Final = 5
MOST_LATE: Final = 12


@dataclass(frozen=True)
class PlanStanding:
    """How far a plan is: its figures, its picture, what is late and next, all it promises. `today` is the plan's."""

    plan: ActionPlan
    today: date

    @property
    def key(self) -> Hashable:
        return (self.plan.pk, self.today)  # the day of the edition is the group's

    @cached_property
    def progress(self) -> PlanProgress:
        return progress_of(self.plan, on=self.today)

    @cached_property
    def picture(self) -> Picture | None:
        return picture_of(self.progress)

    @cached_property
    def promises(self) -> list[Promise]:
        return [one.promise for one in self.progress.commitments]

    @property
    def late_count(self) -> int:
        return len(self.progress.late)

    @property
    def late(self) -> list[Facts]:
        """The longest late first."""
        return [track.facts for track in self.progress.late[:MOST_LATE]]

    @cached_property
    def ahead(self) -> list[Facts]:
        return [track.facts for track in self.progress.ahead[:MOST_AHEAD]]

    @cached_property
    def is_told(self) -> bool:
        """Whether anything was reported: of what was, something stands, be it a correction."""
        return any(one.said or any(track.facts.status for track in one.tracks) for one in self.progress.commitments)

    @cached_property
    def deliverables(self) -> list[due.Facts]:
        return due.due_of(self.plan, on=self.today)

    @property
    def late_deliverables(self) -> list[due.Facts]:
        return [one for one in self.deliverables if one.is_late]

    @property
    def next(self) -> list[due.Facts]:
        return [one for one in self.deliverables if one.is_next][:1]

    def context(self) -> dict[str, Any]:
        names = (
            *("progress", "picture", "promises", "is_told", "late", "late_count", "ahead"),
            *("deliverables", "late_deliverables", "next"),
        )
        figures = {"figures": lambda: self.progress.figures}
        return {"plan": self.plan, "today": self.today, **figures, **lazily(self, *names)}


@dataclass(frozen=True)
class PlanDiary:
    """A page of the diary of a whole plan, as it was asked for; its keepers read what is withheld from the public."""

    plan: ActionPlan
    page: str | None
    keeper: bool

    @property
    def key(self) -> Hashable:
        return (self.plan.pk, self.page, self.keeper)

    @cached_property
    def diary(self) -> Diary:
        return diary_of_plan(self.plan, page=self.page, per_page=DIARY_ON_PLAN, keeper=self.keeper)

    def context(self) -> dict[str, Any]:
        return {"plan": self.plan, "page_query": {"page": self.page}, **lazily(self, "diary")}


@dataclass(frozen=True)
class CommitmentStanding:
    """How far a commitment is, what it says, and its milestones. `today` is the plan's."""

    commitment: Commitment
    today: date

    @property
    def key(self) -> Hashable:
        return (self.commitment.pk, self.today)  # see PlanStanding

    @cached_property
    def progress(self) -> CommitmentProgress:
        return progress_of_commitment(self.commitment, on=self.today)

    @cached_property
    def picture(self) -> Picture | None:
        return picture_of(PlanProgress(self.commitment.plan, self.today, (self.progress,)))

    @property
    def first(self) -> Track | None:
        """The milestone of which there will be news first."""
        return next((track for track in self.progress.tracks if not track.is_complete), None)

    @property
    def sections(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The fields of the template in the order in which one reads them; what is empty is left out."""
        told = []
        for legend, names in CommitmentForm.GROUPS[1:]:
            shown = [
                (history.label_of(Commitment, name), history.in_words(Commitment, name, getattr(self.commitment, name)))
                for name in names
                if name not in {"source", "source_note"}
            ]
            if written := [(label, text) for label, text in shown if text]:
                told.append((str(legend), written))
        return told

    def context(self) -> dict[str, Any]:
        names = ("progress", "picture", "first", "sections")
        return {"plan": self.commitment.plan, "commitment": self.commitment, **lazily(self, *names)}


@dataclass(frozen=True)
class CommitmentDiary:
    """A page of the diary of a commitment, or the one on which an entry stands, as it was asked for. See PlanDiary."""

    commitment: Commitment
    page: str | None
    entry: str | None
    keeper: bool

    @property
    def key(self) -> Hashable:
        return (self.commitment.pk, self.page, self.entry, self.keeper)

    @cached_property
    def diary(self) -> Diary:
        return diary_of_commitment(self.commitment, page=self.page, entry=self.entry, keeper=self.keeper)

    def context(self) -> dict[str, Any]:
        return {"plan": self.commitment.plan, "page_query": {"page": self.page}, **lazily(self, "diary")}


@dataclass(frozen=True)
class History:
    """Who changed what in a plan's frame, or in a commitment; its keepers read more than the public."""

    thing: ActionPlan | Commitment
    keeper: bool

    @property
    def key(self) -> Hashable:
        return (type(self.thing).__name__, self.thing.pk, self.keeper)

    @property
    def history(self) -> list[history.Change]:
        if isinstance(self.thing, ActionPlan):
            return history.history_of_plan(self.thing, keeper=self.keeper)
        return history.history_of(self.thing, keeper=self.keeper)

    def context(self) -> dict[str, Any]:
        return {"history": self.history}
