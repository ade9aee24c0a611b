"""The sender against a real SMTP server that misbehaves in each way of the table in the docs, and against a folder."""

import socket
from collections import Counter
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.mail import sender as sender_module
from ogpgroup.mail.smtp import Trouble
from ogpgroup.models import MailBreaker, OutgoingMail
from tests.faults.kinds import DECISION, KINDS, POISON, REMINDER, UNTRUE, enqueue
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings):
    with Sink() as running:
        settings.MAIL_URL = running.url
        yield running


def deliver(**options):
    return mail.deliver(kinds=KINDS, **options)


def the(key):
    return OutgoingMail.objects.get(key=key)


def minutes_until_retry(one):
    return (one.retry_at - timezone.now()).total_seconds() / 60


def end_pause():
    MailBreaker.objects.update(open_until=timezone.now() - timedelta(seconds=1))


# --- It works -------------------------------------------------------------------------------------------------------


def test_deliver_sends_what_is_due_over_one_connection(sink):
    enqueue(*"abc")
    enqueue("tomorrow", due=timedelta(days=1), useful=timedelta(days=2))

    counts = deliver()

    assert counts == Counter(sent=3)
    assert sorted(sink.ledger.recipients()) == ["a@example.org", "b@example.org", "c@example.org"]
    assert sink.ledger.sessions == 1
    row = the("a")
    assert (row.status, row.attempts, row.token, row.lease_until) == ("sent", 1, None, None)
    assert row.sent_at is not None
    assert row.server_reply.startswith("250 2.0.0 Queued as ")
    assert row.headline == "Mañana 10:00 (Reynosa 11:00): a"
    assert the("tomorrow").status == "queued"


def test_deliver_sends_the_stored_bytes(sink):
    enqueue("a")

    deliver()

    (arrived,) = sink.ledger.parsed()
    stored = BytesParser(policy=policy.default).parsebytes(bytes(the("a").rendered))
    assert arrived["Message-ID"] == stored["Message-ID"] == the("a").message_id
    assert sink.ledger.mails[0][1].rstrip(b"\r\n") == bytes(the("a").rendered).rstrip(b"\r\n")


def test_deliver_sends_lines_that_begin_with_a_dot(sink):
    (one,) = enqueue("a")
    OutgoingMail.objects.update(rendered=b"Message-ID: <a@x>\n\n.\n..\nend\r\n.x\n")

    deliver()

    assert sink.ledger.mails[0][1] == b"Message-ID: <a@x>\r\n\r\n.\r\n..\r\nend\r\n.x\r\n"


def test_deliver_empties_the_queue_in_batches(sink):
    enqueue(*(f"m{number}" for number in range(25)))

    assert deliver(batch_size=10) == Counter(sent=25)


def test_deliver_asks_each_kind_a_constant_number_of_times(sink, django_assert_num_queries):
    enqueue(*(f"m{number}" for number in range(20)))

    with django_assert_num_queries(2 * 3 + 2 + 20 + 1):
        # per batch a heartbeat and the breaker and the claim; then the time and the bytes; one outcome for each mail;
        # and the second batch, which is empty, looks for suspects too
        deliver()


def test_deliver_without_mail_leaves_no_connection(sink):
    assert deliver() == Counter()
    assert sink.ledger.sessions == 0


def test_deliver_writes_the_senders_heartbeat(sink):
    deliver()

    assert (mail.watch().sender_seconds or 99) < 1


def test_account_mail_loses_its_body_once_sent(sink):
    enqueue("a", kind=DECISION)

    deliver()

    row = the("a")
    assert (row.status, row.rendered) == ("sent", None)
    assert row.headline == "Mañana 10:00 (Reynosa 11:00): a"


def test_deliver_signs_in(settings):
    with Sink(password="siete garzas") as sink:
        settings.MAIL_URL = f"smtp://us%40er:siete%20garzas@127.0.0.1:{sink.port}"
        enqueue("a")

        assert deliver() == Counter(sent=1)


