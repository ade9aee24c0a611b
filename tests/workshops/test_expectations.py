"""Who is expected, written down by the planner: one after the other with releases, and only where something changes."""

from datetime import date, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from cities.models import Membership
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, START, change, draft, publish, publish_session
from tests.workshops.told import Status, all_is_sent, calendar_of, read
from workshops import actions, diff, emails
from workshops.actions.locks import hold_off_releases, lock_releases
from workshops.models import Participation, Session

pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# --- One after the other ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_planner_waits_for_a_release_and_resolves_what_it_published():
    """It may not read the version before, wait, and write down whom that one expected."""
    cycle = factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))
    left_out, chosen = factories.create_member(), factories.create_member()
    session, other = draft(cycle=cycle, people=[left_out, chosen]), draft(cycle=cycle, title="De todas las personas")
    publish(cycle)
    newcomer = factories.create_member()  # so that there is something to write down
    is_published, may_commit = Event(), Event()

    def release() -> None:
        try:
            with transaction.atomic():
                change_audience(session, [chosen])
                actions.publish_release(cycle, by=None, at=NOW + HOUR)
                is_published.set()
                may_commit.wait(timeout=20)
        finally:
            connection.close()

    def plan() -> None:
        try:
            actions.refresh_expectations(now=NOW + HOUR)
        finally:
            connection.close()

    releasing, planning = Thread(target=release), Thread(target=plan)
    releasing.start()
    assert is_published.wait(timeout=20)
    planning.start()
    planning.join(timeout=0.5)
    assert planning.is_alive()
    may_commit.set()
    releasing.join(timeout=20)
    planning.join(timeout=20)

    expected = Participation.objects.expected()
    assert list(expected.filter(session=session).values_list("user", flat=True)) == [chosen.pk]
    assert expected.filter(session=other, user=newcomer).exists()


def change_audience(session: Session, people: list[User]) -> None:
    session.refresh_from_db()
    actions.save_draft(session, organizations=[], people=people, by=None, seen_edits=session.edits)


@pytest.mark.django_db(transaction=True)
def test_answers_wait_for_a_release_and_not_for_each_other():
    done: list[str] = []

    def answer() -> None:
        try:
            with transaction.atomic():
                hold_off_releases()
                done.append("answered")
        finally:
            connection.close()

    with transaction.atomic():
        hold_off_releases()
        other = Thread(target=answer)
        other.start()
        other.join(timeout=20)
        assert done == ["answered"]
    with transaction.atomic():
        lock_releases()
        third = Thread(target=answer)
        third.start()
        third.join(timeout=0.5)
        assert done == ["answered"]
    third.join(timeout=20)
    assert done == ["answered", "answered"]


# --- Only what changes ------------------------------------------------------------------------------------------------


