"""Pages of agreements: two editors at once, news by those who answer for it, the choice of the fellow city, files."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from cities.models import Organization
from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_agreement, create_session, in_days, publish
from workshops.actions import agreements as actions
from workshops.models import Agreement, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(reynosa, official_reynosa) -> Session:
    session = create_session(starts_at=in_days(-3), title="Primera sesión")
    publish(session)
    session.refresh_from_db()
    return session


@pytest.fixture
def agreement(session) -> Agreement:
    council = Organization.objects.get(kind="municipal_government")
    return actions.write_agreement(session, fields={"kind": "task", "text": "Publicar.", "responsible": [council]})


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form(**other):
    return {"kind": "task", "text": "Publicar.", "form_id": str(uuid4())} | other


def test_coordinator_writes_an_agreement_down(session, coordinator, stranger):
    response = browser(coordinator).post(
        f"/sessions/{session.slug}/agreements/new/", form(responsible_group="on", due_on="2027-01-31")
    )

    assert response.headers["Location"] == f"/sessions/{session.slug}/agreements/1/"
    page = stranger.get(response.headers["Location"]).content.decode()
    assert "Todo el grupo" in page
    assert "31 de enero de 2027" in page


def test_group_and_institutions_at_once_are_refused(session, coordinator):
    council = Organization.objects.get(kind="municipal_government")

    response = browser(coordinator).post(
        f"/sessions/{session.slug}/agreements/new/", form(responsible_group="on", responsible=[council.pk])
    )

    assert response.context["form"].errors["responsible"] == [
        "Todo el grupo o instituciones en particular: una de las dos cosas."
    ]
    assert Agreement.objects.count() == 0


def test_choice_of_the_fellow_city_needs_a_city(session, coordinator):
    response = browser(coordinator).post(f"/sessions/{session.slug}/agreements/new/", form(kind="fellow_city"))

    assert response.context["form"].errors["fellow_city"] == ["¿Qué ciudad se eligió?"]


def test_choice_of_the_fellow_city_is_made_on_the_form(session, coordinator, reynosa):
    browser(coordinator).post(
        f"/sessions/{session.slug}/agreements/new/", form(kind="fellow_city", fellow_city=reynosa.pk)
    )

    session.cycle.refresh_from_db()
    assert session.cycle.fellow_city == reynosa
    assert (session.cycle.fellow_reason, session.cycle.fellow_named_on) == (
        "Publicar.",
        session.current_version.local_day,
    )


def test_choice_can_be_recorded_later(session, coordinator, reynosa):
    agreement = create_agreement(session=session, kind="fellow_city")
    client = browser(coordinator)
    page = client.get(agreement.get_absolute_url()).content.decode()

    client.post(
        f"{agreement.get_absolute_url()}choice/", {"fellow_city": reynosa.pk, "fellow_reason": "Por su propuesta."}
    )

    session.cycle.refresh_from_db()
    assert "Registrar la elección" in page
    assert session.cycle.fellow_city == reynosa


def test_two_editors_lose_nothing(agreement, coordinator):
    council = Organization.objects.get(kind="municipal_government")
    client, address = browser(coordinator), f"{agreement.get_absolute_url()}edit/"
    base = {"kind": "task", "responsible": [council.pk], "edition": "1"}
    client.post(address, base | {"text": "De una.", "due_on": "2027-01-31"})

    second = client.post(address, base | {"text": "De otra."})

    assert second.status_code == 409
    assert [(one.label, one.theirs) for one in second.context["form"].clashes] == [("Texto", "De una.")]
    merged = second.context["form"]
    assert [(one.label, one.new) for one in merged.taken] == [("Fecha límite", "31 de enero de 2027")]
    client.post(address, {**merged.data.dict(), "responsible": [council.pk]})
    agreement.refresh_from_db()
    assert (agreement.text, agreement.due_on, agreement.edition) == ("De otra.", date(2027, 1, 31), 3)


def test_theirs_can_be_taken(agreement, coordinator):
    client, address = browser(coordinator), f"{agreement.get_absolute_url()}edit/"
    client.post(address, {"kind": "task", "text": "De una.", "edition": "1"})

    client.post(address, {"kind": "task", "text": "De otra.", "edition": "2", "take-text": "theirs"})

    agreement.refresh_from_db()
    assert agreement.text == "De una."


def test_official_tells_what_became_of_it(agreement, official_reynosa, stranger):
    client = browser(official_reynosa)
    news = {"status": "done", "text": "Ya se publicó.", "form_id": str(uuid4())}

    client.post(f"{agreement.get_absolute_url()}news/", news)

    page = stranger.get(agreement.get_absolute_url()).content.decode()
    assert "Ya se publicó." in page
    assert "Rosa de Reynosa" not in page
    assert "Ayuntamiento de Reynosa (enlace municipal)" in page


def test_refused_news_keep_what_was_typed(agreement, coordinator):
    news = {"status": "dropped", "text": "", "form_id": str(uuid4())}

    response = browser(coordinator).post(f"{agreement.get_absolute_url()}news/", news)

    assert response.status_code == 409
    assert response.context["news"]["status"].value() == "dropped"


def test_agreement_waits_on_the_desk_of_who_answers_for_it(agreement, official_reynosa, member):
    agreement.due_on = in_days(10).date()
    agreement.save(update_fields=["due_on"])

    desks = [browser(user).get("/desk/").content.decode() for user in (official_reynosa, member)]

    assert [agreement.get_absolute_url() in desk for desk in desks] == [True, False]


def test_register_is_taken_along(agreement, stranger):
    answers = {kind: b"".join(stranger.get(f"/agreements.{kind}")) for kind in ("csv", "xlsx", "json")}

    (row,) = json.loads(answers["json"])
    assert (row["session"], row["agreement"], row["responsible"]) == (
        "Primera sesión",
        "Publicar.",
        ["Ayuntamiento de Reynosa"],
    )
    assert answers["csv"].decode("utf-8-sig").splitlines()[0].startswith("Sesión,")
    assert answers["xlsx"].startswith(b"PK")


def test_register_to_take_along_holds_only_what_the_reader_may_see(session, stranger, member):
    hidden = create_session(cycle=session.cycle, visibility="group", starts_at=in_days(-2))
    publish(session.cycle)
    create_agreement(session=hidden, text="Reservado")

    seen = [json.loads(b"".join(client.get("/agreements.json"))) for client in (stranger, browser(member))]

    assert [[one["agreement"] for one in rows] for rows in seen] == [[], ["Reservado"]]


@pytest.mark.parametrize("count", [1, 3])
def test_number_of_queries_of_the_register_stays(session, stranger, django_assert_num_queries, count):
    for _number in range(count):
        create_agreement(session=session)

    with django_assert_num_queries(3):
        stranger.get("/agreements/")


def test_page_of_another_world_is_not_found(session, agreement, stranger):
    assert stranger.get(f"/sessions/{session.slug}/agreements/99/").status_code == 404
    assert stranger.get("/sessions/nada/agreements/1/").status_code == 404


def test_made_up_institutions_are_not_offered(session, coordinator):
    made_up = factories.create_organization(is_demo=True)

    page = browser(coordinator).get(f"/sessions/{session.slug}/agreements/new/")

    assert made_up not in page.context["form"].fields["responsible"].queryset
