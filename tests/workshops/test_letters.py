"""What people read in mails about sessions: their language, their clock, the calendar part for them alone."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar
from ics.icalendar import Calendar as IcsCalendar
from vobject.base import readOne

from cities.models import Cycle
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops import strict_calendar
from tests.workshops.letters import calendar_of, published, read_all, sent
from tests.workshops.published import NOW, START, draft, edit, publish_session
from tests.workshops.told import KINDS, text_of
from workshops import actions, emails
from workshops.models import Participation

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


@pytest.mark.parametrize(
    ("sender", "organizer", "sent_by"),
    [
        ("Grupo <aviso@ejemplo.mx>", "respuestas@ejemplo.mx", "mailto:aviso@ejemplo.mx"),
        ("Grupo <aviso@ejemplo.mx>", "Respuestas <respuestas@ejemplo.mx>", "mailto:aviso@ejemplo.mx"),
        ("Grupo <Respuestas@ejemplo.mx>", "respuestas@ejemplo.mx", None),
    ],
)
@pytest.mark.filterwarnings("ignore:.maxsplit. is passed as positional argument:DeprecationWarning")  # in ics
def test_three_readers_know_who_sends_for_the_organizer(cycle, member, settings, sender, organizer, sent_by):
    """As programs ask that compare the sender of a mail with the organizer of the calendar in it."""
    settings.MAIL_FROM, settings.REPLY_ADDRESS = sender, organizer
    published(cycle, people=[member])
    said = ("mailto:respuestas@ejemplo.mx", sent_by)

    (message,) = read_all("session_invitation")

    (part,) = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    text = part.get_content()
    (strict,) = strict_calendar.read(text.replace("\r\n", "\n").replace("\n", "\r\n").encode()).all("VEVENT")
    assert (strict.get("ORGANIZER").value, strict.get("ORGANIZER").parameters.get("SENT-BY")) == (
        said[0],
        f'"{sent_by}"' if sent_by else None,
    )
    by_icalendar = Calendar.from_ical(text).walk("VEVENT")[0]["ORGANIZER"]
    assert (str(by_icalendar), by_icalendar.params.get("SENT-BY")) == said
    by_vobject = readOne(text).vevent.organizer
    assert (by_vobject.value, by_vobject.params.get("SENT-BY", [None])[0]) == said
    (by_ics,) = IcsCalendar(text).events
    assert by_ics.organizer
    assert (f"mailto:{by_ics.organizer.email}", by_ics.organizer.sent_by) == said
    assert by_ics.begin.datetime == START


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("Ana\x07Ruiz", "AnaRuiz"),
        ("Ana\tRuiz", "Ana Ruiz"),
        ("Ana\r\nRuiz", "Ana Ruiz"),
        ('Ana "Nita" Ruiz', 'Ana "Nita" Ruiz'),
        ("Ana; X=Y: z, w", "Ana; X=Y: z, w"),
    ],
)
def test_odd_name_does_not_spoil_the_calendar(cycle, name, read_as):
    """As names stand in the database since before forms refused it."""
    published(cycle, people=[factories.create_member(name=name)])

    (message,) = read_all("session_invitation")

    (event,) = calendar_of(message).walk("VEVENT")
    assert event["ATTENDEE"].params["CN"] == read_as


def test_invitation_says_what_when_where_and_asks(cycle, member):
    session = published(
        cycle,
        title="Mesas: diagnóstico",
        venue="Palacio Municipal",
        join_url="https://ejemplo.mx/sala",
        purpose="Escuchar",
    )

    (message,) = read_all(emails.INVITATION)

    assert message["Subject"] == "Invitación: Mesas: diagnóstico, jueves 3 de diciembre de 2026 10:00–12:00 h"
    assert message["To"] == "integrante@ejemplo.mx"
    text = text_of(message)
    for words in (
        "10:00–12:00 h",
        "Palacio Municipal",
        "http://localhost/join/",
        "Escuchar",
        f"/sessions/{session.slug}/",
    ):
        assert words in text
    assert "https://ejemplo.mx/sala" not in text  # in the calendar's entry alone
    assert message["List-Unsubscribe"] is None


def test_hour_of_the_session_stands_beside_the_readers_own_where_it_differs(cycle, member):
    User.objects.filter(pk=member.pk).update(time_zone="America/Mazatlan", language="en")
    published(cycle)

    (message,) = read_all(emails.INVITATION)

    assert message["Subject"].endswith("Thursday 3 December 2026 09:00–11:00")
    assert "Where it is held: Thursday 3 December 2026, 10:00–12:00 (Central Mexico time)" in text_of(message)


def test_same_hour_is_said_once(cycle, member):
    User.objects.filter(pk=member.pk).update(time_zone="America/Merida", language="en")  # another zone, the same clock
    published(cycle)

    (message,) = read_all(emails.INVITATION)

    assert "Where it is held" not in text_of(message)


def test_calendar_part_asks_one_attendee_and_matches_the_published_entry(cycle, member, coordinator):
    session = published(cycle, join_url="https://ejemplo.mx/sala")

    messages = {message["To"]: message for message in read_all(emails.INVITATION)}

    calendar = calendar_of(messages["integrante@ejemplo.mx"])
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert str(event["UID"]) == f"{session.uid}@localhost"
    assert (event["SEQUENCE"], event["DTSTART"].dt, event["DTSTAMP"].dt) == (0, START, NOW)
    assert str(event["ATTENDEE"]) == "mailto:integrante@ejemplo.mx"
    assert (event["ATTENDEE"].params["RSVP"], event["ATTENDEE"].params["PARTSTAT"]) == ("TRUE", "NEEDS-ACTION")
    assert str(event["CONFERENCE"]) == "https://ejemplo.mx/sala"
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert b"coordinadora@" not in bytes(messages["integrante@ejemplo.mx"])


def test_public_entry_has_no_link_to_join_and_no_attendee(cycle, member):
    session = published(cycle, join_url="https://ejemplo.mx/sala-secreta")
    session.refresh_from_db()
    assert session.current_version

    entry = bytes(session.current_version.vevent)

    assert b"sala-secreta" not in entry
    assert b"ATTENDEE" not in entry


@pytest.mark.parametrize("kind", ["invitation", "change", "cancellation"])
def test_mails_of_a_release_bring_its_note(kind, member):
    session = publish_session(people=[member]).session
    if kind != "invitation":  # one that waits is written anew
        sent()
    session.refresh_from_db()
    if kind == "cancellation":
        actions.cancel(session, reason="Paro", by=None)
    else:
        session.venue = "Sala 2"
        actions.save_draft(session, organizations=[], people=[member], by=None, seen_edits=session.edits)
    actions.publish_release(session.cycle, by=None, note="Gracias por\nsu paciencia & ayuda.", at=NOW + HOUR)

    mail = OutgoingMail.objects.get(kind=f"session_{kind}", user=member, status="queued")
    message = KINDS[mail.kind].render([mail], NOW + HOUR)[mail.pk].content
    parts = [one for one in message_from_bytes(message, policy=policy.default).walk() if not one.is_multipart()]
    text, html = (str(one.get_content()) for one in parts[:2])

    assert "Nota de la coordinación: Gracias por\nsu paciencia & ayuda." in text.replace("\r\n", "\n")
    assert "<b>Nota de la coordinación:</b> Gracias por<br>su paciencia &amp; ayuda." in html


def test_who_joins_long_after_a_release_and_who_is_reminded_read_no_note(cycle, member):
    session = draft(cycle=cycle)
    actions.publish_release(cycle, by=None, note="Cambió la sede.", at=NOW)
    sent()
    newcomer = factories.create_member()
    actions.refresh_expectations(now=NOW + 2 * DAY)
    emails.plan_reminders(START - DAY)

    mails = OutgoingMail.objects.filter(status="queued", subject_id=session.pk)

    assert {mail.kind for mail in mails} == {emails.INVITATION, emails.REMINDER}
    assert mails.filter(kind=emails.INVITATION).get().user == newcomer
    texts = [
        text_of(message) for kind in (emails.INVITATION, emails.REMINDER) for message in read_all(kind, START - DAY)
    ]
    assert ["Nota de la" in text for text in texts] == [False] * mails.count()


def test_change_shows_old_and_new_and_raises_the_sequence(cycle, member):
    session = published(cycle, venue="Sala 1")
    sent()
    moved = START + timedelta(days=1)
    edit(session, starts_at=moved, ends_at=moved + timedelta(hours=2), venue="Sala 2")
    actions.publish_release(cycle, by=None, at=NOW + timedelta(hours=1))

    (message,) = read_all(emails.CHANGE)

    assert message["Subject"].startswith("Nueva fecha, viernes 4 de diciembre de 2026 10:00–12:00 h: ")
    text = text_of(message)
    assert "jueves 3 de diciembre de 2026, 10:00–12:00 h" in text
    assert "Sala 1 → Sala 2" in text
    (event,) = calendar_of(message).walk("VEVENT")
    assert (event["SEQUENCE"], event["DTSTART"].dt) == (1, moved)


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        ({"ends_at": START + timedelta(hours=3)}, "Cambió: "),
        ({"time_zone": "America/Matamoros"}, "Cambió: "),
        ({"venue": "Sala 2"}, "Cambió: "),
        ({"starts_at": START + timedelta(minutes=30)}, "Nueva fecha, "),
        ({"starts_at": None, "ends_at": None, "day": date(2026, 12, 3)}, "Cambió: "),
        ({"starts_at": None, "ends_at": None, "day": date(2026, 12, 4)}, "Nueva fecha, "),
    ],
)
def test_change_is_a_new_date_only_if_it_begins_at_another_time(cycle, member, changes, headline):
    session = published(cycle)
    sent()
    edit(session, **changes)
    actions.publish_release(cycle, by=None, at=NOW + timedelta(hours=1))

    (message,) = read_all(emails.CHANGE)

    assert message["Subject"].startswith(headline)


def test_cancellation_says_why_and_cancels_in_the_calendar(cycle, member):
    session = published(cycle, join_url="https://ejemplo.mx/sala")
    sent()
    actions.cancel(session, reason="Cierre por mal tiempo", by=None)
    actions.publish_release(cycle, by=None, at=NOW + timedelta(hours=1))

    (message,) = read_all(emails.CANCELLATION)

    assert message["Subject"].startswith("Cancelada: ")
    assert "Cierre por mal tiempo" in text_of(message)
    assert "https://ejemplo.mx/sala" not in text_of(message)
    assert "/join/" not in text_of(message)
    calendar = calendar_of(message)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"], str(event["UID"])) == (
        "CANCEL",
        "CANCELLED",
        1,
        f"{session.uid}@localhost",
    )


@pytest.mark.parametrize(
    ("now", "subject"),
    [
        (datetime(2026, 11, 30, 16, tzinfo=UTC), "jueves 3 de diciembre de 2026 10:00–12:00 h: Sesión"),
        (datetime(2026, 12, 2, 16, tzinfo=UTC), "Mañana, jueves 3 de diciembre de 2026 10:00–12:00 h: Sesión"),
        (datetime(2026, 12, 3, 14, tzinfo=UTC), "Hoy, jueves 3 de diciembre de 2026 10:00–12:00 h: Sesión"),
    ],
)
def test_reminder_says_today_or_tomorrow_beside_the_date(cycle, member, now, subject):
    published(cycle, title="Sesión")
    emails.plan_reminders(now)

    message = read_all(emails.REMINDER, now)[-1]

    assert message["Subject"] == subject


def test_reminder_repeats_the_invitation_without_asking_again(cycle, member):
    session = published(cycle)
    actions.answer(session, user=member, answer=Participation.Answer.YES, now=NOW)
    now = START - timedelta(days=1)
    emails.plan_reminders(now)

    message = read_all(emails.REMINDER, now)[-1]

    (event,) = calendar_of(message).walk("VEVENT")
    assert (event["SEQUENCE"], event["DTSTAMP"].dt) == (0, NOW)
    assert (event["ATTENDEE"].params["RSVP"], event["ATTENDEE"].params["PARTSTAT"]) == ("FALSE", "ACCEPTED")


def test_reminder_can_be_stopped_with_one_click(cycle, member, client):
    published(cycle)
    now = START - timedelta(days=1)
    emails.plan_reminders(now)

    message = read_all(emails.REMINDER, now)[-1]
    url = message["List-Unsubscribe"].strip("<>")

    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in text_of(message)
    assert client.get(url).status_code == 200
    member.refresh_from_db()
    assert member.wants_reminders is True  # looking changes nothing
    assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    member.refresh_from_db()
    assert member.wants_reminders is False


def test_a_title_with_line_breaks_adds_no_header(cycle, member):
    published(cycle, title="Taller\r\nBcc: otra@ejemplo.mx")

    (message,) = read_all(emails.INVITATION)

    assert message["Bcc"] is None
    assert "Taller Bcc: otra@ejemplo.mx" in message["Subject"]


def test_demo_sessions_say_so_in_subject_and_calendar(member):
    demo = factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31), is_demo=True)
    factories.create_member(organization=factories.create_organization(is_demo=True))
    published(demo, title="Taller")

    (message,) = read_all(emails.INVITATION)

    assert "[DEMO] Taller" in message["Subject"]
    (event,) = calendar_of(message).walk("VEVENT")
    assert str(event["SUMMARY"]) == "[DEMO] Taller"


@pytest.mark.parametrize("kind", [emails.INVITATION, emails.CHANGE, emails.REMINDER])
@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_batch_takes_the_same_queries_for_any_size(cycle, django_assert_num_queries, kind, count):
    for _number in range(count):
        factories.create_member()
    session = published(cycle)
    if kind == emails.CHANGE:
        sent()
        edit(session, venue="Otra")
        actions.publish_release(cycle, by=None, at=NOW)
    emails.plan_reminders(START - timedelta(days=1))
    mails = list(OutgoingMail.objects.filter(kind=kind, status="queued"))

    with django_assert_num_queries({emails.CHANGE: 6, emails.REMINDER: 10}.get(kind, 4)):
        KINDS[kind].render(mails, NOW)
    with django_assert_num_queries(2):
        KINDS[kind].still_true(mails, NOW)
