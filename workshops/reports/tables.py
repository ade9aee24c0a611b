"""Tables with their people, for those who arrange them and for the printer; how mixed they are."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.translation import gettext as _

from workshops import drawing, tables
from workshops.drawing import Mix, Person
from workshops.models import Participation, Session, SessionVersion, WorkTable
from workshops.reports.attendance import institution_of, name_of, rows_of

Attended = Participation.Attended


@dataclass(frozen=True)
class Seat:
    """One person at a table, or without one."""

    row: Participation
    name: str
    institution: str
    post: str  # what they do there, if anything
    is_remote: bool

    @property
    def is_present(self) -> bool:
        return self.row.attended == Attended.PRESENT


@dataclass(frozen=True)
class Seated:
    """A table with its people."""

    table: WorkTable
    seats: list[Seat] = field(default_factory=list)
    cities: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def by_city(self) -> list[tuple[str, int]]:
        """The most first."""
        return self.cities.most_common()

    @property
    def by_kind(self) -> list[tuple[str, int]]:
        """The most first."""
        return self.kinds.most_common()

    @property
    def free(self) -> int | None:
        return None if self.table.seats is None else max(self.table.seats - len(self.seats), 0)


@dataclass(frozen=True)
class Overview:
    """All tables of a session, who has none, and how mixed they are."""

    tables: list[Seated]
    without: list[Seat]
    mix: Mix | None
    city_names: list[str]


def overview_of(session: Session, version: SessionVersion) -> Overview:
    """The same number of queries for any number of tables and people."""
    listed = session.tables.select_related("facilitator", "rapporteur").prefetch_related("co_rapporteurs")
    numbered = [Seated(table) for table in listed.annotate(note_count=Count("notes")).order_by("number")]
    by_id = {one.table.pk: one for one in numbered}
    posts = tables.posts_of(session)
    without: list[Seat] = []
    people: dict[int, list[Person]] = defaultdict(list)
    names: dict[Hashable, str] = {}
    for row in rows_of(version).exclude(attended__in=[Attended.ABSENT, Attended.EXCUSED]).select_related("user"):
        seat = _seat(row, version, posts)
        at = by_id.get(row.table_id or 0)
        if at is None:
            without.append(seat)
            continue
        person = tables.person_of(row, version)
        at.seats.append(seat)
        names[person.city] = _city_name(row)
        at.cities[names[person.city]] += 1
        at.kinds[_kind_name(row)] += 1
        people[at.table.number].append(person)
    return Overview(numbered, without, drawing.mix_of(people), sorted(set(names.values())))


def _seat(row: Participation, version: SessionVersion, posts: dict[int, WorkTable]) -> Seat:
    post = posts.get(row.user_id or 0)
    works = post is not None and post.pk == row.table_id
    said = ""
    if works and post is not None:
        said = _("facilitates") if post.facilitator_id == row.user_id else _("writes")
    return Seat(row, name_of(row), institution_of(row), said, tables.is_remote(row, version))


def _city_name(row: Participation) -> str:
    organization = tables.organization_of(row)
    if organization is None:
        return _("for themselves")
    return organization.city.name if organization.city else organization.name


def _kind_name(row: Participation) -> str:
    organization = tables.organization_of(row)
    return str(organization.get_kind_display()) if organization else _("for themselves")


def own_table(own: Participation | None, shown: Sequence[WorkTable]) -> WorkTable | None:
    """The table at which the person sits; of tables that are read already."""
    return next((table for table in shown if own is not None and table.pk == own.table_id), None)
