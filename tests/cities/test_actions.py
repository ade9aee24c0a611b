"""Invitations and the group: each rule once, races included."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from cities import actions
from cities.access import roles_of
from cities.models import AccountInvitation, Membership, Role
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.database import contents
from workshops import audience
from workshops.audience import Rule

NOW = timezone.now()
TODAY = timezone.localdate()


def invite(email: str = "nueva@ejemplo.mx", **more: Any) -> AccountInvitation:
    organization = more.pop("organization", None) or factories.create_organization()
    details: dict[str, Any] = {"email": email, "role": Role.MEMBER, "language": "es-mx", "by": None, "now": NOW} | more
    return actions.invite(organization, **details)


def accept_new(invitation: AccountInvitation, **more: Any) -> User:
    details: dict[str, Any] = {
        "name": "Nadia Nueva",
        "language": "es-mx",
        "time_zone": "America/Matamoros",
        "password": factories.PASSWORD,
        "now": NOW,
    }
    return actions.accept_with_new_account(invitation, **(details | more))


# --- Inviting ---------------------------------------------------------------------------------------------------------


def test_invite_queues_one_account_mail_for_its_link(coordinator: User) -> None:
    invitation = invite("Nueva@Ejemplo.mx ", by=coordinator)

    mail = OutgoingMail.objects.get()
    assert invitation.email == mail.recipient == "nueva@ejemplo.mx"
    assert (mail.kind, mail.priority) == ("account_invitation", OutgoingMail.Priority.ACCOUNT)
    assert (mail.subject_id, mail.subject_version) == (invitation.pk, 1)
    assert mail.useful_until == invitation.expires_at == NOW + timedelta(days=14)


def test_invite_refuses_a_second_open_invitation(db: None) -> None:
    organization = factories.create_organization()
    invite(organization=organization)

    with pytest.raises(ActionNotPossible):
        invite(organization=organization)

    assert AccountInvitation.objects.count() == OutgoingMail.objects.count() == 1


def test_invite_renews_an_expired_one(db: None) -> None:
    organization = factories.create_organization()
    first = invite(organization=organization, now=NOW - timedelta(days=15))

    second = invite(organization=organization)

    assert second.pk == first.pk
    assert second.link_number == 2
    assert AccountInvitation.objects.with_token(first.token) is None
    assert AccountInvitation.objects.with_token(second.token) == second
    assert OutgoingMail.objects.count() == 2


def test_invite_refuses_who_already_has_the_role(member: User) -> None:
    membership = member.memberships.get()

    with pytest.raises(ActionNotPossible):
        invite(member.email.upper(), organization=membership.organization)


def test_invite_keeps_coordinators_to_coordinating_organisations(db: None) -> None:
    with pytest.raises(ActionNotPossible):
        invite(role=Role.COORDINATOR)
    with pytest.raises(ActionNotPossible):
        invite(role=Role.OFFICIAL)

    assert invite(role=Role.COORDINATOR, organization=factories.create_organization(coordinates_group=True))
    assert invite("dos@ejemplo.mx", role=Role.OFFICIAL, organization=factories.create_government())


def test_send_again_ends_the_earlier_link_and_prolongs(db: None) -> None:
    invitation = factories.create_invitation(expires_at=NOW - timedelta(days=1))
    old_token = invitation.token

    renewed = actions.send_again(invitation, by=None, now=NOW)

    assert renewed.is_open(NOW)
    assert AccountInvitation.objects.with_token(old_token) is None
    assert OutgoingMail.objects.get().key == f"account_invitation:{invitation.pk}:2"


@pytest.mark.parametrize("status", ["accepted", "withdrawn"])
def test_what_is_decided_is_neither_sent_again_nor_withdrawn(db: None, status: str) -> None:
    invitation = factories.create_invitation(status=status)

    with pytest.raises(ActionNotPossible):
        actions.send_again(invitation, by=None, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.withdraw_invitation(invitation)


def test_every_status_is_reachable() -> None:
    reached = {AccountInvitation.Status.OPEN} | {
        target for targets in AccountInvitation.TRANSITIONS.values() for target in targets
    }

    assert reached == set(AccountInvitation.Status)


# --- Accepting --------------------------------------------------------------------------------------------------------


def test_new_account_is_proved_and_joined(db: None) -> None:
    invitation = factories.create_invitation(email="nueva@ejemplo.mx")

    user = accept_new(invitation)

    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("nueva@ejemplo.mx", True, True)
    assert (user.privacy_notice, user.privacy_accepted_at) == (actions.PRIVACY_NOTICE, NOW)
    assert user.check_password(factories.PASSWORD)
    assert roles_of(user).organization_ids == {invitation.organization_id}
    invitation.refresh_from_db()
    assert (invitation.status, invitation.accepted_by) == ("accepted", user)


def test_new_account_is_refused_where_one_exists(member: User) -> None:
    invitation = factories.create_invitation(email=member.email.upper())

    with pytest.raises(ActionNotPossible):
        accept_new(invitation)

    assert User.objects.count() == 1


def test_accept_is_refused_to_another_account(member: User) -> None:
    invitation = factories.create_invitation(email="otra@ejemplo.mx")

    with pytest.raises(ActionNotPossible):
        actions.accept(invitation, by=member, now=NOW)

    invitation.refresh_from_db()
    assert invitation.status == "open"
    assert member.memberships.count() == 1


def test_accept_does_not_count_an_address_that_is_not_proved(member: User) -> None:
    EmailAddress.objects.create(user=member, email="otra@ejemplo.mx", verified=False)
    invitation = factories.create_invitation(email="otra@ejemplo.mx")

    with pytest.raises(ActionNotPossible):
        actions.accept(invitation, by=member, now=NOW)


def test_accept_adds_the_organisation_once(member: User) -> None:
    invitation = factories.create_invitation(email=member.email)

    first = actions.accept(invitation, by=member, now=NOW)
    second = actions.accept(invitation, by=member, now=NOW)

    assert first == second
    assert member.memberships.filter(organization=invitation.organization).count() == 1


def test_used_link_does_not_bring_back_what_has_ended(member: User) -> None:
    invitation = factories.create_invitation(email=member.email)
    membership = actions.accept(invitation, by=member, now=NOW)
    Membership.objects.filter(pk=membership.pk).update(since=date(2018, 1, 1), until=date(2018, 1, 31))
    before = contents()

    with pytest.raises(ActionNotPossible) as refusal:
        actions.accept(invitation, by=member, now=NOW)

    assert refusal.value.sentence == actions.CLOSED
    assert contents() == before


@pytest.mark.parametrize("closing", ["expired", "withdrawn", "used"])
def test_accept_is_refused_when_the_link_is_over(member: User, closing: str) -> None:
    invitation = factories.create_invitation(
        email=member.email,
        status={"expired": "open", "withdrawn": "withdrawn", "used": "accepted"}[closing],
        expires_at=NOW - timedelta(seconds=1) if closing == "expired" else None,
    )

    with pytest.raises(ActionNotPossible):
        actions.accept(invitation, by=member, now=NOW)


@pytest.mark.parametrize("forged", ["", "x", "MTox:1abc:def", "a" * 500])
def test_forged_tokens_lead_nowhere(db: None, forged: str) -> None:
    assert AccountInvitation.objects.with_token(forged) is None


def in_threads(*works: Callable[[], object]) -> list[object]:
    """What each gives or raises, when all run at once on connections of their own."""
    results: list[object] = [None] * len(works)
    barrier = threading.Barrier(len(works))

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = works[number]()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_tabs_open_one_account() -> None:
    invitation = factories.create_invitation(email="nueva@ejemplo.mx")

    results = in_threads(lambda: accept_new(invitation), lambda: accept_new(invitation))

    assert sorted(type(result).__name__ for result in results) == ["ActionNotPossible", "User"]
    assert User.objects.filter(email="nueva@ejemplo.mx").count() == Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_invitations_answered_at_once_open_one_account() -> None:
    first, second = (factories.create_invitation(email="nueva@ejemplo.mx") for _ in range(2))

    results = in_threads(lambda: accept_new(first), lambda: accept_new(second))

    assert sorted(type(result).__name__ for result in results) == ["ActionNotPossible", "User"]
    assert User.objects.filter(email="nueva@ejemplo.mx").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_cannot_end_each_other() -> None:
    first, second = (factories.create_coordinator().memberships.get() for _ in range(2))

    results = in_threads(
        lambda: actions.end_membership(first, until=TODAY, successor=None),
        lambda: actions.end_membership(second, until=TODAY, successor=None),
    )

    assert sorted(type(result).__name__ for result in results) == ["ActionNotPossible", "Membership"]


# --- In the group -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "acts"),
    [
        (None, None, False),
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), False),
        (TODAY + timedelta(days=1), None, False),
    ],
)
def test_roles_last_while_the_organisation_is_in_the_group(
    django_assert_num_queries: DjangoAssertNumQueries,
    db: None,
    since: date | None,
    until: date | None,
    acts: bool,  # noqa: FBT001
) -> None:
    organization = factories.create_organization(coordinates_group=True, in_group_since=since, in_group_until=until)
    user = factories.create_coordinator(organization=organization)

    with django_assert_num_queries(1):
        roles = roles_of(user)

    assert (roles.is_coordinator, roles.in_group) == (acts, acts)


def test_another_organisation_in_the_group_still_counts(member: User) -> None:
    left = factories.create_organization(coordinates_group=True, in_group_until=TODAY - timedelta(days=1))
    factories.create_membership(user=member, organization=left, role=Role.COORDINATOR)

    roles = roles_of(member)

    assert not roles.is_coordinator
    assert roles.organization_ids == {member.memberships.get(role=Role.MEMBER).organization_id}


def test_sessions_expect_only_people_of_organisations_in_the_group(member: User) -> None:
    left = factories.create_organization(in_group_until=TODAY - timedelta(days=1))
    gone = factories.create_member(organization=left)
    own = member.memberships.get().organization_id
    everybody = Rule(session_id=1, is_demo=False, audience="everybody")
    chosen = Rule(session_id=2, is_demo=False, audience="chosen", organizations=(left.pk, own))

    assert [(one.session_id, one.user_id) for one in audience.who([everybody, chosen], on=TODAY)] == [
        (1, member.pk),
        (2, member.pk),
    ]
    assert {one.user_id for one in audience.who([everybody], on=TODAY - timedelta(days=1))} == {member.pk, gone.pk}


def test_nobody_is_invited_into_or_joins_an_organisation_outside_the_group(member: User) -> None:
    outside = factories.create_organization(in_group_until=TODAY - timedelta(days=1))
    invitation = factories.create_invitation(organization=outside, email=member.email)
    before = contents()

    for refused in (
        lambda: invite(organization=outside),
        lambda: actions.send_again(invitation, by=None, now=NOW),
        lambda: actions.accept(invitation, by=member, now=NOW),
        lambda: actions.add_membership(outside, user=member, role=Role.MEMBER, since=TODAY, by=None),
    ):
        with translation.override("en"), pytest.raises(ActionNotPossible, match="does not belong to the group"):
            refused()

    assert contents() == before


def test_people_are_invited_before_their_organisation_joins(db: None) -> None:
    assert invite(organization=factories.create_organization(in_group_since=TODAY + timedelta(days=9)))
