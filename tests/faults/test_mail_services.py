"""The real commands and workers as processes, while Redis forgets, is away, or PostgreSQL crashes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.embedded import Postgres, postgres_program
from ogpgroup.models import Heartbeat, OutgoingMail
from tests.faults.kinds import make
from tests.faults.processes import wait_until
from tests.smtp_sink import Sink

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def sink():
    with Sink() as running:
        yield running


def enqueue(*keys):
    """Mails of a kind that the platform itself knows: account mails, written when they are queued."""
    mails = [make(key) for key in keys]
    for one in mails:
        one.kind, one.priority = "account", OutgoingMail.Priority.ACCOUNT
        one.message_id = f"<{one.key}@example.org>"
        one.rendered = mail.compose(mail=one, subject=one.key, text="Hola\n", html="<p>Hola</p>\n")
    mail.enqueue(mails)


def database_url():
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@contextmanager
def running(sink, *command, **more):
    """A process of ours with this test's database and mail server; asked to end with SIGTERM, as a deployment does."""
    told = os.environ | {"DATABASE_URL": database_url(), "MAIL_URL": sink.url} | more
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=60)


def run_mail_once(sink, **more):
    with running(sink, "manage.py", "run_mail", "--once", **more) as process:
        output, _ = process.communicate(timeout=180)
    assert process.returncode == 0, output
    return output.strip().splitlines()[-1]


def worker():
    return ("-m", "celery", "-A", "ogpgroup", "worker", "--concurrency=1", "--loglevel=WARNING", "--without-gossip")


def copy_database(*, to):
    """This test's database as it stands, in another cluster: a fraction of the time that the migrations take."""
    dump = [postgres_program("pg_dump"), "--no-owner", "--no-comments", database_url()]
    content = subprocess.run(dump, check=True, capture_output=True).stdout
    restore = [postgres_program("psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", to]
    subprocess.run(restore, input=content, check=True, stdout=subprocess.DEVNULL)


def test_flushed_redis_loses_nothing(sink):
    enqueue("a", "b")
    with redis.from_url(settings.REDIS_URL) as client:
        called = client.llen("ogpgroup")
        client.flushall()

    said = run_mail_once(sink)

    assert called > 0
    assert said == "sent: 2"
    assert set(sink.ledger.copies().values()) == {1}


def test_without_redis_mail_is_queued_and_run_mail_sends_it(sink):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nowhere = f"redis://127.0.0.1:{probe.getsockname()[1]}/0"
    enqueue("a", "b")

    said = run_mail_once(sink, REDIS_URL=nowhere)

    assert said == "sent: 2"
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"planner", "sender", "purge"}


def test_run_mail_asked_to_stop_finishes_the_mail_in_hand_and_gives_back_the_rest(sink):
    sink.behaviour.seconds_per_mail = 0.2
    enqueue(*(f"m{number}" for number in range(40)))

    with running(sink, "manage.py", "run_mail") as process:
        wait_until(lambda: len(sink.ledger.mails) >= 3)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

    sent = OutgoingMail.objects.filter(status="sent").count()
    assert process.returncode == 0
    assert sent == len(sink.ledger.mails) < 40
    assert set(OutgoingMail.objects.exclude(status="sent").values_list("status", "attempts")) == {("queued", 0)}


def test_mailbox_that_says_nothing_holds_up_no_mail(sink):
    enqueue("a", "b")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"imap://a:b@127.0.0.1:{silent.getsockname()[1]}/INBOX"
        with running(sink, "manage.py", "run_mail", REPLY_MAILBOX_URL=url):
            wait_until(lambda: OutgoingMail.objects.filter(status="sent").count() == 2)
            enqueue("c")
            wait_until(lambda: OutgoingMail.objects.filter(status="sent").count() == 3)

    assert not Heartbeat.objects.filter(name=Heartbeat.READER).exists()
    assert Heartbeat.objects.filter(name=Heartbeat.SENDER).exists()


def test_worker_is_woken_by_a_commit_and_survives_a_flush_and_a_kill(sink):
    with running(sink, *worker(), KILL_AT="after_dot:3") as process:
        wait_until(lambda: Heartbeat.objects.count() == 3)  # it plans and sends as soon as it is ready
        enqueue("a")
        wait_until(lambda: len(sink.ledger.mails) == 1)
        with redis.from_url(settings.REDIS_URL) as client:
            client.flushdb()
        wait_until(lambda: OutgoingMail.objects.filter(status="sent").count() == 1)
        enqueue("b")
        wait_until(lambda: len(sink.ledger.mails) == 2)
        enqueue("c")
        wait_until(lambda: len(sink.ledger.mails) == 3)  # here the process that sends is killed, not its parent
        wait_until(lambda: OutgoingMail.objects.get(key="c").status == "sending")
        assert process.poll() is None
        OutgoingMail.objects.filter(key="c").update(lease_until=timezone.now() - timedelta(seconds=1))
        enqueue("d")
        wait_until(lambda: not OutgoingMail.objects.exclude(status="sent").exists())

    assert sink.ledger.copies() == {
        "<a@example.org>": 1,
        "<b@example.org>": 1,
        "<c@example.org>": 2,
        "<d@example.org>": 1,
    }
    assert OutgoingMail.objects.get(key="c").unknown_count == 1


def test_two_beats_and_two_workers_send_each_mail_once(sink, tmp_path):
    sink.behaviour.seconds_per_mail = 0.05
    enqueue(*(f"m{number}" for number in range(150)))

    beats = [(*worker(), "--beat", f"--schedule={tmp_path / name}", f"--hostname={name}@%h") for name in ("one", "two")]
    with running(sink, *beats[0]), running(sink, *beats[1]):
        wait_until(lambda: not OutgoingMail.objects.exclude(status="sent").exists())

    assert sink.ledger.sessions >= 2
    assert len(sink.ledger.mails) == 150
    assert set(sink.ledger.copies().values()) == {1}
    assert set(OutgoingMail.objects.values_list("attempts", "unknown_count")) == {(1, 0)}


def test_database_that_crashes_is_waited_for(sink, tmp_path):
    """The server is killed in the middle of a batch and comes back; the outcome of the mail in hand is written then."""
    server = Postgres(tmp_path / "postgres", durable=True)
    server.start()
    try:
        on_it = {"DATABASE_URL": server.url()}
        enqueue(*(f"m{number:02}" for number in range(20)))
        copy_database(to=server.url())
        sink.behaviour.seconds_per_mail = 0.1
        with running(sink, "manage.py", "run_mail", **on_it):
            wait_until(lambda: len(sink.ledger.mails) >= 5)
            server.kill()
            time.sleep(0.3)
            server.start()
            wait_until(lambda: len(sink.ledger.copies()) == 20)
            time.sleep(0.5)
        with server.connect("ogpgroup") as there:
            outcome = there.execute("SELECT DISTINCT status, unknown_count FROM ogpgroup_outgoingmail").fetchall()
    finally:
        server.stop()
        shutil.rmtree(server.home)  # as root it lies in /var/lib, which outlives the test

    assert outcome == [("sent", 0)]
    assert set(sink.ledger.copies().values()) == {1}
