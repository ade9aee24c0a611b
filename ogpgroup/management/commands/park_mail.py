"""After a restore from backup, before the workers start: hold the mail that may have gone before the disaster."""

from typing import Any

from django.core.management.base import BaseCommand

from ogpgroup import mail, mailings


class Command(BaseCommand):
    help = "After a restore, hold all mail that has fallen due and is not sent; coordinators release it in the outbox."

    def handle(self, *args: Any, **options: Any) -> None:
        """Plan first, so that mail which the restored database has not yet thought of is held as well."""
        mailings.plan()
        held = mail.park(now=mail.database_now())
        self.stdout.write(f"{held} mails are held. Release in the outbox what should still go.")
