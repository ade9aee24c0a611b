"""Memberships: ended, corrected, added; each rule once, races included."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone, translation

from cities import actions
from cities.access import roles_of
from cities.models import GroupMembership, Membership, Organization, Role
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.cities.test_actions import in_threads
from tests.database import contents

NOW = timezone.now()
TODAY = timezone.localdate()


# --- Memberships ------------------------------------------------------------------------------------------------------


def test_ended_membership_gives_nothing_from_the_next_day(member: User) -> None:
    membership = member.memberships.get()

    actions.end_membership(membership, until=TODAY - timedelta(days=1), successor=None)

    assert not roles_of(User.objects.get(pk=member.pk)).in_group


def test_end_membership_keeps_one_coordinator(coordinator: User, member: User) -> None:
    with pytest.raises(ActionNotPossible):
        actions.end_membership(coordinator.memberships.get(), until=TODAY, successor=member)


def coordinators_left(**changes: Any) -> Membership:
    """A real coordinator's membership, beside another that does not count for the reason given."""
    other = factories.create_coordinator()
    own = factories.create_coordinator().memberships.get()
    for name, value in changes.items():
        table, _dot, field = name.rpartition("__")
        rows = {
            "": Membership.objects.filter(user=other),
            "user": User.objects.filter(pk=other.pk),
            "span": GroupMembership.objects.filter(organization__memberships__user=other),
        }[table]
        rows.update(**{field: value})
    return own


@pytest.mark.parametrize(
    "changes",
    [
        {"role": Role.MEMBER},
        {"user__is_active": False},
        {"user__is_demo": True},
        {"until": TODAY + timedelta(days=30)},
        {"since": TODAY + timedelta(days=30)},
        {"span__until": TODAY + timedelta(days=30)},
        {"span__since": TODAY + timedelta(days=30)},
    ],
)
def test_last_real_coordinator_stays(db: None, changes: dict[str, Any]) -> None:
    own = coordinators_left(**changes)
    organization = own.organization
    before = contents()

    for refused in (
        lambda: actions.end_membership(own, until=TODAY, successor=None),
        lambda: edit_membership(own, role=Role.MEMBER),
        lambda: edit_membership(own, since=TODAY + timedelta(days=1)),
        lambda: actions.leave_group(organization, until=TODAY),
    ):
        with translation.override("en"), pytest.raises(ActionNotPossible, match="coordinate"):
            refused()

    assert contents() == before


def test_coordinator_leaves_where_another_stays(db: None) -> None:
    own = coordinators_left()

    actions.leave_group(own.organization, until=TODAY)
    actions.end_membership(own, until=TODAY, successor=None)

    own.refresh_from_db()
    assert own.until == TODAY


def test_last_coordinator_of_the_demonstration_may_go_where_real_people_coordinate(coordinator: User) -> None:
    house = factories.create_organization(coordinates_group=True, is_demo=True)
    user = factories.create_user(is_demo=True)
    membership = factories.create_membership(user=user, organization=house, role=Role.COORDINATOR)

    assert actions.end_membership(membership, until=TODAY, successor=None).until == TODAY


# --- Correcting a membership ------------------------------------------------------------------------------------------


def edit_membership(membership: Membership, **changes: Any) -> Membership:
    kept: dict[str, Any] = {"role": membership.role, "since": membership.since, "position": membership.position}
    return actions.edit_membership(membership, **({"by": None, "now": NOW} | kept | changes))


def test_edit_membership_changes_role_day_and_position(coordinator: User, member: User) -> None:
    membership = member.memberships.get()
    Organization.objects.filter(pk=membership.organization_id).update(coordinates_group=True)

    edit_membership(membership, role=Role.COORDINATOR, since=date(2018, 3, 1), position="Directora")

    membership.refresh_from_db()
    assert (membership.role, membership.since, membership.position) == ("coordinator", date(2018, 3, 1), "Directora")
    assert roles_of(member).is_coordinator
    history = apps.get_model("cities.MembershipEvent").objects.filter(pgh_obj=membership.pk).order_by("pgh_id")
    assert list(history.values_list("pgh_label", "role")) == [("insert", "member"), ("update", "coordinator")]


