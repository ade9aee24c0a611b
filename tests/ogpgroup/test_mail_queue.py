import json
import socket
from collections import deque
from datetime import timedelta
from time import perf_counter
from uuid import uuid4

import pytest
import redis
from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu import pools

from ogpgroup import mail
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import queue
from ogpgroup.models import OutgoingMail
from tests.faults import kinds
from tests.faults.kinds import DECISION, REMINDER, enqueue, make
from tests.ogpgroup.test_mail_claim import claim, set_status

pytestmark = pytest.mark.django_db

Status = OutgoingMail.Status


def sources(target):
    return {source for source, targets in OutgoingMail.TRANSITIONS.items() if target in targets}


# --- enqueue --------------------------------------------------------------------------------------------------------


def test_enqueue_twice_keeps_the_first():
    added = mail.enqueue([make("a", recipient="first@example.org"), make("b")])
    again = mail.enqueue([make("a", recipient="second@example.org"), make("b"), make("c")])

    assert (added, again) == (2, 1)
    assert OutgoingMail.objects.get(key="a").recipient == "first@example.org"


def test_enqueue_writes_every_field():
    wanted = make("a")
    wanted.rendered, wanted.headline, wanted.is_demo, wanted.subject_version = b"bytes\x00\xff", "Título", True, 3

    mail.enqueue([wanted])

    row = OutgoingMail.objects.get()
    names = ["kind", "priority", "recipient", "subject_type", "subject_id", "subject_version", "due", "useful_until"]
    assert [getattr(row, name) for name in names] == [getattr(wanted, name) for name in names]
    assert (bytes(row.rendered or b""), row.headline, row.is_demo, row.user_id) == (
        b"bytes\x00\xff",
        "Título",
        True,
        None,
    )
    assert (row.status, row.attempts, row.server_reply) == ("queued", 0, "")


def test_enqueue_gives_each_key_its_own_lasting_message_id():
    first, second = enqueue("a", "b")
    OutgoingMail.objects.all().delete()
    again, _other = enqueue("a", "b")

    assert first.message_id != second.message_id
    assert first.message_id == again.message_id
    assert first.message_id.endswith("@localhost>")


@pytest.mark.parametrize(
    "recipient", ["nobody", "a@example.org\r\nRCPT TO:<b@example.org>", "a@example.org b@example.org"]
)
def test_enqueue_takes_one_address_only(recipient):
    with pytest.raises(ValueError, match="one address"):
        mail.enqueue([make("a", recipient=recipient)])


def test_enqueue_of_nothing_is_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert mail.enqueue([]) == 0


def test_enqueue_5000_is_one_fast_statement(django_assert_num_queries):
    mails = [make(f"m{number}") for number in range(5000)]

    started = perf_counter()
    with django_assert_num_queries(1):
        mail.enqueue(mails)

    assert perf_counter() - started < 5


def test_enqueue_in_a_transaction_that_fails_leaves_nothing():
    with transaction.atomic():
        enqueue("a")
        transaction.set_rollback(True)

    assert not OutgoingMail.objects.exists()


# --- wake -----------------------------------------------------------------------------------------------------------


def test_wake_calls_one_worker_per_transaction(django_capture_on_commit_callbacks, settings, monkeypatch, caplog):
    monkeypatch.setattr(queue, "_rest_until", 0.0)  # another test's broker was down
    # What a page bears is another test's matter: here a machine that stands still for a moment must not hide the call.
    monkeypatch.setattr(queue, "BROKER_PATIENCE", {"socket_connect_timeout": 30, "socket_timeout": 30})
    pools.reset()  # and its connections may still be pooled
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        enqueue("a")
        enqueue("b")

    with redis.from_url(settings.REDIS_URL) as broker:
        waiting = broker.lrange("ogpgroup", 0, -1)
    assert len(callbacks) == 1
    assert [json.loads(call)["headers"]["task"] for call in waiting] == ["ogpgroup.tasks.deliver"], caplog.text


