"""The diary of progress: what happened, newest first, and by how much it moved things."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Commitment, Completion, Evidence, Milestone, ProgressEntry, Retraction
from actionplans.models.progress import STANDS, WITHHELD_EVIDENCE, ProgressEntryQuerySet
from actionplans.reports.history import Voices
from cities.models import group_day
from ogpgroup import dates, withholding

PER_PAGE: Final = 10

# All that a page of the diary shows of its entries, with how far the same thing was said to be by the standing entry
# before each, and its evidence. Of what is withheld, keepers alone get more than that it is.
_SHOWN: Final = f"""
SELECT entry.id, entry.commitment_id, entry.milestone_id,
    CASE WHEN withheld.id IS NULL OR %(keeper)s THEN entry.text ELSE '' END, entry.status, entry.happened_on,
    entry.corrects_id, CASE WHEN withheld.id IS NULL OR %(keeper)s THEN entry.correction_reason ELSE '' END,
    entry.reported_at, entry.reported_by_id,
    commitment.number, commitment.title, commitment.title_en, commitment.short_title,
    milestone.number, milestone.title,
    (SELECT number FROM actionplans_commitment WHERE id = corrected.commitment_id), corrected.happened_on,
    correction.id, (SELECT number FROM actionplans_commitment WHERE id = correction.commitment_id), earlier.status,
    {withholding.told("withheld")}, retraction.retracted_at, retraction.retracted_by_id,
    CASE WHEN withheld.id IS NULL OR %(keeper)s THEN retraction.reason ELSE '' END,
    (
        SELECT json_agg(
            CASE WHEN evidence_withheld.id IS NULL THEN
                json_build_array(evidence.id, uuid, kind, url, name, content_type, size, width, height, alt, NULL)
            WHEN %(keeper)s THEN
                json_build_array(
                    evidence.id, uuid, kind, url, name, content_type, size, width, height, alt,
                    {withholding.told_of("evidence_withheld")}
                )
            ELSE json_build_array(
                evidence.id, NULL, '', '', '', '', NULL, NULL, NULL, '', {withholding.told_of("evidence_withheld")}
            ) END ORDER BY evidence.id
        )
        FROM actionplans_evidence AS evidence {WITHHELD_EVIDENCE}
        WHERE evidence.entry_id = entry.id
    )::text,
    (SELECT count(*) FROM actionplans_progressentry WHERE {{which}})
