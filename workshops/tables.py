"""Who sits at the tables of a session, as the draw and the door see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db.models import Prefetch, Q

from cities.models import Membership, Organization, group_day
from workshops.attendance import LINE
from workshops.drawing import NOWHERE, Person, Place
from workshops.models import Participation, Session, SessionVersion, WorkTable
from workshops.models.participations import ParticipationQuerySet

Answer, Attended = Participation.Answer, Participation.Attended
HERE: Final = Q(attended=Attended.PRESENT)
COMING: Final = HERE | Q(attended=Attended.UNKNOWN, answer__in=[Answer.YES, Answer.MAYBE])
EXPECTED: Final = COMING | Q(attended=Attended.UNKNOWN, answer=Answer.NONE, expected=True)
# Whom a draw seats: those here, those who come, or also those of whom nothing is known.
WHOM: Final = {"here": HERE, "coming": COMING, "expected": EXPECTED}


def with_institutions(rows: ParticipationQuerySet, version: SessionVersion) -> ParticipationQuerySet:
    """The rows with what `person_of` reads; one query more."""
    current = Membership.objects.on(group_day(version.begins_at)).select_related("organization__city")
    of_the_day = Prefetch("user__memberships", queryset=current, to_attr="memberships_of_the_day")
    return rows.select_related("user", "organization__city").prefetch_related(of_the_day)


def organization_of(row: Participation) -> Organization | None:
    """For whom the person comes; of several institutions the first."""
    if row.organization is not None or row.user is None:
        return row.organization
    memberships: list[Membership] = row.user.memberships_of_the_day  # type: ignore[attr-defined]
    return memberships[0].organization if memberships else None


def person_of(row: Participation, version: SessionVersion) -> Person:
    """The row as the draw sees it. Who has no city counts by institution: its people know each other, too."""
    organization = organization_of(row)
    city = (organization.city or organization).pk if organization else NOWHERE
    kind = organization.kind if organization else NOWHERE
    mark = "city" if organization is not None and organization.city else "organization"
    return Person(row.pk, (mark, city) if city else NOWHERE, kind, is_remote=is_remote(row, version))


def is_remote(row: Participation, version: SessionVersion) -> bool:
    """Whether the person is on the line: as checked in, else as they mean to come, else as the session is held."""
    if version.mode == LINE:
        return True
    way = row.mode if row.attended == Attended.PRESENT else row.comes_by
    return way == LINE


def place_of(table: WorkTable, version: SessionVersion) -> Place:
    """A table on the line has a link; all tables of a remote session are on the line."""
    return Place(table.number, table.seats, is_remote=bool(table.join_url) or version.mode == LINE)


def seated_at(rows: Iterable[Participation], version: SessionVersion) -> Mapping[int, Sequence[Person]]:
    """People by the number of their table; of rows with their tables."""
    found: dict[int, list[Person]] = defaultdict(list)
    for row in rows:
        if row.table is not None:
            found[row.table.number].append(person_of(row, version))
    return found


def posts_of(session: Session) -> dict[int, WorkTable]:
    """By person: the table that they lead or at which they write; they stay there whatever is drawn."""
    posts: dict[int, WorkTable] = {}
    for table in session.tables.prefetch_related("co_rapporteurs").order_by("-number"):
        people = [*(one.pk for one in table.co_rapporteurs.all()), table.rapporteur_id, table.facilitator_id]
        posts |= {person: table for person in people if person is not None}
    return posts
