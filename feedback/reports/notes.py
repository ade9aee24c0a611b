"""The ledger of notes: counts and rows for pages, and what waits for whom."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Model, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from actionplans.models import ActionPlan, Commitment
from cities.access import roles_of
from cities.models import group_day
from feedback import targets, withholding
from feedback.models import Answer, AnswerQuerySet, Note, NoteQuerySet
from feedback.models.notes import asking, late, unanswered
from feedback.targets import Target
from ogpgroup.models import User
from workshops.models import Session

type Rule = Callable[[date], Q]

# What the ledger counts, and filters by. Strengths ask nothing and are in none of them.
STATES: Final[dict[str, tuple[str | Promise, Rule]]] = {
    "asked": (pgettext_lazy("notes", "asked"), lambda _on: asking()),
    "answered": (
        pgettext_lazy("notes", "answered"),
        lambda _on: asking() & Q(status__in=[Note.Status.ANSWERED, Note.Status.SETTLED]),
    ),
    "changed": (
        pgettext_lazy("notes", "changed something"),
        lambda _on: asking() & Q(pk__in=Answer.objects.filter(changed_on__isnull=False).values("note")),
    ),
    "open": (pgettext_lazy("notes", "open"), lambda _on: unanswered()),
    "late": (pgettext_lazy("notes", "late"), late),
}
# What is promised for the next days is worth a look before it is late.
DUE_SOON: Final = timedelta(days=14)


@dataclass(frozen=True)
class Row:
    """One note as its reader may see it."""

    note: Note
    on: str
    on_href: str
    author: str
    standing: Answer | None
    is_late: bool
    asked: str


@dataclass(frozen=True)
class Tally:
    """How many notes are in a state, with what to ask the ledger for to see them."""

    state: str
    label: str | Promise
    number: int


# --- Notes on one thing -----------------------------------------------------------------------------------------------


def on_thing(thing: Model) -> Q:
    """The notes that stand on a thing and on its parts."""
    if isinstance(thing, ActionPlan):
        return Q(ledger=thing)
    if isinstance(thing, Commitment):
        return Q(commitment=thing) | Q(milestone__commitment=thing) | Q(entry__commitment=thing)
    if isinstance(thing, Session):
        return Q(agenda_item__session=thing)
    return Q(**{targets.kind_of(thing): thing})  # type: ignore[arg-type]


def seen_by(user: User | AnonymousUser) -> NoteQuerySet:
    """What the reader finds in ledgers and panels: a withdrawn note stands in none, not even its author's."""
    return Note.objects.visible_to(user).exclude(status=Note.Status.WITHDRAWN)


# The rules of `STATES` once more: composed from them, the query takes longer to put together than to answer.
_TALLIES: Final = """
SELECT count(*) FILTER (WHERE asks), count(*) FILTER (WHERE asks AND status IN ('answered', 'settled')),
    count(*) FILTER (WHERE asks AND changed), count(*) FILTER (WHERE waits),
    count(*) FILTER (WHERE (waits AND answer_due_on < %s) OR broken), count(*) FILTER (WHERE NOT asks)
FROM (
    SELECT status, answer_due_on, kind <> 'strength' AS asks,
        kind <> 'strength' AND status IN ('open', 'unsettled') AS waits,
        EXISTS (SELECT FROM feedback_answer WHERE note_id = note.id AND changed_on IS NOT NULL) AS changed,
        EXISTS (
            SELECT FROM feedback_answer AS answer
            WHERE note_id = note.id AND change_by < %s AND changed_on IS NULL
                AND NOT EXISTS (SELECT FROM feedback_answer AS later WHERE note_id = note.id AND later.id > answer.id)
        ) AS broken
    FROM feedback_note AS note WHERE id IN ({notes})
) AS seen
"""


class Picked(NamedTuple):
    """Notes by the statement that picks them, put together once for all that a page asks of them."""

    statement: str
    values: tuple[Any, ...]


def picked(notes: NoteQuerySet) -> Picked:
    return Picked(*notes.order_by().values("pk").query.sql_with_params())


