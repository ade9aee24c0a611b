"""Take the demonstration away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ogpgroup.erasure import StillInUse, erase_demo


class Command(BaseCommand):
    help = "Take the demonstration away whole: people, sessions, releases, mails and their history; never what is real."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            erased = erase_demo()
        except StillInUse as refusal:
            raise CommandError(
                "Nothing was removed: this is real and would go with the demonstration, or is tied to it.\n  "
                + "\n  ".join(refusal.rows)
                + "\nGive real organisations a real city, end memberships between what is real and what is made up, "
                "and try again."
            ) from None
        if not erased:
            self.stdout.write("There is no demonstration to remove.")
            return
        self.stdout.write(f"The demonstration is gone: {erased.total()} rows.")
        if options["verbosity"] > 1:
            for label, count in sorted(erased.items()):
                self.stdout.write(f"  {label}: {count}")
