"""What pages tell of seats: to those who have one, to those who wait, and to coordinators."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from ogpgroup.models import User
from tests.workshops.published import NOW
from tests.workshops.seating import LINE, NO, ROOM, members, own, say, seated
from tests.workshops.told import all_is_sent
from workshops.actions import seats
from workshops.models import Session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOW + 2 * HOUR

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def page(user: User, session: Session) -> str:
    user.language = "en"
    user.save(update_fields=["language"])
    client = Client()
    client.force_login(user)
    response = client.get(session.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_page_tells_each_where_they_stand():
    people = members(4)
    session = seated(1, people=people)
    say(session, people)

    with time_machine.travel(NOW + HOUR, tick=False):
        assert "You have a seat." in page(people[0], session)
        assert "You are the first on the waiting list." in page(people[1], session)
        assert "You are number 3 on the waiting list." in page(people[3], session)
    say(session, people[:1], NO, now=LATER)
    all_is_sent(LATER)
    with time_machine.travel(LATER + HOUR, tick=False):
        assert "A seat is kept for you" in page(people[1], session)
        assert "Wednesday 4 November 2026, 12:00" in page(people[1], session)
    with time_machine.travel(LATER + 49 * HOUR, tick=False):
        assert "has gone to the next person" in page(people[1], session)
        seats.plan(LATER + 49 * HOUR)
        assert "has gone to the next person" in page(people[1], session)
        assert "You are number" not in page(people[1], session)


def test_page_of_a_hybrid_session_asks_how_and_says_where_it_is_full():
    people = members(2)
    session = seated(1, line=1, people=people, mode="hybrid")
    say(session, people[:1], comes_by=ROOM)
    client = Client()

    with time_machine.travel(NOW + HOUR, tick=False):
        shown = page(people[1], session)
        client.force_login(people[1])
        client.post(f"/sessions/{session.slug}/answer/", {"answer": "yes", "comes_by": LINE})

        assert shown.count("all seats are taken: waiting list") == 1
        assert "You come: remote." in page(people[1], session)
        assert client.post(f"/sessions/{session.slug}/answer/", {"answer": "yes", "comes_by": "x"}).status_code == 400
    assert (own(session, people[1]).place, own(session, people[1]).comes_by) == ("held", LINE)


def test_page_of_a_session_without_seats_says_nothing_of_them():
    (user,) = members(1)
    session = seated(None, people=[user])
    say(session, [user])

    with time_machine.travel(NOW + HOUR, tick=False):
        shown = page(user, session)

    assert ("You have a seat" in shown, "How do you come?" in shown) == (False, False)


def test_coordinators_list_and_own_desk_tell_who_waits(coordinator):
    coordinator.language = "en"
    coordinator.save(update_fields=["language"])
    people = [coordinator, *members(2)]
    session = seated(1, people=people)
    say(session, [people[1], people[0], people[2]])
    client = Client()
    client.force_login(coordinator)

    with time_machine.travel(NOW + HOUR, tick=False):
        guests = client.get(f"/coordination/sessions/{session.slug}/people/").context["guests"]
        desk = client.get("/desk/").content.decode()

    assert {guest.name: guest.answer_label for guest in guests} == {
        coordinator.name: "yes, on the waiting list",
        people[1].name: "yes",
        people[2].name: "yes, on the waiting list",
    }
    assert "<strong>yes</strong>, on the waiting list" in desk
