"""Seats: in the order of the answers, never one too many, through whatever a release changes; and their mails."""

from datetime import timedelta

import pytest

from cities.models import Membership
from ogpgroup import mailings
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, User
from tests.workshops.published import NOW, START, change, publish_session
from tests.workshops.seating import LINE, MAYBE, MINUTE, NO, ROOM, YES, members, own, places, say, seated
from tests.workshops.told import all_is_sent, calendar_of, read, text_of, waiting
from workshops import actions, emails
from workshops.actions import seats
from workshops.models import AgendaItem, Participation, Session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOW + 2 * HOUR

pytestmark = pytest.mark.django_db


def seat_mails(user: User) -> list[str]:
    mails = OutgoingMail.objects.filter(user=user, kind__startswith="session_seat_")
    return list(mails.order_by("pk").values_list("kind", flat=True))


# --- Who gets a seat --------------------------------------------------------------------------------------------------


def test_first_answers_hold_the_seats_and_the_others_wait_in_order():
    people = members(5)
    session = seated(2, people=people)

    say(session, people)

    assert places(session, people) == ["held", "held", "waiting", "waiting", "waiting"]
    since = [own(session, user).waiting_since for user in people]
    assert since == [None, None, NOW + 3 * MINUTE, NOW + 4 * MINUTE, NOW + 5 * MINUTE]


def test_order_is_that_of_the_commits_whatever_the_clocks_say():
    people = members(3)
    session = seated(0, people=people)

    for user, minutes in zip(people, (30, 10, 20), strict=True):
        actions.answer(session, user=user, answer=YES, now=NOW + minutes * MINUTE)

    waiting = Participation.objects.filter(session=session).order_by("waiting_since", "pk")
    assert [one.user for one in waiting] == people


@pytest.mark.parametrize(("mode", "way"), [(ROOM, ROOM), (LINE, LINE)])
def test_without_a_number_everybody_has_a_seat_the_way_the_session_is_held(mode, way):
    people = members(3)
    session = seated(None, people=people, mode=mode)

    say(session, people)

    assert [(one.place, one.comes_by) for one in session.participations.order_by("pk")] == [("held", way)] * 3


def test_seats_in_the_room_and_on_the_line_are_apart():
    people = members(4)
    session = seated(1, line=2, people=people, mode="hybrid")

    for user, way in zip(people, (ROOM, ROOM, LINE, LINE), strict=True):
        say(session, [user], comes_by=way)

    assert places(session, people) == ["held", "waiting", "held", "held"]


@pytest.mark.parametrize(("asked", "way"), [(LINE, LINE), (ROOM, ROOM), ("", ROOM), ("by balloon", ROOM)])
def test_who_does_not_say_how_they_come_to_a_hybrid_session_comes_in_person(asked, way):
    people = members(1)
    session = seated(None, people=people, mode="hybrid")

    say(session, people, comes_by=asked)

    assert own(session, people[0]).comes_by == way


def test_who_answers_again_keeps_the_way_they_said():
    people = members(1)
    session = seated(None, people=people, mode="hybrid")

    say(session, people, comes_by=LINE)
    say(session, people, MAYBE)
    say(session, people)

    assert own(session, people[0]).comes_by == LINE


def test_who_answers_twice_keeps_their_place():
    people = members(3)
    session = seated(1, people=people)
    say(session, people)

    say(session, [people[1], people[0]], now=LATER)

    assert places(session, people) == ["held", "waiting", "waiting"]
    assert own(session, people[1]).waiting_since == NOW + 2 * MINUTE


def test_who_wants_to_come_another_way_keeps_the_seat_where_none_is_free():
    people = members(2)
    session = seated(1, line=1, people=people, mode="hybrid")
    say(session, people[:1], comes_by=ROOM)
    say(session, people[1:], comes_by=LINE)

    with pytest.raises(ActionNotPossible):
        say(session, people[:1], comes_by=LINE)

    assert places(session, people) == ["held", "held"]
    assert [own(session, user).comes_by for user in people] == [ROOM, LINE]


def test_who_goes_on_the_line_leaves_the_seat_in_the_room_to_the_first_who_waits():
    people = members(2)
    session = seated(1, line=None, people=people, mode="hybrid")
    say(session, people, comes_by=ROOM)

    say(session, people[:1], comes_by=LINE, now=LATER)

    assert places(session, people) == ["held", "offered"]
    assert seat_mails(people[1]) == [emails.SEAT_OFFER]


# --- What a release changes -------------------------------------------------------------------------------------------


def test_more_seats_are_offered_and_fewer_throw_nobody_out():
    people = members(5)
    session = seated(3, people=people)
    say(session, people)

    change(session, at=LATER, seats_in_person=1)
    seats.plan(LATER)
    assert places(session, people) == ["held", "held", "held", "waiting", "waiting"]
    say(session, people[:1], NO, now=LATER + MINUTE)
    assert places(session, people) == ["-", "held", "held", "waiting", "waiting"]

    change(session, at=LATER + HOUR, seats_in_person=3)
    seats.plan(LATER + HOUR)
    assert places(session, people) == ["-", "held", "held", "offered", "waiting"]


