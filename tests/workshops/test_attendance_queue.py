"""Who came, noted at a door without network and sent later: first times stand, nothing newer is undone."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from ogpgroup.mail import database_now
from ogpgroup.models import User
from tests import factories
from tests.workshops.attending import NOW, START, facts, row_of, session_on
from workshops.actions import attendance
from workshops.actions.attendance_queue import happened, seen_of
from workshops.models import Participation, Session

pytestmark = pytest.mark.django_db

HOUR = 3_600_000  # milliseconds


@pytest.fixture
def coordinator() -> User:
    return factories.create_coordinator()


@pytest.fixture
def desk(coordinator: User, client: Client) -> Client:
    client.force_login(coordinator)
    return client


@pytest.fixture
def member() -> User:
    return factories.create_member(name="Inés Integrante")


@pytest.fixture
def session(coordinator: User, member: User) -> Session:
    return session_on(starts_at=START - timedelta(hours=3), hours=6)


def tick(row: Participation, mark: str = "room", **given: Any) -> dict[str, Any]:
    return {"client_id": str(uuid4()), "row": row.pk, "mark": mark, "age": 0} | given


def visitor(**given: Any) -> dict[str, Any]:
    return {"client_id": str(uuid4()), "name": "Vera Vecina", "institution": "", "mode": "face_to_face"} | given


def send(desk: Client, session: Session, user: User, *entries: dict[str, Any]) -> list[tuple[str, str]]:
    answer = desk.post(
        f"/coordination/sessions/{session.slug}/attendance/queue/",
        json.dumps({"user": user.pk, "entries": entries}),
        content_type="application/json",
    )
    return [(one["status"], one["sentence"]) for one in answer.json()["outcomes"]]


def test_tick_keeps_when_it_was_made_by_the_devices_stopwatch(
    desk: Client, session: Session, coordinator: User, member: User
) -> None:
    row = row_of(session, member)

    assert send(desk, session, coordinator, tick(row, age=HOUR)) == [("stored", "")]

    row.refresh_from_db()
    assert (row.attended, row.checked_in_how, row.checked_in_by) == ("present", "list", coordinator)
    assert row.checked_in_at
    assert timedelta(minutes=59) < database_now() - row.checked_in_at < timedelta(minutes=61)


@pytest.mark.parametrize("age", [-HOUR, 10**30, "x", None, 400 * 24 * HOUR])
def test_stopwatch_that_makes_no_sense(
    desk: Client, session: Session, coordinator: User, member: User, age: object
) -> None:
    row = row_of(session, member)

    assert send(desk, session, coordinator, tick(row, age=age)) == [("stored", "")]

    row.refresh_from_db()
    assert row.checked_in_at
    assert START - timedelta(hours=5) <= row.checked_in_at <= database_now()


def test_nothing_happened_in_the_future_nor_before_the_doors_opened(session: Session) -> None:
    opened = START - timedelta(hours=5)

    assert happened(session, age=timedelta(hours=-1), now=NOW) == NOW
    assert happened(session, age=timedelta(days=2), now=NOW) == opened


def test_first_time_stands_whatever_arrives_first(
    desk: Client, session: Session, coordinator: User, member: User
) -> None:
    row = row_of(session, member)
    later = database_now() - timedelta(minutes=30)
    attendance.check_in(session, user=member, how="session_code", mode="face_to_face", by=member, now=later)

    send(desk, session, coordinator, tick(row, age=HOUR))
    first = facts(row)
    send(desk, session, coordinator, tick(row, "line", age=0))

    assert first[3] is not None
    assert first[3] < later
    assert facts(row) == first


def test_present_wins_over_absent_that_was_recorded_meanwhile(
    desk: Client, session: Session, coordinator: User, member: User
) -> None:
    row = row_of(session, member)
    attendance.mark_absent(row, now=NOW)

    assert send(desk, session, coordinator, tick(row, age=HOUR)) == [("stored", "")]
    row.refresh_from_db()
    assert row.attended == "present"


def test_who_did_not_come_is_ticked_too(desk: Client, session: Session, coordinator: User, member: User) -> None:
    row = row_of(session, member)

    assert send(desk, session, coordinator, tick(row, "absent")) == [("stored", "")]
    row.refresh_from_db()
    assert row.attended == "absent"


@pytest.mark.parametrize("mark", ["excused", "absent"])
def test_nobody_who_is_here_is_put_down_as_away_by_an_older_list(
    desk: Client, session: Session, coordinator: User, member: User, mark: str
) -> None:
    row = row_of(session, member)
    attendance.check_in(session, user=member, how="session_code", mode="face_to_face", by=member, now=NOW)

    ((status, sentence),) = send(desk, session, coordinator, tick(row, mark))

    assert status == "refused"
    assert "presente" in sentence


def test_what_was_recorded_since_is_not_undone(desk: Client, session: Session, coordinator: User, member: User) -> None:
    row = row_of(session, member)
    attendance.check_in(session, user=member, how="session_code", mode="face_to_face", by=member, now=NOW)
    row.refresh_from_db()
    seen = seen_of(row)

    refused = send(desk, session, coordinator, tick(row, "undo", seen="unknown"))
    done = send(desk, session, coordinator, tick(row, "undo", seen=seen), tick(row, "undo", seen=seen))

    assert refused == [("refused", "Desde entonces se registró otra cosa de esta persona; no se deshace.")]
    assert done == [("stored", ""), ("stored", "")]
    row.refresh_from_db()
    assert row.attended == "unknown"


def test_walk_in_sent_twice_is_one(desk: Client, session: Session, coordinator: User) -> None:
    once = visitor(age=HOUR)

    assert send(desk, session, coordinator, once) == [("stored", "")]
    assert send(desk, session, coordinator, once, visitor()) == [("known", ""), ("stored", "")]

    row = session.participations.get(user=None)
    assert (row.name, row.attended, row.checked_in_how) == ("Vera Vecina", "present", "walk_in")


def test_walk_in_of_a_known_name_stands_and_can_be_joined(
    desk: Client, session: Session, coordinator: User, member: User
) -> None:
    assert send(desk, session, coordinator, visitor(name=member.name)) == [("stored", "")]

    page = desk.get(f"/coordination/sessions/{session.slug}/attendance/")

    (line,) = [one for one in page.context["lines"] if one.is_walk_in]
    assert [one.user_id for one in line.namesakes] == [member.pk]


def test_refused_entry_takes_no_other_with_it(desk: Client, session: Session, coordinator: User, member: User) -> None:
    gone = {"client_id": str(uuid4()), "row": 2**40, "mark": "room"}
    entries = [visitor(name=""), gone, tick(row_of(session, member), "burn"), tick(row_of(session, member))]

    answered = send(desk, session, coordinator, *entries)

    assert [status for status, _sentence in answered] == ["refused", "refused", "refused", "stored"]
    assert answered[0][1].startswith("Nombre y apellido")


def test_somebody_elses_device_records_nothing(desk: Client, session: Session, member: User, coordinator: User) -> None:
    assert send(desk, session, member, tick(row_of(session, member))) == [("sign_in", "")]
    assert row_of(session, member).attended == "unknown"


def test_whole_list_may_be_kept_for_its_own_reader(desk: Client, session: Session, coordinator: User) -> None:
    page = f"/coordination/sessions/{session.slug}/attendance/"

    assert desk.get(page, {"everybody": "1"})["X-Kept-For"] == str(coordinator.pk)
    assert "X-Kept-For" not in desk.get(page)
    assert desk.get(f"{page}walk-in/")["X-Kept-For"] == str(coordinator.pk)


# --- Once -------------------------------------------------------------------------------------------------------------


def test_tick_sent_again_after_somebody_took_it_back_ticks_no_more(
    desk: Client, session: Session, coordinator: User, member: User
) -> None:
    row = row_of(session, member)
    ticked = tick(row)
    assert send(desk, session, coordinator, ticked, ticked) == [("stored", ""), ("known", "")]
    attendance.undo_check_in(row)

    assert send(desk, session, coordinator, ticked) == [("known", "")]

    row.refresh_from_db()
    assert row.attended == "unknown"
    # Another tick of the same person is another thing.
    assert send(desk, session, coordinator, tick(row)) == [("stored", "")]


def test_walk_in_sent_again_after_it_was_removed_stays_away(desk: Client, session: Session, coordinator: User) -> None:
    once = visitor()
    send(desk, session, coordinator, once)
    attendance.undo_check_in(session.participations.get(user=None))

    assert send(desk, session, coordinator, once) == [("known", "")]
    assert not session.participations.filter(user=None).exists()


def test_refused_tick_counts_when_it_is_sent_again(
    desk: Client, session: Session, coordinator: User, member: User
) -> None:
    row = row_of(session, member)
    attendance.check_in(session, user=member, how="session_code", mode="face_to_face", by=member, now=NOW)
    excused = tick(row, "excused")
    assert [status for status, _why in send(desk, session, coordinator, excused)] == ["refused"]
    attendance.undo_check_in(row)

    assert send(desk, session, coordinator, excused) == [("stored", "")]
    row.refresh_from_db()
    assert row.attended == "excused"


def test_two_phones_tick_and_take_back(desk: Client, session: Session, coordinator: User, member: User) -> None:
    other, their_phone = factories.create_coordinator(), Client()
    their_phone.force_login(other)
    row = row_of(session, member)
    mine = tick(row)
    send(desk, session, coordinator, mine)
    row.refresh_from_db()
    theirs = tick(row, "undo", seen=seen_of(row))
    assert send(their_phone, session, other, theirs) == [("stored", "")]

    # Both answers were lost, and both send again.
    assert send(desk, session, coordinator, mine) == [("known", "")]
    assert send(their_phone, session, other, theirs) == [("known", "")]
    row.refresh_from_db()
    assert row.attended == "unknown"
    # An id belongs to who used it first.
    assert send(their_phone, session, other, mine) == [
        ("refused", "Esta anotación ya se había enviado, por otra persona o para otra sesión.")
    ]


def test_tick_that_was_taken_at_once_and_is_queued_without_an_answer_counts_once(
    desk: Client, session: Session, coordinator: User, member: User
) -> None:
    row = row_of(session, member)
    queued = tick(row)
    address = f"/coordination/sessions/{session.slug}/attendance/{row.pk}/"
    desk.post(address, {"mark": "room", "client_id": queued["client_id"]})
    attendance.undo_check_in(row)

    assert send(desk, session, coordinator, queued) == [("known", "")]
    row.refresh_from_db()
    assert row.attended == "unknown"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_fifty_resends_at_once_tick_once() -> None:
    coordinator, member = factories.create_coordinator(), factories.create_member()
    session = session_on(starts_at=START - timedelta(hours=3), hours=6)
    row = row_of(session, member)
    ticked, arrived = tick(row), visitor()
    phones = [Client() for _ in range(10)]
    for phone in phones:
        phone.force_login(coordinator)

    def resend(number: int) -> list[str]:
        try:
            return [status for status, _ in send(phones[number % 10], session, coordinator, ticked, arrived)]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answered = list(pool.map(resend, range(50)))

    for told in zip(*answered, strict=True):
        assert sorted(told) == ["known"] * 49 + ["stored"]
    assert session.participations.filter(attended="present").count() == 2
    row.refresh_from_db()
    attendance.undo_check_in(row)
    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(resend, range(50))) == [["known", "known"]] * 50
    row.refresh_from_db()
    assert row.attended == "unknown"
