"""What ledgers and rounds show; worked out where a part of a page is not kept (`ogpgroup.parts`)."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.http import QueryDict

from actionplans.models import ActionPlan
from cities.access import eyes_of
from feedback.filters import NoteFilter
from feedback.models import Note, NoteQuerySet, ReviewRound
from feedback.reports import ledger, rounds
from feedback.reports import notes as reports
from feedback.reports.ledger import Choices, Facts
from feedback.reports.notes import Picked, Tally
from feedback.reports.rounds import Results, Sees, results_of
from ogpgroup.models import User
from ogpgroup.parts import lazily

NOTES_PER_PAGE: Final = 25


class FilterFacts(NamedTuple):
    """All that the form of the filters is drawn from, by which it is kept (`ogpgroup.parts`)."""

    query: str
    commitments: Choices
    institutions: Choices

    def filter(self, plan: ActionPlan, notes: NoteQuerySet, on: date) -> NoteFilter:
        choices = {"commitments": self.commitments, "institutions": self.institutions}
        return NoteFilter(QueryDict(self.query) or None, plan=plan, notes=notes, on=on, **choices)

    def context(self) -> dict[str, Any]:
        nothing = self.filter(ActionPlan(), Note.objects.none(), date.min)  # the form alone is drawn
        return {"form": nothing.form, "is_asked": bool(self.query)}


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
    def _picked(self) -> Picked:
        return reports.picked(self._notes)

    @cached_property
    def form(self) -> FilterFacts:
        return FilterFacts(self.query, ledger.commitments_of(self.plan), ledger.institutions_of(self._picked))

    @cached_property
    def filter(self) -> NoteFilter:
        return self.form.filter(self.plan, self._notes, self.today)

    @property
    def narrows(self) -> bool:
        return self.filter.narrows

    @cached_property
    def page(self) -> Page[int]:
        if not self.query:
            everything = range(sum(count.number for count in self.counts if count.state == "asked") + self.strengths)
            return Paginator(everything, NOTES_PER_PAGE).get_page(1)
        found = self.filter.qs.values_list("pk", flat=True)
        return Paginator(found, NOTES_PER_PAGE).get_page(self._asked.get("page"))

    @cached_property
    def rows(self) -> list[Facts]:
        if not self.query:
            return ledger.latest_in(self.plan, self._picked, self.user, self.today, most=NOTES_PER_PAGE)
        return ledger.rows_in(self.plan, list(self.page.object_list), self.user, self.today)

    @cached_property
    def _tallies(self) -> tuple[list[Tally], int]:
        return reports.tallies(self._picked, self.today)

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
        names = ("narrows", "page", "rows", "counts", "strengths", "numbers")
        query = {**dict(self._asked.lists()), "page": None}
        forms = {"forms": lambda: [self.form]}
        return {"plan": self.plan, "page_query": query, **forms, **lazily(self, *names)}


@dataclass(frozen=True)
class RoundResults:
    """What a round found on a commitment; the caller has asked whether the reader may know."""

    round: ReviewRound
    commitment: int | None
    sees: Sees

    @property
    def key(self) -> Hashable:
        return (self.round.pk, self.commitment, self.sees)

    @cached_property
    def results(self) -> Results:
        return results_of(self.round, number=self.commitment, sees=self.sees)

    @property
    def criteria(self) -> list[rounds.Facts]:
        return [rounds.Facts.of(found, self.round) for found in self.results.current.found]

    def context(self) -> dict[str, Any]:
        page = {"page": lambda: self.results.current}
        return {"round": self.round, "plan": self.round.plan, **page, **lazily(self, "results", "criteria")}
