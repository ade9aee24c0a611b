"""Asking once more: who is silent, by one click after a look, and nobody twice within two days."""

import re
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail.nights import until_morning
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, START, cancel, change, publish_session
from tests.workshops.seating import NO, YES, members, say
from tests.workshops.told import all_is_sent, calendar_of, read, text_of
from workshops import emails
from workshops.actions.nudges import nudge, whom_to_nudge
from workshops.models import Session, SessionVersion

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def nudged(session: Session) -> list[User]:
    mails = OutgoingMail.objects.filter(kind=emails.NUDGE, subject_id=session.pk)
    return [mail.user for mail in mails.order_by("pk").select_related("user") if mail.user]


def test_only_the_silent_who_want_reminders_are_asked():
    silent, coming, declined, unwilling, closed = people = members(5)
    session = publish_session(people=people).session
    all_is_sent(NOW)
    say(session, [coming], YES)
    say(session, [declined], NO)
    User.objects.filter(pk=unwilling.pk).update(wants_reminders=False)
    User.objects.filter(pk=closed.pk).update(is_active=False)

    assert nudge(session, now=NOW + 3 * DAY) == 1

    assert nudged(session) == [silent]
    version = SessionVersion.objects.get(session=session)
    assert whom_to_nudge(version, now=NOW + 3 * DAY).wants_none == [unwilling]


@pytest.mark.parametrize(("after", "count"), [(timedelta(0), 0), (2 * DAY - HOUR, 0), (2 * DAY, 1), (3 * DAY, 1)])
def test_nobody_is_asked_within_two_days_of_the_last_question(after, count, member):
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    assert nudge(session, now=NOW + after) == count  # the invitation asked as well

    nudge(session, now=NOW + 5 * DAY)
    all_is_sent(NOW + 5 * DAY)
    assert nudge(session, now=NOW + 5 * DAY + after) == count


@pytest.mark.parametrize("status", ["queued", "sending", "parked"])
def test_question_that_is_still_to_go_is_not_asked_beside_it(status, member):
    """However long the sender was away: both would arrive together."""
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    assert nudge(session, now=NOW + 5 * DAY) == 1
    lease = {"lease_until": NOW + 9 * DAY, "token": uuid4()} if status == "sending" else {}
    OutgoingMail.objects.filter(kind=emails.NUDGE).update(status=status, **lease)

    assert nudge(session, now=NOW + 9 * DAY) == 0


@pytest.mark.parametrize(("status", "count"), [("sent", 0), ("unknown", 0), ("missed", 1), ("withdrawn", 1)])
def test_two_days_count_from_when_the_question_went(status, count, member):
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    nudge(session, now=NOW + 5 * DAY)
    went = {"sent_at": NOW + 7 * DAY} if status == "sent" else {"retry_at": NOW + 7 * DAY}
    OutgoingMail.objects.filter(kind=emails.NUDGE).update(status=status, **went)

    assert nudge(session, now=NOW + 8 * DAY) == count
    all_is_sent(NOW + 8 * DAY)
    assert nudge(session, now=NOW + 10 * DAY) == 1


def test_question_goes_after_news(member):
    session = publish_session(people=[member]).session
    all_is_sent(NOW)

    nudge(session, now=NOW + 5 * DAY)

    assert OutgoingMail.objects.get(kind=emails.NUDGE).priority == OutgoingMail.Priority.REMINDER


