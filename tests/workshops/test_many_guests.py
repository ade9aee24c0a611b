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

    with django_assert_num_queries(20):
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
    assert [tab["label"].rpartition("(")[2] for tab in shown[0]["tabs"]] == ["5)", "0)", "0)", "1)", "4)"]
    assert [guest.name for guest in desk.get(f"{address}?answer=no").context["guests"]] == ["Zoé Z"]
