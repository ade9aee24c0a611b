"""Take the demonstration away."""

from typing import Any

from django.core.management.base import BaseCommand

from ogpgroup.erasure import erase_demo


class Command(BaseCommand):
    help = "Take the demonstration away whole: cities, people, sessions, releases, mails and their history."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (erased := erase_demo()):
            self.stdout.write("There is no demonstration to remove.")
            return
        self.stdout.write(f"The demonstration is gone: {erased.total()} rows.")
        if options["verbosity"] > 1:
            for label, count in sorted(erased.items()):
                self.stdout.write(f"  {label}: {count}")
