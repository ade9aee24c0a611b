"""A seat that becomes free is offered to who waits first, for a time that runs from when they were told."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from ogpgroup.models import OutgoingMail, User
from tests.workshops.published import NOW, START, change
from tests.workshops.seating import MAYBE, MINUTE, NO, members, own, places, say, seated
from tests.workshops.told import all_is_sent
from workshops import emails
from workshops.actions import seats
from workshops.models.seats import offer_ends

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOW + 2 * HOUR

pytestmark = pytest.mark.django_db


def seat_mails(user: User) -> list[str]:
    mails = OutgoingMail.objects.filter(user=user, kind__startswith="session_seat_")
    return list(mails.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("answer", [NO, MAYBE])
def test_free_seat_is_offered_to_the_first_who_waits(answer):
    people = members(3)
    session = seated(1, people=people)
    say(session, people)

    say(session, people[:1], answer, now=LATER)

    assert places(session, people) == ["-", "offered", "waiting"]
    assert own(session, people[1]).offered_until == LATER + 48 * HOUR
    assert [seat_mails(user) for user in people] == [[], [emails.SEAT_OFFER], []]


def test_offer_is_taken_by_saying_yes_again():
    people = members(2)
    session = seated(1, people=people)
    say(session, people)
    say(session, people[:1], NO, now=LATER)

    say(session, people[1:], now=LATER + HOUR)

    assert places(session, people) == ["-", "held"]


def test_who_declines_the_offer_passes_it_on():
    people = members(3)
    session = seated(1, people=people)
    say(session, people)
    say(session, people[:1], NO, now=LATER)

    say(session, people[1:2], NO, now=LATER + HOUR)

    assert places(session, people) == ["-", "-", "offered"]


@pytest.mark.parametrize(
    ("before_start", "place", "kept_for"),
    [
        (timedelta(days=5), "offered", 48 * HOUR),
        (timedelta(hours=30), "offered", 17 * HOUR),  # to nine in the evening; the session begins at ten
        (timedelta(hours=15), "offered", 2 * HOUR),
        (timedelta(hours=14, minutes=59), "held", None),
        (timedelta(hours=3), "held", None),
        (timedelta(hours=1), "held", None),
        (timedelta(minutes=-30), "held", None),
    ],
)
def test_offers_end_before_the_start_and_late_seats_are_given(before_start, place, kept_for):
    people = members(2)
    session = seated(1, people=people)
    say(session, people)
    now = START - before_start

    say(session, people[:1], NO, now=now)

    assert places(session, people) == ["-", place]
    assert own(session, people[1]).offered_until == (now + kept_for if kept_for else None)
    assert seat_mails(people[1]) == [emails.SEAT_OFFER if kept_for else emails.SEAT_GIVEN]


@pytest.mark.parametrize(
    ("now", "begins", "zone", "until"),
    [
        ("2026-11-02T20:00", "2026-12-03T16:00", "America/Mexico_City", "2026-11-04T20:00"),
        ("2026-11-02T20:00", "2026-11-04T18:00", "America/Mexico_City", "2026-11-04T16:00"),  # two hours before
        ("2026-11-02T11:00", "2026-12-03T16:00", "America/Mexico_City", "2026-11-04T15:00"),  # not at five: at nine
        ("2026-11-02T11:00", "2026-12-03T16:00", "America/Tijuana", "2026-11-04T17:00"),
        ("2026-11-02T20:00", "2026-11-04T14:00", "America/Mexico_City", "2026-11-04T03:00"),  # begins at eight
        ("2026-11-04T02:00", "2026-11-04T14:00", "America/Mexico_City", None),  # and it is eight in the evening
        ("2026-11-02T20:00", "2026-11-04T17:00", "America/Mexico_City", "2026-11-04T15:00"),  # begins at eleven
        ("2026-11-02T20:00", "2026-11-04T16:59", "America/Mexico_City", "2026-11-04T03:00"),  # a minute earlier
        ("2026-11-02T20:00", "2026-11-04T15:30", "America/Mexico_City", "2026-11-04T03:00"),  # at half past nine
        ("2026-11-04T04:00", "2026-11-04T16:00", "America/Mexico_City", None),  # at ten; it is ten in the evening
    ],
)
def test_no_offer_ends_in_the_night_of_the_person(now, begins, zone, until):
    def at(text):
        return datetime.fromisoformat(f"{text}+00:00")

    assert offer_ends(at(begins), at(now), zone) == (at(until) if until else None)


def offered_by_mail(status, **fields):
    """Two who wait for one seat; what became of the mail that offers it to the first."""
    people = members(3)
    session = seated(1, people=people)
    say(session, people)
    say(session, people[:1], NO, now=LATER)
    OutgoingMail.objects.filter(kind=emails.SEAT_OFFER).update(status=status, **fields)
    return session, people


@pytest.mark.parametrize("status", ["queued", "sending", "parked"])
def test_time_to_accept_does_not_run_while_the_offer_waits(status):
    lease = {"lease_until": LATER, "token": uuid4()} if status == "sending" else {}
    session, people = offered_by_mail(status, **lease)

    for hours in range(1, 100, 5):
        assert seats.plan(LATER + hours * HOUR) == 0

    assert places(session, people) == ["-", "offered", "waiting"]
    until = own(session, people[1]).offered_until
    assert until is not None
    assert until >= LATER + (96 + 24) * HOUR
    (mail,) = OutgoingMail.objects.filter(kind=emails.SEAT_OFFER)
    assert mail.useful_until == START


@pytest.mark.parametrize("status", ["missed", "withdrawn"])
def test_offer_that_never_went_is_made_anew(status):
    session, people = offered_by_mail(status)

    assert seats.plan(LATER + 47 * HOUR) == 1
    assert seats.plan(LATER + 47 * HOUR) == 0

    assert seat_mails(people[1]) == [emails.SEAT_OFFER, emails.SEAT_OFFER]
    assert own(session, people[1]).offered_until == LATER + 95 * HOUR


def test_time_to_accept_counts_from_when_the_offer_went():
    session, people = offered_by_mail("sent", sent_at=LATER + 10 * HOUR)

    assert seats.plan(LATER + 48 * HOUR) == 0
    assert own(session, people[1]).offered_until == LATER + 58 * HOUR
    assert seats.plan(LATER + 58 * HOUR) == 2
    assert places(session, people) == ["-", "-", "offered"]


def test_seat_is_given_where_the_offer_did_not_go_in_time():
    session, people = offered_by_mail("queued")

    for hours in range(40, 1, -1):
        seats.plan(START - hours * HOUR)

    assert places(session, people) == ["-", "held", "waiting"]
    assert seat_mails(people[1]) == [emails.SEAT_OFFER, emails.SEAT_GIVEN]


def test_lapsed_offer_goes_to_the_next_and_is_made_to_each_once():
    people = members(3)
    session = seated(1, people=people)
    say(session, people)
    say(session, people[:1], NO, now=LATER)
    all_is_sent(LATER)

    assert seats.plan(LATER + 48 * HOUR - MINUTE) == 0
    assert seats.plan(LATER + 48 * HOUR) == 2  # one is offered it, the other hears that it is gone
    assert seats.plan(LATER + 48 * HOUR) == 0
    assert places(session, people) == ["-", "-", "offered"]
    all_is_sent(LATER + 48 * HOUR)
    assert seats.plan(LATER + 96 * HOUR) == 1
    assert seats.plan(LATER + 96 * HOUR) == 0
    assert places(session, people) == ["-", "-", "-"]
    offered_once = [emails.SEAT_OFFER, emails.SEAT_LAPSED]
    assert [seat_mails(user) for user in people] == [[], offered_once, offered_once]


def test_who_let_an_offer_pass_may_answer_again_and_is_last_in_line():
    people = members(3)
    session = seated(1, people=people)
    say(session, people)
    say(session, people[:1], NO, now=LATER)
    all_is_sent(LATER)
    seats.plan(LATER + 48 * HOUR)

    say(session, people[1:2], now=LATER + 50 * HOUR)

    assert places(session, people) == ["-", "waiting", "offered"]


def test_offer_that_is_over_cannot_be_taken_before_the_planner_came_by():
    people = members(3)
    session = seated(1, people=people)
    say(session, people)
    say(session, people[:1], NO, now=LATER)

    say(session, people[1:2], now=LATER + 49 * HOUR)

    assert places(session, people) == ["-", "waiting", "offered"]
    assert own(session, people[1]).waiting_since == LATER + 49 * HOUR


def test_nobody_overtakes_who_waits():
    people = members(3)
    session = seated(0, people=people)
    say(session, people[:2])
    change(session, at=LATER, seats_in_person=2)  # the planner has not come by

    say(session, people[2:], now=LATER + MINUTE)
    seats.plan(LATER + 2 * MINUTE)

    assert places(session, people) == ["offered", "offered", "waiting"]
