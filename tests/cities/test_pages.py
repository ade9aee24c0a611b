"""Public pages and coordinators' pages: they answer, to whom, and with how many queries."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cities.models import City, Cycle, GroupMembership, Membership, Organization
from ogpgroup.models import User
from tests import factories

pytestmark = pytest.mark.slow


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_city_page_says_facts_with_source_and_year(stranger: Client, reynosa: City) -> None:
    factories.create_government(city=reynosa)

    html = stranger.get("/cities/reynosa/").content.decode()

    assert "700,000" in html
    assert "INEGI, 2020" in html
    assert "28032" in html
    assert "Ayuntamiento de Reynosa" in html


@pytest.mark.parametrize("path", ["/cities/", "/organizations/", "/cycles/", "/plans/"])
def test_lists_are_calm_when_empty(stranger: Client, db: None, path: str) -> None:
    response = stranger.get(path)

    assert response.status_code == 200
    assert 'class="empty"' in response.content.decode()


@pytest.mark.parametrize("path", ["/cities/x/", "/organizations/x/", "/cycles/x/", "/plans/x/"])
def test_what_is_not_there_is_404(stranger: Client, db: None, path: str) -> None:
    assert stranger.get(path).status_code == 404


def test_organisation_page_says_how_sure_we_are(stranger: Client, db: None) -> None:
    factories.create_organization(slug="iteso", name="ITESO", certainty="unsure", website="https://iteso.mx/")

    html = stranger.get("/organizations/iteso/").content.decode()

    assert "https://iteso.mx/" in html
    assert ("Por confirmar" in html) or ("To be confirmed" in html)


def test_people_are_not_on_public_pages(stranger: Client, official_reynosa: User, member: User) -> None:
    for organization in Organization.objects.all():
        html = stranger.get(organization.get_absolute_url()).content.decode()
        assert official_reynosa.name not in html
        assert member.name not in html


def test_former_members_stand_apart(stranger: Client, db: None) -> None:
    factories.create_organization(name="La que se fue", in_group_until=date(2018, 1, 1))
    factories.create_organization(name="La que está")

    context = stranger.get("/organizations/").context

    assert context["count"] == 1
    assert [row.name for row in context["former"]] == ["La que se fue"]


def make_cities(count: int) -> None:
    for _ in range(count):
        government = factories.create_government()
        cycle = factories.create_cycle(fellow_city=government.city)
        factories.create_deliverable(plan=factories.create_plan(city=government.city, cycle=cycle))


def make_people(count: int) -> None:
    organization = Organization.objects.filter(slug="casa").first() or factories.create_organization(slug="casa")
    for _ in range(count):
        membership = factories.create_membership(organization=organization)
        factories.create_membership(organization=organization, until=date(2018, 1, 1))
        factories.create_invitation(organization=organization, invited_by=membership.user)


@pytest.mark.parametrize(
    ("path", "make", "queries"),
    [
        ("/cities/", make_cities, 4),
        ("/organizations/", make_cities, 2),
        ("/cycles/", make_cities, 1),
        ("/plans/", make_cities, 7),
    ],
)
def test_public_lists_ask_the_same_for_any_length(
    stranger: Client,
    db: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    make: Callable[[int], None],
    queries: int,
) -> None:
    for more in (1, 2, 297):
        make(more)
        with django_assert_num_queries(queries):
            stranger.get(path)


@pytest.mark.parametrize(
    ("path", "queries"), [("/coordination/invitations/", 6), ("/coordination/organizations/casa/people/", 7)]
)
def test_coordinators_lists_ask_the_same_for_any_length(
    coordinator: User, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int
) -> None:
    client = signed_in(coordinator)
    for more in (1, 2, 97):
        make_people(more)
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200


COORDINATION = [
    "/coordination/invitations/",
    "/coordination/invitations/new/",
    "/coordination/organizations/new/",
    "/coordination/organizations/casa/edit/",
    "/coordination/organizations/casa/group/",
    "/coordination/organizations/casa/people/",
    "/coordination/organizations/casa/people/add/",
    "/coordination/cycles/new/",
    "/coordination/cycles/ciclo/edit/",
    "/cycles/ciclo/fellow/",
    "/cycles/ciclo/plans/new/",
    "/plans/plan/deliverables/new/",
]


@pytest.fixture
def house(reynosa: City) -> Organization:
    cycle = factories.create_cycle(slug="ciclo", fellow_city=reynosa)
    factories.create_plan(slug="plan", city=reynosa, cycle=cycle)
    return factories.create_organization(slug="casa")


@pytest.mark.parametrize("path", COORDINATION)
def test_only_coordinators_reach_what_they_keep(
    path: str,
    stranger: Client,
    house: Organization,
    coordinator: User,
    member: User,
    official_reynosa: User,
    ex_member: User,
) -> None:
    assert signed_in(coordinator).get(path).status_code == 200
    for user in (member, official_reynosa, ex_member):
        assert signed_in(user).get(path).status_code == 404
    response = stranger.get(path)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={path}")


def test_coordinator_adds_an_organisation_and_its_days(coordinator: User) -> None:
    client = signed_in(coordinator)
    details = {"name": "Instituto de Planeación", "kind": "ngo", "certainty": "sure", "slug": "robado", "is_demo": "on"}

    response = client.post("/coordination/organizations/new/", details)

    organization = Organization.objects.get(name="Instituto de Planeación")
    assert (organization.slug, organization.is_demo) == ("instituto-de-planeacion", False)
    assert response["Location"] == "/coordination/organizations/instituto-de-planeacion/group/"
    client.post(response["Location"], {"since": "2026-01-15"})
    assert GroupMembership.objects.get(organization=organization).since == date(2026, 1, 15)


def test_form_keeps_what_was_typed_and_says_what_is_wrong(coordinator: User) -> None:
    response = signed_in(coordinator).post(
        "/coordination/organizations/new/",
        {"name": "Ayuntamiento", "kind": "municipal_government", "certainty": "sure"},
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert 'value="Ayuntamiento"' in html
    assert response.context["form"].errors
    assert not Organization.objects.filter(name="Ayuntamiento").exists()


def test_same_names_get_different_slugs(coordinator: User) -> None:
    client = signed_in(coordinator)
    for _ in range(3):
        client.post("/coordination/organizations/new/", {"name": "Consejo", "kind": "ngo", "certainty": "sure"})

    assert set(Organization.objects.filter(name="Consejo").values_list("slug", flat=True)) == {
        "consejo",
        "consejo-2",
        "consejo-3",
    }


def test_coordinator_begins_and_edits_a_cycle(coordinator: User, reynosa: City) -> None:
    client = signed_in(coordinator)
    details = {"name": "Ciclo 2027", "starts_on": "2027-01-01", "ends_on": "2027-12-31", "notice_days": "10"}
    details |= {"fellow_city": str(reynosa.pk)}

    client.post("/coordination/cycles/new/", details)
    client.post("/coordination/cycles/ciclo-2027/edit/", details | {"name": "Ciclo 2027–2028"})

    cycle = Cycle.objects.get()
    assert (cycle.slug, cycle.name, cycle.fellow_city) == ("ciclo-2027", "Ciclo 2027–2028", None)


def test_cycle_that_ends_before_it_starts_is_refused_beside_the_form(coordinator: User) -> None:
    response = signed_in(coordinator).post(
        "/coordination/cycles/new/", {"name": "Al revés", "starts_on": "2027-12-31", "ends_on": "2027-01-01"}
    )

    assert response.context["form"].non_field_errors()
    assert not Cycle.objects.exists()


def test_coordinator_corrects_a_membership_from_the_page_of_the_people(coordinator: User, member: User) -> None:
    membership = member.memberships.get()
    path = f"/coordination/memberships/{membership.pk}/edit/"
    people = f"/coordination/organizations/{membership.organization.slug}/people/"
    client = signed_in(coordinator)

    assert path in client.get(people).content.decode()
    shown = client.get(path).context["form"].initial
    response = client.post(
        path, {"role": "member", "position": "Asesora", "since": "2020-05-04", "user": coordinator.pk}
    )

    membership.refresh_from_db()
    assert shown == {"role": "member", "position": "", "since": factories.SINCE}
    assert response["Location"] == people
    assert (membership.position, membership.since, membership.user) == ("Asesora", date(2020, 5, 4), member)


def test_what_cannot_be_corrected_is_said_beside_the_form(coordinator: User) -> None:
    membership = coordinator.memberships.get()
    client = signed_in(coordinator)
    path = f"/coordination/memberships/{membership.pk}/edit/"

    unfit = client.post(path, {"role": "official", "since": "2020-05-04"})
    last = client.post(path, {"role": "member", "since": "2020-05-04"})

    membership.refresh_from_db()
    assert "role" in unfit.context["form"].errors
    assert last.context["form"].non_field_errors()
    assert membership.role == "coordinator"


def test_coordinator_adds_somebody_who_has_an_account(coordinator: User, member: User, house: Organization) -> None:
    client = signed_in(coordinator)
    details = {"user": member.pk, "role": "member", "since": "2026-01-01", "position": "Asesora"}

    client.post("/coordination/organizations/casa/people/add/", details)
    again = client.post("/coordination/organizations/casa/people/add/", details)

    assert Membership.objects.filter(organization=house, user=member, position="Asesora").count() == 1
    assert again.context["form"].non_field_errors()
