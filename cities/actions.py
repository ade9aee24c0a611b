"""Verbs about people and institutions: invite, accept, join, leave, end."""

from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cities import emails, worlds
from cities.access import ALL, Lost
from cities.models import (
    AccountInvitation,
    GroupMembership,
    Membership,
    MembershipQuerySet,
    Organization,
    Role,
    group_day,
)
from ogpgroup import mail
from ogpgroup.errors import ActionNotPossible
from ogpgroup.holding import Holding
from ogpgroup.models import User

PRIVACY_NOTICE = "2026-11"  # the version people accept; templates/cities/privacy.html holds its text

CLOSED = gettext_lazy("This invitation is no longer open.")


def check_role_fits(organization: Organization, role: str) -> None:
    """Coordinators come from an institution that coordinates the group, city officials from one of a city."""
    if role == Role.COORDINATOR and not organization.coordinates_group:
        raise ActionNotPossible(_("Only an organisation that coordinates the group has coordinators."))
    if role == Role.OFFICIAL and organization.city_id is None:
        raise ActionNotPossible(_("City officials act for an organisation of a city; this one has none."))


def check_in_group(organization: Organization, *, on: date) -> None:
    """People act for organisations that belong to the group that day or will later: for others they may do nothing."""
    if not GroupMembership.objects.not_over(on).filter(organization=organization).exists():
        raise ActionNotPossible(
            _("%(organization)s does not belong to the group: record first that it joins.")
            % {"organization": organization}
        )


# --- Invitations ----------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    organization: Organization,
    *,
    email: str,
    role: str,
    language: str,
    by: User | None,
    now: datetime,
    notify: bool = True,
) -> AccountInvitation:
    """Invite an address into an organisation in a role and queue the mail with the link.

    Guarantees one open invitation per address, organisation and role: an expired one gets a new link, one still open is
    refused. `notify=False` is for the command that prints the link.
    """
    check_role_fits(organization, role)
    check_in_group(organization, on=group_day(now))
    worlds.check_brings_people(by, organization)
    email = email.strip().lower()
    people = _people_with(email)
    for person in people:
        worlds.check_acts_for(person, organization)
    if Membership.objects.filter(user__in=people, organization=organization, role=role).not_over(group_day(now)):
        raise ActionNotPossible(_("This person already has this role in this organisation."))
    invitation, is_new = AccountInvitation.objects.select_for_update().get_or_create(
        email=email,
        organization=organization,
        role=role,
        status=AccountInvitation.Status.OPEN,
        defaults={
            "language": language,
            "invited_by": by,
            "expires_at": now + timedelta(days=AccountInvitation.DAYS),
            "is_demo": organization.is_demo,
        },
    )
    if is_new:
        if notify:
            mail.enqueue([emails.invitation_mail(invitation, now=now)])
        return invitation
    if invitation.is_open(now):
        raise ActionNotPossible(_("This address already holds an open invitation; it can be sent again from the list."))
    invitation.language = language
    return _renew(invitation, by=by, now=now, notify=notify)


@transaction.atomic
def send_again(
    invitation: AccountInvitation, *, by: User | None, now: datetime, notify: bool = True
) -> AccountInvitation:
    """Give an invitation that nobody has answered a new link and another 14 days; the earlier link ends."""
    invitation = AccountInvitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.status != AccountInvitation.Status.OPEN:
        raise ActionNotPossible(CLOSED)
    check_in_group(invitation.organization, on=group_day(now))
    return _renew(invitation, by=by, now=now, notify=notify)


def _renew(invitation: AccountInvitation, *, by: User | None, now: datetime, notify: bool) -> AccountInvitation:
    invitation.link_number += 1
    invitation.expires_at = now + timedelta(days=AccountInvitation.DAYS)
    invitation.invited_by = by
    invitation.save(update_fields=["link_number", "expires_at", "invited_by", "language"])
    if notify:
        mail.enqueue([emails.invitation_mail(invitation, now=now)])
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: AccountInvitation) -> None:
    """End an invitation that nobody has answered; a waiting mail is not sent, a link already sent leads nowhere."""
    invitation = AccountInvitation.objects.select_for_update().get(pk=invitation.pk)
    if AccountInvitation.Status.WITHDRAWN not in AccountInvitation.TRANSITIONS[invitation.status]:
        raise ActionNotPossible(CLOSED)
    invitation.status = AccountInvitation.Status.WITHDRAWN
    invitation.save(update_fields=["status"])


def _people_with(email: str) -> list[User]:
    """Who signs in with that address: the account's own, or one it has proved."""
    return list(
        User.objects.filter(
            Q(email__iexact=email)
            | Q(pk__in=EmailAddress.objects.filter(email__iexact=email, verified=True).values("user"))
        )
    )


def account_of(email: str) -> User | None:
    """The account that signs in with that address, open or closed."""
    return next(iter(_people_with(email)), None)