def test_edit_membership_keeps_roles_to_the_organisations_they_fit(member: User) -> None:
    for role in (Role.COORDINATOR, Role.OFFICIAL):
        with pytest.raises(ActionNotPossible):
            edit_membership(member.memberships.get(), role=role)


def test_edit_membership_keeps_the_days_apart(member: User) -> None:
    first = member.memberships.get()
    Membership.objects.filter(pk=first.pk).update(until=date(2018, 6, 30))
    first.refresh_from_db()
    second = factories.create_membership(user=member, organization=first.organization, since=date(2019, 1, 1))

    with translation.override("en"), pytest.raises(ActionNotPossible, match="last day cannot be before the first"):
        edit_membership(first, since=date(2018, 7, 1))
    with translation.override("en"), pytest.raises(ActionNotPossible, match="already has this role"):
        edit_membership(second, since=date(2018, 6, 30))

    assert edit_membership(second, since=date(2018, 7, 1)).since == date(2018, 7, 1)
    assert edit_membership(first, since=date(2010, 1, 1)).since == date(2010, 1, 1)


def test_edit_membership_of_real_people_is_not_for_the_demonstration(member: User) -> None:
    with pytest.raises(ActionNotPossible):
        edit_membership(member.memberships.get(), by=factories.create_user(is_demo=True))


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_cannot_take_the_role_from_each_other() -> None:
    first, second = (factories.create_coordinator().memberships.get() for _ in range(2))

    results = in_threads(
        lambda: edit_membership(first, role=Role.MEMBER), lambda: edit_membership(second, role=Role.MEMBER)
    )

    assert sorted(type(result).__name__ for result in results) == ["ActionNotPossible", "Membership"]


def test_end_membership_refuses_the_same_person_as_successor(coordinator: User, member: User) -> None:
    with pytest.raises(ActionNotPossible):
        actions.end_membership(member.memberships.get(), until=TODAY, successor=member)


def test_end_membership_refuses_a_day_before_the_first(member: User) -> None:
    with pytest.raises(ActionNotPossible):
        actions.end_membership(member.memberships.get(), until=date(2010, 1, 1), successor=None)


def test_add_membership_once_per_role(member: User) -> None:
    organization = member.memberships.get().organization

    with pytest.raises(ActionNotPossible):
        actions.add_membership(organization, user=member, role=Role.MEMBER, since=TODAY, by=None)


def test_add_membership_refuses_closed_accounts(deactivated: User) -> None:
    with pytest.raises(ActionNotPossible):
        actions.add_membership(
            factories.create_organization(), user=deactivated, role=Role.MEMBER, since=TODAY, by=None
        )


def test_join_leave_and_join_again(db: None) -> None:
    organization = factories.create_organization(in_group_since=None)
    actions.join_group(organization, since=date(2017, 6, 29))
    with pytest.raises(ActionNotPossible):
        actions.join_group(organization, since=date(2018, 1, 1))

    actions.leave_group(organization, until=date(2018, 6, 28), remark="Cambio de administración")
    with pytest.raises(ActionNotPossible):
        actions.leave_group(organization, until=date(2018, 7, 1))
    with pytest.raises(ActionNotPossible):
        actions.join_group(organization, since=date(2018, 6, 28))
    actions.join_group(organization, since=date(2018, 6, 29))

    assert GroupMembership.objects.filter(organization=organization).count() == 2


def test_holdings_are_the_invitations_still_open_and_pass_on(coordinator: User, member: User) -> None:
    invitation = factories.create_invitation(invited_by=coordinator)
    factories.create_invitation(invited_by=coordinator, status="withdrawn")

    assert len(actions.holdings(coordinator)) == 1
    actions.hand_over(from_user=coordinator, to_user=member, by=coordinator)

    invitation.refresh_from_db()
    assert invitation.invited_by == member
    assert actions.holdings(coordinator) == []
