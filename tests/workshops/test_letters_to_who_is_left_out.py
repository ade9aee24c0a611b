"""Who is left out, or may see a session no more, reads that alone: of what is new nothing, and a link that opens."""

from datetime import date, timedelta

import pytest
from django.test import Client

from cities.models import Cycle
from tests import factories
from tests.workshops.letters import calendar_of, published, read_all, sent, words_of
from tests.workshops.published import NOW, START, edit
from tests.workshops.told import text_of
from workshops import actions, emails
from workshops.models import Participation

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


def test_who_is_no_longer_expected_gets_a_cancel_for_themselves_alone(cycle, member):
    organization = member.memberships.get().organization
    other = factories.create_organization()
    session = published(cycle, organizations=[organization, other])
    sent()
    edit(session, organizations=[other])
    actions.publish_release(cycle, by=None, at=NOW + timedelta(hours=1))

    (message,) = read_all(emails.UNINVITATION)

    calendar = calendar_of(message)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], str(event["ATTENDEE"]), event["SEQUENCE"]) == (
        "CANCEL",
        "mailto:integrante@ejemplo.mx",
        1,
    )


@pytest.mark.parametrize("comes", ["expected", "at their own wish"])
def test_who_is_left_out_reads_nothing_that_is_new(cycle, member, comes):
    """One release lets fewer people see it and says what only those may read."""
    other = factories.create_user()
    if comes == "expected":
        session = published(cycle, title="Taller", venue="Sala 1", visibility="invited", people=[member, other])
    else:
        session = published(cycle, title="Taller", venue="Sala 1", people=[other])
        actions.answer(session, user=member, answer=Participation.Answer.YES, now=NOW)
        emails.plan_reminders(START - DAY)  # so that they have the entry
    sent()
    moved = {"starts_at": START + DAY, "ends_at": START + DAY + HOUR}
    private = {"title": "SECRETO", "venue": "SECRETO", "address": "SECRETO", "purpose": "SECRETO", "bring": "SECRETO"}
    edit(session, people=[other], visibility="invited", decisions="SECRETO", **private, **moved)
    release = actions.publish_release(cycle, by=None, at=NOW + HOUR, note="SECRETO").release

    (message,) = read_all(emails.UNINVITATION, NOW + HOUR)

    parts = [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
    assert len(parts) == 3
    assert ["SECRETO" in text for text in [str(message["Subject"]), *parts]] == [False] * 4
    assert "Taller" in str(message["Subject"])
    assert "Sala 1" in text_of(message)
    (event,) = calendar_of(message).walk("VEVENT")
    assert set(event) == {
        *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "STATUS"),
        *("DTSTART", "DTEND", "SUMMARY", "ORGANIZER", "ATTENDEE"),
    }
    assert (event["SEQUENCE"], event["DTSTAMP"].dt, str(event["SUMMARY"]), event["DTSTART"].dt) == (
        1,
        release.released_at,
        "Taller",
        START,
    )


def test_who_may_not_see_what_is_cancelled_reads_that_it_is_and_nothing_new(cycle, member):
    other = factories.create_user()
    session = published(cycle, title="Taller", venue="Sala 1", people=[other])
    actions.answer(session, user=member, answer=Participation.Answer.YES, now=NOW)
    sent()
    actions.cancel(session, reason="SECRETO", by=None)
    edit(session, title="SECRETO", venue="SECRETO", purpose="SECRETO", visibility="invited", people=[other])
    actions.publish_release(cycle, by=None, at=NOW + HOUR, note="SECRETO")

    messages = {str(message["To"]): message for message in read_all(emails.CANCELLATION, NOW + HOUR)}

    parts = {
        address: [
            str(message["Subject"]),
            *(str(one.get_content()) for one in message.walk() if not one.is_multipart()),
        ]
        for address, message in messages.items()
    }
    mine, theirs = (parts[next(one for one in parts if address in one)] for address in (member.email, other.email))
    assert ["SECRETO" in text for text in mine] == [False] * 4
    assert ["SECRETO" in text for text in theirs] == [True] * 4
    assert "Esta sesión no se realizará." in mine[1]
    assert "Motivo" not in mine[1]
    assert "Sala 1" in mine[1]
    assert "STATUS:CANCELLED" in mine[3]
    page = f"http://localhost/sessions/{session.slug}/"
    assert [page in text for text in mine] == [False] * 4
    assert ["http://localhost/schedule/" in text for text in mine] == [False, True, True, False]
    assert [page in text for text in theirs[1:3]] == [True] * 2
    assert "SEQUENCE:1" in mine[3]


@pytest.mark.parametrize("edited", [None, "cancel", "postpone"])
def test_who_is_left_out_reads_that_it_takes_place_only_where_it_does(cycle, member, edited):
    """Left out by one release, and by the next one nobody comes at all."""
    other = factories.create_user()
    session = published(cycle, people=[member, other])
    sent()
    edit(session, people=[other])
    actions.publish_release(cycle, by=None, at=NOW + HOUR)
    if edited:
        session.refresh_from_db()
        getattr(actions, edited)(session, reason="SECRETO", by=None)
        actions.publish_release(cycle, by=None, at=NOW + HOUR + timedelta(minutes=3))

    (message,) = read_all(emails.UNINVITATION, NOW + 2 * HOUR)

    assert ["La sesión sí se realiza." in words for words in words_of(message)] == [edited is None] * 2
    assert ["SECRETO" in words for words in words_of(message)] == [False] * 2


@pytest.mark.parametrize(("visibility", "is_seen"), [("public", True), ("group", True), ("invited", False)])
def test_who_is_left_out_can_follow_the_link(cycle, member, visibility, is_seen):
    other = factories.create_user()
    session = published(cycle, people=[member, other], visibility=visibility)
    sent()
    edit(session, people=[other])
    actions.publish_release(cycle, by=None, at=NOW + HOUR)

    (message,) = read_all(emails.UNINVITATION, NOW + HOUR)

    client = Client()
    client.force_login(member)
    page = f"/sessions/{session.slug}/"
    assert client.get(page).status_code == (200 if is_seen else 404)
    label, link = ("Ver la sesión", page) if is_seen else ("Ver el calendario", "/schedule/")
    text, html = words_of(message)
    assert f"{label}:\nhttp://localhost{link}\n" in text.replace("\r\n", "\n")
    assert (f'href="http://localhost{link}"' in html, label in html) == (True, True)
    assert (f"http://localhost{page}" in text + html) == is_seen


def test_who_is_left_out_later_reads_what_they_had_heard_of(cycle, member):
    other = factories.create_user()
    session = published(cycle, title="Primera", people=[member, other])
    sent()
    edit(session, title="Segunda", people=[member, other])
    actions.publish_release(cycle, by=None, at=NOW + HOUR)
    sent()
    edit(session, title="Tercera", people=[other])
    actions.publish_release(cycle, by=None, at=NOW + 2 * HOUR)

    (message,) = read_all(emails.UNINVITATION, NOW + 2 * HOUR)

    (event,) = calendar_of(message).walk("VEVENT")
    assert (str(event["SUMMARY"]), event["SEQUENCE"]) == ("Segunda", 2)
    assert "Segunda" in text_of(message)