def has_address(user: User, email: str) -> bool:
    """Whether the person could be the one invited: the address is theirs, verified, in whatever case."""
    return user in _people_with(email)


@transaction.atomic
def accept(invitation: AccountInvitation, *, by: User, now: datetime) -> Membership:
    """Give the person who signs in with the invited address the membership.

    Guarantees one membership however often and from however many tabs it is asked for: a link that was used gives what
    it gave while that is in force, and nothing new. Raises ActionNotPossible for anybody else's account, when the
    invitation is expired, withdrawn or was used by somebody else, and when what it gave has ended.
    """
    invitation = AccountInvitation.objects.select_for_update().get(pk=invitation.pk)
    if not has_address(by, invitation.email):
        raise ActionNotPossible(_("This invitation was sent to another address than the one you sign in with."))
    if (given := membership_given_by(invitation, to=by, now=now)) is not None:
        return given
    if not invitation.is_open(now):
        raise ActionNotPossible(CLOSED)
    check_in_group(invitation.organization, on=group_day(now))
    worlds.check_acts_for(by, invitation.organization)
    membership = _membership_of(invitation, by, now)
    invitation.status = AccountInvitation.Status.ACCEPTED
    invitation.accepted_at, invitation.accepted_by = now, by
    invitation.save(update_fields=["status", "accepted_at", "accepted_by"])
    return membership


def membership_given_by(invitation: AccountInvitation, *, to: User, now: datetime) -> Membership | None:
    """What the person has in force today by having accepted the invitation; none once that has ended."""
    if invitation.status != AccountInvitation.Status.ACCEPTED or invitation.accepted_by_id != to.pk:
        return None
    same = Membership.objects.of(to).filter(organization=invitation.organization, role=invitation.role)
    return same.on(group_day(now)).first()


def _membership_of(invitation: AccountInvitation, user: User, now: datetime) -> Membership:
    day = group_day(now)
    same = Membership.objects.of(user).filter(organization=invitation.organization, role=invitation.role)
    if membership := same.not_over(day).first():
        return membership
    return Membership.objects.create(user=user, organization=invitation.organization, role=invitation.role, since=day)


@transaction.atomic
def accept_with_new_account(
    invitation: AccountInvitation, *, name: str, language: str, time_zone: str, password: str, now: datetime
) -> User:
    """Open an account for the invited address, with the privacy notice accepted, and accept the invitation with it.

    The address counts as proved: the link came to it by mail. Raises ActionNotPossible when the invitation is not open
    or when the address has an account by now.
    """
    invitation = AccountInvitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open(now):
        raise ActionNotPossible(CLOSED)
    if _people_with(invitation.email):
        raise ActionNotPossible(_("There is an account with this address already: please sign in with it."))
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email=invitation.email,
                password=password,
                name=name,
                language=language,
                time_zone=time_zone,
                privacy_notice=PRIVACY_NOTICE,
                privacy_accepted_at=now,
                is_demo=invitation.is_demo,
            )
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:  # a second invitation to the same address, answered at the same moment
        raise ActionNotPossible(_("There is an account with this address already: please sign in with it.")) from None
    accept(invitation, by=user, now=now)
    return user


# --- Institutions ---------------------------------------------------------------------------------------------------


@transaction.atomic
def save_organization(organization: Organization, *, by: User | None) -> Organization:
    """Put an institution on record or correct its facts; what an account of the demonstration records belongs to it."""
    if organization._state.adding:
        organization.is_demo = organization.is_demo or worlds.makes_demo(by)
    worlds.check_sits_in(organization, organization.city)
    organization.save()
    return organization


# --- Memberships ----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_membership(
    organization: Organization, *, user: User, role: str, since: date, by: User | None, position: str = ""
) -> Membership:
    """Let a person who has an account act for an organisation from a day on."""
    Organization.objects.select_for_update().get(pk=organization.pk)  # one at a time, so that the check below holds
    check_role_fits(organization, role)
    check_in_group(organization, on=since)
    worlds.check_brings_people(by, organization)
    worlds.check_acts_for(user, organization)
    if not user.is_active:
        raise ActionNotPossible(_("This account is closed."))
    if Membership.objects.of(user).filter(organization=organization, role=role).not_over(since):
        raise ActionNotPossible(_("This person already has this role in this organisation."))
    return Membership.objects.create(user=user, organization=organization, role=role, since=since, position=position)


@transaction.atomic
def end_membership(membership: Membership, *, until: date, successor: User | None) -> Membership:
    """Set the last day of a membership and who follows. What the person holds is passed on by `ogpgroup.succession`.

    Raises ActionNotPossible when it ended before, or when nobody real would coordinate the group any more.
    """
    _lock_coordinators()
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.until is not None and membership.until <= until:
        raise ActionNotPossible(_("This membership has ended already."))
    if until < membership.since:
        raise ActionNotPossible(_("The last day cannot be before the first."))
    if successor is not None and successor.pk == membership.user_id:
        raise ActionNotPossible(_("The successor must be somebody else."))
    if successor is not None:
        worlds.check_acts_for(successor, membership.organization)
    if membership.role == Role.COORDINATOR:
        _check_others_coordinate(membership, on=until + timedelta(days=1))
    membership.until, membership.successor = until, successor
    membership.save(update_fields=["until", "successor"])
    return membership


