"""Replies of calendars as coordinators have them: listed, put aside, written down, and forgotten in the end."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from ogpgroup.models import User
from tests import factories
from tests.reports import report
from tests.workshops.published import NOW, publish_session
from tests.workshops.replying import answered, calendar, reply, uid_of
from tests.workshops.seating import members, own
from tests.workshops.told import all_is_sent
from workshops import emails
from workshops.actions.replies import purge_mails, put_aside, receive_reply
from workshops.models import ReceivedReply

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOW + HOUR

pytestmark = pytest.mark.django_db


def received(raw: bytes) -> ReceivedReply:
    found = receive_reply(raw, now=LATER)
    assert found is not None
    return found


# --- What coordinators see --------------------------------------------------------------------------------------------


@pytest.fixture
def desk(coordinator: User) -> Client:
    coordinator.language = "en"
    coordinator.save(update_fields=["language"])
    client = Client()
    client.force_login(coordinator)
    return client


def person_writes(number: int = 1, text: str = "No podré ir, disculpen.") -> ReceivedReply:
    head = f"From: ana@ejemplo.mx\r\nSubject: Hola {number}\r\nMessage-ID: <{number}@ejemplo.mx>\r\n"
    return received(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode())


def test_page_shows_the_words_and_puts_aside(desk, coordinator):
    found = person_writes()
    shown = desk.get("/coordination/replies/").content.decode()
    assert all(words in shown for words in ("Hola 1", "ana@ejemplo.mx", "No podré ir, disculpen.", "no answer in it"))

    assert desk.post(f"/coordination/replies/{found.pk}/put-aside/").status_code == 302

    found.refresh_from_db()
    assert (found.settled_by, found.settled_at is not None) == (coordinator, True)
    assert "Hola 1" not in desk.get("/coordination/replies/").content.decode()
    assert "Put aside by Carmen Coordinadora" in desk.get("/coordination/replies/?all").content.decode()


def test_all_are_put_aside_but_those_that_came_since(desk):
    seen = [person_writes(number) for number in (1, 2)]
    later = person_writes(3)

    desk.post("/coordination/replies/put-aside/", {"last": seen[-1].pk})
    assert list(ReceivedReply.objects.to_look_at()) == [later]

    for nonsense in ("", "x", "9" * 40, "-1"):
        desk.post("/coordination/replies/put-aside/", {"last": nonsense})
    assert list(ReceivedReply.objects.to_look_at()) == [later]


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_a_constant_number_of_queries(count, desk, django_assert_num_queries):
    people = members(count)
    session = publish_session(people=people).session
    for user in people:
        text = calendar(uid=uid_of(session), attendee=user.email)
        assert received(reply(text, sender="otra@ejemplo.mx")).outcome == "another_sender"
    desk.get("/coordination/replies/")

    with django_assert_num_queries(8):
        desk.get("/coordination/replies/")


# --- What people write beside their answer ----------------------------------------------------------------------------

RAMP = "Llego a las 11 y necesito rampa"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (f":{RAMP}", RAMP),
        (f";LANGUAGE=es-MX:{RAMP}\\, por favor.\\nGracias", f"{RAMP}, por favor.\nGracias"),
        (f":{RAMP}\r\nCOMMENT:Gracias", f"{RAMP}\nGracias"),
        (";LANGUAGE=es-MX:\\n\\n", ""),  # as a program says that nothing was written
        (None, ""),
        (":" + "ñ" * 600, "ñ" * 500),
        (":uno\x07dos\x00tres", "uno dos tres"),
        (":<b>fuerte</b>", "<b>fuerte</b>"),
    ],
)
def test_what_is_written_beside_an_answer_is_kept(written, kept, member):
    session = publish_session(people=[member]).session

    found = received(answered(session, member, comment=written))

    assert (found.outcome, found.comment, own(session, member).answer) == ("applied", kept, "yes")
    assert list(ReceivedReply.objects.to_look_at()) == ([found] if kept else [])
    assert found.is_to_look_at == bool(kept)


def test_coordinators_see_it_beside_the_answer_until_they_put_it_aside(desk, member):
    session = publish_session(people=[member]).session
    received(answered(session, member, comment=":Llego tarde"))
    found = received(answered(session, member, comment=f":{RAMP} <3"))
    received(answered(session, member))
    received(reply(calendar(uid=uid_of(session), attendee=member.email, comment=":Falso"), sender="x@ejemplo.mx"))
    replies, people = "/coordination/replies/", f"/coordination/sessions/{session.slug}/people/"

    shown = desk.get(replies).content.decode()
    assert "3 mails to look at" in shown
    assert f"{RAMP} &lt;3" in shown
    assert f"/coordination/replies/{found.pk}/record/" not in shown  # the answer is on record
    beside = desk.get(people).content.decode()
    assert f"“{RAMP} &lt;3”" in beside
    assert "Llego tarde" not in beside
    assert "Falso" not in beside

    desk.post(f"/coordination/replies/{found.pk}/put-aside/")
    assert RAMP not in desk.get(replies).content.decode()
    assert RAMP in desk.get(f"{replies}?all").content.decode()
    assert RAMP in desk.get(people).content.decode()


def test_what_is_written_beside_an_answer_is_forgotten_after_90_days_read_or_not(member):
    session = publish_session(people=[member]).session
    found = received(answered(session, member, comment=f":{RAMP}"))

    assert [purge_mails(now=found.received_at + timedelta(days=days)) for days in (90, 91, 92)] == [0, 1, 0]

    found.refresh_from_db()
    assert (found.comment, bytes(found.raw), found.is_to_look_at) == ("", b"", False)


# --- Written down by a coordinator ------------------------------------------------------------------------------------


def prove(user: User, address: str, *, verified: bool = True) -> None:
    EmailAddress.objects.create(user=user, email=address, verified=verified)


@pytest.mark.parametrize(("sender", "attendee"), [("alias", "own"), ("own", "alias"), ("alias", "alias")])
def test_address_that_the_person_has_proved_answers_too(sender, attendee, member):
    session, addresses = publish_session(people=[member]).session, {"own": member.email, "alias": "olga@gob.ejemplo.mx"}
    prove(member, "Olga@gob.ejemplo.mx")
    text = calendar(uid=uid_of(session), attendee=addresses[attendee])

    assert received(reply(text, sender=addresses[sender])).outcome == "applied"
    assert own(session, member).answer == "yes"


def test_address_of_somebody_else_or_not_proved_answers_for_nobody(member):
    session = publish_session(people=[member]).session
    prove(member, "sin.probar@ejemplo.mx", verified=False)
    prove(factories.create_member(), "ajena@ejemplo.mx")
    text = calendar(uid=uid_of(session), attendee=member.email)

    outcomes = [received(reply(text, sender=f"{name}@ejemplo.mx")).outcome for name in ("sin.probar", "ajena")]

    assert outcomes == ["another_sender", "another_sender"]
    assert own(session, member).answer == "none"


def test_coordinator_writes_down_what_a_mail_meant(desk, coordinator, member):
    session = publish_session(people=[member], starts_at=timezone.now() + DAY).session
    found = received(reply(calendar(uid=uid_of(session), attendee=member.email), sender="jefa@ejemplo.mx"))
    address = f"/coordination/replies/{found.pk}/record/"
    assert address in desk.get("/coordination/replies/").content.decode()

    assert desk.post(address, {"answer": "none"}).status_code == 400
    assert desk.post(address, {"answer": "maybe"}).headers["Location"] == "/coordination/replies/"

    row = own(session, member)
    found.refresh_from_db()
    assert (row.answer, row.answered_by) == ("maybe", coordinator)
    assert (found.outcome, found.settled_by) == ("another_sender", coordinator)
    assert desk.post(address, {"answer": "yes"}).status_code == 404


def test_mail_of_nobody_we_know_leads_to_the_list_of_its_session(desk, member):
    session = publish_session(people=[member]).session
    found = received(reply(calendar(uid=uid_of(session), attendee="x@ejemplo.mx"), sender="x@ejemplo.mx"))

    shown = desk.get("/coordination/replies/").content.decode()
    desk.post(f"/coordination/replies/{found.pk}/record/", {"answer": "yes"})

    assert f'href="/coordination/sessions/{session.slug}/people/"' in shown
    assert list(ReceivedReply.objects.to_look_at()) == [found]


def test_mail_of_ours_that_comes_back_is_no_answer_and_waits_in_the_outbox(member):
    publish_session(people=[member])
    all_is_sent(NOW)
    (invited,) = member.mails.filter(kind=emails.INVITATION)

    found = received(report(invited))

    invited.refresh_from_db()
    assert (found.outcome, invited.status) == ("returned", "bounced")
    assert not ReceivedReply.objects.to_look_at().exists()
    assert received(report(invited, number=2)).outcome == "unreadable"


# --- Forgotten --------------------------------------------------------------------------------------------------------


def test_what_mails_say_is_forgotten_after_90_days_unless_it_waits_for_somebody(coordinator, member):
    session = publish_session(people=[member]).session
    recorded = received(answered(session, member))
    waiting, seen = person_writes(1), person_writes(2)
    put_aside(ReceivedReply.objects.filter(pk=seen.pk), by=coordinator, now=LATER)
    came = recorded.received_at

    purged = [purge_mails(now=came + timedelta(days=days)) for days in (90, 91, 92)]

    assert purged == [0, 2, 0]
    kept = {one.pk: bool(one.raw) for one in ReceivedReply.objects.all()}
    assert kept == {recorded.pk: False, waiting.pk: True, seen.pk: False}
    assert (ReceivedReply.objects.get(pk=seen.pk).subject, own(session, member).answer) == ("Hola 2", "yes")
