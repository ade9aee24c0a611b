"""Mails that a server took and sent back: the report is read, the mail marked, the address remembered."""

import pytest
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.mail import returned
from ogpgroup.models import OutgoingMail, RefusedAddress
from tests import factories
from tests.faults.kinds import enqueue
from tests.ogpgroup.sending import deliver
from tests.reports import NO_SUCH_USER, report

pytestmark = pytest.mark.django_db


def sent(key: str = "a") -> OutgoingMail:
    person = factories.create_user(email="ines@example.org")
    (one,) = enqueue(key, recipient=person.email)
    OutgoingMail.objects.filter(pk=one.pk).update(status="sent", sent_at=timezone.now(), user=person)
    one.refresh_from_db()
    return one


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
def test_mail_that_comes_back_is_marked_with_what_the_server_said(original):
    one = sent()

    found = mail.take_back(report(one, original=original))

    one.refresh_from_db()
    assert found == one
    assert (one.status, one.server_reply) == ("bounced", NO_SUCH_USER)
    assert list(OutgoingMail.objects.to_look_at()) == [one]
    known = RefusedAddress.objects.get()
    assert (known.user, known.address, known.times, known.reply) == (one.user, "ines@example.org", 1, NO_SUCH_USER)


def test_mail_whose_outcome_is_unknown_has_gone_if_it_comes_back():
    one = sent()
    OutgoingMail.objects.update(status="unknown", sent_at=None, unknown_count=1)

    assert mail.take_back(report(one)) == one

    one.refresh_from_db()
    assert (one.status, one.server_reply, one.sent_at) == ("bounced", NO_SUCH_USER, None)
    assert list(OutgoingMail.objects.to_look_at()) == [one]
    assert RefusedAddress.objects.get().address == "ines@example.org"


def test_report_that_is_read_twice_counts_once():
    one = sent()

    assert (mail.take_back(report(one)), mail.take_back(report(one))) == (one, None)
    assert RefusedAddress.objects.get().times == 1


def test_full_mailbox_says_nothing_against_the_address():
    one = sent()

    mail.take_back(report(one, said="552 5.2.2 Mailbox full", status="5.2.2"))

    one.refresh_from_db()
    assert (one.status, one.server_reply) == ("bounced", "552 5.2.2 Mailbox full")
    assert not RefusedAddress.objects.exists()


def test_report_without_the_words_of_the_server_gives_its_code():
    one = sent()

    mail.take_back(report(one, said=""))

    one.refresh_from_db()
    assert one.server_reply == "5.1.1"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_report_that_nothing_failed_marks_nothing(action):
    one = sent()

    assert mail.take_back(report(one, action=action)) is None
    one.refresh_from_db()
    assert one.status == "sent"


@pytest.mark.parametrize("status", ["queued", "withdrawn", "bounced"])
def test_mail_that_did_not_go_cannot_come_back(status):
    one = sent()
    OutgoingMail.objects.update(status=status)

    assert mail.take_back(report(one)) is None
    one.refresh_from_db()
    assert one.status == status


def test_report_about_no_mail_of_ours_marks_nothing():
    one = sent()
    other = OutgoingMail(message_id="<otro@localhost>", recipient=one.recipient)

    assert mail.take_back(report(other)) is None


def test_odd_reports_are_none():
    whole = report(sent())
    odd = [
        b"",
        b"\xff" * 50,
        b"Content-Type: multipart/report\r\n\r\nx",
        whole.replace(b"multipart/report", b"text/plain"),
    ]
    odd += [whole.replace(b"Message-ID", b"X-ID"), whole.replace(b"message/delivery-status", b"text/plain")]

    assert [returned.read(raw) for raw in odd] == [None] * len(odd)
    for length in range(0, len(whole), 37):
        returned.read(whole[:length])


def test_name_of_a_mail_cannot_be_worked_out_from_its_key(settings):
    (one,) = enqueue("a")
    settings.SECRET_KEY = "another one"
    (other,) = enqueue("b")
    OutgoingMail.objects.all().delete()
    (again,) = enqueue("a")

    assert len({one.message_id, other.message_id, again.message_id}) == 3


@pytest.mark.parametrize(
    ("mailbox", "sender"),
    [("", "aviso@ejemplo.mx"), ("imaps://a:b@correo.ejemplo.mx/INBOX", "respuestas@ejemplo.mx")],
)
def test_what_comes_back_comes_to_where_it_is_read(mailbox, sender, sink, settings):
    settings.MAIL_FROM, settings.REPLY_ADDRESS = "Grupo <aviso@ejemplo.mx>", "Respuestas <respuestas@ejemplo.mx>"
    settings.REPLY_MAILBOX_URL = mailbox
    enqueue("a")

    deliver()

    (arrived,) = sink.ledger.parsed()
    assert sink.ledger.senders == {sender}
    assert arrived["From"] == "Grupo <aviso@ejemplo.mx>"
    assert arrived["X-Auto-Response-Suppress"] == "OOF, AutoReply"
