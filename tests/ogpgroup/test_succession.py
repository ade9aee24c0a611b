"""Ending a membership passes on what the person holds, all or nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from actionplans import actions as plan_actions
from actionplans.models import ActionPlan
from cities.models import AccountInvitation, City, GroupMembership, group_day
from ogpgroup import succession
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories, factories_schedule
from workshops.models import Session

NOW = timezone.now()
TODAY = group_day(NOW)


@pytest.fixture
def follower(official_reynosa: User) -> User:
    user = factories.create_user(name="Sofía Sucesora")
    factories.create_membership(
        user=user, organization=official_reynosa.memberships.get().organization, role="official"
    )
    return user


def test_page_lists_what_the_person_holds(
    client: Client, coordinator: User, official_reynosa: User, reynosa: City
) -> None:
    plan = factories.create_plan(city=reynosa, contact=official_reynosa, title="Reynosa abre su plan")
    client.force_login(coordinator)

    html = client.get(f"/coordination/memberships/{official_reynosa.memberships.get().pk}/end/").content.decode()

    assert plan.title in html
    assert plan.get_absolute_url() in html


def test_ending_passes_plans_and_invitations_to_the_successor(
    client: Client, coordinator: User, official_reynosa: User, follower: User, reynosa: City
) -> None:
    plan = factories.create_plan(city=reynosa, contact=official_reynosa)
    closed = factories.create_plan(city=reynosa, contact=official_reynosa, status="closed")
    invitation = factories.create_invitation(invited_by=official_reynosa)
    session = factories_schedule.create_session(responsible=official_reynosa, people=[official_reynosa])
    membership = official_reynosa.memberships.get()
    client.force_login(coordinator)

    client.post(
        f"/coordination/memberships/{membership.pk}/end/", {"until": TODAY.isoformat(), "successor": follower.pk}
    )

    for row in (plan, closed, invitation, session, membership):
        row.refresh_from_db()
    assert (membership.until, membership.successor) == (TODAY, follower)
    assert (plan.contact, closed.contact, invitation.invited_by) == (follower, official_reynosa, follower)
    assert (session.responsible, list(session.audience_people.all())) == (follower, [follower])
    assert succession.holdings(membership, now=NOW) == []


def test_without_a_successor_things_stay_where_they_are(
    coordinator: User, official_reynosa: User, reynosa: City
) -> None:
    plan = factories.create_plan(city=reynosa, contact=official_reynosa)

    succession.end_membership(official_reynosa.memberships.get(), until=TODAY, successor=None, by=coordinator, now=NOW)

    plan.refresh_from_db()
    assert plan.contact == official_reynosa


def test_refusal_of_one_part_undoes_all(
    monkeypatch: pytest.MonkeyPatch, coordinator: User, official_reynosa: User, follower: User
) -> None:
    def refuse(**_: Any) -> None:
        raise ActionNotPossible("no")

    monkeypatch.setattr(plan_actions, "hand_over", refuse)
    membership = official_reynosa.memberships.get()

    with pytest.raises(ActionNotPossible):
        succession.end_membership(membership, until=TODAY, successor=follower, by=coordinator, now=NOW)

    membership.refresh_from_db()
    assert (membership.until, membership.successor) == (None, None)


def test_last_coordinator_is_told_beside_the_form(client: Client, coordinator: User) -> None:
    client.force_login(coordinator)

    response = client.post(
        f"/coordination/memberships/{coordinator.memberships.get().pk}/end/", {"until": TODAY.isoformat()}
    )

    assert response.context["form"].non_field_errors()


def test_successor_must_be_a_colleague(client: Client, coordinator: User, official_reynosa: User, member: User) -> None:
    membership = official_reynosa.memberships.get()
    client.force_login(coordinator)

    response = client.post(
        f"/coordination/memberships/{membership.pk}/end/", {"until": TODAY.isoformat(), "successor": member.pk}
    )

    membership.refresh_from_db()
    assert "successor" in response.context["form"].errors
    assert membership.until is None


def test_only_coordinators_end_memberships(client: Client, member: User, official_reynosa: User) -> None:
    path = f"/coordination/memberships/{official_reynosa.memberships.get().pk}/end/"
    client.force_login(member)

    assert client.get(path).status_code == client.post(path, {"until": TODAY.isoformat()}).status_code == 404
    assert official_reynosa.memberships.get().until is None


# --- Only what the membership explains --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """One of each thing that passes on, in the hands of a person with several roles."""

    person: User
    plan: ActionPlan
    elsewhere: ActionPlan
    invitation: AccountInvitation
    session: Session

    @property
    def holders(self) -> dict[str, User | None]:
        for row in (self.plan, self.elsewhere, self.invitation, self.session):
            row.refresh_from_db()
        return {
            "plan": self.plan.contact,
            "elsewhere": self.elsewhere.contact,
            "invitation": self.invitation.invited_by,
            "responsible": self.session.responsible,
            "expected": self.session.audience_people.get(),
        }


@pytest.fixture
def held(coordinator: User, official_reynosa: User, reynosa: City, colima: City) -> Held:
    """An official of Reynosa who also coordinates the group, acts for Colima and belongs to an association."""
    person = official_reynosa
    organization = coordinator.memberships.get().organization
    factories.create_membership(user=person, organization=organization, role="coordinator")
    factories.create_membership(user=person, organization=factories.create_government(city=colima), role="official")
    factories.create_membership(user=person)
    return Held(
        person,
        factories.create_plan(city=reynosa, contact=person),
        factories.create_plan(city=colima, contact=person),
        factories.create_invitation(invited_by=person),
        factories_schedule.create_session(responsible=person, people=[person]),
    )


@pytest.mark.parametrize(
    ("ending", "passed"),
    [
        ({"role": "official", "organization__city__slug": "reynosa"}, {"plan"}),
        ({"role": "official", "organization__city__slug": "colima"}, {"elsewhere"}),
        ({"role": "coordinator"}, {"invitation", "responsible"}),
        ({"role": "member"}, set()),
    ],
)
def test_only_what_the_membership_explains_passes_on(
    held: Held, coordinator: User, ending: dict[str, str], passed: set[str]
) -> None:
    membership = held.person.memberships.get(**ending)
    successor = factories.create_member(organization=membership.organization)
    listed = {holding.label for holding in succession.holdings(membership, now=NOW)}

    succession.end_membership(membership, until=TODAY, successor=successor, by=coordinator, now=NOW)

    assert {name for name, holder in held.holders.items() if holder == successor} == passed
    assert {holder for name, holder in held.holders.items() if name not in passed} == {held.person}
    assert len(listed) == len(passed)


def test_last_membership_passes_on_all_that_is_left(held: Held, coordinator: User) -> None:
    last = held.person.memberships.get(role="member")
    held.person.memberships.exclude(pk=last.pk).update(until=TODAY)
    successor = factories.create_member(organization=last.organization)

    succession.end_membership(last, until=TODAY, successor=successor, by=coordinator, now=NOW)

    assert set(held.holders.values()) == {successor}


def test_role_in_an_organisation_that_left_the_group_explains_nothing(held: Held, coordinator: User) -> None:
    membership = held.person.memberships.get(organization__city__slug="reynosa")
    others = held.person.memberships.exclude(pk=membership.pk)
    GroupMembership.objects.filter(organization__in=others.values("organization")).update(until=TODAY)
    successor = factories.create_member(organization=membership.organization)

    succession.end_membership(membership, until=TODAY, successor=successor, by=coordinator, now=NOW)

    assert set(held.holders.values()) == {successor}


def test_last_day_written_down_late_counts_from_today(held: Held, coordinator: User) -> None:
    """The other role ended meanwhile: it explains nothing any more."""
    long_ago = TODAY - timedelta(days=30)
    held.person.memberships.filter(organization__city__slug="colima").update(until=TODAY - timedelta(days=3))
    held.person.memberships.filter(role__in=["coordinator", "member"]).update(until=TODAY - timedelta(days=3))
    membership = held.person.memberships.get(organization__city__slug="reynosa")
    successor = factories.create_member(organization=membership.organization)

    succession.end_membership(membership, until=long_ago, successor=successor, by=coordinator, now=NOW)

    assert set(held.holders.values()) == {successor}
