from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cities.models import AccountInvitation
from ogpgroup.models import OutgoingMail
from tests import factories


def run(*words: str) -> str:
    out = StringIO()
    call_command("invite", *words, stdout=out)
    return out.getvalue().strip()


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