FROM (
    SELECT * FROM actionplans_progressentry WHERE {{which}}
    ORDER BY happened_on DESC, reported_at DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
) AS entry
{withholding.joined("entry", "entry.id", name="withheld")}
JOIN actionplans_commitment AS commitment ON commitment.id = entry.commitment_id
LEFT JOIN actionplans_milestone AS milestone ON milestone.id = entry.milestone_id
LEFT JOIN actionplans_progressentry AS corrected ON corrected.id = entry.corrects_id
LEFT JOIN actionplans_progressentry AS correction ON correction.corrects_id = entry.id
LEFT JOIN actionplans_retraction AS retraction ON retraction.entry_id = entry.id
LEFT JOIN LATERAL (
    SELECT before.status FROM actionplans_progressentry AS before
    WHERE before.commitment_id = entry.commitment_id AND before.milestone_id IS NOT DISTINCT FROM entry.milestone_id
        AND (before.happened_on, before.reported_at, before.id) < (entry.happened_on, entry.reported_at, entry.id)
        AND {STANDS.format(entry="before")}
    ORDER BY before.happened_on DESC, before.reported_at DESC, before.id DESC LIMIT 1
) AS earlier ON true
ORDER BY entry.happened_on DESC, entry.reported_at DESC, entry.id DESC
"""  # noqa: S608  joins of our own
_COUNTED: Final = "SELECT count(*) FROM actionplans_progressentry WHERE {which}"
_OF_PLAN: Final = "commitment_id IN (SELECT id FROM actionplans_commitment WHERE plan_id = %(key)s)"
_OF_COMMITMENT: Final = "commitment_id = %(key)s"
# What of it makes a row of each model, in the order of the model's fields.
_ENTRY: Final = (
    *("id", "commitment_id", "milestone_id", "text", "status", "happened_on"),
    *("corrects_id", "correction_reason", "reported_at", "reported_by_id"),
)
_COMMITMENT: Final = ("id", "plan_id", "number", "title", "title_en", "short_title")
_MILESTONE: Final = ("id", "commitment_id", "number", "title")
_RETRACTED_AT, _RETRACTED_BY = -4, -3  # before the reason and the evidence
_EVIDENCE: Final = ("id", "uuid", "kind", "url", "name", "content_type", "size", "width", "height", "alt")

LONG_AFTER: Final = timedelta(days=7)


@dataclass(frozen=True)
class Item:
    """One entry as the diary shows it."""

    entry: ProgressEntry
    evidence: list[Evidence]
    who: str
    before: str  # how far it was said to be until then; empty for the first entry, and for one that counts no more
    correction: ProgressEntry | None = None  # the entry that stands in its place
    retraction: Retraction | None = None  # why it was a mistake altogether
    retracted_by: str = ""

    @property
    def has_photo(self) -> bool:
        return any(one.is_image for one in self.evidence)

    @property
    def about(self) -> str:
        """Which entry it is, without its words."""
        title = self.entry.milestone.title if self.entry.milestone else self.entry.commitment.heading
        return f"{dates.spoken_day(self.entry.happened_on, weekday=False)}, {title}"

    @property
    def is_struck(self) -> bool:
        return self.correction is not None or self.retraction is not None

    @property
    def reported_on(self) -> date | None:
        """Said where it was reported long after it happened, and always of a correction."""
        day = group_day(self.entry.reported_at)
        return day if self.entry.corrects_id or day - self.entry.happened_on > LONG_AFTER else None

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


class Facts(NamedTuple):
    """All that an entry is drawn from, by which it is kept (`ogpgroup.parts`)."""

    plan: str  # its slug
    who: str
    retracted_by: str
    row: tuple[Any, ...]

    @property
    def item(self) -> Item:
        *row, retracted_at, _by, reason, evidence = self.row
        entry, correction, before = _entry(row, ActionPlan(slug=self.plan))
        shown = [_evidence(one) for one in json.loads(evidence or "[]")]
        retraction = Retraction(entry=entry, reason=reason, retracted_at=retracted_at) if retracted_at else None
        before = "" if correction or retraction else before or ""
        return Item(entry, shown, self.who, before, correction, retraction, self.retracted_by)

    def context(self) -> dict[str, Any]:
        item = self.item
        return {"item": item, "entry": item.entry, "plan": item.entry.commitment.plan}


@dataclass(frozen=True)
class Diary:
    """One page of it."""

    entries: list[Facts]
    page: Page[int]

    @property
    def items(self) -> list[Item]:
        return [one.item for one in self.entries]


def diary_of_plan(plan: ActionPlan, *, page: str | None, per_page: int = PER_PAGE, keeper: bool = False) -> Diary:
    """A page of the diary of a whole plan; two queries for any number of entries. Its keepers read what is withheld."""
    return _diary(_OF_PLAN, plan.pk, plan, page, per_page, keeper=keeper)


def diary_of_commitment(
    commitment: Commitment, *, page: str | None, entry: str | None = None, keeper: bool = False
) -> Diary:
    """The same of one commitment and its milestones; without a page given, the one with the entry."""
    if page is None and entry and entry.isdecimal():
        page = _page_with(ProgressEntry.objects.filter(commitment=commitment), int(entry[:18]))
    return _diary(_OF_COMMITMENT, commitment.pk, commitment.plan, page, PER_PAGE, keeper=keeper)


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


def _diary(which: str, key: int, plan: ActionPlan, number: str | None, per_page: int, *, keeper: bool) -> Diary:
    asked = int(number) if number and number.isdecimal() and len(number) < 7 else 1
    rows, count = _read(which, key, per_page, max(asked, 1), keeper=keeper)
    page = Paginator(range(count), per_page).get_page(number)
    if page.number != asked:  # there is no such page, but a last one
        rows, _count = _read(which, key, per_page, page.number, keeper=keeper)
    by, at = _ENTRY.index("reported_by_id"), _ENTRY.index("reported_at")
    voices = Voices(key for row in rows for key in (row[by], row[_RETRACTED_BY]))

    def voice(key: int | None, moment: datetime) -> str:
        return voices.of(key, on=group_day(moment), plan=plan)

    facts = [
        Facts(
            plan.slug,
            voice(row[by], row[at]),
            voice(row[_RETRACTED_BY], row[_RETRACTED_AT]) if row[_RETRACTED_AT] else "",
            row,
        )
        for row in rows
    ]
    return Diary(facts, page)


def _read(which: str, key: int, per_page: int, number: int, *, keeper: bool) -> tuple[list[tuple[Any, ...]], int]:
    """The entries of that page, and how many there are on all; one query, and one more where the page has none."""
    asked = {"key": key, "limit": per_page, "offset": per_page * (number - 1), "keeper": keeper}
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN.format(which=which), asked)
        rows = cursor.fetchall()
        if rows:
            return [row[:-1] for row in rows], rows[0][-1]
        cursor.execute(_COUNTED.format(which=which), asked)
        [count] = cursor.fetchone()
    return [], count


def _entry(row: Sequence[Any], plan: ActionPlan) -> tuple[ProgressEntry, ProgressEntry | None, str | None]:
    """The entry, the one that corrects it, and what was said before; each knows what it is about."""
    number, title, title_en, short_title, step, step_title, *others = row[len(_ENTRY) :]
    old_of, old_on, new, new_of, before, withheld = others
    entry = ProgressEntry.from_db(None, _ENTRY, row[: len(_ENTRY)])
    entry.withheld = withholding.read(withheld)
    values = (entry.commitment_id, plan.pk, number, title, title_en, short_title)
    entry.commitment = Commitment.from_db(None, _COMMITMENT, values)
    entry.commitment.plan = plan
    if entry.milestone_id:
        about = (entry.milestone_id, entry.commitment_id, step, step_title)
        entry.milestone = Milestone.from_db(None, _MILESTONE, about)
        entry.milestone.commitment = entry.commitment
    if entry.corrects_id:
        entry.corrects = _other(entry.corrects_id, old_of, plan, happened_on=old_on)
    return entry, _other(new, new_of, plan) if new else None, before


def _evidence(told: Sequence[Any]) -> Evidence:
    *facts, withheld = told
    one = Evidence(**dict(zip(_EVIDENCE, facts, strict=True)))
    one.withheld_as = withheld
    return one


def _other(key: int, of: int, plan: ActionPlan, **more: Any) -> ProgressEntry:
    """An entry to which one can go, by the number of its commitment."""
    return ProgressEntry(pk=key, commitment=Commitment(plan=plan, number=of), **more)
