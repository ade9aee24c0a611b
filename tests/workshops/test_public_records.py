"""Releases in words and the register of agreements."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from tests import factories
from tests.workshops.published import NOW, cancel, change, draft, publish, publish_many, publish_session
from workshops.models import Agreement, Session
from workshops.views.agreements import PER_PAGE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def create_agreement(session: Session, *, number: int = 1, **fields) -> Agreement:
    values = {"kind": "task", "text": f"Acuerdo {number}"} | fields
    return Agreement.objects.create(session=session, number=number, **values)


def test_release_says_what_changed_in_sentences(stranger):
    session = publish_session(venue="Sala 1").session
    change(session, at=NOW + timedelta(hours=1), title="Con otro título", venue="Sala 2")

    text = text_of(stranger, "/schedule/releases/2/")

    assert '<del dir="auto">Retroalimentación a la propuesta</del>' in text
    assert '<ins dir="auto">Con otro título</ins>' in text
    assert '<del dir="auto">Sala 1</del>' in text
    assert 'href="/schedule/releases/1/" rel="prev"' in text


def test_releases_are_listed_with_their_notes(stranger):
    cycle = factories.create_cycle()
    draft(cycle=cycle, title="Una")
    publish(cycle, note="Arranca el ciclo.")
    draft(cycle=cycle, title="Dos")
    publish(cycle, at=NOW + timedelta(hours=1), note="Se agrega una sesión.")

    text = text_of(stranger, "/schedule/releases/")

    assert re.findall(r'<a href="/schedule/releases/(\d+)/">', text) == ["2", "1"]
    assert "Se agrega una sesión." in text


def test_link_to_join_is_never_told(stranger):
    session = publish_session(join_url="https://reunion.ejemplo.mx/uno").session
    change(session, at=NOW + timedelta(hours=1), join_url="https://reunion.ejemplo.mx/dos")

    assert "reunion.ejemplo.mx" not in text_of(stranger, "/schedule/releases/2/")


def test_hidden_sessions_and_releases_of_them_alone_are_not_there(stranger, member, client):
    cycle = factories.create_cycle()
    draft(cycle=cycle, title="Para todas")
    draft(cycle=cycle, title="Reservada", visibility="group")
    publish(cycle, note="Las dos.")
    draft(cycle=cycle, title="También reservada", visibility="group")
    publish(cycle, at=NOW + timedelta(hours=1), note="Nota sobre la reservada.")
    client.force_login(member)

    assert "Reservada" not in text_of(stranger, "/schedule/releases/1/")
    assert "Nota sobre la reservada." not in text_of(stranger, "/schedule/releases/")
    assert stranger.get("/schedule/releases/2/").status_code == 404
    assert "También reservada" in text_of(client, "/schedule/releases/2/")
    assert "Nota sobre la reservada." in text_of(client, "/schedule/releases/")


def test_session_made_public_later_begins_there_for_the_public(stranger):
    session = publish_session(title="Nombre reservado", visibility="group").session
    change(session, at=NOW + timedelta(hours=1), title="Nombre público", visibility="public")

    text = text_of(stranger, "/schedule/releases/2/")

    assert "Nombre público" in text
    assert "Nombre reservado" not in text


def test_session_no_longer_public_is_named_as_it_was_without_a_link(stranger):
    session = publish_session(title="Nombre público").session
    change(session, at=NOW + timedelta(hours=1), title="Nombre reservado", visibility="group")

    text = text_of(stranger, "/schedule/releases/1/")

    assert "Nombre público" in text
    assert session.get_absolute_url() not in text
    assert stranger.get("/schedule/releases/2/").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 300])
def test_queries_of_a_release_do_not_grow_with_its_sessions(count, stranger, django_assert_num_queries):
    publish_many(count)

    with django_assert_num_queries(5):  # release, versions, which still have a page, the one before and after
        text = text_of(stranger, "/schedule/releases/1/")

    assert text.count("<h2>") == count


@pytest.mark.parametrize("count", [1, 3, 45])
def test_queries_of_the_releases_do_not_grow(count, stranger, django_assert_num_queries):
    session = publish_session().session
    for number in range(1, count):
        change(session, at=NOW + timedelta(minutes=number), title=f"Título {number}")

    with django_assert_num_queries(3):
        text = text_of(stranger, "/schedule/releases/")

    assert text.count("<h2>") == count


def test_nothing_published_yet(stranger):
    assert stranger.get("/schedule/releases/").status_code == 200
    assert stranger.get("/schedule/releases/1/").status_code == 404
    assert stranger.get("/schedule/releases/99999999999999999999/").status_code == 404
    assert stranger.get("/agreements/").status_code == 200


# --- Agreements -------------------------------------------------------------------------------------------------------


def test_agreements_are_listed_with_what_became_of_them(stranger):
    session = publish_session().session
    create_agreement(session, due_on=NOW.date() - timedelta(days=1))
    create_agreement(session, number=2, due_on=NOW.date(), status="done", responsible_group=True)
    create_agreement(session, number=3, due_on=NOW.date())

    text = text_of(stranger, "/agreements/")

    assert re.findall(r'<tr id="([^"]+)">', text) == [f"{session.slug}-{number}" for number in (1, 2, 3)]
    assert text.count("pill-warm") == 1
    assert text.count("pill-good") == 1


def test_agreements_of_hidden_sessions_are_hidden(stranger, member, client):
    session = publish_session(visibility="group", title="Sesión reservada").session
    create_agreement(session, text="Acuerdo reservado")
    client.force_login(member)

    assert "eservad" not in text_of(stranger, "/agreements/")
    assert "Acuerdo reservado" in text_of(client, "/agreements/")


def test_agreements_name_the_session_as_it_was_published(stranger):
    session = publish_session().session
    create_agreement(session)
    Session.objects.filter(pk=session.pk).update(title="Borrador nuevo")

    assert "Borrador nuevo" not in text_of(stranger, "/agreements/")


def test_agreements_by_status(stranger):
    session = publish_session().session
    create_agreement(session, text="Por hacer")
    create_agreement(session, number=2, text="Ya cumplido", status="done")

    page = text_of(stranger, "/agreements/?status=done")
    part = stranger.get("/agreements/?status=open", headers={"hx-request": "true"}).content.decode()

    assert ("Por hacer" in page, "Ya cumplido" in page) == (False, True)
    assert ("Por hacer" in part, "Ya cumplido" in part, "<html" in part) == (True, False, False)


@pytest.mark.parametrize("count", [1, 3, 300])
def test_queries_of_the_agreements_do_not_grow(count, stranger, django_assert_num_queries):
    organization = factories.create_organization()
    agreements = [Agreement(session=one, number=1, kind="task", text="Acuerdo") for one in publish_many(count)]
    for agreement in Agreement.objects.bulk_create(agreements):
        agreement.responsible.add(organization)

    with django_assert_num_queries(3):
        text = text_of(stranger, "/agreements/")

    assert text.count("<tr id=") == min(count, PER_PAGE)


def test_cancelled_session_keeps_its_agreements(stranger):
    session = publish_session().session
    create_agreement(session, due_on=date(2027, 1, 1))
    cancel(session, at=NOW + timedelta(hours=1))

    assert "Acuerdo 1" in text_of(stranger, "/agreements/")