@transaction.atomic
def edit_membership(
    membership: Membership, *, role: str, since: date, position: str, by: User | None, now: datetime
) -> Membership:
    """Correct what a membership says; what it gives changes at once. Its last day is set by `end_membership`.

    Raises ActionNotPossible when the role does not fit the organisation, when the days contradict each other or another
    membership of the person, and when nobody real would coordinate the group any more.
    """
    _lock_coordinators()
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    check_role_fits(membership.organization, role)
    worlds.check_brings_people(by, membership.organization)
    if membership.until is not None and since > membership.until:
        raise ActionNotPossible(_("The last day cannot be before the first."))
    same = Membership.objects.of(membership.user).filter(organization=membership.organization, role=role)
    if same.exclude(pk=membership.pk).not_over(since).filter(since__lte=membership.until or date.max).exists():
        raise ActionNotPossible(_("This person already has this role in this organisation."))
    today = group_day(now)
    if membership.role == Role.COORDINATOR and (role != Role.COORDINATOR or since > today):
        _check_others_coordinate(membership, on=today)
    membership.role, membership.since, membership.position = role, since, position
    membership.save(update_fields=["role", "since", "position"])
    return membership


def _lock_coordinators() -> None:
    """All their rows, in one order: two who take the role from each other at once cannot both succeed."""
    list(Membership.objects.select_for_update().filter(role=Role.COORDINATOR).order_by("pk"))


def _coordinators(on: date) -> MembershipQuerySet:
    """Who coordinates that day and goes on: no last day is set, neither theirs nor their organisation's."""
    staying = GroupMembership.objects.on(on).filter(until__isnull=True).values("organization")
    return Membership.objects.on(on).filter(role=Role.COORDINATOR, until__isnull=True, organization__in=staying)


def _check_others_coordinate(membership: Membership, *, on: date) -> None:
    """Without the membership somebody must coordinate from that day on; for a real person's, somebody real."""
    others = _coordinators(on).exclude(pk=membership.pk)
    if not membership.user.is_demo:
        others = others.filter(user__is_demo=False)
    if not others.exists():
        raise ActionNotPossible(_("Nobody else coordinates the group: name another coordinator first."))


@transaction.atomic
def join_group(organization: Organization, *, since: date, remark: str = "") -> GroupMembership:
    """From that day the organisation belongs to the group."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    if GroupMembership.objects.not_over(since).filter(organization=organization).exists():
        raise ActionNotPossible(_("On that day the organisation already belonged to the group."))
    return GroupMembership.objects.create(organization=organization, since=since, remark=remark)


@transaction.atomic
def leave_group(organization: Organization, *, until: date, remark: str = "") -> GroupMembership:
    """That day is the organisation's last in the group; the record stays, and what its people may do ends.

    Raises ActionNotPossible when nobody real would coordinate the group any more.
    """
    _lock_coordinators()
    Organization.objects.select_for_update().get(pk=organization.pk)
    membership = GroupMembership.objects.filter(organization=organization, until__isnull=True).first()
    if membership is None:
        raise ActionNotPossible(_("This organisation does not belong to the group."))
    if until < membership.since:
        raise ActionNotPossible(_("The last day cannot be before the first."))
    coordinators = _coordinators(until).filter(user__is_demo=False)
    if coordinators and not any(one.organization_id != organization.pk for one in coordinators):
        raise ActionNotPossible(_("Only this organisation's people coordinate the group: name another one's first."))
    membership.until, membership.remark = until, remark or membership.remark
    membership.save(update_fields=["until", "remark"])
    return membership


# --- What a leaving person holds ------------------------------------------------------------------------------------


def holdings(user: User, lost: Lost = ALL) -> list[Holding]:
    """Invitations still unanswered: the invited ask the coordinator who invited them."""
    return [
        Holding(
            label=_("The invitation to %(email)s, still unanswered") % {"email": invitation.email},
            url=reverse("cities:invitation_index"),
        )
        for invitation in _invitations_of(user, lost)
    ]


def hand_over(*, from_user: User, to_user: User, by: User, lost: Lost = ALL) -> None:
    """Pass them on; `by` is not noted here, the invitation itself is not tracked."""
    _invitations_of(from_user, lost).update(invited_by=to_user)


def _invitations_of(user: User, lost: Lost) -> QuerySet[AccountInvitation]:
    if not lost.coordination:
        return AccountInvitation.objects.none()
    return AccountInvitation.objects.filter(invited_by=user, status=AccountInvitation.Status.OPEN)