def test_where_nobody_counts_any_more_who_waits_has_a_seat():
    people = members(3)
    session = seated(1, people=people)
    say(session, people)

    change(session, at=LATER, seats_in_person=None)
    seats.plan(LATER)

    assert places(session, people) == ["held", "held", "held"]
    assert [seat_mails(user) for user in people] == [[], [emails.SEAT_GIVEN], [emails.SEAT_GIVEN]]


def test_counting_later_throws_nobody_out():
    people = members(3)
    session = seated(None, people=people)
    say(session, people[:2])

    change(session, at=LATER, seats_in_person=1)
    seats.plan(LATER)
    say(session, people[2:], now=LATER)

    assert places(session, people) == ["held", "held", "waiting"]


def test_session_that_goes_on_the_line_seats_people_anew_in_the_order_of_their_answers():
    people = members(4)
    session = seated(3, people=people)
    say(session, people)

    change(session, at=LATER, mode="remote", seats_remote=2)
    seats.plan(LATER)

    assert places(session, people) == ["held", "held", "waiting", "waiting"]
    assert {one.comes_by for one in session.participations.all()} == {LINE}
    assert seats.plan(LATER) == 0


def test_moved_date_frees_all_seats_and_an_undone_move_gives_them_back():
    people = members(3)
    session = seated(1, people=people)
    all_is_sent(NOW)
    say(session, people)

    change(session, at=LATER, starts_at=START + DAY, ends_at=START + DAY + HOUR)
    assert places(session, people) == ["-", "-", "-"]

    change(session, at=LATER + MINUTE, starts_at=START, ends_at=START + 2 * HOUR)
    seats.plan(LATER + HOUR)
    assert places(session, people) == ["held", "waiting", "waiting"]
    assert own(session, people[1]).waiting_since == NOW + 2 * MINUTE


def test_person_no_longer_expected_leaves_the_seat_and_returns_to_the_end():
    people = members(3)
    organizations = [user.memberships.get().organization for user in people]
    session = publish_session(organizations=organizations, mode=ROOM, seats_in_person=1).session
    say(session, people)
    membership = people[0].memberships.get()
    Membership.objects.filter(pk=membership.pk).update(until=(NOW - DAY).date())

    actions.plan(LATER)
    seats.plan(LATER)
    assert places(session, people) == ["-", "offered", "waiting"]

    Membership.objects.filter(pk=membership.pk).update(until=None)
    actions.plan(LATER + HOUR)
    seats.plan(LATER + HOUR)
    assert places(session, people) == ["waiting", "offered", "waiting"]


def test_who_was_offered_a_seat_leaves_and_is_seated_on_return_is_told():
    people = members(2)
    session = seated(1, people=people)
    say(session, people)
    say(session, people[:1], NO, now=LATER)
    all_is_sent(LATER)
    session.participations.update(expected=False)
    seats.plan(LATER + MINUTE)
    session.participations.update(expected=True)

    assert seats.plan(LATER + 2 * MINUTE) == 1
    assert seats.plan(LATER + 3 * MINUTE) == 0

    assert places(session, people) == ["-", "held"]
    assert seat_mails(people[1]) == [emails.SEAT_OFFER, emails.SEAT_GIVEN]


def test_cancelled_and_postponed_sessions_take_no_answers():
    people = members(1)
    session = seated(1, people=people)
    change(session, at=LATER, status="postponed", cancel_reason="La sede no está lista.")

    with pytest.raises(ActionNotPossible):
        say(session, people, now=LATER + HOUR)


def test_planner_settles_seats():
    assert seats.plan in mailings.PLANNERS


def test_planner_asks_a_constant_number_of_queries(django_assert_num_queries):
    for _ in range(3):
        people = members(2)
        say(seated(None, people=people), people)

    with django_assert_num_queries(1):
        seats.plan(LATER)


# --- The mails --------------------------------------------------------------------------------------------------------


def test_offer_says_until_when_on_the_readers_clock():
    people = members(2)
    User.objects.filter(pk=people[1].pk).update(time_zone="America/Tijuana", language="en")
    session = seated(1, people=people)
    all_is_sent(NOW)
    say(session, people)
    say(session, people[:1], NO, now=LATER)

    (mail,) = OutgoingMail.objects.filter(kind=emails.SEAT_OFFER)

    assert (mail.useful_until, waiting(people[1])) == (START, [emails.SEAT_OFFER])
    text = text_of(read(mail, LATER))
    assert "until Wednesday 4 November 2026, 10:00" in text
    assert session.get_absolute_url() in text


