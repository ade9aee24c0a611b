"""A release is told as it differs from what each person has heard, and what waits tells what is so now."""

from datetime import timedelta

import pytest

from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, START, cancel, change, publish, publish_session
from tests.workshops.told import Status, all_is_sent, read, text_of, waiting
from workshops import actions, emails
from workshops.actions import answers
from workshops.models import Participation, Session

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOVED = {"starts_at": START + DAY, "ends_at": START + DAY + 2 * HOUR}
BACK = {"starts_at": START, "ends_at": START + 2 * HOUR}


# --- Changes that are none for the reader -----------------------------------------------------------------------------


def test_moved_and_moved_back_unheard_is_told_to_nobody_and_keeps_answers(member):
    session = publish_session().session
    all_is_sent(NOW)
    actions.answer(session, user=member, answer=Participation.Answer.YES, now=NOW + timedelta(minutes=1))

    change(session, at=NOW + HOUR, **MOVED)
    assert waiting(member) == ["session_change"]
    change(session, at=NOW + 2 * HOUR, **BACK)

    participation = Participation.objects.get(session=session, user=member)
    assert waiting(member) == []
    assert (participation.answer, participation.answered_at) == ("yes", NOW + timedelta(minutes=1))
    assert (participation.earlier_answer, participation.earlier_answered_at) == ("", None)


def test_moved_and_moved_back_is_told_to_who_heard_of_the_move(member):
    session = publish_session().session
    other = factories.create_member()
    actions.refresh_expectations(now=NOW + timedelta(minutes=1))
    all_is_sent(NOW + timedelta(minutes=1))
    change(session, at=NOW + HOUR, **MOVED)
    OutgoingMail.objects.filter(user=other, kind=emails.CHANGE).update(status=Status.SENT, sent_at=NOW + HOUR)

    change(session, at=NOW + 2 * HOUR, **BACK)

    assert (waiting(member), waiting(other)) == ([], ["session_change"])


@pytest.mark.parametrize(
    ("fate", "told"),
    [
        ({"status": Status.UNKNOWN}, True),
        ({"status": Status.QUEUED, "unknown_count": 1}, True),
        ({"status": Status.FAILED}, False),
        ({"status": Status.QUEUED}, False),
    ],
)
def test_who_may_have_heard_of_the_move_is_told_that_it_is_taken_back(fate, told, member):
    session = publish_session().session
    all_is_sent(NOW)
    change(session, at=NOW + HOUR, **MOVED)
    OutgoingMail.objects.filter(kind=emails.CHANGE).update(**fate)

    change(session, at=NOW + 2 * HOUR, **BACK)

    assert waiting(member) == (["session_change"] if told else [])


def test_who_answered_for_the_other_date_on_the_page_has_heard_of_it(member):
    session = publish_session().session
    all_is_sent(NOW)
    change(session, at=NOW + HOUR, **MOVED)
    actions.answer(session, user=member, answer=Participation.Answer.YES, now=NOW + HOUR + timedelta(minutes=1))

    change(session, at=NOW + 2 * HOUR, **BACK)

    participation = Participation.objects.get(session=session, user=member)
    assert waiting(member) == ["session_change"]
    assert (participation.answer, participation.earlier_answer) == ("none", "yes")


def test_who_was_reminded_of_the_other_date_has_heard_of_it(member):
    session = publish_session().session
    all_is_sent(NOW)
    change(session, at=NOW + HOUR, **MOVED)
    OutgoingMail.objects.filter(kind=emails.CHANGE).update(status=Status.FAILED)
    emails.plan_reminders(START - 3 * DAY)
    OutgoingMail.objects.filter(kind=emails.REMINDER).update(status=Status.SENT, sent_at=START - 3 * DAY)

    change(session, at=START - 3 * DAY, **BACK)

    assert "session_change" in waiting(member)


def test_cancelled_and_reinstated_unheard_is_told_to_nobody(member):
    session = publish_session().session
    all_is_sent(NOW)
    actions.answer(session, user=member, answer=Participation.Answer.NO, now=NOW + timedelta(minutes=1))
    cancel(session, at=NOW + HOUR)
    actions.reinstate(session, by=None)
    publish(session.cycle, at=NOW + 2 * HOUR)

    assert waiting(member) == []
    assert Participation.objects.get(session=session, user=member).answer == "no"


def test_change_that_nobody_would_read_is_told_to_nobody(member):
    session = publish_session(time_zone="America/Mexico_City").session
    all_is_sent(NOW)

    change(session, at=NOW + HOUR, time_zone="America/Monterrey")  # both are "Central Mexico"

    assert waiting(member) == []


def test_two_changes_of_which_one_is_taken_back_are_told_as_one(member):
    session = publish_session(venue="Sala 1").session
    all_is_sent(NOW)
    change(session, at=NOW + HOUR, **MOVED)
    change(session, at=NOW + 2 * HOUR, venue="Sala 2", **BACK)

    (mail,) = OutgoingMail.objects.filter(kind=emails.CHANGE, status=Status.QUEUED)
    message = read(mail, NOW)

    assert message["Subject"].startswith("Cambió: ")
    assert "Sala 1 → Sala 2" in text_of(message)
    assert "diciembre de 2026, 10:00–12:00 h (hora del centro de México) →" not in text_of(message)


# --- What was seen without being told ---------------------------------------------------------------------------------


def _news(member: User) -> str:
    (mail,) = OutgoingMail.objects.filter(user=member, kind=emails.CHANGE, status=Status.QUEUED)
    return text_of(read(mail, NOW))


@pytest.fixture
def unread(member) -> Session:
    """One that moved from the room that its member was told of; that news waits."""
    session = publish_session(title="Taller", venue="Sala 1").session
    all_is_sent(NOW)
    change(session, at=NOW + HOUR, venue="Sala 2")
    return session


