"""Answers that come by mail from calendars: recorded for whom they are from; what is odd is listed, never dropped."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from cities.models import Membership
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, START, cancel, change, publish_session
from tests.workshops.replying import answered, calendar, reply, uid_of
from tests.workshops.seating import MINUTE, members, own, say, seated
from tests.workshops.told import all_is_sent, calendar_of, read
from workshops import emails
from workshops.actions.delegates import send_delegate
from workshops.actions.replies import receive_reply
from workshops.models import Participation, ReceivedReply, Session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOW + HOUR

pytestmark = pytest.mark.django_db


def received(raw: bytes) -> ReceivedReply:
    found = receive_reply(raw, now=LATER)
    assert found is not None
    return found


# --- What is recorded -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("partstat", "answer"), [("ACCEPTED", "yes"), ("TENTATIVE", "maybe"), ("DECLINED", "no")])
def test_reply_is_recorded_like_any_other_answer(partstat, answer, member):
    session = publish_session(people=[member]).session

    found = received(answered(session, member, partstat))

    row = own(session, member)
    assert (found.outcome, found.participation, found.partstat) == ("applied", row, partstat)
    assert (row.answer, row.answered_at) == (answer, LATER)
    assert not ReceivedReply.objects.to_look_at().exists()


def test_invitation_asks_for_a_reply_that_is_understood(member):
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    (invited,) = member.mails.filter(kind=emails.INVITATION)
    (event,) = calendar_of(read(invited, NOW)).all("VEVENT")
    assert event.get("ATTENDEE").parameters["RSVP"] == "TRUE"
    assert event.get("ORGANIZER").value == "mailto:respuestas@localhost"

    attendee = event.get("ATTENDEE").value.removeprefix("mailto:")
    text = calendar(uid=event.get("UID").value, attendee=attendee)

    assert received(reply(text, sender=member.email)).outcome == "applied"
    assert own(session, member).answer == "yes"


def test_address_in_other_letters_is_the_same_address(member):
    session = publish_session(people=[member]).session
    text = calendar(uid=uid_of(session), attendee=member.email.upper()).replace("mailto:", "MAILTO:")

    assert received(reply(text, sender=member.email.title())).outcome == "applied"


def test_same_mail_read_twice_counts_once(member):
    session = publish_session(people=[member]).session
    raw = answered(session, member)

    first, second = receive_reply(raw, now=LATER), receive_reply(raw, now=LATER + HOUR)

    assert (first is not None, second, ReceivedReply.objects.count()) == (True, None, 1)
    assert own(session, member).answered_at == LATER


def test_mails_of_several_people_with_one_message_id_all_count(official_reynosa, member):
    session = publish_session(people=[official_reynosa, member]).session
    text = {person: calendar(uid=uid_of(session), attendee=person.email) for person in (official_reynosa, member)}
    raws = [reply(words, sender=person.email, message_id="<1@pasarela.mx>") for person, words in text.items()]

    for raw in raws * 2:
        receive_reply(raw, now=LATER)

    assert list(ReceivedReply.objects.values_list("outcome", flat=True)) == ["applied", "applied"]
    assert (own(session, official_reynosa).answer, own(session, member).answer) == ("yes", "yes")


def test_mail_without_a_message_id_read_twice_counts_once(member):
    session = publish_session(people=[member]).session
    raw = b"\n".join(line for line in answered(session, member).split(b"\n") if not line.startswith(b"Message-ID"))

    first, second = receive_reply(raw, now=LATER), receive_reply(raw, now=LATER)

    assert first is not None
    assert (first.message_id[:7], len(first.message_id), second, first.outcome) == ("sha256:", 71, None, "applied")


def test_yes_where_all_seats_are_taken_waits_and_is_listed():
    people = members(2)
    session = seated(1, people=people)
    say(session, people[:1])

    assert received(answered(session, people[1])).outcome == "no_seat"
    assert own(session, people[1]).place == "waiting"
    told = OutgoingMail.objects.filter(kind__startswith="session_seat_")
    assert list(told.values_list("kind", "user")) == [("session_seat_waiting", people[1].pk)]
    assert ReceivedReply.objects.to_look_at().count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_mail_read_by_two_at_once_counts_once():
    (user,) = members(1)
    session = publish_session(people=[user]).session
    raw, gate = answered(session, user), threading.Barrier(4)
    kept: list[bool] = []

    def receive() -> None:
        gate.wait()
        try:
            kept.append(receive_reply(raw, now=LATER) is not None)
        finally:
            connection.close()

    threads = [threading.Thread(target=receive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sorted(kept), ReceivedReply.objects.count()) == ([False, False, False, True], 1)


# --- What is not ------------------------------------------------------------------------------------------------------


def test_reply_to_an_earlier_date_is_outdated_and_to_a_later_version_of_the_same_date_is_not(member):
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    change(session, at=NOW + MINUTE, starts_at=START + DAY, ends_at=START + DAY + HOUR)
    change(session, at=NOW + 2 * MINUTE, venue="Sala 2")

    outcomes = [received(answered(session, member, sequence=number)).outcome for number in (0, 1, 2, 3)]

    assert outcomes == ["outdated", "applied", "applied", "applied"]


def test_reply_to_a_date_that_was_changed_back_before_anybody_was_told_is_recorded(member):
    """The number has gone up twice, and no calendar has heard of it."""
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    change(session, at=NOW + MINUTE, starts_at=START + DAY, ends_at=START + DAY + HOUR)
    while_it_waits = received(answered(session, member, sequence=0)).outcome
    change(session, at=NOW + 2 * MINUTE, starts_at=START, ends_at=START + HOUR)

    assert while_it_waits == "outdated"
    assert received(answered(session, member, sequence=0)).outcome == "applied"


def test_reply_to_a_date_that_was_told_otherwise_and_back_is_outdated(member):
    """Between the two they were asked for another date, and are asked again for this one."""
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    change(session, at=NOW + MINUTE, starts_at=START + DAY, ends_at=START + DAY + HOUR)
    all_is_sent(NOW + MINUTE)
    change(session, at=NOW + 2 * MINUTE, starts_at=START, ends_at=START + HOUR)

    outcomes = [received(answered(session, member, sequence=number)).outcome for number in (0, 1, 2)]

    assert outcomes == ["outdated", "outdated", "applied"]


def test_reply_without_a_sequence_answers_the_first_version(member):
    session = publish_session(people=[member]).session
    assert received(answered(session, member, sequence=None)).outcome == "applied"

    change(session, at=NOW + MINUTE, starts_at=START + DAY, ends_at=START + DAY + HOUR)
    assert received(answered(session, member, sequence=None)).outcome == "outdated"


def test_yes_of_somebody_who_has_sent_another_is_listed(member):
    colleague = factories.create_member(organization=member.memberships.get().organization)
    session = publish_session(people=[member]).session
    send_delegate(session, sender=member, delegate=colleague, now=NOW)

    found = received(answered(session, member))

    assert (found.outcome, found.is_to_look_at) == ("sent_somebody", True)
    assert own(session, member).answer == "no"


@pytest.mark.parametrize("why", ["over", "cancelled", "postponed"])
def test_reply_to_a_session_that_takes_no_answers_is_too_late(why, member):
    session = publish_session(people=[member]).session
    now = LATER
    if why == "over":
        now = START + 3 * HOUR
    elif why == "cancelled":
        cancel(session, at=NOW + MINUTE)
    else:
        change(session, at=NOW + MINUTE, status="postponed", cancel_reason="La sede no está lista.")

    found = receive_reply(answered(session, member, sequence=9), now=now)

    assert found is not None
    assert (found.outcome, own(session, member).answer) == ("too_late", "none")


@pytest.mark.parametrize(
    "uid", ["nada", "x@localhost", "00000000-0000-0000-0000-000000000000@localhost", "x{uid}@localhost"]
)
def test_event_that_is_not_ours_is_an_unknown_session(uid, member):
    session = publish_session(people=[member]).session
    text = calendar(uid=uid.format(uid=session.uid), attendee=member.email)

    assert received(reply(text, sender=member.email)).outcome == "unknown_session"


@pytest.mark.parametrize("uid", ["{uid}@antes.ejemplo.mx", "{uid}", "{uid}@LOCALHOST"])
def test_answer_to_an_entry_from_where_the_platform_was_before_counts(uid, member):
    session = publish_session(people=[member]).session
    text = calendar(uid=uid.format(uid=session.uid), attendee=member.email)

    assert received(reply(text, sender=member.email)).outcome == "applied"
    assert own(session, member).answer == "yes"


@pytest.mark.parametrize("who", ["nobody", "not invited", "closed account", "left the group"])
def test_reply_of_who_is_not_invited_is_listed(who, member):
    session = publish_session(organizations=[member.memberships.get().organization], visibility="invited").session
    address = {"nobody": "nadie@ejemplo.mx", "not invited": factories.create_member().email}.get(who, member.email)
    if who == "closed account":
        User.objects.filter(pk=member.pk).update(is_active=False)
    elif who == "left the group":
        Membership.objects.filter(user=member).update(until=(NOW - DAY).date())

    with time_machine.travel(LATER, tick=False):
        found = received(reply(calendar(uid=uid_of(session), attendee=address), sender=address))

    assert (found.outcome, found.attendee) == ("unknown_person", address)
    assert set(Participation.objects.filter(session=session).values_list("answer", flat=True)) == {"none"}


@pytest.mark.parametrize(
    "sender",
    [
        "otra@ejemplo.mx",
        "",
        "{own}, otra@ejemplo.mx",
        '"{own}" <otra@ejemplo.mx>',
        "{own}.ejemplo.mx",
        "otra@ejemplo.mx <{own}> x",
    ],
)
def test_mail_from_another_address_answers_for_nobody(sender, member):
    session = publish_session(people=[member]).session
    raw = answered(session, member).split(b"\n", 1)[1]
    raw = b"From: " + sender.format(own=member.email).encode() + b"\n" + raw

    found = received(raw)

    assert (found.outcome, own(session, member).answer) == ("another_sender", "none")


# --- Odd mails --------------------------------------------------------------------------------------------------------


def _odd(session: Session, user: User) -> dict[str, bytes]:
    good = calendar(uid=uid_of(session), attendee=user.email)
    plain = f"From: {user.email}\r\nMessage-ID: <odd@ejemplo.mx>\r\n"
    two = good.replace("END:VCALENDAR\r\n", "") + good.partition("VERSION:2.0\r\n")[2]

    def mail(text: str | bytes, **given: str) -> bytes:
        return reply(text, sender=user.email, **given)

    nested = f"{plain}Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + "".join(
        f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n + 1}\r\n\r\n" for n in range(3000)
    )
    return {
        "nothing at all": b"",
        "bytes": bytes(range(256)) * 50,
        "words of a person": f"{plain}Subject: No puedo\r\n\r\nNo podré ir.\r\n".encode(),
        "no method": mail(calendar(uid=uid_of(session), attendee=user.email, method=None)),
        "a request": mail(calendar(uid=uid_of(session), attendee=user.email, method="REQUEST")),
        "a counter": mail(calendar(uid=uid_of(session), attendee=user.email, method="COUNTER"), method="COUNTER"),
        "two events": mail(calendar(uid=uid_of(session), attendee=user.email, events=2)),
        "two calendars": mail(two),
        "two attendees": mail(
            good.replace("END:VEVENT", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{user.email}\r\nEND:VEVENT")
        ),
        "no attendee": mail("".join(line for line in good.splitlines(True) if not line.startswith("ATTENDEE"))),
        "no uid": mail("".join(line for line in good.splitlines(True) if not line.startswith("UID"))),
        "an answer that is none": mail(calendar(uid=uid_of(session), attendee=user.email, partstat="NEEDS-ACTION")),
        "delegated": mail(calendar(uid=uid_of(session), attendee=user.email, partstat="DELEGATED")),
        "a sequence in words": mail(calendar(uid=uid_of(session), attendee=user.email, sequence="dos")),
        "a sequence too large": mail(calendar(uid=uid_of(session), attendee=user.email, sequence=10**30)),
        "half a calendar": mail(good[: len(good) // 2]),
        "no calendar": mail("<html>hola</html>"),
        "an empty calendar": mail(b""),
        "parts in parts": nested.encode(),
        "a part without end": f"{plain}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".encode() + b"x" * 5000,
        "too much": mail(good) + b"\r\n" + b"x" * ReceivedReply.MOST_BYTES,
        "too much of a calendar": mail(good.replace("END:VEVENT", "DESCRIPTION:" + "x" * 60_000 + "\r\nEND:VEVENT")),
        "headers of bytes": b"From: \xff\xfe\r\nSubject: =?x-none?Q?=ff=fe?= \x00\r\nMessage-ID: \x00\r\n\r\nhola",
    }


ODD = [
    "nothing at all",
    "bytes",
    "words of a person",
    "no method",
    "a request",
    "a counter",
    "two events",
    "two calendars",
    "two attendees",
    "no attendee",
    "no uid",
    "an answer that is none",
    "delegated",
    "a sequence in words",
    "a sequence too large",
    "half a calendar",
    "no calendar",
    "an empty calendar",
    "parts in parts",
    "a part without end",
    "too much",
    "too much of a calendar",
    "headers of bytes",
]


@pytest.mark.parametrize("which", ODD)
def test_odd_mail_is_kept_and_listed_and_answers_nothing(which, member, coordinator):
    session = publish_session(people=[member]).session
    raw = _odd(session, member)[which]

    found = received(raw)

    assert (found.outcome, own(session, member).answer) == ("unreadable", "none")
    assert bytes(found.raw) == raw[: ReceivedReply.MOST_BYTES]
    client = Client()
    client.force_login(coordinator)
    shown = client.get("/coordination/replies/")
    assert (shown.status_code, [row.reply for row in shown.context["rows"]]) == (200, [found])


def test_all_odd_mails_are_tried(member):
    assert list(_odd(publish_session(people=[member]).session, member)) == ODD


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"=?utf-8?q?Sesi=C3=B3n?= de hoy", "Sesión de hoy"),
        ("Sesión de hoy".encode(), "Sesión de hoy"),
        ("Sesión de hoy".encode("latin-1"), "Sesi\ufffdn de hoy"),
        (b"=?klingon?q?Sesi=C3=B3n?=", "=?klingon?q?Sesi=C3=B3n?="),
        (b"", ""),
    ],
)
def test_subject_is_read_as_people_wrote_it(written, read):
    raw = b"From: a@example.org\r\nSubject: " + written + b"\r\n\r\nHola\r\n"

    assert received(raw).subject == read


def test_charset_that_is_another_or_none_is_read(member):
    session = publish_session(people=[member]).session
    text = calendar(uid=uid_of(session), attendee=member.email).replace("CN=Alguien", "CN=José Ñúñez")

    outcomes = [
        received(reply(text.encode(encoding), sender=member.email, charset=said)).outcome
        for encoding, said in (("utf-8", "us-ascii"), ("latin-1", "utf-8"), ("utf-8", "x-nada"), ("latin-1", "latin-1"))
    ]

    assert outcomes == ["applied"] * 4