@pytest.mark.parametrize(
    ("what", "still"), [("nothing", True), ("taken", False), ("declined", False), ("over", False), ("cancelled", False)]
)
def test_offer_is_sent_only_while_it_stands(what, still):
    people = members(2)
    session = seated(1, people=people)
    say(session, people)
    say(session, people[:1], NO, now=LATER)
    (mail,) = OutgoingMail.objects.filter(kind=emails.SEAT_OFFER)
    (kind,) = (kind for kind in emails.KINDS if kind.name == emails.SEAT_OFFER)
    now = LATER + HOUR

    if what == "taken":
        say(session, people[1:], now=now)
    elif what == "declined":
        say(session, people[1:], NO, now=now)
    elif what == "over":
        now = LATER + 48 * HOUR
    elif what == "cancelled":
        change(session, at=now, status="cancelled", cancel_reason="No hay sede.")

    assert kind.still_true([mail], now) == ({mail.pk} if still else set())


# --- What is said to who has none -------------------------------------------------------------------------------------


def standing(place: str) -> tuple[Session, User]:
    """Somebody who said yes, and where they stand at noon of the day before the session."""
    people = members(2)
    User.objects.update(language="en")
    session = seated(2 if place == "held" else 1, people=people)
    say(session, people)
    if place in {"offered", "let pass"}:
        free_at = START - (30 * HOUR if place == "offered" else 5 * DAY)
        say(session, people[:1], NO, now=free_at)
        all_is_sent(free_at)
        seats.plan(START - 28 * HOUR)
    return session, people[1]


@pytest.mark.parametrize(
    ("place", "partstat", "said"),
    [
        ("held", "ACCEPTED", "You take part in this session. If you cannot come, please say so on its page."),
        ("waiting", "TENTATIVE", "You are on the waiting list and have no seat yet."),
        (
            "offered",
            "TENTATIVE",
            "A seat is kept for you until Wednesday 2 December 2026, 21:00 (Central Mexico time). "
            "Please say whether you take it.",
        ),
        ("let pass", "TENTATIVE", "You have no seat: the time to take the one that was kept for you is over."),
    ],
)
def test_reminder_and_calendar_say_who_has_no_seat(place, partstat, said):
    session, user = standing(place)
    emails.plan_reminders(START - DAY)

    mail = OutgoingMail.objects.filter(kind=emails.REMINDER, user=user).latest("due")
    message = read(mail, START - DAY)

    assert said in text_of(message)
    assert ("You take part" in text_of(message)) == (place == "held")
    (event,) = calendar_of(message).all("VEVENT")
    assert event.get("ATTENDEE").parameters["PARTSTAT"] == partstat


def test_who_presents_reads_as_well_that_there_is_no_seat_yet():
    session, user = standing("waiting")
    AgendaItem.objects.create(session=session, position=1, kind="presentation", title="Diagnóstico", presenter=user)
    emails.plan_reminders(START - DAY)

    text = text_of(read(OutgoingMail.objects.filter(kind=emails.REMINDER, user=user).latest("due"), START - DAY))

    assert "You present “Diagnóstico”" in text
    assert "You are on the waiting list and have no seat yet." in text


def test_who_loses_the_seat_because_the_session_goes_on_the_line_is_told_that_they_wait():
    people = members(2)
    session = seated(2, line=1, people=people)
    say(session, people)
    change(session, at=LATER, mode=LINE)

    assert seats.plan(LATER) == 1
    assert seats.plan(LATER) == 0
    assert places(session, people) == ["held", "waiting"]
    assert [seat_mails(user) for user in people] == [[], [emails.SEAT_WAITING]]


def test_who_waits_by_the_word_of_a_coordinator_is_told(coordinator):
    people = members(2)
    session = seated(1, people=people)

    say(session, people, by=coordinator)

    assert [seat_mails(user) for user in people] == [[], [emails.SEAT_WAITING]]


@pytest.mark.parametrize(("count", "said"), [(3, True), (None, False)])
def test_invitation_says_that_places_are_limited(count, said):
    people = members(1)
    User.objects.update(language="en")
    seated(count, people=people)

    text = text_of(read(OutgoingMail.objects.get(user=people[0]), NOW))

    assert ("Places are limited; they go in the order of the answers." in text) == said


def test_news_of_a_seat_go_only_while_they_are_so():
    people = members(3)
    session = seated(1, people=people)
    say(session, people)
    row = own(session, people[1])
    assert session.current_version
    emails.queue_seats(session.current_version, [row], now=LATER)
    say(session, people[:1], NO, now=LATER)  # what was waiting is offered

    all_is_sent(LATER)

    mails = OutgoingMail.objects.filter(user=people[1], kind__startswith="session_seat_").order_by("kind")
    assert list(mails.values_list("kind", "status")) == [
        (emails.SEAT_OFFER, "sent"),
        (emails.SEAT_WAITING, "withdrawn"),
    ]
