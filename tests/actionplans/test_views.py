from datetime import date

import pytest
from django.test import Client

from actionplans.models import ActionPlan, Deliverable
from cities.models import City, Cycle
from ogpgroup.models import User
from tests import factories

pytestmark = pytest.mark.slow


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_coordinator_names_the_fellow_city_opens_and_publishes_its_plan(
    stranger: Client, coordinator: User, official_reynosa: User, reynosa: City
) -> None:
    client = signed_in(coordinator)
    cycle = factories.create_cycle(slug="ciclo", name="Ciclo 2017–2018")

    client.post("/cycles/ciclo/fellow/", {"city": reynosa.pk, "on": "2017-06-29", "reason": "Por acuerdo de la sesión"})
    assert "Por acuerdo de la sesión" in stranger.get(cycle.get_absolute_url()).content.decode()

    frame = {
        "title": "Reynosa abre su plan",
        "instrument": "pmd",
        "aim": "Abrirlo",
        "starts_on": "2017-06-29",
        "ends_on": "2018-06-28",
    }
    created = client.post(
        "/cycles/ciclo/plans/new/", frame | {"contact": official_reynosa.pk, "status": "active", "city": "99"}
    )
    assert stranger.get(created["Location"]).status_code == 404

    client.post(f"{created['Location']}publish/")
    client.post(
        f"{created['Location']}deliverables/new/", {"kind": "other", "title": "Propuesta", "due_on": "2017-07-29"}
    )
    html = stranger.get(created["Location"]).content.decode()
    assert "Propuesta" in html
    assert official_reynosa.name not in html
    assert official_reynosa.name in client.get(created["Location"]).content.decode()
    assert created["Location"] in stranger.get(reynosa.get_absolute_url()).content.decode()


def city_page(plan: ActionPlan) -> str:
    assert plan.city
    return plan.city.get_absolute_url()


@pytest.fixture
def draft(reynosa: City) -> ActionPlan:
    cycle = factories.create_cycle(fellow_city=reynosa, slug="ciclo")
    return factories.create_plan(city=reynosa, cycle=cycle, slug="borrador", title="Borrador secreto", status="draft")


def test_draft_is_seen_by_its_city_and_coordinators_alone(
    draft: ActionPlan, stranger: Client, coordinator: User, official_reynosa: User, official_colima: User, member: User
) -> None:
    for client in (stranger, signed_in(official_colima), signed_in(member)):
        assert client.get("/plans/borrador/").status_code == 404
        for path in ("/plans/", city_page(draft), draft.cycle.get_absolute_url()):
            assert draft.title not in client.get(path).content.decode()
    for user in (coordinator, official_reynosa):
        assert signed_in(user).get("/plans/borrador/").status_code == 200
        assert draft.title in signed_in(user).get(city_page(draft)).content.decode()


def test_frame_is_kept_by_its_city_and_coordinators(
    draft: ActionPlan, stranger: Client, coordinator: User, official_reynosa: User, official_colima: User, member: User
) -> None:
    frame = {
        "edition": "1",
        "title": "Nuevo",
        "instrument": "pmdu",
        "aim": "Abrirlo",
        "starts_on": "2017-06-29",
        "ends_on": "2018-06-28",
    }
    for user in (official_colima, member):
        assert signed_in(user).post("/plans/borrador/edit/", frame).status_code == 404
    assert stranger.post("/plans/borrador/edit/", frame).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "Borrador secreto"

    signed_in(official_reynosa).post(
        "/plans/borrador/edit/", frame | {"contact": member.pk, "status": "active", "slug": "otro"}
    )

    draft.refresh_from_db()
    assert (draft.title, draft.instrument, draft.contact, draft.status, draft.slug) == (
        "Nuevo",
        "pmdu",
        None,
        "draft",
        "borrador",
    )


def test_only_coordinators_publish_and_expect(draft: ActionPlan, official_reynosa: User) -> None:
    client = signed_in(official_reynosa)

    assert client.post("/plans/borrador/publish/").status_code == 404
    assert client.post("/plans/borrador/deliverables/new/", {}).status_code == 404
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_coordinator_closes_and_reopens_a_plan(
    reynosa: City, coordinator: User, official_reynosa: User, stranger: Client
) -> None:
    plan = factories.create_plan(city=reynosa, slug="plan")
    factories.create_deliverable(plan=plan, title="La que falta", due_on=date(2017, 7, 29))
    client = signed_in(coordinator)
    for verb in ("close", "reopen"):
        assert signed_in(official_reynosa).post(f"/plans/plan/{verb}/").status_code == 404
    assert [one.title for one in client.get("/plans/plan/close/").context["awaited"]] == ["La que falta"]

    assert client.post("/plans/plan/close/")["Location"] == "/plans/plan/"
    plan.refresh_from_db()
    assert plan.status == "closed"
    assert client.get("/plans/plan/close/").status_code == 302
    page = client.get("/plans/plan/")
    assert (page.context["can_close"], page.context["can_reopen"], page.context["can_expect"]) == (False, True, False)
    assert "/plans/plan/reopen/" not in stranger.get("/plans/plan/").content.decode()

    client.post("/plans/plan/reopen/")
    plan.refresh_from_db()
    assert plan.status == "active"


def test_reference_plan_is_closed_by_nobody(coordinator: User, db: None) -> None:
    factories.create_reference_plan(slug="referencia")

    assert signed_in(coordinator).post("/plans/referencia/close/").status_code == 404


def test_plan_before_the_fellow_city_leads_back_with_a_word(coordinator: User) -> None:
    factories.create_cycle(slug="sin-ciudad")

    response = signed_in(coordinator).get("/cycles/sin-ciudad/plans/new/")

    assert response["Location"] == "/"


def test_form_offers_only_cities_of_the_group(coordinator: User, reynosa: City) -> None:
    factories.create_cycle(slug="ciclo")

    response = signed_in(coordinator).post(
        "/cycles/ciclo/fellow/", {"city": reynosa.pk, "on": "2017-06-29", "reason": "x"}
    )

    assert "city" in response.context["form"].errors
    assert Cycle.objects.get().fellow_city is None


def test_plan_page_says_what_is_next_and_what_is_late(stranger: Client, db: None) -> None:
    plan = factories.create_plan(slug="plan", starts_on=date(2000, 1, 1), ends_on=date(2100, 1, 1))
    factories.create_deliverable(plan=plan, title="La que falta", due_on=date(2001, 1, 1))
    factories.create_deliverable(plan=plan, title="La que sigue", due_on=date(2099, 1, 1))

    response = stranger.get("/plans/plan/")

    standing = response.context["standing"]
    assert [facts.deliverable.title for facts in standing.next] == ["La que sigue"]
    assert [(facts.deliverable.title, facts.is_late) for facts in standing.deliverables] == [
        ("La que falta", True),
        ("La que sigue", False),
    ]
    assert Deliverable.objects.count() == 2
