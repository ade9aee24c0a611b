"""Senders as processes, killed where it hurts most, against a real SMTP server with a ledger of its own."""

import sys
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.models import OutgoingMail
from tests.faults.kinds import DEADLY, DECISION, enqueue, make
from tests.faults.processes import run_sender, start_sender
from tests.smtp_sink import Sink
from tests.storm.storm import Storm

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

POINTS = ["after_claim", "before_data", "after_dot", "before_outcome", "outcome_begun"]


@pytest.fixture
def sink():
    with Sink() as running:
        yield running


def let_leases_run_out():
    """Minutes in production; the database's clock decides, so the rows are moved instead."""
    OutgoingMail.objects.filter(status="sending").update(lease_until=timezone.now() - timedelta(seconds=1))


def statuses():
    return dict(OutgoingMail.objects.values_list("key", "status"))


@pytest.mark.parametrize("point", POINTS)
def test_reminders_survive_a_kill(sink, point):
    keys = [f"m{number}" for number in range(8)]
    enqueue(*keys)

    killed = run_sender(sink.url, kill_at="after_claim" if point == "after_claim" else f"{point}:4")
    let_leases_run_out()
    killed_again = run_sender(sink.url)

    copies = sink.ledger.copies()
    doubled = {message_id for message_id, times in copies.items() if times > 1}
    in_flight = OutgoingMail.objects.get(key="m3").message_id
    assert (killed, killed_again) == (True, False)
    assert set(statuses().values()) == {"sent"}
    assert set(copies) == set(OutgoingMail.objects.values_list("message_id", flat=True))
    if point == "after_dot":  # whether the server read the dot before the line broke, nobody can say
        assert doubled <= {in_flight}
    else:
        assert doubled == ({in_flight} if point == "before_outcome" else set())
    assert max(copies.values()) <= 2
    # Only the mail whose text has begun is in doubt. What is on its way to the database is finished, whoever asked:
    # that one is accepted, and the next one begins.
    in_doubt = {"after_claim": {}, "outcome_begun": {"m4": 1}}.get(point, {"m3": 1})
    assert dict(OutgoingMail.objects.filter(unknown_count__gt=0).values_list("key", "unknown_count")) == in_doubt
    assert len({content for _to, content in sink.ledger.mails}) == 8  # a double has the same bytes


@pytest.mark.parametrize("point", POINTS)
def test_decisions_survive_a_kill_and_are_never_doubled(sink, point):
    enqueue(*(f"m{number}" for number in range(8)), kind=DECISION)

    killed = run_sender(sink.url, kill_at="after_claim" if point == "after_claim" else f"{point}:4")
    let_leases_run_out()
    run_sender(sink.url)

    copies = sink.ledger.copies()
    in_doubt = {key for key, status in statuses().items() if status == "unknown"}
    assert killed
    # Between the mark and the dot nothing has arrived, but nobody can know: a coordinator decides.
    assert in_doubt == (set() if point in {"after_claim", "outcome_begun"} else {"m3"})
    assert set(statuses().values()) - {"unknown"} == {"sent"}
    assert len(copies) == (7 if point == "before_data" else 8)
    assert set(copies.values()) == {1}


def test_mail_that_kills_its_senders_takes_no_other_along(sink):
    enqueue("deadly", version=DEADLY, due=timedelta(minutes=-5))
    enqueue(*(f"m{number}" for number in range(5)))

    kills = 0
    while OutgoingMail.objects.undecided().exists() and kills < 20:
        kills += run_sender(sink.url)
        let_leases_run_out()

    # Twice with all the others, then always alone, and after the others.
    assert kills == 6
    assert OutgoingMail.objects.get(key="deadly").status == "failed"
    assert set(OutgoingMail.objects.exclude(key="deadly").values_list("status", flat=True)) == {"sent"}
    assert set(sink.ledger.copies().values()) == {1}


def test_two_senders_at_once_send_each_mail_once(sink):
    sink.behaviour.seconds_per_mail = 0.01
    enqueue(*(f"m{number}" for number in range(200)))

    senders = [start_sender(sink.url, batch=10) for _ in range(2)]
    for sender in senders:
        sender.join(30)

    assert sink.ledger.sessions == 2
    assert len(sink.ledger.mails) == 200
    assert set(sink.ledger.copies().values()) == {1}
    assert set(OutgoingMail.objects.values_list("status", "attempts", "unknown_count")) == {("sent", 1, 0)}


def test_two_planners_at_once_add_each_row_once():
    mails = [make(f"m{number}") for number in range(3000)]
    added = []

    def plan(order):
        try:
            added.append(mail.enqueue(order))
        finally:
            connection.close()

    planners = [Thread(target=plan, args=(order,)) for order in (mails, list(reversed(mails)))]
    for planner in planners:
        planner.start()
    for planner in planners:
        planner.join()

    assert sum(added) == 3000
    assert OutgoingMail.objects.count() == 3000


def test_storm_of_kills_loses_nothing():
    """The storm of `make storm`, a short one: planners and senders die while the server refuses and breaks off."""
    report = Storm(mails=2000, kills=10, senders=2, planners=1, seconds=120).blow()

    assert report.wrong == ()
    assert report.kills >= 10
    assert (report.planned, report.sent, report.failed, report.lost) == (2000, 1980, 20, 0)
    assert report.doubled <= report.unknown
    sys.stdout.write(str(report))
