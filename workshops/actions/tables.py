"""Work tables: set up, and people given places there: by hand, by a fair draw, or at the door."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import drawing, tables
from workshops.drawing import Person
from workshops.models import Participation, Session, SessionVersion, WorkTable
from workshops.models.participations import ParticipationQuerySet

SEED_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
SEED_LENGTH = 8
SET_UP = ("number", "theme", "seats", "facilitator", "rapporteur", "join_url")


# --- Setting up -------------------------------------------------------------------------------------------------------


class EditedMeanwhile(ActionNotPossible):
    """Somebody else saved the same table since the form was opened; `current` is what is stored now."""

    def __init__(self, current: WorkTable) -> None:
        super().__init__(
            _("Somebody else changed this table meanwhile. Your text is still here; compare before you save again.")
        )
        self.current = current


def edition_of(table: WorkTable) -> str:
    """What a form carries of the table it was drawn from: who saves, replaces what they read. Empty for a new one."""
    if table._state.adding:
        return ""
    read = [str(getattr(table, _column(name)) or "") for name in SET_UP]
    people = ",".join(map(str, sorted(table.co_rapporteurs.values_list("pk", flat=True))))
    return sha256("\x1f".join([*read, people]).encode()).hexdigest()[:16]


@transaction.atomic
def save_table(table: WorkTable, *, co_rapporteurs: Sequence[User], seen: str = "") -> WorkTable:
    """Store a new table of a session, or an edit of the edition `seen`.

    Guarantees that a number stands once in a session, and that the people of a table are of its world. Raises
    ActionNotPossible for a number that is taken, for one table too many, and for one taken away meanwhile;
    EditedMeanwhile where somebody else has stored something else since.
    """
    session = _held(table.session)
    people = [table.facilitator, table.rapporteur, *co_rapporteurs]
    if any(one is not None and one.is_demo != session.is_demo for one in people):
        raise ActionNotPossible(_("Real people work at real tables, and those of the demonstration at its own."))
    is_new = table._state.adding
    if is_new and session.tables.count() >= WorkTable.MOST:
        raise ActionNotPossible(_("A session has %(most)s tables at most.") % {"most": WorkTable.MOST})
    if not is_new and _is_stored(table, co_rapporteurs, seen):
        return table  # sent twice, or nothing changed
    try:
        with transaction.atomic():
            table.save(update_fields=None if is_new else SET_UP)
    except IntegrityError as error:
        raise ActionNotPossible(_("There is a table %(number)s already.") % {"number": table.number}) from error
    table.co_rapporteurs.set(co_rapporteurs)
    return table


def _is_stored(table: WorkTable, co_rapporteurs: Sequence[User], seen: str) -> bool:
    """Whether the edit stands already. Raises as `save_table` where it cannot be stored on what is there now."""
    current = WorkTable.objects.filter(pk=table.pk).first()
    if current is None:
        raise ActionNotPossible(_("This table was taken away meanwhile."))
    columns = [_column(name) for name in SET_UP]
    is_same = all(getattr(current, column) == getattr(table, column) for column in columns)
    if is_same and set(current.co_rapporteurs.all()) == set(co_rapporteurs):
        return True
    if edition_of(current) != seen:
        raise EditedMeanwhile(current)
    return False


def _column(name: str) -> str:
    column: str = WorkTable._meta.get_field(name).attname  # type: ignore[union-attr]
    return column


@transaction.atomic
def remove_table(table: WorkTable) -> None:
    """Take a table away; who sat there has no table. Raises ActionNotPossible once a note was written there."""
    _held(table.session)
    table = WorkTable.objects.select_for_update().get(pk=table.pk)
    if table.notes.exists():
        raise ActionNotPossible(_("Notes were written at this table; it stays on record."))
    try:
        with transaction.atomic():
            table.delete()
    except IntegrityError as error:
        raise ActionNotPossible(_("Hands were counted at this table; it stays on record.")) from error


def _held(session: Session) -> Session:
    """Whoever gives places of a session does so one after the other. Held before rows of people; see `check_in`."""
    return Session.objects.select_for_update(no_key=True).get(pk=session.pk)


# --- Places -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def seat(participation: Participation, *, table: WorkTable | None) -> Participation:
    """Give the person a place at the table, or none at any.

    Raises ActionNotPossible where all its seats are taken, and for somebody who was taken off the list meanwhile.
    """
    session = _held(participation.session)
    row = session.participations.select_for_update().filter(pk=participation.pk).first()
    if row is None:
        raise ActionNotPossible(_("This entry was removed meanwhile."))
    if table is not None:
        table = session.tables.filter(pk=table.pk).first()
        if table is None:
            raise ActionNotPossible(_("This table was taken away meanwhile."))
        if table.seats is not None and table.seated.exclude(pk=row.pk).count() >= table.seats:
            raise ActionNotPossible(_("All seats of table %(number)s are taken.") % {"number": table.number})
    row.table = table
    row.save(update_fields=["table"])
    return row


def new_seed() -> str:
    """Short, so that it can be read out: whoever has it draws the same places."""
    return "".join(secrets.choice(SEED_SIGNS) for _sign in range(SEED_LENGTH))


@dataclass(frozen=True)
class Drawn:
    """What a draw did: how many have a place by it, and how many found none."""

    seated: int
    without: int


@transaction.atomic
def draw_places(session: Session, *, seed: str, whom: str, keep: bool) -> Drawn:
    """Seat people by a fair draw, and keep its seed on the session.

    Guarantees that the same seed and the same people give the same places; that no table has more people than seats;
    that people on the line sit at tables on the line, and others in the room; that who leads a table or writes there
    sits there. `keep` leaves everybody who has a place where they are, and seats the others alone.
    """
    session = _held(session)
    version = _version(session)
    by_number = {table.number: table for table in session.tables.all()}
    if not by_number:
        raise ActionNotPossible(_("There is no table yet. Make the tables first."))
    wanted = tables.WHOM[whom] | Q(table__isnull=False) if keep else tables.WHOM[whom]
    rows = list(_rows(session, version).filter(wanted).select_for_update(of=("self",)))
    staying = _staying(rows, tables.posts_of(session), keep=keep)
    seated: dict[int, list[Person]] = defaultdict(list)
    for row in rows:
        if row.pk in staying:
            seated[staying[row.pk]].append(tables.person_of(row, version))
    loose = [tables.person_of(row, version) for row in rows if row.pk not in staying]
    places = [tables.place_of(table, version) for table in by_number.values()]
    found = drawing.draw(loose, places, seated, seed=seed)
    _write_places(session, by_number, found | staying)
    session.table_seed = seed
    session.save(update_fields=["table_seed"])
    return Drawn(seated=len(found), without=len(loose) - len(found))


def _staying(rows: Sequence[Participation], posts: dict[int, WorkTable], *, keep: bool) -> dict[int, int]:
    """By row: the number of the table at which the person stays whatever is drawn."""
    staying: dict[int, int] = {}
    for row in rows:
        post = posts.get(row.user_id or 0)
        if post is not None:
            staying[row.pk] = post.number
        elif keep and row.table is not None:
            staying[row.pk] = row.table.number
    return staying


def _write_places(session: Session, by_number: dict[int, WorkTable], found: dict[int, int]) -> None:
    """One statement for each table, and one for those who have none any more."""
    session.participations.filter(table__isnull=False).exclude(pk__in=found).update(table=None)
    for number, table in by_number.items():
        session.participations.filter(pk__in=[pk for pk, at in found.items() if at == number]).update(table=table)


def _version(session: Session) -> SessionVersion:
    version = SessionVersion.objects.current().filter(session=session.pk).defer("vevent").first()
    if version is None:
        raise ActionNotPossible(_("This session is not published."))
    return version


def _rows(session: Session, version: SessionVersion) -> ParticipationQuerySet:
    rows: ParticipationQuerySet = session.participations.all()
    return tables.with_institutions(rows, version).select_related("table").order_by("pk")


# --- At the door ------------------------------------------------------------------------------------------------------


def hold_places(session: Session) -> bool:
    """Whether places at tables were given out in this session; then they are held until the transaction ends.

    To be called before the row of a person is locked: who draws holds the session first, too.
    """
    if not session.tables.filter(seated__isnull=False).exists():
        return False
    _held(session)
    return True


def seat_at_the_door(row: Participation) -> WorkTable | None:
    """Give who just came and has no place one at the emptiest table that they mix; None where all are full.

    Expects `hold_places`. Somebody who works at a table sits there.
    """
    if row.table_id is not None:
        return row.table
    session = row.session
    version = _version(session)
    by_number = {table.number: table for table in session.tables.all()}
    own = _rows(session, version).get(pk=row.pk)
    others = tables.seated_at(_rows(session, version).filter(table__isnull=False), version)
    places = [tables.place_of(table, version) for table in by_number.values()]
    best = drawing.best_table(tables.person_of(own, version), places, others)
    row.table = tables.posts_of(session).get(row.user_id or 0) or by_number.get(best or 0)
    row.save(update_fields=["table"])
    return row.table