def by_phone(session: Session, member: User, *, by: User) -> None:
    actions.answer(session, user=member, answer=Participation.Answer.YES, now=NOW + 2 * HOUR, by=by)


def by_calendar(session: Session, member: User, *, by: User) -> None:
    at, entry = NOW + timedelta(minutes=30), 0  # of the first version
    actions.answer(
        session, user=member, answer=Participation.Answer.YES, now=NOW + 2 * HOUR, said=answers.Said(at, entry)
    )


def on_the_page(session: Session, member: User, *, by: User) -> None:
    actions.answer(session, user=member, answer=Participation.Answer.YES, now=NOW + 2 * HOUR)


def reminded(session: Session, member: User, *, by: User) -> None:
    emails.plan_reminders(START - DAY)
    reminders = OutgoingMail.objects.filter(kind=emails.REMINDER, user=member)
    reminders.update(status=Status.SENT, sent_at=NOW + 2 * HOUR)


ANYHOW = pytest.mark.parametrize("hears", [by_phone, by_calendar, on_the_page, reminded])


@ANYHOW
def test_news_tells_all_that_is_new_since_it_was_told_in_words(hears, unread, member, coordinator):
    hears(unread, member, by=coordinator)

    change(unread, at=NOW + 3 * HOUR, title="Taller de datos")

    text = _news(member)
    assert "Título: Taller → Taller de datos" in text
    assert "Sede: Sala 1 → Sala 2" in text


@pytest.mark.parametrize(
    ("hears", "told"), [(by_phone, True), (by_calendar, True), (on_the_page, False), (reminded, False)]
)
def test_who_answered_to_something_else_is_told_what_is_new(hears, told, unread, member, coordinator):
    hears(unread, member, by=coordinator)
    cancel(unread, at=NOW + 3 * HOUR)
    actions.reinstate(unread, by=None)
    publish(unread.cycle, at=NOW + 4 * HOUR)

    assert waiting(member) == (["session_change"] if told else [])
    participation = Participation.objects.get(session=unread, user=member)
    assert participation.answer == ("none" if hears == reminded else "yes")


@pytest.mark.parametrize("hears", [by_phone, on_the_page])
def test_who_may_have_heard_of_the_move_reads_that_it_is_taken_back(hears, member, coordinator):
    session = publish_session().session
    all_is_sent(NOW)
    change(session, at=NOW + HOUR, **MOVED)
    hears(session, member, by=coordinator)

    change(session, at=NOW + 3 * HOUR, **BACK)

    text = _news(member)
    assert text.startswith("Esta sesión tiene nueva fecha u hora.")
    assert "viernes 4 de diciembre de 2026, 10:00–12:00 h (hora del centro de México) → jueves 3 de diciembre" in text


def test_reply_by_calendar_says_that_the_entry_arrived(member):
    session = publish_session().session
    OutgoingMail.objects.update(status=Status.UNKNOWN)
    by_calendar(session, member, by=member)

    change(session, at=NOW + 3 * HOUR, time_zone="America/Monterrey")  # nobody would read it

    assert waiting(member) == []


# --- Reminders written before the release -----------------------------------------------------------------------------


def _reminder_written_for(venue: str) -> OutgoingMail:
    """A reminder that a sender has written and not brought to the server."""
    emails.plan_reminders(START - DAY)
    (mail,) = OutgoingMail.objects.filter(kind=emails.REMINDER, due=START - DAY)
    message = read(mail, START - DAY)
    assert venue in text_of(message)
    mail.rendered, mail.headline = bytes(message), message["Subject"]
    mail.save(update_fields=["rendered", "headline"])
    return mail


def test_reminder_that_reached_nobody_is_written_anew_after_a_release(member):
    session = publish_session(venue="Sala 1").session
    all_is_sent(NOW)
    mail = _reminder_written_for("Sala 1")

    change(session, at=START - DAY, venue="Sala 2")

    mail.refresh_from_db()
    assert (mail.status, mail.rendered) == (Status.QUEUED, None)
    assert "Sala 2" in text_of(read(mail, START - DAY))


@pytest.mark.parametrize(
    ("reached", "venue"),
    [
        ({"unknown_count": 1}, "Sala 2"),
        ({"data_began_at": NOW}, "Sala 2"),
        ({"status": Status.UNKNOWN}, "Sala 1"),
        ({"status": Status.SENT}, "Sala 1"),
    ],
)
def test_reminder_that_is_sent_again_names_the_room_that_is_so(reached, venue, member):
    session = publish_session(venue="Sala 1").session
    all_is_sent(NOW)
    mail = _reminder_written_for("Sala 1")
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=NOW, **reached)

    change(session, at=START - DAY, venue="Sala 2")
    actions.plan(START - DAY)

    mail.refresh_from_db()
    assert venue in text_of(read(mail, START - DAY))


def test_reminder_that_a_sender_held_during_the_release_is_written_anew_by_the_planner(member):
    session = publish_session(venue="Sala 1").session
    all_is_sent(NOW)
    mail = _reminder_written_for("Sala 1")
    held = {"status": Status.SENDING, "token": session.uid, "lease_until": START}
    OutgoingMail.objects.filter(pk=mail.pk).update(**held)
    change(session, at=START - DAY, venue="Sala 2")
    OutgoingMail.objects.filter(pk=mail.pk).update(status=Status.QUEUED, token=None, lease_until=None)

    actions.plan(START - DAY)
    actions.plan(START - DAY)

    mail.refresh_from_db()
    assert (mail.rendered, mail.subject_version) == (None, 1)
