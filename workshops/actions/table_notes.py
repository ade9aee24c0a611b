"""Notes of a work table: written once however often they are sent, corrected, struck out, accepted where late."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from cities.access import roles_of
from cities.models import City
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import attendance, noting
from workshops.models import Diagnosis, SessionVersion, TableNote, WorkTable

MOST_AT_ONCE = 50  # notes of one batch


class NoteEditedMeanwhile(ActionNotPossible):
    """Somebody else changed the note since it was read; `current` is what stands now."""

    def __init__(self, current: TableNote) -> None:
        super().__init__(_("Somebody else changed this note meanwhile. Compare the two before you save again."))
        self.current = current


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A note as it was typed, perhaps without a network and hours ago; `client_id` was made there."""

    kind: str
    text: str
    client_id: UUID = field(default_factory=uuid4)
    said_by: str = ""
    city_id: int | None = None
    waited: timedelta | None = None  # on the device, as it says; of forms nothing is known
    from_paper: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one note of a batch: stored now, there already, or refused with a sentence."""

    client_id: UUID
    note: TableNote | None = None
    is_new: bool = False
    refusal: str = ""


# --- Writing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_notes(table: WorkTable, notes: Sequence[Typed], *, by: User, now: datetime) -> list[Outcome]:
    """Keep a batch of notes at the table, in the order given and after all that arrived before.

    Guarantees one note per `client_id`, however often and from wherever it is sent; one that cannot be kept is refused
    with a sentence and takes none of the others with it. What arrives after the session closed is kept as late and
    waits for the facilitator, unless somebody who says what counts enters it from paper. The same number of queries
    for one note and for fifty. The caller sees to it that the person may write at the table.
    """
    if len(notes) > MOST_AT_ONCE:
        raise ValueError("A batch has fifty notes at most.")
    batch = _begun(table, notes, by=by, now=now)
    known = TableNote.objects.in_bulk([one.client_id for one in notes], field_name="client_id")
    room = TableNote.MOST - table.notes.count()
    kept: dict[UUID, TableNote] = {}
    refused: dict[UUID, str] = {}
    for one in notes:
        if one.client_id in known or one.client_id in kept:
            continue
        try:
            kept[one.client_id] = batch.made_of(one, is_full=len(kept) >= room)
        except ActionNotPossible as error:
            refused[one.client_id] = str(error.sentence)
    # Conflicts: the same note on its way to another table. Who was first there is read, not assumed.
    TableNote.objects.bulk_create(kept.values(), ignore_conflicts=True)
    stored = TableNote.objects.in_bulk([*kept, *known], field_name="client_id")
    return [
        batch.outcome_of(one, stored.get(one.client_id), is_new=one.client_id in kept, refused=refused) for one in notes
    ]


def write_note(table: WorkTable, note: Typed, *, by: User, now: datetime) -> TableNote:
    """Keep one note at the table. Raises ActionNotPossible where it is refused. See also `write_notes`."""
    (outcome,) = write_notes(table, [note], by=by, now=now)
    if outcome.note is None:
        raise ActionNotPossible(outcome.refusal)
    return outcome.note


def _begun(table: WorkTable, notes: Sequence[Typed], *, by: User, now: datetime) -> "_Batch":
    """Hold the table, so that its notes arrive one batch after the other, and read what holds for all of them."""
    table = WorkTable.objects.select_for_update(of=("self",), no_key=True).select_related("session").get(pk=table.pk)
    version = SessionVersion.objects.current().filter(session=table.session_id).defer("vevent").first()
    wanted = {one.city_id for one in notes if one.city_id is not None}
    cities = City.objects.filter(is_demo=table.session.is_demo, pk__in=wanted).values_list("pk", flat=True)
    refusal = ""
    try:
        noting.refuse_unless_taken(version, now=now)
    except ActionNotPossible as error:
        refusal = str(error.sentence)
    late = version is not None and noting.is_late(version, now)
    return _Batch(
        table, by, now, version, refusal, is_late=late, leads=noting.leads(table, by), city_ids=frozenset(cities)
    )


@dataclass(frozen=True)
class _Batch:
    """What holds for all notes that are sent together."""

    table: WorkTable
    by: User
    now: datetime
    version: SessionVersion | None
    refusal: str  # why the table takes no notes now, told of each where it was typed
    is_late: bool
    leads: bool
    city_ids: frozenset[int]

    def made_of(self, one: Typed, *, is_full: bool) -> TableNote:
        if self.refusal:
            raise ActionNotPossible(self.refusal)
        if is_full:
            raise ActionNotPossible(_("This table has %(most)s notes, which is the most.") % {"most": TableNote.MOST})
        text, said_by = noting.checked(kind=one.kind, text=one.text, said_by=one.said_by)
        if one.city_id is not None and one.city_id not in self.city_ids:
            raise ActionNotPossible(_("This city is not known here. Choose another one, or none."))
        counts = self.is_late and one.from_paper and self.leads
        written_at, was_put_right = None, False
        if one.waited is not None and self.version is not None:
            written_at, was_put_right = attendance.happened(self.version, one.waited, self.now)
        return TableNote(
            table=self.table,
            client_id=one.client_id,
            kind=one.kind,
            text=text,
            said_by=said_by,
            city_id=one.city_id,
            from_paper=one.from_paper,
            written_at=written_at,
            time_was_put_right=was_put_right,
            written_by=self.by,
            is_late=self.is_late,
            accepted_at=self.now if counts else None,
            accepted_by=self.by if counts else None,
        )

    def outcome_of(self, one: Typed, stored: TableNote | None, *, is_new: bool, refused: dict[UUID, str]) -> Outcome:
        if stored is None:
            return Outcome(one.client_id, refusal=refused[one.client_id])
        if stored.table_id != self.table.pk or stored.written_by_id != self.by.pk:
            sentence = _("This note was sent before, by somebody else or at another table.")
            return Outcome(one.client_id, refusal=sentence)
        return Outcome(one.client_id, stored, is_new=is_new)


# --- Changing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def correct(
    note: TableNote, *, kind: str, text: str, said_by: str, city: City | None, edition: int, by: User
) -> TableNote:
    """Store other words for a note, typed on the edition given, and count the edition up; the history keeps the former.

    Nobody's words are overwritten unseen: raises NoteEditedMeanwhile where the edition is no longer the newest and what
    stands differs from what was typed. Raises ActionNotPossible for a note that was struck out, for words no note can
    have, and once the diagnosis is published for all but coordinators.
    """
    text, said_by = noting.checked(kind=kind, text=text, said_by=said_by)
    current = _locked(note, by=by)
    if current.withdrawn_at is not None:
        raise ActionNotPossible(_("This note was struck out meanwhile. Bring it back before you correct it."))
    if (current.kind, current.text, current.said_by, current.city_id) == (kind, text, said_by, city and city.pk):
        return current  # sent twice, or nothing changed: no new edition, and no quarrel about the old one
    if current.edition != edition:
        raise NoteEditedMeanwhile(current)
    if city is not None and city.is_demo != current.table.session.is_demo:
        raise ActionNotPossible(_("This city is not known here. Choose another one, or none."))
    current.kind, current.text, current.said_by, current.city = kind, text, said_by, city
    _save(current, "kind", "text", "said_by", "city")
    return current


@transaction.atomic
def strike_out(note: TableNote, *, by: User, now: datetime) -> TableNote:
    """Withdraw a note: it stays on record, struck out, and counts nowhere. Asked twice is asked once."""
    current = _locked(note, by=by)
    if current.withdrawn_at is None:
        current.withdrawn_at, current.withdrawn_by = now, by
        _save(current, "withdrawn_at", "withdrawn_by")
    return current


@transaction.atomic
def bring_back(note: TableNote, *, by: User) -> TableNote:
    """Undo `strike_out`: the note counts as before."""
    current = _locked(note, by=by)
    if current.withdrawn_at is not None:
        current.withdrawn_at, current.withdrawn_by = None, None
        _save(current, "withdrawn_at", "withdrawn_by")
    return current


@transaction.atomic
def accept_late(note: TableNote, *, by: User, now: datetime) -> TableNote:
    """Let a note count that arrived after the session had closed; the facilitator of its table and coordinators do.

    Asked twice is asked once: who accepted first stays on record. To refuse it is to strike it out.
    """
    current = _locked(note, by=by)
    if not current.is_late:
        raise ValueError("Only what came late is accepted.")
    if not noting.leads(current.table, by):
        raise ActionNotPossible(_("The facilitator of the table or a coordinator says whether a late note counts."))
    if current.withdrawn_at is not None:
        raise ActionNotPossible(_("This note was struck out meanwhile. Bring it back before you accept it."))
    if current.accepted_at is None:
        current.accepted_at, current.accepted_by = now, by
        _save(current, "accepted_at", "accepted_by")
    return current


def _locked(note: TableNote, *, by: User) -> TableNote:
    """The note as it stands, held until the transaction ends; refused where what it says is published already.

    The table is held first, as those who write do: what changes at one table changes one after the other.
    """
    WorkTable.objects.select_for_update(no_key=True).get(pk=note.table_id)
    current = TableNote.objects.select_for_update(of=("self",)).select_related("table__session").get(pk=note.pk)
    told = Diagnosis.objects.filter(session=current.table.session_id, published__isnull=False)
    if not roles_of(by).is_coordinator and told.exists():
        raise ActionNotPossible(_("The diagnosis with the notes of this session is published: a coordinator can help."))
    return current


def _save(note: TableNote, *fields: str) -> None:
    note.edition += 1
    note.save(update_fields=[*fields, "edition"])