@pytest.mark.parametrize(
    ("asked_at", "due"),
    [
        ("2026-11-10T18:00:00Z", "2026-11-10T18:00:00Z"),  # noon in Mexico City
        ("2026-11-11T04:30:00Z", "2026-11-11T13:00:00Z"),  # 22:30 there: at seven
    ],
)
def test_nobody_is_woken_by_a_click(asked_at, due, member):
    User.objects.filter(pk=member.pk).update(time_zone="America/Mexico_City")
    session = publish_session(people=[member]).session
    all_is_sent(NOW)

    nudge(session, now=datetime.fromisoformat(asked_at))

    assert OutgoingMail.objects.get(kind=emails.NUDGE).due == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("starts", "waits"),
    [({"hour": 14, "minute": 30}, True), ({"hour": 14}, True), ({"hour": 13, "minute": 59}, False)],  # from 8:30 there
)
def test_question_of_the_night_before_waits_where_an_hour_is_left(starts, waits, member):
    """What goes at once then, knowingly, the sender does not keep until the morning either."""
    User.objects.filter(pk=member.pk).update(time_zone="America/Mexico_City")
    session = publish_session(people=[member], starts_at=START.replace(**starts)).session
    all_is_sent(NOW)
    asked_at, morning = START.replace(hour=4), START.replace(hour=13)  # 22:00 the evening before, and 7:00
    asked = whom_to_nudge(SessionVersion.objects.get(session=session), now=asked_at)

    nudge(session, now=asked_at)

    mail = OutgoingMail.objects.get(kind=emails.NUDGE)
    assert mail.due == (morning if waits else asked_at)
    assert (asked.in_the_morning, asked.in_the_night) == (({morning: 1}, 0) if waits else ({}, 1))
    assert until_morning([mail], mail.due) == {}


def test_question_about_a_date_alone_waits_for_its_morning(member):
    User.objects.filter(pk=member.pk).update(time_zone="America/Mexico_City")
    session = publish_session(people=[member], starts_at=None, day=START.date()).session
    all_is_sent(NOW)

    nudge(session, now=START.replace(hour=7))  # 1:00 of that day

    assert OutgoingMail.objects.get(kind=emails.NUDGE).due == START.replace(hour=13)


@pytest.mark.parametrize("fields", [{}, {"starts_at": None, "day": START.date()}], ids=["hours", "date alone"])
def test_nobody_is_asked_any_more_once_it_begins(fields, member):
    version = publish_session(people=[member], **fields)
    all_is_sent(NOW)
    nudge(version.session, now=NOW + 3 * DAY)
    mails = list(OutgoingMail.objects.filter(kind=emails.NUDGE))
    until = version.begins_at if version.has_hours else version.finishes_at

    held = [emails.nudges._still_true(mails, now) for now in (until - timedelta(minutes=1), until)]

    assert held == [{one.pk for one in mails}, set()]


def test_page_says_when_it_goes_where_it_is_night(coordinator):
    coordinator.language = "en"
    coordinator.save(update_fields=["language"])
    now = timezone.now()
    ahead = (2 - now.astimezone(UTC).hour + 12) % 24 - 12  # where it is two in the night now
    asleep = factories.create_member()
    User.objects.filter(pk=asleep.pk).update(time_zone=f"Etc/GMT{-ahead:+d}")
    near = publish_session(people=[asleep], starts_at=now + 3 * HOUR, at=now - 3 * DAY).session
    far = publish_session(cycle=near.cycle, people=[asleep], starts_at=now + 9 * DAY, at=now - 3 * DAY).session
    OutgoingMail.objects.update(status="sent", sent_at=now - 3 * DAY)
    client = Client()
    client.force_login(coordinator)

    at_once, later = (
        client.get(f"/coordination/sessions/{session.slug}/nudge/").content.decode() for session in (near, far)
    )

    assert "the session is so near that the mail goes at once" in at_once
    assert "is written to in the morning" not in at_once
    assert "It is night for 1 of these people, who is written to in the morning: " in later
    assert "goes at once" not in later


def test_who_was_asked_again_because_the_date_moved_is_not_asked_at_once(member):
    other = factories.create_member()
    session = publish_session(people=[member, other]).session
    all_is_sent(NOW)
    say(session, [member], YES)
    moved = NOW + 5 * DAY
    change(session, at=moved, starts_at=START + DAY, ends_at=START + DAY + 2 * HOUR)
    all_is_sent(moved)

    assert nudge(session, now=moved + HOUR) == 1  # who never answered was told of the date, and asked days ago
    assert nudged(session) == [other]
    assert nudge(session, now=moved + 2 * DAY) == 1


