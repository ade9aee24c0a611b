"""Read the answers that calendars send by mail: from a pipe, one mail at a time, or from a mailbox."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ogpgroup.mail import database_now
from workshops.actions.replies import receive_reply
from workshops.mailbox import Mail, MailboxError, read_mailbox
from workshops.models import ReceivedReply


class Command(BaseCommand):
    help = "Read replies to invitations: one mail from standard input, or all unread ones of REPLY_MAILBOX_URL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stdin", action="store_true", help="read one mail, as a mail server pipes it")

    def handle(self, *args: Any, stdin: bool, **options: Any) -> None:
        """Safe to run twice and at once. Fails where a mail could not be kept, so that a mail server tries again."""
        if stdin:
            self._receive(Mail(sys.stdin.buffer.read(ReceivedReply.MOST_BYTES + 1), arrived_at=None))
            return
        if not settings.REPLY_MAILBOX_URL:
            raise CommandError("Set REPLY_MAILBOX_URL (imaps://user:password@host:993/INBOX), or use --stdin.")
        try:
            count = read_mailbox(settings.REPLY_MAILBOX_URL, self._receive, most_bytes=ReceivedReply.MOST_BYTES)
        except MailboxError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{count} mails read.")

    def _receive(self, came: Mail) -> None:
        if reply := receive_reply(came.raw, now=database_now(), arrived_at=came.arrived_at):
            self.stdout.write(f"{reply.message_id[:80]}: {reply.outcome}")