@pytest.fixture(params=["nobody listens", "nobody answers"])
def port(request):
    """Of a broker that is not there."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "nobody answers":
            listener.listen()
        yield listener.getsockname()[1]


def test_wake_without_broker_costs_next_to_nothing(port, django_capture_on_commit_callbacks, monkeypatch, caplog):
    monkeypatch.setattr(queue, "_rest_until", 0.0)
    monkeypatch.setattr(current_app.conf, "broker_write_url", f"redis://127.0.0.1:{port}/0")

    started = perf_counter()
    for _ in range(5):
        with django_capture_on_commit_callbacks(execute=True):
            enqueue(str(uuid4()))
    took = perf_counter() - started

    assert took < 1.2
    assert [record.message for record in caplog.records if "No worker could be woken" in record.message] == [
        caplog.records[0].message
    ]
    assert OutgoingMail.objects.count() == 5


# --- What coordinators and apps decide ------------------------------------------------------------------------------


def test_every_status_can_be_reached():
    reached: set[str] = {Status.QUEUED}
    waiting: deque[str] = deque(reached)
    while waiting:
        for target in OutgoingMail.TRANSITIONS[waiting.popleft()]:
            if target not in reached:
                reached.add(target)
                waiting.append(target)

    assert reached == set(Status)
    assert {status for status in Status if status in OutgoingMail.WITHDRAWN_FROM} <= sources(Status.WITHDRAWN)
    assert {status for status in Status if status in OutgoingMail.SENT_AGAIN_FROM} <= sources(Status.QUEUED)
    assert set(OutgoingMail.TRANSITIONS) == set(Status)


@pytest.mark.parametrize("status", list(Status))
def test_retry_queues_what_ended_without_success(status, coordinator):
    (one,) = enqueue("a")
    set_status(one, status)

    if status in {"failed", "unknown", "missed", "withdrawn", "bounced"}:
        mail.retry(one, by=coordinator, now=timezone.now())
        expected = "queued"
    else:
        with pytest.raises(ActionNotPossible):
            mail.retry(one, by=coordinator, now=timezone.now())
        expected = status

    one.refresh_from_db()
    assert one.status == expected


def test_retry_of_a_missed_mail_gives_it_a_day(coordinator):
    enqueue("a", useful=timedelta(hours=-1))
    (one,) = claim()
    now = timezone.now()

    mail.retry(one, by=coordinator, now=now)

    one.refresh_from_db()
    assert one.useful_until == now + timedelta(days=1)
    assert [again.status for again in claim()] == ["sending"]


def test_retry_of_an_account_mail_ends_with_its_link(coordinator):
    (one,) = enqueue("a", kind=DECISION, useful=timedelta(hours=-1))
    set_status(one, Status.FAILED)

    with pytest.raises(ActionNotPossible):
        mail.retry(one, by=coordinator, now=timezone.now())


@pytest.mark.parametrize("status", ["withdrawn", "bounced"])
def test_retry_of_an_account_mail_without_text_is_refused(status, coordinator):
    (one,) = enqueue("a", kind=DECISION)
    set_status(one, status)
    one.refresh_from_db()

    with pytest.raises(ActionNotPossible):
        mail.retry(one, by=coordinator, now=timezone.now())

    one.refresh_from_db()
    assert (one.status, one.can_be_sent_again) == (status, False)


@pytest.mark.parametrize("status", list(Status))
def test_dismiss_puts_aside_what_ended_without_success(status, coordinator):
    (one,) = enqueue("a")
    set_status(one, status)
    now = timezone.now()

    first = mail.dismiss(OutgoingMail.objects.all(), by=coordinator, now=now)
    again = mail.dismiss(OutgoingMail.objects.all(), by=coordinator, now=now + timedelta(minutes=1))

    one.refresh_from_db()
    seen = status in {"failed", "unknown", "missed", "bounced"}
    assert (first, again) == (int(seen), 0)
    assert (one.status, one.dismissed_at, one.dismissed_by) == (
        status,
        now if seen else None,
        coordinator if seen else None,
    )
    assert not one.can_be_dismissed


def test_retry_takes_a_mail_up_again_that_was_put_aside(coordinator):
    (one,) = enqueue("a")
    set_status(one, Status.FAILED)
    mail.dismiss(OutgoingMail.objects.all(), by=coordinator, now=timezone.now())

    mail.retry(one, by=coordinator, now=timezone.now())

    one.refresh_from_db()
    assert (one.status, one.dismissed_at, one.dismissed_by) == ("queued", None, None)


@pytest.mark.parametrize(
    ("kind", "unknown_count", "text"), [(REMINDER, 0, None), (REMINDER, 1, b"as it was"), (DECISION, 0, b"as it was")]
)
def test_retry_keeps_message_id_and_repeats_what_may_have_arrived(coordinator, kind, unknown_count, text):
    (one,) = enqueue("a", kind=kind)
    OutgoingMail.objects.update(status=Status.FAILED, rendered=b"as it was", unknown_count=unknown_count)

    mail.retry(one, by=coordinator, now=timezone.now())

    row = OutgoingMail.objects.get()
    assert (row.status, row.rendered, row.message_id) == ("queued", text, one.message_id)


@pytest.mark.parametrize("status", list(Status))
def test_withdraw_takes_back_what_has_not_gone(status, coordinator):
    (one,) = enqueue("a")
    set_status(one, status)

    if status in {"queued", "unknown", "parked"}:
        mail.withdraw_one(one, by=coordinator)
        expected = "withdrawn"
    else:
        with pytest.raises(ActionNotPossible):
            mail.withdraw_one(one, by=coordinator)
        expected = status

    one.refresh_from_db()
    assert one.status == expected


def test_withdraw_of_many_deletes_the_text_of_account_mails_only():
    enqueue("a")
    enqueue("b", kind=DECISION)
    OutgoingMail.objects.update(rendered=b"text")

    assert mail.withdraw(OutgoingMail.objects.about("session", 1)) == 2

    assert OutgoingMail.objects.filter(key="a", rendered=b"text").exists()
    assert OutgoingMail.objects.get(key="b").rendered is None


def test_park_holds_what_has_fallen_due_until_released(coordinator):
    """Whether it fell due since the backup, or waited for another try or in the hands of a sender when it was made."""
    now = timezone.now()
    enqueue("held", due=timedelta(hours=-4))
    claim()
    enqueue("later", due=timedelta(hours=-3))
    OutgoingMail.objects.filter(key="later").update(retry_at=now + timedelta(hours=1))
    enqueue("since", due=timedelta(hours=-1))
    enqueue("tomorrow", due=timedelta(hours=20))

    parked = mail.park(now=now)
    waiting = set(OutgoingMail.objects.undecided().values_list("key", flat=True))
    claimed = claim()
    released = mail.release_parked(OutgoingMail.objects.all(), by=coordinator)

    assert (parked, waiting, claimed, released) == (3, {"tomorrow"}, [], 3)
    assert [one.key for one in claim()] == ["held", "later", "since"]


def test_purge_deletes_old_texts_and_keeps_the_rows():
    for key, kind, status, days in [
        ("old", kinds.REMINDER, "sent", 91),
        ("new", kinds.REMINDER, "sent", 89),
        ("old but waiting", kinds.REMINDER, "queued", 91),
        ("account", DECISION, "sent", 0),
        ("account that failed", DECISION, "failed", 0),
        ("account that waits", DECISION, "queued", 0),
    ]:
        (one,) = enqueue(key, kind=kind, recipient="a@example.org")
        set_status(one, status)
        OutgoingMail.objects.filter(pk=one.pk).update(
            rendered=b"text",
            created_at=timezone.now() - timedelta(days=days),
            useful_until=timezone.now() + timedelta(hours=1),
        )

    mail.purge_bodies(now=timezone.now())
    left = set(OutgoingMail.objects.filter(rendered__isnull=False).values_list("key", flat=True))
    mail.purge_bodies(now=timezone.now() + timedelta(hours=2))
    left_later = set(OutgoingMail.objects.filter(rendered__isnull=False).values_list("key", flat=True))

    assert left == {"new", "old but waiting", "account that failed", "account that waits"}
    assert left_later == {"new", "old but waiting", "account that waits"}
    assert OutgoingMail.objects.count() == 6


# --- watch ----------------------------------------------------------------------------------------------------------


def test_watch_tells_how_late_the_mail_is(django_assert_num_queries):
    enqueue("a", due=timedelta(minutes=-10))
    enqueue("later", due=timedelta(hours=1))
    (failed,) = enqueue("c")
    set_status(failed, Status.FAILED)
    mail.beat("sender")

    with django_assert_num_queries(5):
        seen = mail.watch()

    assert 600 <= seen.oldest_due_seconds < 610
    assert (seen.failed, seen.unknown, seen.missed, seen.parked, seen.breaker) == (1, 0, 0, 0, None)
    assert seen.planner_seconds is None
    assert seen.sender_seconds is not None
    assert seen.sender_seconds < 1
    assert seen.is_degraded


def test_watch_leaves_out_what_was_put_aside(coordinator):
    for status in ("failed", "unknown", "missed", "bounced"):
        one, _other = enqueue(f"{status}-seen", f"{status}-new")
        OutgoingMail.objects.filter(key__startswith=status).update(status=status)
        mail.dismiss(OutgoingMail.objects.filter(pk=one.pk), by=coordinator, now=timezone.now())

    seen = mail.watch()

    assert (seen.failed, seen.unknown, seen.missed, seen.returned) == (1, 1, 1, 1)
