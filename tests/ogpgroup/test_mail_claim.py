"""Claims: which mails a sender takes, in which order, and what becomes of those whose sender died."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.models import LOST_TOO_OFTEN, TOO_LATE, OutgoingMail
from tests.database import most_rows_of_a_step
from tests.faults import kinds
from tests.faults.kinds import DECISION, enqueue

pytestmark = pytest.mark.django_db

Status = OutgoingMail.Status
LEASE = timedelta(minutes=5)


def claim(*, limit=10, suspects=False, kinds=("reminder", "decision"), lease=LEASE):
    return OutgoingMail.objects.claim(
        kinds=kinds, repeatable=["reminder"], token=uuid4(), lease=lease, limit=limit, suspects=suspects
    )


def lose_lease(*mails):
    """As if their sender had died a second ago with the lease running out."""
    OutgoingMail.objects.filter(pk__in=[one.pk for one in mails]).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def set_status(one, status):
    OutgoingMail.objects.filter(pk=one.pk).update(
        status=status, token=uuid4(), lease_until=timezone.now() + LEASE, sent_at=timezone.now()
    )


def test_claim_goes_by_priority_and_then_by_time():
    enqueue("late", due=timedelta(minutes=-1))
    enqueue("early", due=timedelta(minutes=-9))
    enqueue("urgent", kind=DECISION, due=timedelta(0))
    enqueue("tomorrow", due=timedelta(days=1), useful=timedelta(days=2))

    claimed = claim(limit=10)

    assert [one.key for one in claimed] == ["urgent", "early", "late"]
    assert {(one.status, one.attempts) for one in claimed} == {("sending", 1)}


def test_claim_twice_gives_each_mail_once():
    enqueue("a", "b", "c")

    assert [one.key for one in claim(limit=2)] == ["a", "b"]
    assert [one.key for one in claim(limit=2)] == ["c"]
    assert claim() == []


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.QUEUED, Status.SENDING}))
def test_claim_leaves_what_is_not_waiting(status):
    (one,) = enqueue("a")
    set_status(one, status)
    lose_lease(one)

    assert claim() == []


def test_claim_reads_nothing_that_lies_ahead():
    enqueue(*(f"ahead-{number}" for number in range(2000)), due=timedelta(hours=1))
    enqueue("now", "too")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ogpgroup_outgoingmail")

    with CaptureQueriesContext(connection) as asked:
        assert {one.key for one in claim()} == {"now", "too"}

    assert most_rows_of_a_step(asked[0]["sql"]) < 10


def test_claim_leaves_kinds_that_this_code_does_not_know():
    enqueue("a", kind=mail.Kind("survey", kinds.Priority.DIGEST, True, kinds.still_true, kinds.render))

    assert claim() == []


def test_claim_waits_for_the_time_of_the_next_try():
    one, other = enqueue("a", "b")
    OutgoingMail.objects.filter(pk=one.pk).update(retry_at=timezone.now() + timedelta(minutes=5))

    assert claim() == [other]


def test_claim_of_a_mail_that_is_too_late_makes_it_missed():
    enqueue("a", due=timedelta(hours=-2), useful=timedelta(hours=-1))

    (one,) = claim()

    assert (one.status, one.attempts, one.token, one.lease_until) == ("missed", 0, None, None)
    assert one.server_reply == TOO_LATE


def test_claim_takes_over_from_a_dead_sender_and_counts_it():
    began, waited = enqueue("a", "b")
    held = claim()
    OutgoingMail.objects.filter(pk=began.pk).update(data_began_at=timezone.now())
    lose_lease(*held)

    again = {one.key: (one.status, one.attempts, one.unknown_count, one.lost_leases) for one in claim()}

    assert again == {"a": ("sending", 2, 1, 1), "b": ("sending", 2, 0, 1)}
    assert set(OutgoingMail.objects.values_list("data_began_at", flat=True)) == {None}


def test_claim_asks_a_person_about_what_may_have_arrived_and_may_not_be_repeated():
    enqueue("a", kind=DECISION)
    (held,) = claim()
    OutgoingMail.objects.update(data_began_at=timezone.now())
    lose_lease(held)

    (again,) = claim()

    assert (again.status, again.attempts, again.unknown_count) == ("unknown", 1, 1)


def test_claim_repeats_a_decision_whose_text_never_went_out():
    enqueue("a", kind=DECISION)
    lose_lease(*claim())

    (again,) = claim()

    assert (again.status, again.unknown_count, again.lost_leases) == ("sending", 0, 1)


def test_claim_of_a_reminder_lost_on_its_way_until_too_late_is_unknown_not_missed():
    enqueue("a")
    enqueue("b")
    held = claim()
    OutgoingMail.objects.update(useful_until=timezone.now() - timedelta(seconds=1))
    OutgoingMail.objects.filter(key="a").update(data_began_at=timezone.now())
    lose_lease(*held)

    assert {one.key: one.status for one in claim()} == {"a": "unknown", "b": "missed"}


def test_claim_after_two_lost_leases_takes_suspects_apart():
    enqueue("a", "b")
    lose_lease(*claim())
    lose_lease(*claim())

    together = claim()
    alone = claim(limit=1, suspects=True)

    assert together == []
    assert len(alone) == 1


def test_claim_gives_up_on_a_mail_that_outlives_its_senders():
    enqueue("a")
    for number in range(6):
        (held,) = claim(suspects=number > 1)
        assert held.status == "sending"
        lose_lease(held)

    (failed,) = claim(suspects=True)

    assert (failed.status, failed.attempts, failed.lost_leases, failed.token) == ("failed", 6, 6, None)
    assert failed.server_reply == LOST_TOO_OFTEN