def tallies(notes: Picked, on: date) -> tuple[list[Tally], int]:
    """How many are in each state, and how many strengths; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES.format(notes=notes.statement), [on, on, *notes.values])
        *numbers, strengths = cursor.fetchone()
    states = zip(STATES.items(), numbers, strict=True)
    return [Tally(state, label, number) for (state, (label, _rule)), number in states], strengths


def with_parts(notes: NoteQuerySet) -> NoteQuerySet:
    """With all that a row says; one more query, however many there are. See also `feedback.reports.ledger`."""
    answers = Prefetch("answers", Answer.objects.with_withheld().order_by("pk"))
    return notes.with_withheld().prefetch_related(answers).select_related(*targets.RELATED)


def rows_of(notes: Iterable[Note], user: User | AnonymousUser, on: date) -> list[Row]:
    """The notes, which come `with_parts`, as the reader sees them; asks nothing of the database."""
    in_group = roles_of(user).in_group
    rows = []
    for note in notes:
        standing = max(note.answers.all(), key=lambda answer: answer.pk, default=None)
        read = withholding.as_read(note, user)
        said = withholding.answer_as_read(standing, note, user) if standing else None
        rows.append(row_of(read, said, on, named=in_group or note.author_id == user.pk))
    return rows


def row_of(note: Note, standing: Answer | None, on: date, *, named: bool) -> Row:
    """One note with the answer that counts; `named` if its reader reads who wrote it."""
    target = note.target
    return Row(
        note=note,
        on=targets.label_of(target),
        on_href=targets.address_of(target),
        author=author_of(note, named=named),
        standing=standing,
        is_late=is_late(note, standing, on),
        asked=targets.asked_name(note),
    )


def author_of(note: Note, *, named: bool) -> str:
    """Who wrote: people's names are for the group; everybody reads the institution.

    Who writes for themselves alone is not tied to an institution.
    """
    organization = note.organization.local_name if note.organization else ""
    if named and note.author:
        name = note.author.name
        return f"{name}, {organization}" if organization else f"{name}, {pgettext('writes a note', 'for themselves')}"
    if organization:
        return _("member of %(organization)s") % {"organization": organization}
    return _("member of the working group")


def is_late(note: Note, standing: Answer | None, on: date) -> bool:
    """See also `NoteQuerySet.late`."""
    if note.waits_for_answer():
        return note.answer_due_on < on or _breaks_promise(standing, on)
    return _breaks_promise(standing, on)


def _breaks_promise(standing: Answer | None, on: date) -> bool:
    return (
        standing is not None and standing.is_promised() and standing.change_by is not None and standing.change_by < on
    )


# --- What waits for whom ----------------------------------------------------------------------------------------------


def waiting_for_answer(user: User | AnonymousUser) -> NoteQuerySet:
    """Notes that the person may answer and nobody has, the most urgent first."""
    return with_parts(seen_by(user).answerable_by(user).unanswered().order_by("answer_due_on", "pk"))


def waiting_for_word(user: User) -> NoteQuerySet:
    """Answered notes of which the person has the last word and has not said whether that settles them."""
    own = seen_by(user).settled_by(user, on=group_day(timezone.now())).filter(status=Note.Status.ANSWERED)
    return with_parts(own.order_by("written_at", "pk"))


def late_notes(user: User | AnonymousUser, on: date) -> NoteQuerySet:
    """Late notes the person may see, for coordinators: unanswered, or answered with a promise that was not kept."""
    return with_parts(seen_by(user).late(on).order_by("answer_due_on", "pk"))


def promises_due(user: User | AnonymousUser, *, until: date) -> AnswerQuerySet:
    """Changes promised by the person's city for that day or before, the earliest first."""
    notes = seen_by(user).answerable_by(user)
    promised = Answer.objects.standing().promised().filter(note__in=notes, change_by__lte=until)
    related = [f"note__{one}" for one in targets.RELATED]
    return promised.select_related("note", *related).order_by("change_by", "pk")


def places_to_write(thing: Model, user: User | AnonymousUser) -> list[Target]:
    """The thing itself, or for a session each point of its agenda, where the person may write a note."""
    if not roles_of(user).in_group:
        return []
    if isinstance(thing, Session):
        items: QuerySet[Target] = targets.choices_for("agenda_item", user).filter(session=thing).order_by("position")
        return [item for item in items if not targets.why_not(item, user)]
    return [thing] if not targets.why_not(thing, user) else []  # type: ignore[arg-type,list-item]
