"""Ending a membership passes on what the person holds, all or nothing."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from actionplans import actions as plan_actions
from cities.models import City, group_day
from ogpgroup import succession
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories, factories_schedule

TODAY = group_day(timezone.now())


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
    assert succession.holdings(official_reynosa) == []


def test_without_a_successor_things_stay_where_they_are(
    coordinator: User, official_reynosa: User, reynosa: City
) -> None:
    plan = factories.create_plan(city=reynosa, contact=official_reynosa)

    succession.end_membership(official_reynosa.memberships.get(), until=TODAY, successor=None, by=coordinator)

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
        succession.end_membership(membership, until=TODAY, successor=follower, by=coordinator)

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
