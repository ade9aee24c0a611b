"""Who of many people may read, or answer, which of many notes: for mail, in a constant number of queries.

Twin of `NoteQuerySet.visible_to` and `answerable_by`, which ask for one person; a test compares them case by case.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from actionplans.models import ActionPlan
from cities.access import NOBODY, Roles
from cities.models import Membership, Role
from feedback.models import Note
from ogpgroup.models import User
from workshops.models import AgendaItem, Participation, SessionBase


@dataclass
class Readers:
    """People by their roles on a day, and the sessions that are open to them by name."""

    roles: dict[int, Roles]
    users: dict[int, User]
    expected: set[tuple[int, int]] = field(default_factory=set)  # session and person
    presenting: set[tuple[int, int]] = field(default_factory=set)  # agenda item and person
    taking_part: set[tuple[int, int]] = field(default_factory=set)  # session and person who has a part in its agenda

    @classmethod
    def of(cls, user_ids: Collection[int], notes: Iterable[Note], *, on: date) -> "Readers":
        """Three queries, and two more for notes on agendas. The notes come with `targets.RELATED`."""
        memberships = Membership.objects.on(on).filter(user__in=user_ids)
        rows: dict[int, list[tuple[str, int, int | None]]] = {}
        for user_id, *row in memberships.values_list("user", "role", "organization", "organization__city"):
            rows.setdefault(user_id, []).append(tuple(row))  # type: ignore[arg-type]
        sessions = {note.agenda_item.session_id for note in notes if note.agenda_item}
        expected = Participation.objects.expected().filter(session__in=sessions, user__in=user_ids)
        presenting, taking_part = _parts_in(sessions) if sessions else (set(), set())
        return cls(
            roles={user_id: _amount_to(held) for user_id, held in rows.items()},
            users=User.objects.filter(is_active=True).in_bulk(list(user_ids)),
            expected={(session, user) for session, user in expected.values_list("session", "user") if user},
            presenting=presenting,
            taking_part=taking_part,
        )

    def in_group(self, user_id: int) -> bool:
        return user_id in self.users and self.roles.get(user_id, NOBODY).in_group

    def may_read(self, note: Note, user_id: int) -> bool:
        """See also `NoteQuerySet.visible_to`; but who has left the group is told of nothing by mail."""
        roles = self.roles.get(user_id, NOBODY)
        if not self.in_group(user_id) or not self._sees_where_it_stands(note, user_id, roles):
            return False
        if note.author_id == user_id:
            return True
        if note.status == Note.Status.WITHDRAWN:
            return False
        city = note.ledger.city_id if note.ledger else None
        return (
            note.visibility != Note.Visibility.CITY
            or roles.is_coordinator
            or note.organization_id in roles.organization_ids
            or city in roles.official_city_ids
        )

    def may_answer(self, note: Note, user_id: int) -> bool:
        """See also `NoteQuerySet.answerable_by`; who answers also reads."""
        roles = self.roles.get(user_id, NOBODY)
        if note.agenda_item:
            asked = (
                note.agenda_item.presenter_organization_id in roles.organization_ids
                or (note.agenda_item.pk, user_id) in self.presenting
            )
        else:
            asked = note.ledger is not None and note.ledger.city_id in roles.official_city_ids
        return asked and note.status != Note.Status.WITHDRAWN and self.may_read(note, user_id)

    def _sees_where_it_stands(self, note: Note, user_id: int, roles: Roles) -> bool:
        if roles.is_coordinator:
            return True
        if note.agenda_item:
            session = note.agenda_item.session
            version = session.current_version
            if session.agenda_published_at is None and (session.pk, user_id) not in self.taking_part:
                return False
            open_to_group = version is not None and version.visibility != SessionBase.Visibility.INVITED
            return open_to_group or (version is not None and (note.agenda_item.session_id, user_id) in self.expected)
        assert note.ledger is not None
        return note.ledger.status != ActionPlan.Status.DRAFT or note.ledger.city_id in roles.official_city_ids


def _parts_in(sessions: Collection[int]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Who presents which point of these sessions, and who has a part in which; two queries."""
    presenting, taking_part = set(), set()
    items = AgendaItem.objects.filter(session__in=sessions)
    for pk, session, presenter, respondent in items.values_list("pk", "session", "presenter", "respondent"):
        if presenter:
            presenting.add((pk, presenter))
        taking_part |= {(session, user) for user in (presenter, respondent) if user}
    together = AgendaItem.co_presenters.through._default_manager.filter(agendaitem__session__in=sessions)
    for pk, session, user in together.values_list("agendaitem", "agendaitem__session", "user"):
        presenting.add((pk, user))
        taking_part.add((session, user))
    return presenting, taking_part


def _amount_to(held: list[tuple[str, int, int | None]]) -> Roles:
    return Roles(
        is_coordinator=any(role == Role.COORDINATOR for role, _organization, _city in held),
        organization_ids=frozenset(organization for _role, organization, _city in held),
        official_city_ids=frozenset(city for role, _organization, city in held if role == Role.OFFICIAL and city),
    )


def asked_people(note: Note, *, on: date) -> list[User]:
    """Whom a note is brought to: the plan's point of contact if they may answer it, else all who may.

    Of a point of an agenda: all who present it, and all who act for the organisation that does.
    """
    if note.agenda_item:
        held = Membership.objects.on(on).filter(organization=note.agenda_item.presenter_organization_id)
        ids = {one.pk for one in note.agenda_item.presenters} | set(held.values_list("user", flat=True))
    else:
        assert note.ledger is not None
        held = Membership.objects.on(on).filter(role=Role.OFFICIAL, organization__city=note.ledger.city_id)
        ids = set(held.values_list("user", flat=True))
    readers = Readers.of(ids, [note], on=on)
    asked = [user for pk, user in sorted(readers.users.items()) if readers.may_answer(note, pk)]
    contact = note.ledger.contact_id if note.ledger else None
    return [user for user in asked if user.pk == contact] or asked
