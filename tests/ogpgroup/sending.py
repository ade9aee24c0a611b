"""What the tests of the sender have in common: a mail server that misbehaves on request, and a look at a row."""

import socket
from datetime import UTC, timedelta

from django.utils import timezone

from ogpgroup import mail
from ogpgroup.models import MailBreaker, OutgoingMail
from tests.faults.kinds import KINDS


def deliver(**options):
    return mail.deliver(kinds=KINDS, **options)


def zone_at(hour: int) -> str:
    """A zone in which it is this hour now; the tests run at any."""
    ahead = (hour - timezone.now().astimezone(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


def the(key):
    return OutgoingMail.objects.get(key=key)


def minutes_until_retry(one):
    return (one.retry_at - timezone.now()).total_seconds() / 60


def end_pause():
    MailBreaker.objects.update(open_until=timezone.now() - timedelta(seconds=1))


def pause_of_breaker():
    return (MailBreaker.objects.get().open_until - timezone.now()).total_seconds()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
