"""Plans and sends mail without a broker: for a small machine, or while Redis is away."""

import logging
import signal
import threading
import time
from datetime import timedelta
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection

from ogpgroup import mail, mailings

PLAN_EVERY = 60
DELIVER_EVERY = 5
READ_EVERY = 60

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Plan and send mail and read replies in a loop, without Redis and Celery; any number may run at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="plan, send everything that is due, and end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        self.stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        if once:
            mailings.plan()
            counts = mail.deliver(kinds=mailings.KINDS, budget=timedelta(days=1), stop=self.stop.is_set)
            self.stdout.write(
                ", ".join(f"{name}: {number}" for name, number in sorted(counts.items())) or "nothing due"
            )
            mailings.read_replies()
            return
        plan_at = 0.0
        reader = threading.Thread(target=self._read_replies, daemon=True)  # a mailbox that stalls holds up no mail
        reader.start()
        while not self.stop.is_set():
            try:
                if time.monotonic() >= plan_at:
                    mailings.plan()
                    plan_at = time.monotonic() + PLAN_EVERY
                mail.deliver(kinds=mailings.KINDS, stop=self.stop.is_set)
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(f"The database does not answer; trying again: {error}")
                connection.close()
            self.stop.wait(DELIVER_EVERY)

    def _read_replies(self) -> None:
        """Each minute, until the command is asked to stop."""
        while not self.stop.is_set():
            try:
                mailings.read_replies()
            except Exception:
                logger.exception("Replies could not be read; trying again in a minute")
            finally:
                connection.close()
            self.stop.wait(READ_EVERY)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        """The mail in hand is finished, the others are given back."""
        self.stop.set()
