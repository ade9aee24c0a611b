"""`manage.py check_mail` tells cron what is wrong."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.models import Heartbeat, MailBreaker, OutgoingMail
from tests.faults.kinds import enqueue
from workshops.models import ReceivedReply

pytestmark = pytest.mark.django_db


def said() -> tuple[int, list[str]]:
    """The exit status and the lines."""
    out, code = StringIO(), 0
    try:
        call_command("check_mail", stdout=out)
    except SystemExit as end:
        code = int(str(end.code))
    return code, out.getvalue().splitlines()


@pytest.fixture
def _seen():
    mail.beat(Heartbeat.PLANNER)
    mail.beat(Heartbeat.SENDER)


@pytest.mark.usefixtures("_seen")
def test_all_is_well():
    enqueue("later", due=timedelta(hours=1))
    enqueue("just-due", due=timedelta(minutes=-9))

    assert said() == (0, ["ok: planner and sender are at work, nothing is late and nothing waits for a decision"])


def test_planner_and_sender_that_were_never_or_long_not_seen():
    Heartbeat.objects.create(name=Heartbeat.SENDER, seen_at=timezone.now() - timedelta(minutes=7))

    assert said() == (
        1,
        [
            "planner: was never seen; start a worker with beat, or manage.py run_mail",
            "sender: was last seen 7 minutes ago; start a worker with beat, or manage.py run_mail",
        ],
    )


@pytest.mark.usefixtures("_seen")
def test_mailbox_of_replies_that_was_never_or_long_not_read(settings):
    settings.REPLY_MAILBOX_URL = "imap://a:b@127.0.0.1:1/INBOX"
    never = said()
    Heartbeat.objects.create(name=Heartbeat.READER, seen_at=timezone.now() - timedelta(minutes=8))

    assert never == (1, ["replies: the mailbox was never read; the log says why. Mail goes out all the same"])
    assert said() == (
        1,
        ["replies: the mailbox was last read 8 minutes ago; the log says why. Mail goes out all the same"],
    )


@pytest.mark.usefixtures("_seen")
def test_each_problem_has_one_line():
    MailBreaker.objects.create(
        open_until=timezone.now().replace(year=2099, month=1, day=2, hour=3, minute=4), reason="535 Bad password"
    )
    enqueue("late", due=timedelta(minutes=-15))
    for number, status in enumerate(("unknown", "failed", "missed", "bounced", "parked"), 1):
        keys = [f"{status}{one}" for one in range(number)]
        enqueue(*keys)
        OutgoingMail.objects.filter(key__in=keys).update(status=status)

    assert said() == (
        1,
        [
            "breaker: sending pauses until 2099-01-02 03:04 UTC: 535 Bad password",
            "late: the oldest mail has been due for 15 minutes",
            "unknown: 1 may have arrived; send again or withdraw in the outbox",
            "failed: 2 refused for good; read the server's words in the outbox",
            "missed: 3 came too late to be useful; put aside in the outbox",
            "returned: 4 came back; put aside, or send again once the address is right, in the outbox",
            "parked: 5 held after a restore; release in the outbox",
        ],
    )


@pytest.mark.usefixtures("_seen")
@pytest.mark.parametrize("status", ["failed", "bounced"])
def test_what_is_put_aside_troubles_nobody(status):
    enqueue("a")
    OutgoingMail.objects.update(status=status, dismissed_at=timezone.now())

    assert said()[0] == 0


@pytest.mark.usefixtures("_seen")
def test_replies_that_a_person_must_read_are_counted():
    outcome = ReceivedReply.Outcome
    ReceivedReply.objects.create(message_id="<1@example.org>", outcome=outcome.UNREADABLE)
    ReceivedReply.objects.create(message_id="<2@example.org>", outcome=outcome.APPLIED, comment="Llego a las 11.")
    ReceivedReply.objects.create(message_id="<3@example.org>", outcome=outcome.APPLIED)
    ReceivedReply.objects.create(message_id="<4@example.org>", outcome=outcome.RETURNED)
    ReceivedReply.objects.create(message_id="<5@example.org>", outcome=outcome.UNREADABLE, settled_at=timezone.now())

    assert said() == (
        1,
        ["to look at: 2 replies that no rule could use or that say more; listed under replies by mail"],
    )
