"""The sender against a real SMTP server that misbehaves in each way of the table in the docs."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from ogpgroup.mail import sender as sender_module
from ogpgroup.mail.smtp import Trouble
from ogpgroup.models import MailBreaker, OutgoingMail
from tests.faults.kinds import DECISION, REMINDER, enqueue
from tests.ogpgroup.sending import deliver, end_pause, free_port, minutes_until_retry, pause_of_breaker, the
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db


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
    ],
)
def test_our_own_configuration_opens_the_breaker_and_burns_nobodys_attempts(settings, behaviour, login, words):
    with Sink(**behaviour) as sink:
        settings.MAIL_URL = f"smtp://{login}127.0.0.1:{sink.port}?timeout=5"
        enqueue(*"abc")

        deliver()
        again = deliver()

    assert again == Counter()
    assert set(OutgoingMail.objects.values_list("status", "attempts")) == {("queued", 0)}
    assert MailBreaker.objects.get().reason.startswith(words)
    assert pause_of_breaker() == pytest.approx(300, abs=5)


def test_recipient_whose_server_speaks_of_relaying_fails_alone(sink):
    sink.behaviour.answers = {"b@example.org": "550 5.7.1 relaying denied"}
    enqueue(*"abc")

    assert deliver() == Counter(sent=2, failed=1)
    assert (the("b").server_reply, the("b").attempts) == ("550 5.7.1 relaying denied", 1)
    assert sorted(sink.ledger.recipients()) == ["a@example.org", "c@example.org"]
    assert not MailBreaker.objects.exists()


@pytest.mark.parametrize("at", ["answers", "answers_to_text"])
@pytest.mark.parametrize(
    "answer",
    [
        "450 4.7.1 authentication of this recipient's domain failed, try again later",
        "450 4.2.1 The person you write to receives mail at a rate that prevents more",
        "451 4.7.1 Greylisted, try again later",
    ],
)
def test_recipient_refused_for_now_waits_alone(sink, answer, at):
    setattr(sink.behaviour, at, {"b@example.org": answer})
    enqueue(*"abc")

    assert deliver() == Counter(sent=2, queued=1)
    assert the("b").attempts == 1
    assert 0.75 < minutes_until_retry(the("b")) < 1.25
    assert not MailBreaker.objects.exists()


ABOUT_US = [
    "550 5.4.5 Daily user sending limit exceeded",
    "550 5.7.26 This mail is unauthenticated: SPF and DKIM did not pass",
    "554 5.7.1 Service unavailable; client host blocked using a block list",
    "554 5.7.1 This message looks like spam",
]


@pytest.mark.parametrize("kind", [REMINDER, DECISION])
@pytest.mark.parametrize("at", ["answers", "answers_to_text"])
@pytest.mark.parametrize("answer", ABOUT_US)
def test_several_domains_that_refuse_us_alike_open_the_breaker_and_fail_nobody(sink, answer, at, kind):
    everybody = {f"{key}@{key}.example.org": answer for key in "abcde"}
    setattr(sink.behaviour, at, everybody)
    for key in "abcde":
        enqueue(key, recipient=f"{key}@{key}.example.org", kind=kind)

    counts = deliver()

    assert (counts["failed"], deliver()) == (0, Counter())
    rows = OutgoingMail.objects.values_list("status", "attempts", "retry_at", "data_began_at")
    assert set(rows) == {("queued", 0, None, None)}
    assert MailBreaker.objects.get().reason == answer
    assert pause_of_breaker() == pytest.approx(300, abs=5)
    setattr(sink.behaviour, at, {})
    end_pause()
    assert deliver() == Counter(sent=5)


@pytest.mark.parametrize("answer", ABOUT_US)
def test_one_domain_that_refuses_our_text_fails_alone(sink, answer):
    sink.behaviour.answers_to_text = {f"{key}@refuses.example.org": answer for key in "abcd"}
    for key in "abcd":
        enqueue(key, recipient=f"{key}@refuses.example.org")
    enqueue("other")

    assert deliver() == Counter(sent=1, failed=4)
    assert not MailBreaker.objects.exists()


@pytest.mark.parametrize("at", ["answers", "answers_to_text"])
def test_several_domains_in_a_row_that_call_us_too_fast_slow_the_sender(sink, at):
    answer = "450 4.7.1 Your sending rate is too high"
    setattr(sink.behaviour, at, {f"{key}@{key}.example.org": answer for key in "abcde"})
    for key in "abcde":
        enqueue(key, recipient=f"{key}@{key}.example.org")

    assert deliver() == Counter(queued=3)
    assert deliver() == Counter()
    assert [the(key).attempts for key in "abcde"] == [1, 1, 1, 0, 0]
    assert pause_of_breaker() == pytest.approx(15, abs=2)


@pytest.mark.parametrize("at", ["answers", "answers_to_text"])
def test_several_domains_that_greylist_do_not_stop_the_others(sink, at):
    setattr(sink.behaviour, at, {f"{key}@{key}.example.org": "451 4.7.1 Greylisted, try again later" for key in "abcd"})
    for key in "abcdef":
        enqueue(key, recipient=f"{key}@{key}.example.org")

    assert deliver() == Counter(sent=2, queued=4)
    assert not MailBreaker.objects.exists()


def test_domain_that_refuses_all_its_people_does_not_stop_the_others(sink):
    keys = [f"m{number}" for number in range(5)]
    sink.behaviour.answers = {f"{key}@refuses.example.org": "554 5.7.1 Relay access denied" for key in keys}
    for key in keys:
        enqueue(key, recipient=f"{key}@refuses.example.org")
    enqueue("other")

    assert deliver() == Counter(sent=1, failed=5)
    assert not MailBreaker.objects.exists()


def test_domains_that_refuse_now_and_then_do_not_stop_the_others(sink):
    sink.behaviour.answers = {f"{key}@{key}.example.org": "554 5.7.1 Relay access denied" for key in "ace"}
    for key in "abcdef":
        enqueue(key, recipient=f"{key}@{key}.example.org")

    assert deliver() == Counter(sent=3, failed=3)
    assert not MailBreaker.objects.exists()


def test_server_that_relays_for_nobody_opens_the_breaker_and_burns_nobodys_attempts(sink):
    sink.behaviour.relay_denied = True
    for key in "abcde":
        enqueue(key, recipient=f"{key}@{key}.example.org")

    counts = deliver()
    again = deliver()

    assert again == Counter()
    assert counts["failed"] == 0
    assert set(OutgoingMail.objects.values_list("status", "attempts")) == {("queued", 0)}
    assert MailBreaker.objects.get().reason == "554 5.7.1 Relay access denied"
    assert pause_of_breaker() == pytest.approx(300, abs=5)


def test_mails_held_by_a_server_that_relayed_for_nobody_go_once_it_is_mended(sink):
    sink.behaviour.relay_denied = True
    for key in "abcde":
        enqueue(key, recipient=f"{key}@{key}.example.org")
    deliver()
    sink.behaviour.relay_denied = False
    end_pause()

    assert deliver() == Counter(sent=5)
    assert set(sink.ledger.copies().values()) == {1}


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
