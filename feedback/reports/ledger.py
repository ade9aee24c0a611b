"""Notes in the ledger of one plan: which of them somebody may see, and what a list says of each.

Which notes a list shows is asked first, by the rules and filters of `NoteQuerySet`; then one statement reads what is
said of just these. Composed from ten joins it took longer to put together than to answer.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from actionplans.models import ActionPlan, Commitment, Deliverable, Milestone, ProgressEntry
from cities.access import roles_of
from cities.models import Organization
from feedback.models import Answer, Note, NoteQuerySet
from feedback.reports.notes import Picked, row_of
from ogpgroup import withholding
from ogpgroup.models import User

# Of what is withheld, the reader gets more than that it is as `feedback.withholding.as_read` says.
_SHOWN: Final = f"""
SELECT note.id, note.plan_id, note.commitment_id, note.milestone_id, note.entry_id, note.deliverable_id,
    note.agenda_item_id, note.kind,
    CASE WHEN withheld.id IS NULL OR reader.is_coordinator OR note.author_id = reader.id THEN note.text ELSE '' END,
    note.visibility, note.author_id, note.organization_id, note.status, note.written_at, note.answer_due_on,
    {withholding.told("withheld")},
    author.id, author.name, organization.id, organization.name, organization.name_en,
    commitment.id, commitment.plan_id, commitment.number, commitment.title, commitment.title_en, commitment.short_title,
    milestone.id, milestone.commitment_id, milestone.number, milestone.title,
    entry.id, entry.commitment_id, entry.happened_on,
    deliverable.id, deliverable.plan_id, deliverable.title,
    answer.id, answer.note_id, answer.decision,
    CASE WHEN answer_withheld.id IS NULL OR reader.is_coordinator OR reader.is_city OR answer.answered_by_id = reader.id
        THEN answer.reason ELSE '' END,
    answer.change_by, answer.changed_on, {withholding.told("answer_withheld")}
FROM feedback_note AS note
CROSS JOIN (SELECT %s AS is_coordinator, %s AS is_city, %s::bigint AS id) AS reader
LEFT JOIN ogpgroup_user AS author ON author.id = note.author_id
LEFT JOIN cities_organization AS organization ON organization.id = note.organization_id
LEFT JOIN actionplans_milestone AS milestone ON milestone.id = note.milestone_id
LEFT JOIN actionplans_progressentry AS entry ON entry.id = note.entry_id
LEFT JOIN actionplans_commitment AS commitment
    ON commitment.id = coalesce(note.commitment_id, milestone.commitment_id, entry.commitment_id)
LEFT JOIN actionplans_deliverable AS deliverable ON deliverable.id = note.deliverable_id
LEFT JOIN LATERAL (
    SELECT * FROM feedback_answer WHERE note_id = note.id ORDER BY id DESC LIMIT 1
) AS answer ON true
{withholding.joined("note", "note.id", name="withheld")}
{withholding.joined("answer", "answer.id", name="answer_withheld")}
WHERE note.id {{which}}
"""  # noqa: S608  joins of our own
# What of it makes a row of each model, in the order of the model's fields.
_NOTE: Final = (
    *("id", "plan_id", "commitment_id", "milestone_id", "entry_id", "deliverable_id", "agenda_item_id"),
    *("kind", "text", "visibility", "author_id", "organization_id", "status", "written_at", "answer_due_on"),
)
_WITHHELD: Final = ("withheld_as",)
_AUTHOR: Final = ("id", "name")
_ORGANIZATION: Final = ("id", "name", "name_en")
_COMMITMENT: Final = ("id", "plan_id", "number", "title", "title_en", "short_title")
_MILESTONE: Final = ("id", "commitment_id", "number", "title")
_ENTRY: Final = ("id", "commitment_id", "happened_on")
_DELIVERABLE: Final = ("id", "plan_id", "title")
_ANSWER: Final = ("id", "note_id", "decision", "reason", "change_by", "changed_on")


def seen_in(plan: ActionPlan, user: User | AnonymousUser) -> NoteQuerySet:
    """What the reader finds in the ledger of a plan, which the caller has found among those the reader may see.

    See also `feedback.reports.notes.seen_by`, which asks for the plan as well.
    """
    return Note.objects.filter(ledger=plan).meant_for(user).exclude(status=Note.Status.WITHDRAWN)


type Choices = tuple[tuple[str, str], ...]

_COMMITMENTS: Final = """
SELECT id, number, title, title_en, short_title FROM actionplans_commitment WHERE plan_id = %s ORDER BY number
"""
_INSTITUTIONS: Final = """
SELECT id, name FROM cities_organization
WHERE id IN (SELECT organization_id FROM feedback_note WHERE id IN ({notes})) ORDER BY sort_key(name)
"""


def commitments_of(plan: ActionPlan) -> Choices:
    """The commitments on which a note can be; one query."""
    names = ("id", "number", "title", "title_en", "short_title")
    with connection.cursor() as cursor:
        cursor.execute(_COMMITMENTS, [plan.pk])
        found = [Commitment.from_db(None, names, row) for row in cursor.fetchall()]
    return tuple((str(one.pk), str(one)) for one in found)


def institutions_of(notes: Picked) -> Choices:
    """For which institutions these notes were written; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_INSTITUTIONS.format(notes=notes.statement), notes.values)
        return tuple((str(key), name) for key, name in cursor.fetchall())


