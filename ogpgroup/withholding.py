"""What was published and is withheld from the public by the coordinators, and what is read in its place.

A withholding stands in a table of its own and names its subject by a word and a number, as mail does, because what is
withheld is mostly append-only and because the ground knows no app. The thing itself stays as it is: its day, its status
and what is counted of it are read as before. Its words, its file and its address are read by the coordinators and by
those who published them alone; everybody else reads one sentence in their place (`Withheld.sentence`).

Which things these are each app says in its `withholding.py`; `ogpgroup.moderation` joins them. The words of what is
withheld are left out where it is read from the database, not where it is drawn, so that no template can show them.

**Whoever adds a way out for any of these words adds it here, and asks first what of it is withheld:**

- `entry`, its text, what was wrong with the one it corrects and why it was taken back: the diary of plans and
  commitments (`actionplans.reports.diary`), the forms to correct it and to take it back (keepers alone). Labels of
  notes quote nothing of it.
- `evidence`, a file or link with its name and what it shows: the diary; the page of a deliverable
  (`EvidenceQuerySet.with_withheld`); `/files/` (`EvidenceQuerySet.visible_to`), which browsers keep for minutes.
- `note`, its text: its page and forms, panels of sessions and my desk (`feedback.withholding.as_read`; own calendars
  quote nobody); ledger and panels of plans (`feedback.reports.ledger`); `feedback.emails.notes`.
- `answer`, its reason, what will change and what was changed: as the note. Promises on the desk are shown to those who
  answer alone.
- `reaction`, the author's word on an answer: the page and forms of the note; mail that an answer does not settle it.
- `score`, the words of an evaluation on a criterion: results of the round (`feedback.reports.rounds`), and its
  author's own page.
- `reply`, the city's word on a criterion: results of the round; the form of the reply (the city's officials alone).

Parts of pages that are kept (`ogpgroup.parts`) are drawn anew, because withholdings are counted (`ogpgroup.changes`);
pieces are kept by what they say, of which the withholding is a part; whoever reads more has a key of their own. Mail
that waits is written without the words, and what may have gone already is not repeated. There are no exports, feeds or
search over these words yet. Mails that have gone and copies that people saved are out of reach; coordinators find the
former in the outbox for 90 days.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import JSONField, OuterRef, Subquery
from django.db.models.functions import JSONArray
from django.utils import timezone
from django.utils.translation import gettext as _

from ogpgroup import dates
from ogpgroup.models import User, Withholding

TOLD: Final = ("pk", "reason", "words", "withheld_at")
# What a thing has that was read without asking: whoever shows it then fails, instead of showing what is withheld.
NOT_ASKED: Final = object()


class Withheld(NamedTuple):
    """What is read in the place of a thing; plain, so that what is drawn from it can be kept by it."""

    pk: int
    reason: str
    words: str
    at: datetime

    @property
    def sentence(self) -> str:
        """“Withdrawn from public view by the coordinators on 3 March 2026: it contains personal data.”"""
        day = dates.spoken_day(self.day, weekday=False)
        reason = Withholding.Reason(self.reason).label
        told = _("Withdrawn from public view by the coordinators on %(day)s: %(reason)s.") % {
            "day": day,
            "reason": reason,
        }
        return f"{told} {self.words}".strip()

    @property
    def day(self) -> date:
        return timezone.localdate(self.at, dates.zone_info(settings.TIME_ZONE))


def read(told: Any) -> Withheld | None:
    """What the database tells, as text or read already; nothing where nothing is withheld."""
    if told is NOT_ASKED:
        raise ValueError("Ask what is withheld before it is shown, such as by `with_withheld`.")
    if not told:
        return None
    pk, reason, words, at = json.loads(told) if isinstance(told, str) else told
    return Withheld(pk, reason, words, datetime.fromisoformat(at))


# --- For statements and querysets ------------------------------------------------------------------------------------


def told(name: str) -> str:
    """The column of a statement for `read`, of the table that was joined by that name."""
    return f"CASE WHEN {name}.id IS NOT NULL THEN {told_of(name)}::text END"


def told_of(name: str) -> str:
    """The same within a statement that makes JSON."""
    return f"json_build_array({name}.id, {name}.reason, {name}.words, {name}.withheld_at)"


def joined(kind: str, key: str, *, name: str) -> str:
    """Joins what is withheld of a thing to a statement; kinds, keys and names are ours, never input."""
    return (
        f"LEFT JOIN ogpgroup_withholding AS {name} ON {name}.subject_type = '{kind}' "
        f"AND {name}.subject_id = {key} AND {name}.lifted_at IS NULL"
    )


def as_told(kind: str, key: str = "pk") -> Subquery:
    """For `annotate`: what `read` takes, without a query more."""
    found = Withholding.objects.standing().filter(subject_type=kind, subject_id=OuterRef(key))
    return told_by(found)


def told_by(found: Any) -> Subquery:
    """The same of withholdings that are found in another way."""
    return Subquery(found.order_by("pk").values(told=JSONArray(*TOLD))[:1], output_field=JSONField())


# --- What can be withheld, and doing it ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Thing:
    """Something that was published, as its app tells of it; `about` quotes nothing of what can be withheld."""

    kind: str
    pk: int
    about: str
    href: str
    where: str
    is_demo: bool
    author: int | None  # who published it
    city: int | None = None  # the one for which it was published; its officials speak for who has gone
    words: list[tuple[str, str]] = field(default_factory=list)  # what will be withheld, each with what it is
    evidence: tuple[Any, ...] = ()  # files or links, for their template


# Of numbers, the things that were published; a constant number of queries.
type Find = Callable[[Collection[int]], dict[int, Thing]]


class AlreadyWithheld(Exception):
    """Another coordinator was first."""


def withhold(thing: Thing, *, reason: str, words: str, by: User, now: datetime) -> Withholding:
    """Withhold it from now on. Guarantees one withholding at a time: who comes second gets AlreadyWithheld."""
    try:
        with transaction.atomic():
            return Withholding.objects.create(
                subject_type=thing.kind,
                subject_id=thing.pk,
                reason=reason,
                words=words.strip(),
                withheld_at=now,
                withheld_by=by,
                is_demo=thing.is_demo,
            )
    except IntegrityError:
        if Withholding.objects.standing().filter(subject_type=thing.kind, subject_id=thing.pk).exists():
            raise AlreadyWithheld from None
        raise


def lift(withholding: Withholding, *, by: User, now: datetime) -> bool:
    """Let everybody read it again; False where somebody has done so before. That it was withheld stays on record."""
    return bool(Withholding.objects.standing().filter(pk=withholding.pk).update(lifted_at=now, lifted_by=by))
