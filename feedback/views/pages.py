"""What ledgers and rounds show; worked out where a part of a page is not kept (`ogpgroup.parts`)."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.http import QueryDict

from actionplans.models import ActionPlan
from cities.access import eyes_of
from feedback.filters import NoteFilter
from feedback.models import NoteQuerySet, ReviewRound
from feedback.reports import ledger
from feedback.reports import notes as reports
from feedback.reports.notes import Row, Tally
from feedback.reports.rounds import Results, results_of
from ogpgroup.models import User
from ogpgroup.parts import lazily

NOTES_PER_PAGE: Final = 25


@dataclass(frozen=True)
class Ledger:
    """The notes on a plan and its parts as one person may see them, narrowed down and turned over by the query."""

    plan: ActionPlan
    user: User | AnonymousUser
    today: date
    query: str

    @property
    def key(self) -> Hashable:
        return (self.plan.pk, eyes_of(self.user), self.query)

    @cached_property
    def _asked(self) -> QueryDict:
        return QueryDict(self.query)

    @cached_property
    def _notes(self) -> NoteQuerySet:
        return ledger.seen_in(self.plan, self.user)

    @cached_property
    def filter(self) -> NoteFilter:
        return NoteFilter(self._asked or None, plan=self.plan, notes=self._notes, on=self.today)

    @cached_property
    def page(self) -> Page[int]:
        found = self.filter.qs.values_list("pk", flat=True)
        return Paginator(found, NOTES_PER_PAGE).get_page(self._asked.get("page"))

    @cached_property
    def rows(self) -> list[Row]:
        return ledger.rows_in(self.plan, list(self.page.object_list), self.user, self.today)

    @cached_property
    def _tallies(self) -> tuple[list[Tally], int]:
        return reports.tallies(self._notes, self.today)

    @property
    def counts(self) -> Sequence[Tally]:
        return self._tallies[0]

    @property
    def strengths(self) -> int:
        return self._tallies[1]

    @property
    def numbers(self) -> dict[str, int]:
        return {count.state: count.number for count in self.counts}

    def context(self) -> dict[str, Any]:
        names = ("filter", "page", "rows", "counts", "strengths", "numbers")
        query = {**dict(self._asked.lists()), "page": None}
        return {"plan": self.plan, "page_query": query, "is_asked": bool(self.query), **lazily(self, *names)}


@dataclass(frozen=True)
class RoundResults:
    """What a round found on a commitment; the caller has asked whether the reader may know."""

    round: ReviewRound
    commitment: int | None

    @property
    def key(self) -> Hashable:
        return (self.round.pk, self.commitment)

    @cached_property
    def results(self) -> Results:
        return results_of(self.round, number=self.commitment)

    def context(self) -> dict[str, Any]:
        page = {"page": lambda: self.results.current}
        return {"round": self.round, "plan": self.round.plan, **page, **lazily(self, "results")}