def _row_versions() -> list[tuple[int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, xmin::text, xmax::text FROM workshops_participation ORDER BY id")
        return [(pk, xmin, xmax) for pk, xmin, xmax in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_planning_again_neither_writes_nor_locks_what_is_expected_already():
    for _number in range(3):
        factories.create_member()
    session = publish_session().session
    actions.answer(session, user=factories.create_member(), answer=Participation.Answer.YES, now=NOW)
    assert actions.refresh_expectations(now=NOW + HOUR) == 1
    before = _row_versions()

    assert actions.refresh_expectations(now=NOW + 2 * HOUR) == 0

    assert _row_versions() == before
    assert len(before) == 4


# --- Leaving and returning --------------------------------------------------------------------------------------------


def _messages(user: User) -> list[tuple[str, str, int, str, str]]:
    """Method, status, SEQUENCE, DTSTAMP and summary of every calendar message sent to a person, in order."""
    told = []
    for mail in OutgoingMail.objects.filter(user=user, status=Status.SENT).order_by("sent_at", "pk"):
        calendar = calendar_of(read(mail, NOW))
        (event,) = calendar.all("VEVENT")
        numbers = (int(event.get("SEQUENCE").value), event.get("DTSTAMP").value)
        told.append((calendar.get("METHOD").value, event.get("STATUS").value, *numbers, mail.kind))
    return told


def _leave(user: User, day: date) -> None:
    Membership.objects.filter(user=user).update(until=day)


def _return(user: User) -> None:
    Membership.objects.filter(user=user).update(until=None)


def _plan_and_send(now: datetime) -> None:
    actions.refresh_expectations(now=now)
    all_is_sent(now)


@pytest.mark.django_db
def test_who_leaves_and_returns_gets_newer_messages_each_time_also_after_the_next_release(member):
    session = publish_session(at=NOW).session
    all_is_sent(NOW)
    _leave(member, NOW.date())
    _plan_and_send(NOW + 2 * DAY)
    _return(member)
    _plan_and_send(NOW + 3 * DAY)
    _leave(member, (NOW + 3 * DAY).date())
    _plan_and_send(NOW + 5 * DAY)
    _return(member)
    _plan_and_send(NOW + 6 * DAY)
    change(session, at=NOW + 7 * DAY, venue="Sala 2")
    all_is_sent(NOW + 7 * DAY)

    assert _messages(member) == [
        ("REQUEST", "CONFIRMED", 0, "20261102T160000Z", emails.INVITATION),
        ("CANCEL", "CANCELLED", 1, "20261104T160000Z", emails.UNINVITATION),
        ("REQUEST", "CONFIRMED", 2, "20261105T160000Z", emails.INVITATION),
        ("CANCEL", "CANCELLED", 3, "20261107T160000Z", emails.UNINVITATION),
        ("REQUEST", "CONFIRMED", 4, "20261108T160000Z", emails.INVITATION),
        ("REQUEST", "CONFIRMED", 5, "20261109T160000Z", emails.CHANGE),
    ]
    session.refresh_from_db()
    assert (session.sequence, session.current_version and session.current_version.sequence) == (5, 5)


@pytest.mark.django_db
def test_reminder_to_who_returned_is_no_older_than_the_invitation(member):
    publish_session(at=NOW)
    all_is_sent(NOW)
    _leave(member, NOW.date())
    _plan_and_send(NOW + 2 * DAY)
    _return(member)
    _plan_and_send(NOW + 3 * DAY)

    emails.plan_reminders(START - DAY)
    all_is_sent(START - DAY)

    *_before, invitation, reminder = sorted(_messages(member), key=lambda told: told[3])
    assert invitation == ("REQUEST", "CONFIRMED", 2, "20261105T160000Z", emails.INVITATION)
    assert reminder == ("REQUEST", "CONFIRMED", 2, "20261202T160000Z", emails.REMINDER)


@pytest.mark.django_db
def test_others_hear_nothing_of_those_who_leave_and_return(member, coordinator, stranger):
    session = publish_session(at=NOW).session
    all_is_sent(NOW)
    _leave(member, NOW.date())
    _plan_and_send(NOW + 2 * DAY)
    feed = stranger.get("/schedule.ics").content

    assert b"SEQUENCE:0" in feed
    assert len(_messages(coordinator)) == 1
    change(session, at=NOW + 3 * DAY, venue="Sala 2")
    all_is_sent(NOW + 3 * DAY)

    assert b"SEQUENCE:2" in stranger.get("/schedule.ics").content
    assert [number for _method, _status, number, *_rest in _messages(coordinator)] == [0, 2]


@pytest.mark.django_db
def test_who_leaves_by_a_release_and_returns_before_the_next_one(member):
    other = factories.create_member()
    session = publish_session(people=[member, other]).session
    all_is_sent(NOW)
    change_audience(session, [other])
    publish(session.cycle, at=NOW + HOUR)
    all_is_sent(NOW + HOUR)
    change_audience(session, [other, member])
    publish(session.cycle, at=NOW + 2 * HOUR)
    all_is_sent(NOW + 2 * HOUR)

    assert [(method, number) for method, _status, number, *_rest in _messages(member)] == [
        ("REQUEST", 0),
        ("CANCEL", 1),
        ("REQUEST", 2),
    ]


@pytest.mark.django_db
def test_preview_stays_valid_while_people_come_and_go(member):
    session = publish_session().session
    all_is_sent(NOW)
    session.refresh_from_db()
    session.title = "Otro título"
    actions.save_draft(session, organizations=[], people=[], by=None, seen_edits=session.edits)
    seen = diff.fingerprint(diff.pending_changes(session.cycle))
    _leave(member, NOW.date())
    _plan_and_send(NOW + 2 * DAY)

    published = actions.publish_release(session.cycle, by=None, seen=seen, at=NOW + 3 * DAY)

    assert [version.title for version in published.versions] == ["Otro título"]
