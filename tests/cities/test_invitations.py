"""The invitation as the invited see it, from the mail's link to the desk."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cities import actions
from cities.models import AccountInvitation, City, Membership
from ogpgroup.models import OutgoingMail, User
from tests import factories


def path_of(invitation: AccountInvitation) -> str:
    return reverse("account_invitation", args=[invitation.token])


def answers(**more: Any) -> dict[str, Any]:
    return {
        "name": "Nadia Nueva",
        "language": "en",
        "time_zone": "America/Matamoros",
        "password": factories.PASSWORD,
        "privacy": "on",
    } | more


def test_page_says_who_invites_into_what_and_presets_the_citys_zone(
    stranger: Client, coordinator: User, reynosa: City
) -> None:
    invitation = factories.create_invitation(
        organization=factories.create_government(city=reynosa), invited_by=coordinator
    )

    response = stranger.get(path_of(invitation))

    html = response.content.decode()
    assert coordinator.name in html
    assert "Ayuntamiento de Reynosa" in html
    assert response.context["form"]["time_zone"].value() == "America/Matamoros"
    assert response["Referrer-Policy"] == "same-origin"  # stricter, and browsers could not send the form
    assert "no-store" in response["Cache-Control"]


def test_sign_up_ends_on_the_desk_signed_in(stranger: Client, db: None) -> None:
    invitation = factories.create_invitation(email="nueva@ejemplo.mx")
    stranger.get(path_of(invitation))

    response = stranger.post(path_of(invitation), answers())

    user = User.objects.get(email="nueva@ejemplo.mx")
    assert (response.status_code, response["Location"]) == (302, reverse("desk"))
    assert stranger.session["_auth_user_id"] == str(user.pk)
    assert (user.name, user.language, user.time_zone) == ("Nadia Nueva", "en", "America/Matamoros")
    assert user.privacy_notice == actions.PRIVACY_NOTICE


def test_sign_up_takes_no_field_that_was_not_asked(stranger: Client, db: None) -> None:
    invitation = factories.create_invitation(email="nueva@ejemplo.mx")
    more = {"email": "otra@ejemplo.mx", "is_staff": "on", "is_superuser": "on", "role": "coordinator", "is_demo": "on"}

    stranger.post(path_of(invitation), answers(**more))

    user = User.objects.get()
    assert user.email == "nueva@ejemplo.mx"
    assert (user.is_staff, user.is_superuser, user.is_demo) == (False, False, False)
    assert Membership.objects.get().role == "member"


@pytest.mark.parametrize("missing", ["name", "privacy", "password", "time_zone"])
def test_sign_up_needs_every_answer_and_keeps_the_others(stranger: Client, db: None, missing: str) -> None:
    invitation = factories.create_invitation()

    response = stranger.post(path_of(invitation), answers(**{missing: ""}))

    assert response.status_code == 200
    assert missing in response.context["form"].errors
    assert factories.PASSWORD not in response.content.decode()
    assert not User.objects.exists()


def test_sign_up_refuses_a_name_with_a_character_that_nobody_sees(stranger: Client, db: None) -> None:
    response = stranger.post(path_of(factories.create_invitation()), answers(name="Nadia\x07Nueva"))

    assert list(response.context["form"].errors) == ["name"]
    assert not User.objects.exists()


@pytest.mark.parametrize("state", ["expired", "withdrawn", "accepted", "earlier link"])
def test_closed_links_give_one_calm_page_that_says_whom_to_ask(stranger: Client, coordinator: User, state: str) -> None:
    invitation = factories.create_invitation(
        invited_by=coordinator,
        status=state if state in {"withdrawn", "accepted"} else "open",
        expires_at=timezone.now() - timedelta(seconds=1) if state == "expired" else None,
    )
    path = path_of(invitation)
    if state == "earlier link":
        actions.send_again(invitation, by=coordinator, now=timezone.now())

    response = stranger.get(path)

    assert response.status_code == (404 if state == "earlier link" else 410)
    assert (coordinator.name in response.content.decode()) == (state != "earlier link")
    assert stranger.post(path, answers()).status_code == response.status_code
    assert not User.objects.exclude(pk=coordinator.pk).exists()


def test_forged_link_is_404_and_tells_nothing(stranger: Client, db: None) -> None:
    invitation = factories.create_invitation()

    response = stranger.get(path_of(invitation)[:-3] + "xx/")

    assert response.status_code == 404
    assert invitation.email not in response.content.decode()


def test_existing_account_joins_after_sign_in(stranger: Client, member: User) -> None:
    invitation = factories.create_invitation(email=member.email)
    path = path_of(invitation)
    assert "password" not in stranger.get(path).content.decode().replace("/password/", "")

    response = stranger.post("/accounts/login/", {"login": member.email, "password": factories.PASSWORD, "next": path})
    assert response["Location"] == path
    assert stranger.get(path).context["fits"]
    stranger.post(f"{path}accept/")
    stranger.post(f"{path}accept/")

    assert member.memberships.filter(organization=invitation.organization).count() == 1
    assert stranger.get(path)["Location"] == reverse("desk")


def test_used_link_is_closed_once_the_membership_has_ended(client: Client, member: User) -> None:
    invitation = factories.create_invitation(email=member.email)
    path = path_of(invitation)
    client.force_login(member)
    client.post(f"{path}accept/")
    yesterday = timezone.localdate() - timedelta(days=1)
    member.memberships.filter(organization=invitation.organization).update(since=yesterday, until=yesterday)

    assert client.get(path).status_code == 410
    client.post(f"{path}accept/")

    assert member.memberships.filter(organization=invitation.organization).count() == 1


def test_another_account_cannot_take_it(client: Client, member: User, official_colima: User) -> None:
    invitation = factories.create_invitation(email=member.email)
    client.force_login(official_colima)

    page = client.get(path_of(invitation))
    client.post(path_of(invitation) + "accept/")

    assert not page.context["fits"]
    assert official_colima.memberships.count() == 1
    invitation.refresh_from_db()
    assert invitation.status == "open"


def test_signed_in_person_cannot_open_a_second_account(client: Client, member: User) -> None:
    invitation = factories.create_invitation(email="otra@ejemplo.mx")
    client.force_login(member)

    client.post(path_of(invitation), answers())

    assert User.objects.count() == 1


def test_closed_account_gets_the_calm_page(stranger: Client, deactivated: User) -> None:
    invitation = factories.create_invitation(email=deactivated.email)

    assert stranger.get(path_of(invitation)).status_code == 410


def test_accept_only_by_post_and_only_signed_in(stranger: Client, client: Client, member: User) -> None:
    path = path_of(factories.create_invitation(email=member.email)) + "accept/"
    client.force_login(member)

    assert client.get(path).status_code == 405
    assert stranger.post(path)["Location"].startswith("/accounts/login/")
    assert member.memberships.count() == 1


# --- The coordinators' list -------------------------------------------------------------------------------------------


def test_coordinator_invites_sends_again_and_withdraws(client: Client, coordinator: User) -> None:
    organization = factories.create_organization()
    client.force_login(coordinator)
    details = {"email": "nueva@ejemplo.mx", "organization": organization.pk, "role": "member", "language": "en"}

    client.post("/coordination/invitations/new/", details)
    refused = client.post("/coordination/invitations/new/", details)
    invitation = AccountInvitation.objects.get()
    client.post(f"/coordination/invitations/{invitation.pk}/send-again/")
    client.post(f"/coordination/invitations/{invitation.pk}/withdraw/")

    invitation.refresh_from_db()
    assert "email" in refused.context["form"].errors
    assert (invitation.status, invitation.link_number, invitation.invited_by) == ("withdrawn", 2, coordinator)
    assert OutgoingMail.objects.count() == 2


def test_role_that_does_not_fit_is_told_beside_the_field(client: Client, coordinator: User) -> None:
    organization = factories.create_organization()
    client.force_login(coordinator)

    response = client.post(
        "/coordination/invitations/new/",
        {"email": "nueva@ejemplo.mx", "organization": organization.pk, "role": "coordinator", "language": "en"},
    )

    assert "role" in response.context["form"].errors
    assert not AccountInvitation.objects.exists()


def test_only_coordinators_send_again_or_withdraw(client: Client, member: User) -> None:
    invitation = factories.create_invitation()
    client.force_login(member)

    for verb in ("send-again", "withdraw"):
        assert client.post(f"/coordination/invitations/{invitation.pk}/{verb}/").status_code == 404
    invitation.refresh_from_db()
    assert (invitation.status, invitation.link_number) == ("open", 1)


def test_refusal_is_a_message_and_a_way_back(client: Client, coordinator: User) -> None:
    invitation = factories.create_invitation(status="withdrawn")
    client.force_login(coordinator)
    path = f"/coordination/invitations/{invitation.pk}/withdraw/"

    response = client.post(path, headers={"referer": "http://testserver/coordination/invitations/"}, follow=True)
    evil = client.post(path, headers={"referer": "https://malo.example/"})
    fragment = client.post(path, headers={"hx-request": "true"})

    assert response.redirect_chain == [("http://testserver/coordination/invitations/", 302)]
    assert re.search(r'class="notice', response.content.decode())
    assert evil["Location"] == "/"
    assert (fragment.status_code, b"<html" in fragment.content) == (409, False)