def test_mail_asks_with_three_links_and_in_the_calendar(member):
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    nudge(session, now=NOW + 3 * DAY)

    (mail,) = OutgoingMail.objects.filter(kind=emails.NUDGE)

    message = read(mail, NOW + 3 * DAY)
    assert text_of(message).count("http://localhost/answer/") == 3
    (event,) = calendar_of(message).all("VEVENT")
    assert (event.get("ATTENDEE").parameters["RSVP"], event.get("SEQUENCE").value) == ("TRUE", "0")


def test_mail_is_not_sent_once_the_person_has_answered(member):
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    nudge(session, now=NOW + 3 * DAY)
    (mail,) = OutgoingMail.objects.filter(kind=emails.NUDGE)
    (kind,) = (kind for kind in emails.KINDS if kind.name == emails.NUDGE)
    assert kind.still_true([mail], NOW + 3 * DAY) == {mail.pk}

    say(session, [member], NO, now=NOW + 3 * DAY)

    assert kind.still_true([mail], NOW + 3 * DAY) == set()


def test_session_that_takes_no_answers_asks_nobody(member):
    session = publish_session(people=[member]).session
    with pytest.raises(ActionNotPossible):
        nudge(session, now=START + DAY)

    cancel(session, at=NOW + HOUR)
    with pytest.raises(ActionNotPossible):
        nudge(session, now=NOW + 3 * DAY)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_ask_once():
    people = members(3)
    session = publish_session(people=people).session
    all_is_sent(NOW)
    gate = threading.Barrier(4)
    counts: list[int] = []

    def click() -> None:
        gate.wait()
        try:
            counts.append(nudge(session, now=NOW + 3 * DAY + timedelta(seconds=len(counts))))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sorted(counts), len(nudged(session))) == ([0, 0, 0, 3], 3)


def test_page_shows_who_and_what_and_asks_by_one_click(coordinator):
    coordinator.language = "en"
    coordinator.save(update_fields=["language"])
    silent = factories.create_member(name="Sol Silenciosa")
    session = publish_session(people=[silent], starts_at=timezone.now() + 20 * DAY, at=timezone.now()).session
    client = Client()
    client.force_login(coordinator)
    url = f"/coordination/sessions/{session.slug}/nudge/"
    assert url in client.get(f"/coordination/sessions/{session.slug}/people/").content.decode()
    assert "Nobody is to be asked now" in client.get(url).content.decode()
    OutgoingMail.objects.update(status="sent", sent_at=timezone.now() - 3 * DAY)

    shown = client.get(url).content.decode()
    assert all(words in shown for words in ("Ask 1 person once more", "Sol Silenciosa", "your answer is missing"))
    assert nudged(session) == []

    told = client.post(url, follow=True)
    assert "1 person is asked once more." in told.content.decode()
    assert nudged(session) == [silent]


@pytest.mark.parametrize(("count", "shown", "others"), [(50, 50, ""), (51, 50, "And 1 more person.")])
def test_page_names_the_first_and_counts_the_others(coordinator, count, shown, others):
    """Of the whole country's officials the page would hold twenty-five thousand lines."""
    coordinator.language = "en"
    coordinator.save(update_fields=["language"])
    session = publish_session(people=members(count), starts_at=timezone.now() + 20 * DAY, at=timezone.now()).session
    client = Client()
    client.force_login(coordinator)
    url = f"/coordination/sessions/{session.slug}/nudge/"

    lately = client.get(url).content.decode()
    OutgoingMail.objects.update(status="sent", sent_at=timezone.now() - 3 * DAY)
    text = client.get(url).content.decode()

    assert f"Ask {count} people once more" in text
    for page in (lately, text):
        (listed,) = re.findall(r'<ul class="records">(.*?)</ul>', page, re.S)
        assert listed.count("<li>") == shown
        assert re.findall("And .* more p[a-z]*[.]", page) == ([others] if others else [])


def test_page_of_a_session_that_is_over_leads_back(coordinator):
    session = publish_session(people=[coordinator]).session
    client = Client()
    client.force_login(coordinator)

    with time_machine.travel(START + DAY, tick=False):
        assert client.get(f"/coordination/sessions/{session.slug}/nudge/").status_code == 302
