"""One slow or refusing server of a recipient never holds up the rest."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from ogpgroup.models import MailBreaker, OutgoingMail
from tests.faults.kinds import DECISION, enqueue
from tests.faults.processes import start_sender
from tests.ogpgroup.sending import deliver, minutes_until_retry, the
from tests.smtp_sink import Sink

pytestmark = pytest.mark.slow

SLOW = [f"persona{number}@lenta.example" for number in range(5)]


def put(*addresses: str, **options) -> None:
    for address in addresses:
        enqueue(address.replace("@", "-at-"), recipient=address, **options)


def row(address):
    return the(address.replace("@", "-at-"))


@pytest.fixture
def sink(settings):
    with Sink() as running:
        settings.MAIL_URL = running.url.replace("timeout=5", "timeout=0.3")
        yield running


@pytest.mark.django_db
def test_recipient_whose_server_stalls_costs_one_timeout_and_the_batch_goes_on(sink):
    sink.behaviour.stall = set(SLOW)
    others = [f"otra{number}@example.org" for number in range(6)]
    put(*others[:2], *SLOW, *others[2:])

    counts = deliver()

    assert sink.ledger.recipients() == others
    assert sink.ledger.sessions == 2  # the connection that stalled is given up
    assert counts == Counter({"sent": 6, "queued": 1})
    assert not MailBreaker.objects.exists()
    assert [row(address).attempts for address in SLOW] == [1, 0, 0, 0, 0]
    assert all(0.7 < minutes_until_retry(row(address)) < 1.3 for address in SLOW)


@pytest.mark.django_db
def test_domain_that_waits_is_found_in_the_whole_queue_save_what_cannot_wait(sink):
    sink.behaviour.stall = {SLOW[0]}
    put(SLOW[0], due=timedelta(minutes=-9))
    put("mas@LENTA.example")
    put("pronto@lenta.example", useful=timedelta(seconds=90))
    put("clave@lenta.example", kind=DECISION)  # tells about the account

    deliver(batch_size=1)

    assert sorted(sink.ledger.recipients()) == ["clave@lenta.example", "pronto@lenta.example"]
    assert (row("mas@LENTA.example").status, row("mas@LENTA.example").attempts) == ("queued", 0)


@pytest.mark.django_db
def test_what_waited_goes_once_the_domain_answers(sink):
    sink.behaviour.stall = set(SLOW)
    put(*SLOW)
    deliver()
    sink.behaviour.stall = set()
    OutgoingMail.objects.update(retry_at=timezone.now())

    assert deliver() == Counter({"sent": 5})


@pytest.mark.django_db
def test_three_domains_in_a_row_without_an_answer_are_the_mail_server(sink):
    addresses = [f"persona@lenta{number}.example" for number in range(4)]
    sink.behaviour.stall = set(addresses)
    put(*addresses, "otra@example.org")

    deliver()

    assert MailBreaker.objects.count() == 1
    assert [row(address).attempts for address in addresses] == [1, 1, 1, 0]
    assert sink.ledger.recipients() == []


@pytest.mark.django_db
def test_domain_that_stalls_after_the_text_waits_and_the_others_go(sink):
    sink.behaviour.stall_after_dot = 1
    put(*SLOW[:2], "otra@example.org")

    deliver()

    assert sink.ledger.recipients() == [SLOW[0], "otra@example.org"]
    assert (row(SLOW[0]).status, row(SLOW[0]).unknown_count) == ("queued", 1)
    assert not MailBreaker.objects.exists()


@pytest.mark.django_db
def test_server_that_refuses_everybody_of_its_domain_stops_nobody(sink):
    sink.behaviour.refuse = set(SLOW)
    put(*SLOW, "otra@example.org")

    assert deliver() == Counter({"failed": 5, "sent": 1})


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_other_senders_go_on_while_one_waits_for_a_server_that_stalls():
    with Sink() as sink:
        sink.behaviour.stall = {SLOW[0]}
        sink.behaviour.seconds_per_mail = 0.01
        put(SLOW[0], due=timedelta(minutes=-9))
        put(*(f"otra{number}@example.org" for number in range(60)))

        senders = [start_sender(sink.url.replace("timeout=5", "timeout=4"), batch=10) for _ in range(2)]
        for sender in senders:
            sender.join(30)

    assert (row(SLOW[0]).status, row(SLOW[0]).attempts) == ("queued", 1)
    assert OutgoingMail.objects.filter(status="sent").count() == 60
    # Those claimed with the one that stalls go last: the other sender had sent all others meanwhile.
    assert sink.ledger.recipients()[51:] == [f"otra{number}@example.org" for number in range(9)]
