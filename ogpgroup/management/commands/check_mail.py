"""Whether mail flows, for cron or monitoring: one line for each problem and exit status 1, else one line and 0."""

import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from ogpgroup import mail
from workshops.models import ReceivedReply

LATE_AFTER = 600  # seconds that a due mail may wait
SEEN_WITHIN = 300


class Command(BaseCommand):
    help = "Exit with 1 and say in one line each what is wrong with the mail; for cron or monitoring."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = [*problems(mail.watch()), *_replies(ReceivedReply.objects.to_look_at().count())]
        except DatabaseError as error:
            found = [f"database: it does not answer: {' '.join(str(error).split())}"]
        for line in found:
            self.stdout.write(line)
        if found:
            sys.exit(1)
        self.stdout.write("ok: planner and sender are at work, nothing is late and nothing waits for a decision")


def problems(seen: mail.Watch) -> Iterator[str]:
    """One line each, the cause first."""
    yield from _not_at_work(seen)
    if seen.breaker:
        yield f"breaker: sending pauses until {seen.breaker.open_until:%Y-%m-%d %H:%M} UTC: {seen.breaker.reason}"
    if seen.oldest_due_seconds > LATE_AFTER:
        yield f"late: the oldest mail has been due for {seen.oldest_due_seconds / 60:.0f} minutes"
    decisions = (
        ("unknown", seen.unknown, "may have arrived; send again or withdraw in the outbox"),
        ("failed", seen.failed, "refused for good; read the server's words in the outbox"),
        ("missed", seen.missed, "came too late to be useful; put aside in the outbox"),
        ("returned", seen.returned, "came back; put aside, or send again once the address is right, in the outbox"),
        ("parked", seen.parked, "held after a restore; release in the outbox"),
    )
    for name, number, what in decisions:
        if number:
            yield f"{name}: {number} {what}"


def _replies(number: int) -> Iterator[str]:
    """What came by mail and a person must read."""
    if number:
        yield f"to look at: {number} replies that no rule could use or that say more; listed under replies by mail"


def _not_at_work(seen: mail.Watch) -> Iterator[str]:
    for name, seconds in (("planner", seen.planner_seconds), ("sender", seen.sender_seconds)):
        if seconds is None:
            yield f"{name}: was never seen; start a worker with beat, or manage.py run_mail"
        elif seconds > SEEN_WITHIN:
            ago = f"{seconds / 60:.0f} minutes ago"
            yield f"{name}: was last seen {ago}; start a worker with beat, or manage.py run_mail"
    if seen.is_mailbox_broken:
        when = "never read" if seen.reader_seconds is None else f"last read {seen.reader_seconds / 60:.0f} minutes ago"
        yield f"replies: the mailbox was {when}; the log says why. Mail goes out all the same"
