"""The sender at its work: what it claims, writes, checks and gives back."""

from collections import Counter
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.mail import records
from ogpgroup.mail import sender as sender_module
from ogpgroup.models import OutgoingMail
from tests.faults.kinds import DECISION, KINDS, POISON, REMINDER, UNTRUE, enqueue
from tests.ogpgroup.sending import deliver, free_port, the
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db


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
    before = _rows_updated()

    with django_assert_num_queries(2 * 3 + 2 + 1 + 1):
        # per batch a heartbeat and the breaker and the claim; then the time, the bytes, and that the first text begins;
        # and the second batch, which is empty, looks for suspects too
        deliver()
    # When claimed, when written, when its text began, and when it was accepted: the last two in one statement.
    assert _rows_updated() - before == 4 * 20


def _rows_updated():
    """Of outgoing mail, as the database counts them, whichever way they are asked for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'ogpgroup_outgoingmail'")
        return cursor.fetchone()[0]


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


def test_text_in_doubt_is_repeated_as_it_was_though_it_would_read_otherwise(sink):
    sink.behaviour.drop_after_dot = 1
    enqueue("a")
    deliver()
    before = bytes(the("a").rendered)
    OutgoingMail.objects.update(retry_at=timezone.now(), subject_version=POISON)

    assert deliver() == Counter(sent=1)
    assert bytes(the("a").rendered) == before


def _refused_for_now(sink, settings):
    sink.behaviour.later = {"a@example.org": 1}


def _server_not_there(sink, settings):
    settings.MAIL_URL = f"smtp://127.0.0.1:{free_port()}"


def _server_closes_before_the_second(sink, settings):
    sink.behaviour.refuse_sender = True


@pytest.mark.parametrize("trouble", [_refused_for_now, _server_not_there, _server_closes_before_the_second])
def test_text_that_cannot_have_arrived_is_written_anew(sink, settings, trouble):
    """By then "tomorrow" may be today."""
    enqueue("b", "a")

    trouble(sink, settings)
    deliver()

    assert (the("a").status, the("a").rendered) == ("queued", None)


def test_text_of_an_account_mail_is_kept_for_its_next_try(sink):
    sink.behaviour.later = {"a@example.org": 1}
    enqueue("a", kind=DECISION)

    deliver()

    assert (the("a").status, bytes(the("a").rendered)[:5]) == ("queued", b"From:")


# --- Leases ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
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


def test_mail_given_back_is_put_on_record_again_before_its_text(sink):
    """That its text begins was on record before the time of the first batch was over."""
    sink.behaviour.seconds_per_mail = 0.8
    enqueue(*"abc")
    sender = sender_module._Sender(
        {kind.name: kind for kind in KINDS}, lease=timedelta(seconds=2), batch_size=10, stop=lambda: False
    )
    sender.send_batch()
    assert (the("c").status, the("c").data_began_at) == ("queued", None)

    sender.send_batch()
    sender.transport.close()

    assert [the(key).status for key in "abc"] == ["sent"] * 3
    assert the("c").data_began_at is not None


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


def _held(key, kind):
    """A mail as its sender holds it, with the token of its lease."""
    enqueue(key, kind=kind)
    token = uuid4()
    OutgoingMail.objects.filter(key=key).update(
        status="sending", token=token, lease_until=timezone.now() + timedelta(minutes=5), rendered=b"text"
    )
    return the(key), token


def _accept(held, token):
    acceptance = records.Acceptance(held, token, "250 2.0.0 Queued as Ñ")
    acceptance.begin()
    return acceptance.end()


@pytest.mark.parametrize(("kind", "body"), [(REMINDER, b"text"), (DECISION, None)])
def test_acceptance_is_written_and_takes_the_text_of_an_account_mail(kind, body):
    held, token = _held("a", kind)

    assert _accept(held, token) == {held.pk}

    row = the("a")
    written = (row.status, row.token, row.lease_until, row.retry_at, row.server_reply)
    assert written == ("sent", None, None, None, "250 2.0.0 Queued as Ñ")
    assert row.sent_at is not None
    assert row.rendered == body


def test_acceptance_of_a_mail_that_another_sender_holds_is_not_written():
    held, _token = _held("a", REMINDER)

    assert _accept(held, uuid4()) == set()
    assert the("a").status == "sending"


def test_acceptance_says_that_the_text_of_the_next_mail_begins():
    (held, token), (following, _other) = _held("a", REMINDER), _held("b", REMINDER)
    lost, _token = _held("c", REMINDER)
    OutgoingMail.objects.filter(key="b").update(token=token)
    last = records.Acceptance(held, token, "250 ok", following)
    last.begin()

    assert last.end() == {held.pk, following.pk}
    assert the("b").data_began_at is not None
    last = records.Acceptance(following, token, "250 ok", lost)
    last.begin()
    assert last.end() == {following.pk}
    assert the("c").data_began_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cut", ["before", "between"])
@pytest.mark.parametrize(("kind", "body"), [(REMINDER, b"text"), (DECISION, None)])
def test_acceptance_whose_connection_is_cut_is_written_over_a_new_one(kind, body, cut):
    held, token = _held("a", kind)
    acceptance = records.Acceptance(held, token, "250 ok")

    with psycopg.connect(**_elsewhere()) as other, other.transaction():
        other.execute("SELECT FROM ogpgroup_outgoingmail FOR UPDATE")  # nobody writes before it is cut
        if cut == "between":
            acceptance.begin()
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
        if cut == "before":
            acceptance.begin()

    assert acceptance.end() == {held.pk}
    row = the("a")
    assert (row.status, row.server_reply, row.rendered) == ("sent", "250 ok", body)


def _elsewhere():
    names = {"dbname", "user", "password", "host", "port"}
    return {name: value for name, value in connection.get_connection_params().items() if name in names}


def test_decision_whose_lease_was_lost_is_not_offered(sink):
    enqueue("a", kind=DECISION)
    OutgoingMail.objects.update(rendered=b"text")

    def steal(mails, now):
        OutgoingMail.objects.filter(key="a").update(token="00000000-0000-0000-0000-000000000000")
        return DECISION.still_true(mails, now)

    counts = mail.deliver(kinds=[mail.Kind("decision", DECISION.priority, False, steal, DECISION.render)])

    assert counts == Counter()
    assert sink.ledger.mails == []
