"""Make the demonstration around today."""

import json
from argparse import ArgumentParser
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ogpgroup import environment
from ogpgroup.demo.load import is_loaded, load_demo
from ogpgroup.mail import database_now
from ogpgroup.models import User


class Command(BaseCommand):
    help = (
        "Make the demonstration around today, in made-up municipalities. DEMO_PASSWORDS names a JSON file with one "
        "password for each role."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="another day than today, for tests")
        parser.add_argument("--beside-real-people", action="store_true", help="even where real people have accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        path = environment.optional("DEMO_PASSWORDS")
        passwords = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
        now = database_now()
        if options["today"]:
            now = datetime.combine(options["today"], time(9), ZoneInfo(settings.TIME_ZONE))
        if not options["beside_real_people"] and not is_loaded() and User.objects.filter(is_demo=False).exists():
            raise CommandError(
                "Real people have accounts here, and the people of the demonstration are members of the same group: "
                "its coordinators see names and addresses and may change and publish everything. "
                "With --beside-real-people the demonstration is made all the same."
            )
        if not (made := load_demo(now=now, passwords=passwords)):
            self.stdout.write("The demonstration is there already; remove_demo takes it away.")
            return
        self.stdout.write(f"The demonstration is there: {len(made)} sessions.")
        if not path:
            self.stdout.write("Without DEMO_PASSWORDS its people sign in by a mailed code only.")
