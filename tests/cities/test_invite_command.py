from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from cities.models import AccountInvitation, group_day
from ogpgroup.models import OutgoingMail
from tests import factories


def run(*words: str) -> str:
    out = StringIO()
    call_command("invite", *words, stdout=out)
    return out.getvalue().strip()


def warning_of(*words: str) -> str:
    out, err = StringIO(), StringIO()
    call_command("invite", *words, stdout=out, stderr=err)
    return err.getvalue().strip()


def test_prints_a_link_that_opens_the_first_account(client: Client, db: None) -> None:
    factories.create_organization(slug="wri", coordinates_group=True)

    link = run("Carmen@ejemplo.mx", "--organization", "wri", "--role", "coordinator")

    assert link.startswith("http://localhost/accounts/invitation/")
    assert client.get(link.removeprefix("http://localhost")).status_code == 200
    invitation = AccountInvitation.objects.get()
    assert (invitation.email, invitation.role, invitation.invited_by) == ("carmen@ejemplo.mx", "coordinator", None)
    assert not OutgoingMail.objects.exists()


def test_second_time_prints_a_new_link(client: Client, db: None) -> None:
    factories.create_organization(slug="wri", coordinates_group=True)
    words = ("carmen@ejemplo.mx", "--organization", "wri", "--role", "coordinator", "--mail")

    first, second = run(*words), run(*words)

    assert first != second
    assert client.get(first.removeprefix("http://localhost")).status_code == 404
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize(
    "words",
    [
        ("not-an-address", "--organization", "wri"),
        ("a@b.mx", "--organization", "nothing"),
        ("a@b.mx", "--organization", "plain", "--role", "coordinator"),
    ],
)
def test_says_what_is_wrong(db: None, words: tuple[str, ...]) -> None:
    factories.create_organization(slug="wri", coordinates_group=True)
    factories.create_organization(slug="plain")

    with pytest.raises(CommandError):
        run(*words)

    assert not AccountInvitation.objects.exists()


def test_first_coordinator_of_an_organisation_outside_the_group_needs_it_to_join(db: None) -> None:
    organization = factories.create_organization(slug="wri", coordinates_group=True, in_group_since=None)
    words = ("carmen@ejemplo.mx", "--organization", "wri", "--role", "coordinator")

    with pytest.raises(CommandError, match="does not belong to the group.*--join-group"):
        run(*words)
    assert not AccountInvitation.objects.exists()
    assert run(*words, "--join-group").startswith("http://localhost/accounts/invitation/")

    assert organization.group_memberships.get().since == group_day(timezone.now())


def test_joining_is_undone_when_the_invitation_is_refused(db: None) -> None:
    organization = factories.create_organization(slug="plain", in_group_since=None)

    with pytest.raises(CommandError):
        run("carmen@ejemplo.mx", "--organization", "plain", "--role", "coordinator", "--join-group")

    assert not organization.group_memberships.exists()


def test_join_group_leaves_a_member_of_the_group_as_it_is(db: None) -> None:
    organization = factories.create_organization(slug="wri", in_group_since=date(2017, 6, 29))

    run("carmen@ejemplo.mx", "--organization", "wri", "--join-group")

    assert organization.group_memberships.get().since == date(2017, 6, 29)


def test_warns_while_the_demonstration_is_loaded(db: None) -> None:
    factories.create_organization(slug="wri")
    words = ("--organization", "wri")

    assert warning_of("uno@ejemplo.mx", *words) == ""
    factories.create_user(is_demo=True)

    assert warning_of("dos@ejemplo.mx", *words).startswith("The demonstration is loaded")