class Facts(NamedTuple):
    """All that a note in a list is drawn from, by which it is kept (`ogpgroup.parts`).

    Who may read its writer's name gets a row of their own: `named` tells.
    """

    plan: int
    slug: str
    title: str
    on: date
    named: bool
    row: tuple[Any, ...]

    def context(self) -> dict[str, Any]:
        plan = ActionPlan(pk=self.plan, slug=self.slug, title=self.title)
        note, standing = _note(iter(self.row), plan)
        row = row_of(note, standing, self.on, named=self.named)
        return {"row": row, "note": note, "standing": standing}


_LATEST: Final = "IN (SELECT id FROM feedback_note WHERE id IN ({notes}) ORDER BY written_at DESC, id DESC LIMIT %s)"


def rows_in(plan: ActionPlan, keys: Sequence[int], user: User | AnonymousUser, on: date) -> list[Facts]:
    """These notes of its ledger, in this order, as the reader sees them; one query."""
    rows = {facts.row[0]: facts for facts in _facts(plan, user, on, "= ANY(%s)", list(keys))} if keys else {}
    return [rows[key] for key in keys]


def latest_in(plan: ActionPlan, notes: Picked, user: User | AnonymousUser, on: date, *, most: int) -> list[Facts]:
    """So many of these notes of its ledger as the reader sees them, the latest first; one query."""
    found = _facts(plan, user, on, _LATEST.format(notes=notes.statement), *notes.values, most)
    at = _NOTE.index("written_at")
    return sorted(found, key=lambda facts: (facts.row[at], facts.row[0]), reverse=True)


def _facts(plan: ActionPlan, user: User | AnonymousUser, on: date, which: str, *values: Any) -> list[Facts]:
    roles, author = roles_of(user), _NOTE.index("author_id")
    in_group, reader = roles.in_group, [roles.is_coordinator, plan.city_id in roles.official_city_ids, user.pk]
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN.format(which=which), [*reader, *values])
        rows = cursor.fetchall()
    own = [in_group or (row[author] is not None and row[author] == user.pk) for row in rows]
    return [Facts(plan.pk, plan.slug, plan.title, on, named, row) for named, row in zip(own, rows, strict=True)]


def _note(values: Any, plan: ActionPlan) -> tuple[Note, Answer | None]:
    """The note and the answer that stands; the note knows its ledger, its writer and what it is on."""
    note: Note = Note.from_db(None, _NOTE, _next(values, _NOTE))
    [note.withheld_as] = _next(values, _WITHHELD)
    note.ledger = plan
    parts = {
        "author": _some(User, _AUTHOR, values),
        "organization": _some(Organization, _ORGANIZATION, values),
        "commitment": _some(Commitment, _COMMITMENT, values),
        "milestone": _some(Milestone, _MILESTONE, values),
        "entry": _some(ProgressEntry, _ENTRY, values),
        "deliverable": _some(Deliverable, _DELIVERABLE, values),
    }
    commitment = parts["commitment"]
    for one in (commitment, parts["deliverable"]):
        if one:
            one.plan = plan
    for name in ("milestone", "entry"):
        if part := parts[name]:
            part.commitment = commitment
            parts["commitment"] = None  # of the part, not of the note
    if note.plan_id:
        note.plan = plan
    for name, part in parts.items():
        if part:
            setattr(note, name, part)
    return note, _answer(values)


def _answer(values: Any) -> Answer | None:
    answer: Answer | None = _some(Answer, _ANSWER, values)
    [withheld] = _next(values, _WITHHELD)
    if answer:
        answer.withheld_as = withheld
    return answer


def _next(values: Any, names: Sequence[str]) -> list[Any]:
    return [next(values) for _name in names]


def _some(model: Any, names: Sequence[str], values: Any) -> Any:
    """The row of a model, or nothing where there is none."""
    own = _next(values, names)
    return model.from_db(None, names, own) if own[0] is not None else None
