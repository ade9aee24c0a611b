"""The list of who is expected at a session, with many people: a page loads those it shows."""

import pytest
from django.test import Client

from ogpgroup.models import User
from tests import factories
from tests.workshops.published import publish_session
from tests.workshops.seating import NO, members, say
from workshops.models import Participation
from workshops.views import coordination

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(coordinator: User) -> Client:
    client = Client()
    client.force_login(coordinator)
    return client


@pytest.mark.parametrize("count", [1, 4])
def test_pages_of_people_ask_a_constant_number_of_queries(count, desk, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(coordination, "PEOPLE_PER_PAGE", 2)
    session = publish_session(people=members(count)).session
    address = f"/coordination/sessions/{session.slug}/people/"
    desk.get(address)

    with django_assert_num_queries(26):
        desk.get(address)


def test_pages_go_on_in_the_order_of_names_and_tabs_count_all(desk, monkeypatch):
    monkeypatch.setattr(coordination, "PEOPLE_PER_PAGE", 2)
    people = [factories.create_member(name=name) for name in ("Zoé Z", "Ana A", "Íñigo I", "Luis L")]
    session = publish_session(people=people).session
    say(session, people[:1], NO)
    Participation.objects.create(session=session, name="Beto sin cuenta", expected=True, expected_because="person")
    address = f"/coordination/sessions/{session.slug}/people/"

    shown = [desk.get(f"{address}?page={number}").context for number in (1, 2, 3)]

    names = [[guest.name for guest in context["guests"]] for context in shown]
    assert names == [["Ana A", "Íñigo I"], ["Luis L", "Zoé Z"], ["Beto sin cuenta"]]
    # Zoé answered on the page; to the others no mail has gone.
    assert [tab["label"].rpartition("(")[2] for tab in shown[0]["tabs"]] == ["5)", "0)", "0)", "1)", "4)", "3)"]
    assert [guest.name for guest in desk.get(f"{address}?answer=no").context["guests"]] == ["Zoé Z"]


def test_people_are_found_by_name_address_or_institution_whatever_the_accents(desk):
    council = factories.create_organization(name="Consejo Ciudadano de Mérida")
    people = [
        factories.create_member(name="Íñigo Iturbide", email="ii@example.org"),
        factories.create_member(name="Inés Mérida", email="otra@example.org"),
        factories.create_user(name="Luis Luna", email="luna@example.org"),
    ]
    factories.create_membership(user=people[2], organization=council)
    session = publish_session(people=people).session
    say(session, people[:1], NO)
    for name, organization in (("Iñaki sin cuenta", None), ("Beto sin cuenta", council)):
        Participation.objects.create(
            session=session, name=name, organization=organization, expected=True, expected_because="person"
        )
    address = f"/coordination/sessions/{session.slug}/people/"

    def names(**query: str) -> list[str]:
        return [guest.name for guest in desk.get(address, query).context["guests"]]

    assert names(q="inigo") == ["Íñigo Iturbide"]
    assert names(q="II@EXAMPLE") == ["Íñigo Iturbide"]
    assert names(q="merida") == ["Inés Mérida", "Luis Luna", "Beto sin cuenta"]
    assert names(q="merida luna") == ["Luis Luna"]
    assert names(q="cuenta iña") == ["Iñaki sin cuenta"]
    assert names(q="nadie") == []
    assert names(q="in", answer="no") == ["Íñigo Iturbide"]
    assert len(names(q="x" * 101)) == 5
    tabs = desk.get(address, {"q": "merida", "answer": "no"}).context["tabs"]
    assert [(tab["label"].rpartition("(")[2], tab["href"]) for tab in tabs[:2]] == [
        ("3)", "?q=merida"),
        ("0)", "?answer=yes&q=merida"),
    ]


def test_search_shows_where_people_are_many(desk, monkeypatch):
    monkeypatch.setattr(coordination, "PEOPLE_WITHOUT_SEARCH", 2)
    few, many = publish_session(people=members(2)).session, publish_session(people=members(3)).session

    shown = [
        'type="search"' in desk.get(f"/coordination/sessions/{one.slug}/people/").content.decode()
        for one in (few, many)
    ]

    assert shown == [False, True]