def test_deliver_without_mail_server_writes_files(settings, tmp_path):
    settings.MAIL_URL, settings.MAIL_FOLDER = "", tmp_path / "mail"
    enqueue("a", "b")

    assert deliver() == Counter(sent=2)

    files = sorted((tmp_path / "mail").iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert files[0].read_bytes() == bytes(the("a").rendered)


def test_deliver_to_a_folder_that_cannot_be_written_burns_no_attempts(settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.MAIL_URL, settings.MAIL_FOLDER = "", tmp_path / "file" / "mail"
    enqueue("a")

    deliver()

    assert (the("a").status, the("a").attempts) == ("queued", 0)


# --- True, and written before it is sent -----------------------------------------------------------------------------


def test_mail_that_is_no_longer_true_is_withdrawn(sink):
    enqueue("true")
    enqueue("untrue", version=UNTRUE)

    assert deliver() == Counter(sent=1, withdrawn=1)
    assert the("untrue").server_reply == "No longer true when its turn came."
    assert sink.ledger.recipients() == ["true@example.org"]


def test_mail_that_is_no_longer_true_at_its_second_try_is_withdrawn(sink):
    sink.behaviour.later = {"a@example.org": 1}
    enqueue("a")
    deliver()
    OutgoingMail.objects.update(subject_version=UNTRUE, retry_at=timezone.now())

    assert deliver() == Counter(withdrawn=1)


def test_mail_that_cannot_be_written_fails_alone(sink, caplog):
    enqueue("a", "b")
    enqueue("poison", version=POISON)

    assert deliver() == Counter(sent=2, failed=1)
    assert the("poison").server_reply == "The text of this mail could not be written; the log says why."
    assert "There is nothing to say about this." in caplog.text


def test_mail_that_render_forgets_fails_alone(sink):
    forgetful = mail.Kind("reminder", REMINDER.priority, True, REMINDER.still_true, lambda mails, now: {})
    enqueue("a")

    assert mail.deliver(kinds=[forgetful]) == Counter(failed=1)


def test_question_that_raises_for_one_mail_fails_that_one(sink):
    def picky(mails, now):
        if any(one.key == "b" for one in mails):
            raise LookupError
        return {one.pk for one in mails}

    enqueue(*"abc")

    counts = mail.deliver(kinds=[mail.Kind("reminder", REMINDER.priority, True, picky, REMINDER.render)])

    assert counts == Counter(sent=2, failed=1)
    assert the("b").status == "failed"


def test_bytes_are_stored_before_the_first_attempt(settings):
    settings.MAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    enqueue("a")

    deliver()

    assert (the("a").status, bytes(the("a").rendered)[:5]) == ("queued", b"From:")


def test_retry_sends_the_same_bytes_after_the_text_would_read_otherwise(sink):
    sink.behaviour.later = {"a@example.org": 1}
    enqueue("a")
    deliver()
    before = bytes(the("a").rendered)
    OutgoingMail.objects.update(retry_at=timezone.now(), subject_version=POISON)

    assert deliver() == Counter(sent=1)
    assert bytes(the("a").rendered) == before


# --- The table of outcomes ------------------------------------------------------------------------------------------


def test_address_that_is_refused_fails_and_does_not_stop_the_others(sink):
    sink.behaviour.refuse = {"b@example.org"}
    enqueue(*"abc")

    assert deliver() == Counter(sent=2, failed=1)
    assert (the("b").server_reply, the("b").attempts) == ("550 5.1.1 No such person", 1)
    assert sink.ledger.sessions == 1


def test_text_that_is_refused_fails_and_does_not_stop_the_others(sink):
    sink.behaviour.refuse_text = {"a@example.org"}
    enqueue(*"ab")

    assert deliver() == Counter(sent=1, failed=1)


def test_temporary_refusal_waits_longer_each_time_and_then_succeeds(sink):
    sink.behaviour.later = {"a@example.org": 6}
    enqueue("a")

    waits = []
    while the("a").status == "queued":
        deliver()
        if the("a").retry_at:
            waits.append(minutes_until_retry(the("a")))
            OutgoingMail.objects.update(retry_at=timezone.now())

    row = the("a")
    assert (row.status, row.attempts, row.retry_at, len(sink.ledger.mails)) == ("sent", 7, None, 1)
    assert [0.75 * m < wait < 1.25 * m for wait, m in zip(waits, [1, 5, 15, 60, 60, 60], strict=True)] == [True] * 6


def test_temporary_refusal_until_it_is_too_late_is_missed(sink):
    sink.behaviour.later = {"a@example.org": 99}
    enqueue("a", useful=timedelta(seconds=30))
    deliver()
    assert the("a").retry_at <= the("a").useful_until
    OutgoingMail.objects.update(retry_at=timezone.now(), useful_until=timezone.now())

    assert deliver() == Counter(missed=1)


def test_reply_lost_after_the_text_is_repeated_with_the_same_bytes(sink):
    sink.behaviour.drop_after_dot = 1
    enqueue("a", "b")

    deliver()
    lost = the("a")
    OutgoingMail.objects.filter(pk=lost.pk).update(retry_at=timezone.now())
    deliver()

    assert (lost.status, lost.unknown_count) == ("queued", 1)
    assert (the("a").status, the("a").unknown_count) == ("sent", 1)
    assert sorted(sink.ledger.copies().values()) == [1, 2]
    texts = [content for to, content in sink.ledger.mails if to == "a@example.org"]
    assert texts[0] == texts[1]


def test_reply_lost_after_a_decision_asks_a_person(sink):
    sink.behaviour.drop_after_dot = 1
    enqueue("a", "b", kind=DECISION)

    assert deliver() == Counter(unknown=1, sent=1)
    assert the("a").server_reply == "The mail server took the text and gave no answer; it may have arrived."
    assert the("a").data_began_at is not None
    assert deliver() == Counter()


def test_reply_lost_again_and_again_asks_a_person_in_the_end(sink):
    sink.behaviour.drop_after_dot = 99
    enqueue("a")
    for _ in range(9):
        deliver()
        OutgoingMail.objects.filter(status="queued").update(retry_at=timezone.now())
        end_pause()

    assert (the("a").status, the("a").unknown_count) == ("unknown", 6)
    assert len(sink.ledger.mails) == 6


def test_server_that_breaks_off_again_and_again_is_left_alone_for_a_while(sink):
    sink.behaviour.drop_after_dot = 99
    enqueue(*(f"m{number}" for number in range(20)))

    deliver()

    assert len(sink.ledger.mails) == sender_module.BROKEN_IN_A_ROW
    assert Counter(OutgoingMail.objects.values_list("attempts", flat=True)) == {1: 3, 0: 17}


def test_server_that_closes_after_some_mails_is_called_again(sink):
    sink.behaviour.close_after = 4
    enqueue(*(f"m{number:02}" for number in range(10)))

    assert deliver() == Counter(sent=10)
    assert sink.ledger.sessions == 3
    assert set(OutgoingMail.objects.values_list("attempts", flat=True)) == {1}


def test_server_that_is_too_busy_slows_the_sender(sink):
    sink.behaviour.too_many = 1
    enqueue(*"abc")

    deliver()
    paused = deliver()
    end_pause()
    deliver()

    assert paused == Counter()
    assert the("a").attempts == 1
    assert minutes_until_retry(the("a")) > 0.5
    assert sorted(sink.ledger.recipients()) == ["b@example.org", "c@example.org"]
    assert not MailBreaker.objects.exists()


def test_stalled_server_costs_one_timeout(settings):
    with Sink(stall_at_mail=True) as sink:
        settings.MAIL_URL = f"smtp://127.0.0.1:{sink.port}?timeout=0.3"
        enqueue(*(f"m{number}" for number in range(20)))

        started = timezone.now()
        deliver()
        took = timezone.now() - started

    assert took < timedelta(seconds=2)
    assert set(OutgoingMail.objects.values_list("status", "attempts")) == {("queued", 0)}
    assert MailBreaker.objects.get().reason == "The mail server did not answer in time."


def test_server_that_stalls_after_the_text_costs_one_timeout(settings):
    with Sink(stall_after_dot=9) as sink:
        settings.MAIL_URL = f"smtp://127.0.0.1:{sink.port}?timeout=0.3"
        enqueue(*"abc")

        deliver()

    assert the("a").unknown_count == 1
    assert [the(key).attempts for key in "abc"] == [1, 0, 0]


def test_server_that_is_not_there_burns_nobodys_attempts(settings):
    settings.MAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    enqueue(*"abc")

    deliver()

    assert set(OutgoingMail.objects.values_list("status", "attempts")) == {("queued", 0)}
    assert pause_of_breaker() == pytest.approx(15, abs=2)


@pytest.mark.parametrize(
    ("behaviour", "login", "words"),
    [
        ({"password": "right"}, "user:wrong@", "535 5.7.8"),
        ({"password": "right"}, "", "530 5.7.0"),
        ({}, "user:password@", "SMTP AUTH extension not supported"),
        ({"refuse_sender": True}, "", "550 5.7.1 Sender is not yours"),
        ({"relay_denied": True}, "", "554 5.7.1 Relay access denied"),
    ],
)
def test_our_own_configuration_opens_the_breaker_and_burns_nobodys_attempts(settings, behaviour, login, words):
    with Sink(**behaviour) as sink:
        settings.MAIL_URL = f"smtp://{login}127.0.0.1:{sink.port}?timeout=5"
        if "5.7.8" in words or "AUTH" in words:
            settings.MAIL_URL = f"smtp://{login}127.0.0.1:{sink.port}?timeout=5"
        enqueue(*"abc")

        deliver()
        again = deliver()

    assert again == Counter()
    assert set(OutgoingMail.objects.values_list("status", "attempts")) == {("queued", 0)}
    assert MailBreaker.objects.get().reason.startswith(words)
    assert pause_of_breaker() == pytest.approx(300, abs=5)


def test_breaker_waits_longer_each_time_and_closes_with_the_first_mail(sink):
    sink.behaviour.refuse_sender = True
    enqueue("a")
    pauses = []
    for _ in range(6):
        deliver()
        pauses.append(round(pause_of_breaker() / 60))
        end_pause()
    sink.behaviour.refuse_sender = False

    counts = deliver()

    assert pauses == [5, 10, 20, 40, 60, 60]
    assert counts == Counter(sent=1)
    assert not MailBreaker.objects.exists()


def test_two_senders_that_meet_the_same_trouble_open_the_breaker_once():
    sender_module._open_breaker(Trouble.MISCONFIGURED, "550")
    sender_module._open_breaker(Trouble.MISCONFIGURED, "550")

    assert MailBreaker.objects.get().opened_count == 1


@pytest.mark.parametrize("recipient", ["ñandú@example.org", "a<b@example.org"])
def test_address_that_smtp_cannot_say_fails_alone(sink, recipient):
    enqueue("a", recipient=recipient)
    enqueue("b")

    assert deliver() == Counter(sent=1, failed=1)


def test_address_in_a_domain_with_accents_is_sent_in_its_ascii_form(sink):
    enqueue("a", recipient="a@méxico.example.org")

    deliver()

    assert sink.ledger.recipients() == ["a@xn--mxico-bsa.example.org"]


# --- Leases ---------------------------------------------------------------------------------------------------------


def test_sender_gives_back_what_it_cannot_send_within_the_safe_part_of_its_lease(sink):
    sink.behaviour.seconds_per_mail = 0.8
    enqueue(*"abcd")

    sender = sender_module._Sender(
        {kind.name: kind for kind in KINDS}, lease=timedelta(seconds=2), batch_size=10, stop=lambda: False
    )
    sender.send_batch()
    sender.transport.close()

    assert [the(key).status for key in "abcd"] == ["sent", "sent", "queued", "queued"]
    assert [the(key).attempts for key in "abcd"] == [1, 1, 0, 0]


def test_sender_that_is_told_to_stop_finishes_the_mail_in_hand(sink):
    enqueue(*"abc")
    answers = iter([False, False, True, True])

    counts = deliver(stop=lambda: next(answers))

    assert counts == Counter(sent=1)
    assert [(the(key).status, the(key).attempts) for key in "abc"] == [("sent", 1), ("queued", 0), ("queued", 0)]


def test_outcome_of_a_sender_that_lost_its_lease_is_not_written(sink, caplog):
    def steal(mails, now):
        OutgoingMail.objects.filter(key="a").update(token="00000000-0000-0000-0000-000000000000")
        return REMINDER.render(mails, now)

    enqueue("a", "b")

    counts = mail.deliver(kinds=[mail.Kind("reminder", REMINDER.priority, True, REMINDER.still_true, steal)])

    assert counts == Counter(sent=1)
    assert sink.ledger.recipients() == ["b@example.org"]
    assert (the("a").status, the("a").rendered) == ("sending", None)


def test_decision_whose_lease_was_lost_is_not_offered(sink):
    enqueue("a", kind=DECISION)
    OutgoingMail.objects.update(rendered=b"text")

    def steal(mails, now):
        OutgoingMail.objects.filter(key="a").update(token="00000000-0000-0000-0000-000000000000")
        return DECISION.still_true(mails, now)

    counts = mail.deliver(kinds=[mail.Kind("decision", DECISION.priority, False, steal, DECISION.render)])

    assert counts == Counter()
    assert sink.ledger.mails == []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pause_of_breaker():
    return (MailBreaker.objects.get().open_until - timezone.now()).total_seconds()
