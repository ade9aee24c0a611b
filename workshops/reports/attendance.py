"""Who is expected at a session, who came, and how many they were. Names are for coordinators, unless people agreed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import BigAutoField, Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cities.models import Membership, Organization, group_day
from ogpgroup.models import User
from ogpgroup.text import SortKey
from workshops.actions.attendance import is_walk_in
from workshops.actions.attendance_queue import seen_of
from workshops.attendance import LINE, ROOM, known_people
from workshops.models import Participation, Session, SessionVersion
from workshops.models.participations import ParticipationQuerySet

Attended = Participation.Attended
MOST_WORDS: Final = 6
FIRST: Final = ("since", "pk")  # of several institutions the one for which somebody has acted longest
SHOWN: Final = {
    "": Q(),
    "missing": Q(attended=Attended.UNKNOWN),
    "present": Q(attended=Attended.PRESENT),
    "away": Q(attended__in=[Attended.ABSENT, Attended.EXCUSED]),
    "themselves": Q(attended=Attended.PRESENT, user=None, checked_in_by=None),
}


# --- The list ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Namesake:
    """Somebody with an account whose name a walk-in wrote."""

    user_id: int
    name: str


@dataclass(frozen=True)
class Line:
    """One person of the list."""

    row: Participation
    name: str
    institution: str
    namesakes: Sequence[Namesake] = ()
    twins: Sequence[Participation] = ()  # walk-ins of the same name who were written down before this one

    @property
    def is_present(self) -> bool:
        return self.row.attended == Attended.PRESENT

    @property
    def seen(self) -> str:
        """What a device sends back with what it undoes later."""
        return seen_of(self.row)

    @property
    def is_walk_in(self) -> bool:
        return is_walk_in(self.row)


def rows_of(version: SessionVersion) -> ParticipationQuerySet:
    """Everybody expected, who comes at their own wish, and who came; by name, with their institutions of that day."""
    day = group_day(version.begins_at)
    current = Membership.objects.on(day).select_related("organization__city").order_by(*FIRST)
    of_the_day = Prefetch("user__memberships", queryset=current, to_attr="memberships_of_the_day")
    rows = Participation.objects.filter(session=version.session_id).with_concern(day)
    listed = rows.filter(Q(is_concerned=True) | ~Q(attended=Attended.UNKNOWN) | Q(user=None))
    named = listed.annotate(full_name=Coalesce("user__name", "name")).annotate(key=SortKey("full_name"))
    in_order = named.order_by("key", "pk")
    return in_order.select_related("user", "organization__city", "checked_in_by").prefetch_related(of_the_day)


def found(rows: ParticipationQuerySet, *, text: str, shown: str) -> ParticipationQuerySet:
    """Those in whose name, address or institution each word stands, however it is accented."""
    for word in text.split()[:MOST_WORDS]:
        acts_for = Membership.objects.filter(user=OuterRef("user"), organization__name__unaccent__icontains=word)
        rows = rows.filter(
            Q(user__name__unaccent__icontains=word)
            | Q(user__email__icontains=word)
            | Q(name__unaccent__icontains=word)
            | Q(organization_name__unaccent__icontains=word)
            | Q(organization__name__unaccent__icontains=word)
            | Q(Exists(acts_for))
        )
    return rows.filter(SHOWN[shown])


def lines_of(rows: Iterable[Participation], session: Session) -> list[Line]:
    """The rows of `rows_of` as they are read; at most three queries more, for the namesakes of walk-ins.

    Names are the same where the database says so: Python folds other letters, and would miss some of those it finds.
    """
    listed = list(rows)
    visitors = [row for row in listed if is_walk_in(row)]
    namesakes, twins = _namesakes(visitors, session), _twins(visitors, session)
    return [
        Line(row, name_of(row), institution_of(row), namesakes[_key(row)], twins[row.pk])
        if is_walk_in(row)
        else Line(row, name_of(row), institution_of(row))
        for row in listed
    ]


def _key(one: Participation | User) -> str:
    """The name as the database folds it; of what is annotated with it."""
    return str(one.key)  # type: ignore[union-attr]


def _twins(visitors: Sequence[Participation], session: Session) -> dict[int, list[Participation]]:
    if not visitors:
        return {}
    others = session.participations.filter(user=None).annotate(key=SortKey("name")).select_related("organization")
    by_name: dict[str, list[Participation]] = defaultdict(list)
    for other in others.filter(key__in={_key(row) for row in visitors}).order_by("pk"):
        if is_walk_in(other):
            by_name[_key(other)].append(other)
    return {row.pk: [one for one in by_name[_key(row)] if one.pk < row.pk] for row in visitors}


def _namesakes(visitors: Sequence[Participation], session: Session) -> dict[str, list[Namesake]]:
    names: dict[str, list[Namesake]] = {_key(row): [] for row in visitors}
    version = session.current_version
    if not names or version is None:
        return names
    people = known_people(session, on=group_day(version.begins_at)).annotate(key=SortKey("name"))
    for person in people.filter(key__in=names).order_by("pk"):
        names[_key(person)].append(Namesake(person.pk, person.name))
    return names


def name_of(row: Participation) -> str:
    return str(row.user) if row.user else row.name


def institution_of(row: Participation) -> str:
    """For whom the person comes, in words; of rows of `rows_of`."""
    if row.organization_name:
        return row.organization_name
    return ", ".join(dict.fromkeys(organization.name for organization in _organizations(row)))


def kinds_of(row: Participation) -> str:
    """The kinds of those institutions, of rows of `rows_of`; nothing where we do not know them."""
    return ", ".join(dict.fromkeys(one.get_kind_display() for one in _organizations(row)))


def cities_of(row: Participation) -> str:
    """The cities for which they act; of rows of `rows_of`."""
    return ", ".join(dict.fromkeys(one.city.full_name for one in _organizations(row) if one.city))


def organization_of(row: Participation) -> Organization | None:
    """The institution that we know for which the person comes, the first of several; of rows of `rows_of`."""
    return next(iter(_organizations(row)), None)


def _organizations(row: Participation) -> list[Organization]:
    if row.organization:
        return [row.organization]
    if row.user is None:
        return []
    return [one.organization for one in row.user.memberships_of_the_day]  # type: ignore[attr-defined]


# --- Numbers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """How many are on the list, and what is recorded of them."""

    listed: int
    room: int
    line: int
    excused: int
    absent: int
    walk_ins: int

    @property
    def present(self) -> int:
        return self.room + self.line


def totals_of(rows: ParticipationQuerySet) -> Totals:
    """Counted by the database, in one query."""
    present = Q(attended=Attended.PRESENT)
    return Totals(
        **rows.order_by().aggregate(
            listed=Count("pk"),
            room=Count("pk", filter=present & Q(mode=ROOM)),
            line=Count("pk", filter=present & Q(mode=LINE)),
            excused=Count("pk", filter=Q(attended=Attended.EXCUSED)),
            absent=Count("pk", filter=Q(attended=Attended.ABSENT)),
            walk_ins=Count("pk", filter=present & Q(user=None)),
        )
    )


Counted = list[tuple[str, int]]


@dataclass(frozen=True)
class Breakdown:
    """Who came, in numbers alone: everybody once, institutions that we do not know as “others”."""

    present: int
    by_mode: Counted
    by_city: Counted
    by_kind: Counted


def breakdown_of(version: SessionVersion) -> Breakdown:
    """Counted by the database; a person of several institutions counts for the first. Two queries.

    See also `organization_of`, the same institution of one row.
    """
    first = Membership.objects.on(group_day(version.begins_at)).filter(user=OuterRef("user"))
    came_for = Coalesce(
        "organization", Subquery(first.order_by(*FIRST).values("organization")[:1]), output_field=BigAutoField()
    )
    present = Participation.objects.filter(session=version.session_id, attended=Attended.PRESENT)
    groups = list(present.values_list("mode", came_for).annotate(Count("pk")).order_by())
    known = Organization.objects.select_related("city").in_bulk({pk for _mode, pk, _n in groups if pk})
    modes, cities, kinds = Counter[str](), Counter[str](), Counter[str]()
    others = _("others")
    for mode, pk, number in groups:
        organization = known.get(pk)
        city = organization.city if organization else None
        modes[str(SessionVersion.Mode(mode).label) if mode else ""] += number
        cities[city.full_name if city else others] += number
        kinds[organization.get_kind_display() if organization else others] += number
    return Breakdown(modes.total(), ordered(modes, others), ordered(cities, others), ordered(kinds, others))


def ordered(counts: Counter[str], others: str) -> Counted:
    """The most first; the others last."""
    return sorted(counts.items(), key=lambda one: (one[0] == others, -one[1], one[0]))


# --- In public --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """Somebody who came and agreed to be named."""

    name: str
    institution: str


@dataclass(frozen=True)
class PublicRecord:
    """What the session's page tells everybody once it is over."""

    breakdown: Breakdown
    named: list[Named]


def public_record(version: SessionVersion, now: datetime) -> PublicRecord | None:
    """How many came, and who agreed to be named; nothing before it is over, nor where nobody was written down."""
    if version.finishes_at > now:
        return None
    breakdown = breakdown_of(version)
    if not breakdown.present:
        return None
    named = rows_of(version).filter(attended=Attended.PRESENT, may_be_named=True)
    return PublicRecord(breakdown, [Named(name_of(row), institution_of(row)) for row in named])
