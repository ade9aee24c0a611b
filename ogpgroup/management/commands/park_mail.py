"""After a restore from backup, before the workers start: hold the mail that may have gone before the disaster."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ogpgroup import mail, mailings


class Command(BaseCommand):
    help = "Hold all mail that fell due since the backup was made; coordinators release it in the outbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", required=True, help="when the backup was made, such as 2026-11-23T04:00 (UTC)")

    def handle(self, *args: Any, since: str, **options: Any) -> None:
        """Plan first, so that mail which the restored database has not yet thought of is held as well."""
        try:
            made = datetime.fromisoformat(since)
        except ValueError:
            raise CommandError(f"{since!r} is not a time; write it like 2026-11-23T04:00.") from None
        made = made if made.tzinfo else made.replace(tzinfo=UTC)
        mailings.plan()
        held = mail.park(since=made, now=mail.database_now())
        self.stdout.write(f"{held} mails are held. Release in the outbox what should still go.")
