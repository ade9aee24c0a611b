"""Notes of one table as those who write there read them: the newest, and what has changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, QuerySet

from cities.access import roles_of
from ogpgroup.models import User
from workshops.models import Participation, Session, TableNote, WorkTable
from workshops.models.tables import TableNoteQuerySet

NOTES_PER_PAGE: Final = 50
MOST_IDS: Final = 2**63
MOST_CHANGES: Final = 200  # told at once; who was away for longer reads the page anew


def notes_of(table: WorkTable) -> TableNoteQuerySet:
    """All of them, also struck out and late ones, in the order in which they arrived."""
    return table.notes.select_related("city", "written_by").order_by("pk")


def page_of(
    notes: TableNoteQuerySet, asked: Mapping[str, str], *, begins_at_the_end: bool = False
) -> "Page[TableNote]":
    """A part of the notes: the `page` asked for, or that of one `note`; see `TableNote.get_absolute_url`."""
    paginator, number, note = Paginator(notes, NOTES_PER_PAGE), asked.get("page"), asked.get("note", "")
    if not number and note.isdecimal() and int(note) < MOST_IDS:
        number = str(notes.filter(pk__lt=int(note)).count() // NOTES_PER_PAGE + 1)
    return paginator.get_page(number or (paginator.num_pages if begins_at_the_end else 1))


def _events() -> QuerySet[Any]:
    """Each change of a note is one row of its history, and those of one table are numbered in the order they happen."""
    events: QuerySet[Any] = apps.get_model("workshops", "TableNoteEvent")._default_manager.all()
    return events


def state_of(table: WorkTable) -> int:
    """A number that rises with each change at the table; 0 before the first."""
    return int(_events().filter(table=table.pk).aggregate(last=Max("pgh_id"))["last"] or 0)


@dataclass(frozen=True)
class News:
    """What has changed since; too much of it is not told one by one."""

    notes: list[TableNote]
    is_too_much: bool


def changed_since(table: WorkTable, state: int) -> News:
    """The notes written or changed after that state, as they stand now; two queries for any number."""
    changed = _events().filter(table=table.pk, pgh_id__gt=state).order_by().values_list("pgh_obj_id", flat=True)
    ids = list(changed.distinct()[: MOST_CHANGES + 1])
    if len(ids) > MOST_CHANGES:
        return News([], is_too_much=True)
    return News(list(notes_of(table).filter(pk__in=ids)), is_too_much=False)


# --- For everybody ----------------------------------------------------------------------------------------------------


def counts_by_table(session: Session, user: User | AnonymousUser) -> dict[int, int]:
    """How many notes of each table count and may be read by the person; one query."""
    standing = TableNote.objects.visible_to(user).standing().filter(table__session=session)
    return dict(standing.order_by().values_list("table").annotate(count=Count("pk")))


def written_by(user: User | AnonymousUser, shown: Sequence[WorkTable]) -> list[WorkTable]:
    """Those of the tables at which the person writes; no query for strangers and where there is no table."""
    if not shown or not roles_of(user).in_group:
        return []
    mine = WorkTable.objects.written_by(user).filter(pk__in=[table.pk for table in shown]).values_list("pk", flat=True)
    ids = set(mine)
    return [table for table in shown if table.pk in ids]


def people_at(table: WorkTable) -> list[str]:
    """Names from which whoever writes may choose: who sits at the table. For those who write there alone."""
    return [str(row.user or row.name) for row in table.seated.select_related("user").order_by("pk")]


def may_see_link(table: WorkTable, own: Participation | None, user: User | AnonymousUser) -> bool:
    """The link of a table on the line is for those who sit or work there, are expected, or coordinate; never public."""
    roles = roles_of(user)
    if roles.is_coordinator or (roles.in_group and user.pk in {table.facilitator_id, table.rapporteur_id}):
        return True
    if own is None:
        return False
    seated = own.table_id == table.pk and (roles.in_group or own.expected_because == Participation.Because.PERSON)
    return seated or own.opens(in_group=roles.in_group)
