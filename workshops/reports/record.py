"""What a session left behind, gathered once: for the minutes that are drafted from it and for its report.

People are named only where they said that they may be (`Participation.may_be_named`); else their institution stands for
them. Institutions that somebody typed at the door and that we do not know are counted as others.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from ogpgroup.models import User
from workshops.attendance import fold
from workshops.models import (
    AgendaItem,
    Agreement,
    Diagnosis,
    Material,
    Participation,
    Photo,
    Session,
    SessionVersion,
    TableNote,
    WorkTable,
)
from workshops.reports import attendance as attendance_reports
from workshops.reports.attendance import Counted

ORDER_OF_KINDS: Final = [kind.value for kind in TableNote.Kind]


@dataclass(frozen=True)
class Point:
    """A point of the agenda, with who presents and who answers first, in words."""

    item: AgendaItem
    presented_by: str
    answered_by: str
    parts: Sequence["Point"] = ()


@dataclass(frozen=True)
class Attendance:
    """Who came, in numbers, and by name who agreed to it."""

    count: int
    by_mode: Counted
    by_institution: Counted
    by_city: Counted
    named: list[attendance_reports.Named]


@dataclass(frozen=True)
class Consent:
    """Who of those who came agreed to be named: accounts by id, names folded of who may have none."""

    accounts: set[int]
    names: set[str]

    @classmethod
    def of(cls, rows: Sequence[Participation]) -> "Consent":
        """Guarantees that what a stranger types at the door publishes nobody who stands in the agenda.

        A name alone counts where somebody signed in or a coordinator wrote it down, and where nobody of that name has
        not agreed: two people may bear it.
        """
        sure = {fold(attendance_reports.name_of(row)) for row in rows if row.user_id or row.checked_in_by_id}
        unwilling = {fold(attendance_reports.name_of(row)) for row in rows if not row.may_be_named}
        return cls({row.user_id for row in rows if row.user_id and row.may_be_named}, sure - unwilling)

    def shown(self, user: User | None, name: str) -> str:
        """The name of who stands in the agenda, where they agreed; of who has an account by that alone."""
        if user is not None:
            return user.name if user.pk in self.accounts else ""
        return name if name and fold(name) in self.names else ""


@dataclass(frozen=True)
class Table:
    """A work table with what was said there, by kind; the kinds in their order."""

    table: WorkTable
    notes: list[tuple[str, list[TableNote]]]
    count: int


@dataclass(frozen=True)
class Statement:
    """What the diagnosis says of a theme, with the votes that were revealed."""

    rank: int
    title: str
    statement: str
    votes: int | None
    note_count: int
    voted_as: str = ""  # where it was called otherwise in the vote


@dataclass(frozen=True)
class Record:
    """Everything about one session that a reader may know."""

    version: SessionVersion
    points: list[Point]
    attendance: Attendance
    tables: list[Table]
    introduction: str
    statements: list[Statement]
    agreements: list[Agreement]
    photos: list[Photo]
    materials: list[Material]

    @property
    def session(self) -> Session:
        return self.version.session

    @property
    def note_count(self) -> int:
        return sum(one.count for one in self.tables)


def record_of(version: SessionVersion, user: User | AnonymousUser, *, shows_agenda: bool = False) -> Record:
    """The record as far as the person may see it; the same number of queries however much there is.

    An agenda that is not published is shown where the caller says so: to who drafts the minutes.
    """
    session = version.session
    attendance, consent = _attendance(version)
    shows_agenda = shows_agenda or session.agenda_published_at is not None
    introduction, statements = _diagnosis(session, user)
    return Record(
        version=version,
        points=_points(session, consent) if shows_agenda else [],
        attendance=attendance,
        tables=_tables(session, user),
        introduction=introduction,
        statements=statements,
        agreements=list(session.agreements.select_related("session").prefetch_related("responsible")),
        photos=list(Photo.objects.visible_to(user).shown().filter(session=session)),
        materials=list(Material.objects.visible_to(user).filter(session=session).prefetch_related("versions")),
    )


# --- Who --------------------------------------------------------------------------------------------------------------


def _attendance(version: SessionVersion) -> tuple[Attendance, Consent]:
    """Counted by institution, city and mode, with who agreed to be named; three queries."""
    rows = list(attendance_reports.rows_of(version).filter(attended=Participation.Attended.PRESENT))
    if not rows:
        return _as_told(version.session), Consent.of(rows)
    others = _("others")
    modes: Counter[str] = Counter(str(row.get_mode_display()) for row in rows)
    institutions: Counter[str] = Counter()
    cities: Counter[str] = Counter()
    for row in rows:
        organization = attendance_reports.organization_of(row)
        institutions[organization.name if organization else others] += 1
        city = organization.city if organization else None
        cities[city.full_name if city else others] += 1
    named = [
        attendance_reports.Named(attendance_reports.name_of(row), attendance_reports.institution_of(row))
        for row in rows
        if row.may_be_named
    ]
    by_mode, by_institution, by_city = (
        attendance_reports.ordered(one, others) for one in (modes, institutions, cities)
    )
    return Attendance(len(rows), by_mode, by_institution, by_city, named), Consent.of(rows)


def _as_told(session: Session) -> Attendance:
    """Where nobody was written down by name: how many were told to have come, and from where."""
    institutions = [(one.name, 0) for one in session.participating_organizations.by_name()]
    return Attendance(session.attendee_count or 0, [], institutions, [], [])


# --- What -------------------------------------------------------------------------------------------------------------


def _points(session: Session, consent: Consent) -> list[Point]:
    """The agenda in its order, each point with its parts; one query."""
    related = ("presenter_organization", "respondent_organization", "presenter", "respondent")
    items = list(session.agenda.select_related(*related))
    parts: defaultdict[int | None, list[AgendaItem]] = defaultdict(list)
    for item in items:
        parts[item.parent_id].append(item)

    def point(item: AgendaItem) -> Point:
        return Point(
            item,
            _who(consent.shown(item.presenter, item.presenter_name), item.presenter_organization),
            _who(consent.shown(item.respondent, item.respondent_name), item.respondent_organization),
            [point(part) for part in parts[item.pk]],
        )

    return [point(item) for item in parts[None]]


def _who(shown: str, organization: Any) -> str:
    """The name where its bearer agreed, and the institution."""
    return ", ".join(part for part in (shown, organization.name if organization else "") if part)


def _tables(session: Session, user: User | AnonymousUser) -> list[Table]:
    """The tables with what counts of what was said there; two queries. Who said it stays at the table."""
    notes: defaultdict[int, defaultdict[str, list[TableNote]]] = defaultdict(lambda: defaultdict(list))
    said = TableNote.objects.visible_to(user).standing().filter(table__session=session)
    for note in said.defer("said_by").order_by("pk"):
        notes[note.table_id][note.kind].append(note)
    return [
        Table(
            table,
            [(kind, notes[table.pk][kind]) for kind in ORDER_OF_KINDS if kind in notes[table.pk]],
            sum(len(ones) for ones in notes[table.pk].values()),
        )
        for table in session.tables.all()
    ]


def _diagnosis(session: Session, user: User | AnonymousUser) -> tuple[str, list[Statement]]:
    """The published diagnosis; one query."""
    found = Diagnosis.objects.visible_to(user).filter(session=session, published__isnull=False)
    diagnosis = found.select_related("published").first()
    if diagnosis is None or diagnosis.published is None:
        return "", []
    content = diagnosis.published.content
    return str(content.get("introduction", "")), [
        Statement(
            rank=one.get("rank") or place,
            title=one.get("title", ""),
            statement=one.get("statement", ""),
            votes=one.get("votes"),
            note_count=len(one.get("notes", [])),
            voted_as=one.get("voted_as", ""),
        )
        for place, one in enumerate(content.get("statements", []), start=1)
    ]
