"""Answers of calendars that are read late: what was said last counts, whatever the order in which mails are read."""

import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from ogpgroup.models import User
from tests import factories
from tests.workshops.published import NOW, START, change, publish_session
from tests.workshops.replying import answered
from tests.workshops.seating import MINUTE, NO, YES, own
from workshops import actions
from workshops.actions import delegates
from workshops.actions.replies import receive_reply
from workshops.models import Participation, ReceivedReply, Session

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
READ = NOW + 5 * HOUR  # when the mailbox is read at last

pytestmark = pytest.mark.django_db


def read(
    session: Session,
    user: User,
    partstat: str,
    *,
    stamp: datetime | str | None,
    arrived_at: datetime | None = None,
    sequence: int = 0,
) -> str:
    """What becomes of the mail that the person's calendar wrote at `stamp`, by its clock."""
    raw = answered(session, user, partstat, stamp=stamp, sequence=sequence)
    found = receive_reply(raw, now=READ, arrived_at=arrived_at)
    assert found is not None
    return found.outcome


def click(session: Session, user: User, answer: Participation.Answer, *, at: datetime, by: User | None = None) -> None:
    actions.answer(session, user=user, answer=answer, now=at, by=by)


def on_record(session: Session, user: User) -> tuple[str, datetime | None]:
    row = own(session, user)
    return row.answer, row.was_said_at


@pytest.fixture
def session(member: User) -> Session:
    return publish_session(people=[member]).session


# --- Which of two is newer --------------------------------------------------------------------------------------------


def test_two_replies_read_in_either_order_leave_what_was_said_last(session, member):
    first = read(session, member, "DECLINED", stamp=NOW + 2 * HOUR)
    second = read(session, member, "ACCEPTED", stamp=NOW + HOUR)

    assert (first, second) == ("applied", "older")
    assert on_record(session, member) == ("no", NOW + 2 * HOUR)
    assert own(session, member).answered_at == READ
    assert read(session, member, "TENTATIVE", stamp=NOW + 3 * HOUR) == "applied"
    assert on_record(session, member) == ("maybe", NOW + 3 * HOUR)


def test_reply_to_a_higher_revision_is_newer_whatever_the_clock_of_the_calendar_says(session, member):
    change(session, at=NOW + MINUTE, venue="Sala 2")

    outcomes = [
        read(session, member, "ACCEPTED", stamp=NOW + HOUR, sequence=1),
        read(session, member, "DECLINED", stamp=NOW + 2 * HOUR, sequence=0),
    ]

    assert outcomes == ["applied", "older"]
    assert on_record(session, member) == ("yes", NOW + HOUR)


def test_reply_to_a_higher_revision_replaces_one_that_was_stamped_later(session, member):
    change(session, at=NOW + MINUTE, venue="Sala 2")
    read(session, member, "DECLINED", stamp=NOW + 2 * HOUR, sequence=0)

    assert read(session, member, "ACCEPTED", stamp=NOW + HOUR, sequence=1) == "applied"
    assert on_record(session, member) == ("yes", NOW + HOUR)


def test_revision_that_was_never_sent_counts_as_the_highest_that_was(session, member):
    read(session, member, "ACCEPTED", stamp=NOW + HOUR, sequence=2**31 - 1)

    assert own(session, member).said_sequence == 0
    assert read(session, member, "DECLINED", stamp=NOW + 2 * HOUR) == "applied"


def test_of_two_in_the_same_second_what_is_read_last_counts(session, member):
    outcomes = [read(session, member, partstat, stamp=NOW + HOUR) for partstat in ("ACCEPTED", "DECLINED")]

    assert outcomes == ["applied", "applied"]
    assert own(session, member).answer == "no"


# --- Against what was clicked or written down -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "outcome", "answer"),
    [(-SECOND, "older", "no"), (timedelta(), "applied", "yes"), (SECOND, "applied", "yes")],
)
def test_click_is_kept_against_what_a_calendar_said_before(after, outcome, answer, session, member):
    clicked = NOW + HOUR + timedelta(milliseconds=600)  # a stamp knows whole seconds
    click(session, member, NO, at=clicked)

    assert read(session, member, "ACCEPTED", stamp=NOW + HOUR + after) == outcome
    assert own(session, member).answer == answer


def test_click_is_newer_than_any_reply_read_before_it(session, member):
    change(session, at=NOW + MINUTE, venue="Sala 2")
    read(session, member, "ACCEPTED", stamp=READ, sequence=1)

    click(session, member, NO, at=READ + HOUR)

    row = own(session, member)
    assert (row.answer, row.said_at, row.said_sequence) == ("no", READ + HOUR, None)


def test_calendar_that_knows_an_earlier_revision_than_the_page_may_still_say_something_newer(session, member):
    change(session, at=NOW + MINUTE, venue="Sala 2")
    click(session, member, YES, at=NOW + HOUR)

    assert read(session, member, "DECLINED", stamp=NOW + 2 * HOUR, sequence=0) == "applied"
    assert on_record(session, member) == ("no", NOW + 2 * HOUR)


def test_what_a_coordinator_wrote_down_is_kept_against_what_a_calendar_said_before(session, member, coordinator):
    click(session, member, NO, at=NOW + 2 * HOUR, by=coordinator)

    assert read(session, member, "ACCEPTED", stamp=NOW + HOUR) == "older"
    assert (own(session, member).answer, own(session, member).answered_by) == ("no", coordinator)
    assert read(session, member, "ACCEPTED", stamp=NOW + 3 * HOUR) == "applied"
    assert (own(session, member).answer, own(session, member).answered_by) == ("yes", None)


