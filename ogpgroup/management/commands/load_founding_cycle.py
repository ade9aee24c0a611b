"""Put the founding cycle of 2017 on record."""

from typing import Any

from django.core.management.base import BaseCommand

from ogpgroup.founding.load import load_founding_cycle


class Command(BaseCommand):
    help = "Put the founding cycle of 2017 on record; what is there already is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if added := load_founding_cycle():
            self.stdout.write(f"The founding cycle is on record: {len(added)} records were added.")
        else:
            self.stdout.write("The founding cycle is on record already; nothing was changed.")
