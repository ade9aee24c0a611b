"""Make the demonstration around today."""

import json
from argparse import ArgumentParser
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand

from ogpgroup import environment
from ogpgroup.demo.load import load_demo
from ogpgroup.mail import database_now


class Command(BaseCommand):
    help = (
        "Make the demonstration around today, in made-up municipalities. DEMO_PASSWORDS names a JSON file with one "
        "password for each role."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="another day than today, for tests")

    def handle(self, *args: Any, **options: Any) -> None:
        path = environment.optional("DEMO_PASSWORDS")
        passwords = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
        now = database_now()
        if options["today"]:
            now = datetime.combine(options["today"], time(9), ZoneInfo(settings.TIME_ZONE))
        if not (made := load_demo(now=now, passwords=passwords)):
            self.stdout.write("The demonstration is there already; remove_demo takes it away.")
            return
        self.stdout.write(f"The demonstration is there: {len(made)} sessions.")
        if not path:
            self.stdout.write("Without DEMO_PASSWORDS its people sign in by a mailed code only.")