def test_answer_recorded_before_times_of_saying_were_kept_was_said_when_it_was_recorded(session, member):
    click(session, member, NO, at=NOW + 2 * HOUR)
    Participation.objects.filter(user=member).update(said_at=None)

    outcomes = [read(session, member, "ACCEPTED", stamp=NOW + hours * HOUR) for hours in (1, 3)]

    assert outcomes == ["older", "applied"]


def test_older_reply_frees_no_seat_and_takes_none():
    first, second = factories.create_member(), factories.create_member()
    session = publish_session(people=[first, second], mode="face_to_face", seats_in_person=1).session
    click(session, first, YES, at=NOW + 2 * HOUR)

    assert read(session, first, "DECLINED", stamp=NOW + HOUR) == "older"
    assert read(session, second, "ACCEPTED", stamp=NOW + HOUR) == "no_seat"
    assert own(session, first).place == "held"


# --- Clocks that are wrong, or missing --------------------------------------------------------------------------------


def test_clock_in_the_future_counts_as_when_the_mail_came(session, member):
    in_a_year = NOW + timedelta(days=365)
    assert read(session, member, "ACCEPTED", stamp=in_a_year, arrived_at=NOW + HOUR) == "applied"
    assert on_record(session, member) == ("yes", NOW + HOUR)

    click(session, member, NO, at=NOW + 2 * HOUR)

    assert read(session, member, "ACCEPTED", stamp=in_a_year, arrived_at=NOW + HOUR) == "older"
    assert own(session, member).answer == "no"


def test_clock_in_the_future_counts_as_now_where_nobody_knows_when_the_mail_came(session, member):
    read(session, member, "ACCEPTED", stamp=NOW + timedelta(days=365))

    assert on_record(session, member) == ("yes", READ)


def test_mailbox_whose_clock_is_ahead_counts_as_now(session, member):
    read(session, member, "ACCEPTED", stamp=READ + 2 * HOUR, arrived_at=READ + HOUR)

    assert on_record(session, member) == ("yes", READ)


@pytest.mark.parametrize("stamp", [None, "20261102", "20261102T170000", "ayer"])
def test_reply_without_a_moment_was_said_when_the_mail_came(stamp, session, member):
    assert read(session, member, "ACCEPTED", stamp=stamp, arrived_at=NOW + HOUR) == "applied"
    assert on_record(session, member) == ("yes", NOW + HOUR)

    click(session, member, NO, at=NOW + 2 * HOUR)

    assert read(session, member, "ACCEPTED", stamp=stamp, arrived_at=NOW + HOUR) == "older"


# --- Asked again, and sent in somebody's place ------------------------------------------------------------------------


def test_answer_to_a_new_date_counts_whatever_was_said_to_the_one_before(session, member):
    click(session, member, NO, at=NOW + 3 * HOUR)
    change(session, at=NOW + 4 * HOUR, starts_at=START + HOUR, ends_at=START + 2 * HOUR)

    assert on_record(session, member) == ("none", None)
    assert read(session, member, "ACCEPTED", stamp=NOW + 2 * HOUR, sequence=1) == "applied"


def test_yes_of_who_has_sent_somebody_since_is_older(official_reynosa, reynosa):
    colleague = factories.create_official(city=reynosa, email="colega@reynosa.ejemplo.mx", name="Ciro Colega")
    session = publish_session(people=[official_reynosa]).session
    delegates.send_delegate(session, sender=official_reynosa, delegate=colleague, now=NOW + 2 * HOUR)

    assert read(session, official_reynosa, "ACCEPTED", stamp=NOW + HOUR) == "older"
    assert own(session, official_reynosa).answer == "no"


def test_no_that_a_delegate_said_for_themselves_is_no_answer_to_being_sent(official_reynosa, reynosa):
    colleague = factories.create_official(city=reynosa, email="colega@reynosa.ejemplo.mx", name="Ciro Colega")
    session = publish_session(people=[official_reynosa]).session
    click(session, colleague, NO, at=NOW + MINUTE)
    delegates.send_delegate(session, sender=official_reynosa, delegate=colleague, now=NOW + 2 * HOUR)

    outcomes = [
        read(session, colleague, "DECLINED", stamp=NOW + HOUR, sequence=0),
        read(session, colleague, "ACCEPTED", stamp=NOW + 3 * HOUR, sequence=own(session, colleague).calendar_sequence),
    ]

    assert outcomes == ["outdated", "applied"]
    assert own(session, colleague).answer == "yes"


# --- What coordinators see --------------------------------------------------------------------------------------------


def test_older_reply_is_listed_with_what_is_on_record(session, member, coordinator):
    click(session, member, NO, at=datetime(2026, 11, 2, 18, tzinfo=UTC))
    read(session, member, "ACCEPTED", stamp=datetime(2026, 11, 2, 17, tzinfo=UTC))
    desk = Client()
    desk.force_login(coordinator)

    shown = desk.get("/coordination/replies/")

    (row,) = shown.context["rows"]
    assert list(ReceivedReply.objects.to_look_at()) == [row.reply]
    assert (row.reply.outcome, row.reply.said_at) == ("older", datetime(2026, 11, 2, 17, tzinfo=UTC))
    text = " ".join(shown.content.decode().split())
    assert ">anterior a la respuesta que consta</span>" in text
    assert "Consta: no, respondida: <time" in text


def test_pipe_keeps_the_newer_answer(session, member, monkeypatch, tmp_path):
    click(session, member, NO, at=NOW + 2 * HOUR)
    (tmp_path / "mail").write_bytes(answered(session, member, stamp=NOW + HOUR))

    with (tmp_path / "mail").open() as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        call_command("read_replies", "--stdin")

    assert own(session, member).answer == "no"
