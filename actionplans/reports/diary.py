"""The diary of progress: what happened, newest first, and by how much it moved things."""

from dataclasses import dataclass
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import Case, OuterRef, Q, Subquery, When
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Commitment, Completion, Evidence, ProgressEntry
from actionplans.models.progress import ProgressEntryQuerySet
from actionplans.reports.history import Voices
from cities.models import group_day

PER_PAGE: Final = 10
# A page of the diary shows this of an entry and of what it is about.
READ: Final = (
    *("text", "status", "happened_on", "reported_at", "reported_by_id", "correction_reason"),
    *(f"commitment__{name}" for name in ("plan_id", "number", "title", "title_en", "short_title")),
    *("milestone__commitment_id", "milestone__number", "milestone__title"),
    *("corrects__commitment_id", "corrects__happened_on", "correction__commitment_id"),
)


@dataclass(frozen=True)
class Item:
    """One entry as the diary shows it."""

    entry: ProgressEntry
    evidence: list[Evidence]
    who: str
    before: str  # how far it was said to be until then; empty for the first entry, and for one that counts no more

    @property
    def correction(self) -> ProgressEntry | None:
        """The entry that stands in its place."""
        return getattr(self.entry, "correction", None)

    @property
    def has_photo(self) -> bool:
        return any(one.is_image for one in self.evidence)

    @property
    def is_struck(self) -> bool:
        return self.correction is not None

    @property
    def moved(self) -> str:
        """The change of status as a sentence."""
        status = Completion(self.entry.status)
        if not self.before:
            return _("Reported as %(status)s.") % {"status": status.label}
        if self.before == status:
            return _("Still %(status)s.") % {"status": status.label}
        return _("Went from %(before)s to %(status)s.") % {
            "before": Completion(self.before).label,
            "status": status.label,
        }


@dataclass(frozen=True)
class Diary:
    """One page of it."""

    items: list[Item]
    page: Page[ProgressEntry]


def diary_of_plan(plan: ActionPlan, *, page: str | None, per_page: int = PER_PAGE) -> Diary:
    """A page of the diary of a whole plan; four queries for any number of entries."""
    return _diary(ProgressEntry.objects.of_plan(plan), plan, page, per_page)


def diary_of_commitment(commitment: Commitment, *, page: str | None, entry: str | None = None) -> Diary:
    """The same of one commitment and its milestones; without a page given, the one with the entry."""
    entries = ProgressEntry.objects.filter(commitment=commitment)
    if page is None and entry and entry.isdecimal():
        page = _page_with(entries, int(entry[:18]))
    return _diary(entries, commitment.plan, page, PER_PAGE)


def _page_with(entries: ProgressEntryQuerySet, key: int) -> str | None:
    """The number of the page on which an entry stands; one query more."""
    entry = entries.filter(pk=key).first()
    if entry is None:
        return None
    newer = (
        Q(happened_on__gt=entry.happened_on)
        | Q(happened_on=entry.happened_on, reported_at__gt=entry.reported_at)
        | Q(happened_on=entry.happened_on, reported_at=entry.reported_at, pk__gt=entry.pk)
    )
    return str(entries.filter(newer).count() // PER_PAGE + 1)


def _diary(entries: ProgressEntryQuerySet, plan: ActionPlan, number: str | None, per_page: int) -> Diary:
    complete = entries.newest_first().annotate(before=_status_before())
    complete = complete.select_related("commitment", "milestone", "corrects", "correction").only(*READ)
    page = Paginator(complete.prefetch_related("evidence"), per_page).get_page(number)
    rows = list(page.object_list)
    voices = Voices(row.reported_by_id for row in rows)
    return Diary([_item(row, voices, plan) for row in rows], page)


def _item(entry: ProgressEntry, voices: Voices, plan: ActionPlan) -> Item:
    entry.commitment.plan = plan
    if entry.milestone:
        entry.milestone.commitment = entry.commitment
    for other in (entry.corrects, getattr(entry, "correction", None)):
        if other and other.commitment_id == entry.commitment_id:
            other.commitment = entry.commitment
    who = voices.of(entry.reported_by_id, on=group_day(entry.reported_at), plan=plan)
    before = getattr(entry, "before", None) or ""
    evidence = list(entry.evidence.all())
    for one in evidence:
        one.plan = plan
    return Item(entry, evidence, who, "" if getattr(entry, "correction", None) else before)


def _status_before() -> Case:
    """How far the same thing was said to be by the standing entry before this one."""
    earlier = (
        Q(happened_on__lt=OuterRef("happened_on"))
        | Q(happened_on=OuterRef("happened_on"), reported_at__lt=OuterRef("reported_at"))
        | Q(happened_on=OuterRef("happened_on"), reported_at=OuterRef("reported_at"), pk__lt=OuterRef("pk"))
    )
    standing = ProgressEntry.objects.standing().filter(earlier).newest_first()
    of_milestone = standing.filter(milestone=OuterRef("milestone"))
    of_whole = standing.filter(milestone__isnull=True, commitment=OuterRef("commitment"))
    return Case(
        When(milestone__isnull=True, then=Subquery(of_whole.values("status")[:1])),
        default=Subquery(of_milestone.values("status")[:1]),
    )
