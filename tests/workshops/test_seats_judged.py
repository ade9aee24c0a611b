"""Never one seat too many: the database judges, whatever the code does and however many answer at once."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from ogpgroup.models import User
from tests import factories
from tests.workshops.published import NOW, change
from tests.workshops.seating import MINUTE, ROOM, YES, members, own, places, say, seated
from workshops import actions
from workshops.models import Participation, Session

LATER = NOW + timedelta(hours=2)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize("place", ["held", "offered"])
def test_database_refuses_a_seat_too_many(place):
    people = members(2)
    session = seated(1, people=people)
    say(session, people[:1])
    row = own(session, people[1])
    row.answer, row.answered_at, row.place, row.comes_by = YES, NOW, place, ROOM
    row.offered_until = LATER if place == "offered" else None

    with pytest.raises(IntegrityError, match="all 1 seats"), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError, match="all 1 seats"), transaction.atomic():
        Participation.objects.create(
            session=session,
            user=factories.create_user(),
            expected_because="person",
            answer=YES,
            answered_at=NOW,
            place=place,
            offered_until=row.offered_until,
            comes_by=ROOM,
        )
    assert places(session, people) == ["held", "-"]


def test_database_refuses_a_seat_that_somebody_once_had():
    first, second = people = members(2)
    session = seated(1, people=people)
    say(session, [first])
    Participation.objects.filter(user=second).update(earlier_place="held", comes_by=ROOM)
    row = own(session, second)
    row.answer, row.answered_at, row.place = YES, NOW, "held"

    with pytest.raises(IntegrityError, match="all 1 seats"), transaction.atomic():
        row.save()

    row.earlier_place = ""  # it is given back: nobody else can have it
    row.save()
    assert places(session, people) == ["held", "held"]


def test_database_lets_who_has_a_seat_be_written_about_when_there_are_fewer_now():
    people = members(2)
    session = seated(2, people=people)
    say(session, people)
    change(session, at=LATER, seats_in_person=1)

    session.participations.update(attended="present")

    assert places(session, people) == ["held", "held"]


@pytest.mark.django_db(transaction=True)
def test_fifty_answers_at_once_for_ten_seats():
    people = members(50)
    session = seated(10, people=people)
    gate = threading.Barrier(50)

    def say_yes(user: User) -> None:
        gate.wait()
        try:
            actions.answer(session, user=user, answer=YES, now=NOW + MINUTE)
        finally:
            connection.close()

    threads = [threading.Thread(target=say_yes, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    rows = Participation.objects.filter(session=session)
    assert rows.filter(place="held").count() == 10
    in_line = rows.filter(place="waiting").order_by("waiting_since", "pk")
    # Each took the number after the one who had committed before, though all read the same clock.
    assert [one.waiting_since for one in in_line] == [
        NOW + MINUTE + timedelta(microseconds=number) for number in range(40)
    ]


@pytest.mark.django_db(transaction=True)
def test_fifty_writers_who_go_round_the_action_get_ten_seats():
    people = members(50)
    session = seated(10, people=people)
    refused: list[int] = []
    gate = threading.Barrier(10)

    def write_some(mine: list[User]) -> None:
        gate.wait()
        try:
            for user in mine:
                row = Participation.objects.filter(session=session, user=user)
                try:
                    row.update(answer=YES, answered_at=NOW, place="held", comes_by=ROOM)
                except IntegrityError:
                    refused.append(user.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=write_some, args=[people[number::10]]) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(refused), Session.objects.get(pk=session.pk).participations.filter(place="held").count()) == (40, 10)
