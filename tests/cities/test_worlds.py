"""What is real and what is made up are tied by nobody: through no action, and no form offers it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone, translation

from actionplans import actions as plan_actions
from cities import actions
from cities.models import AccountInvitation, Cycle, Membership, Organization, Role
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.database import contents

NOW = timezone.now()
TODAY = timezone.localdate()


@dataclass(frozen=True)
class Worlds:
    """A person, an institution, a city and a cycle of each kind."""

    real: User
    made_up: User
    house: Organization
    made_up_house: Organization


@pytest.fixture
def worlds(db: None) -> Worlds:
    return Worlds(
        factories.create_user(email="ana@ejemplo.mx"),
        factories.create_user(email="ana@demo.example", is_demo=True),
        factories.create_organization(slug="casa"),
        factories.create_organization(slug="casa-demo", is_demo=True),
    )


def invite(organization: Organization, *, email: str, by: User | None = None) -> AccountInvitation:
    return actions.invite(organization, email=email, role=Role.MEMBER, language="es-mx", by=by, now=NOW)


def join(user: User, organization: Organization, *, by: User | None = None) -> Membership:
    return actions.add_membership(organization, user=user, role=Role.MEMBER, since=TODAY, by=by)


TIES: dict[str, tuple[str, Callable[[Worlds], object]]] = {
    "a real person added": ("is made up", lambda w: join(w.real, w.made_up_house)),
    "a real person invited": ("is made up", lambda w: invite(w.made_up_house, email=w.real.email.upper())),
    "a made-up account added": ("demonstration account", lambda w: join(w.made_up, w.house)),
    "a made-up account invited": ("demonstration account", lambda w: invite(w.house, email=w.made_up.email)),
    "invited by a made-up account": (
        "Your account is a demonstration",
        lambda w: invite(w.house, email="otra@ejemplo.mx", by=w.made_up),
    ),
    "added by a made-up account": ("Your account is a demonstration", lambda w: join(w.real, w.house, by=w.made_up)),
    "a real institution in a made-up city": (
        "A real organisation has a real city",
        lambda w: actions.save_organization(
            Organization(slug="x", name="X", kind="ngo", city=factories.create_city(is_demo=True)), by=None
        ),
    ),
    "a made-up institution in a real city": (
        "A real organisation has a real city",
        lambda w: actions.save_organization(
            Organization(slug="x", name="X", kind="ngo", city=factories.create_city()), by=w.made_up
        ),
    ),
    "a made-up city in a real cycle": (
        "Real cities stand in real cycles",
        lambda w: plan_actions.stand(factories.create_cycle(), city=factories.create_city(is_demo=True)),
    ),
    "a real city in a made-up cycle": (
        "Real cities stand in real cycles",
        lambda w: plan_actions.stand(factories.create_cycle(is_demo=True), city=factories.create_city()),
    ),
}


@pytest.mark.parametrize("name", TIES)
def test_no_action_ties_what_is_real_to_what_is_made_up(worlds: Worlds, name: str) -> None:
    sentence, tie = TIES[name]

    with translation.override("en"), pytest.raises(ActionNotPossible, match=sentence):
        tie(worlds)

    assert not Membership.objects.exists()
    assert not AccountInvitation.objects.exists()
    assert Organization.objects.count() == 2


@pytest.mark.parametrize(("person", "house"), [("real", "made_up_house"), ("made_up", "house")])
def test_invitation_made_before_the_account_is_not_accepted_across(worlds: Worlds, person: str, house: str) -> None:
    user, organization = getattr(worlds, person), getattr(worlds, house)
    invitation = factories.create_invitation(email=user.email, organization=organization)
    before = contents()

    with pytest.raises(ActionNotPossible):
        actions.accept(invitation, by=user, now=NOW)

    assert contents() == before


@pytest.mark.parametrize("house", ["house", "made_up_house"])
def test_account_made_through_an_invitation_is_what_the_institution_is(worlds: Worlds, house: str) -> None:
    organization = getattr(worlds, house)

    user = actions.accept_with_new_account(
        invite(organization, email="nueva@ejemplo.mx"),
        name="Nueva",
        language="es-mx",
        time_zone="America/Mexico_City",
        password=factories.PASSWORD,
        now=NOW,
    )

    assert user.is_demo == organization.is_demo
    assert user.memberships.get().organization == organization


def coordinator_of(organization: Organization, user: User) -> Client:
    organization.coordinates_group = True
    organization.save(update_fields=["coordinates_group"])
    factories.create_membership(user=user, organization=organization, role=Role.COORDINATOR)
    client = Client()
    client.force_login(user)
    return client


def test_forms_offer_an_institution_only_cities_of_its_kind(worlds: Worlds) -> None:
    real, made_up = factories.create_city(), factories.create_city(is_demo=True)
    by_real, by_made_up = (
        coordinator_of(worlds.house, worlds.real),
        coordinator_of(worlds.made_up_house, worlds.made_up),
    )

    def offered(client: Client, path: str) -> list[object]:
        return list(client.get(f"/coordination/organizations/{path}").context["form"].fields["city"].queryset)

    assert offered(by_real, "new/") == offered(by_real, "casa/edit/") == offered(by_made_up, "casa/edit/") == [real]
    assert offered(by_real, "casa-demo/edit/") == offered(by_made_up, "new/") == [made_up]
    details = {"name": "Casa", "kind": "ngo", "certainty": "sure", "city": made_up.pk}
    assert "city" in by_real.post("/coordination/organizations/casa/edit/", details).context["form"].errors


def test_accounts_of_the_demonstration_invite_into_its_institutions_alone(worlds: Worlds) -> None:
    by_real, by_made_up = (
        coordinator_of(worlds.house, worlds.real),
        coordinator_of(worlds.made_up_house, worlds.made_up),
    )

    def offered(client: Client) -> set[str]:
        form = client.get("/coordination/invitations/new/").context["form"]
        return {organization.slug for organization in form.fields["organization"].queryset}

    assert offered(by_real) == {"casa", "casa-demo"}
    assert offered(by_made_up) == {"casa-demo"}


def test_what_a_coordinator_of_the_demonstration_records_is_marked(worlds: Worlds) -> None:
    client = coordinator_of(worlds.made_up_house, worlds.made_up)

    client.post("/coordination/organizations/new/", {"name": "Nueva", "kind": "ngo", "certainty": "sure"})
    client.post(
        "/coordination/cycles/new/",
        {"name": "Ciclo nuevo", "starts_on": "2031-01-01", "ends_on": "2031-12-31", "notice_days": "14"},
    )
    client.post(
        "/coordination/cycles/ciclo-nuevo/edit/",
        {"name": "C", "starts_on": "2031-01-01", "ends_on": "2031-12-31", "notice_days": "14"},
    )

    assert Organization.objects.get(name="Nueva").is_demo
    assert Cycle.objects.get(name="C").is_demo
