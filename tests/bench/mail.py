"""Reminders: how fast 5,000 that are due at once become rows, and how fast two processes render and send them.

Needs DATABASE_URL of a migrated database without sessions, and leaves it full. `python -m tests.bench.mail` prints the
figures.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogpgroup.settings")
    django.setup()

from django.db import connection
from django.db.models import Max, Min

from cities.models import Membership, Role
from ogpgroup import mailings
from ogpgroup.mail import database_now
from ogpgroup.models import OutgoingMail, User
from tests import factories, factories_schedule
from workshops.emails import REMINDER

ROOT = Path(__file__).resolve().parent.parent.parent
PEOPLE = 5000
ZONES = ["America/Mexico_City", "America/Matamoros", "America/Mazatlan", "America/Cancun"]


@dataclass(frozen=True)
class Figures:
    """Seconds to plan all, and to find that all is planned; mails per second from the first accepted to the last."""

    reminders: int
    planned_seconds: float
    planned_again_seconds: float
    per_second: float
    arrived: int
    arrived_twice: int


def measure() -> Figures:
    """Publish a session whose three-day reminder is due now for 5,000 people, then plan, render and send."""
    _publish_session_for(PEOPLE)
    OutgoingMail.objects.all().delete()  # the invitations; only reminders are measured
    planned = _seconds(mailings.plan)
    planned_again = _seconds(mailings.plan)
    reminders = OutgoingMail.objects.filter(kind=REMINDER)
    arrived = _send_with_two_processes()
    times = reminders.filter(status=OutgoingMail.Status.SENT).aggregate(first=Min("sent_at"), last=Max("sent_at"))
    return Figures(
        reminders=reminders.count(),
        planned_seconds=planned,
        planned_again_seconds=planned_again,
        per_second=reminders.count() / (times["last"] - times["first"]).total_seconds(),
        arrived=arrived["mails"],
        arrived_twice=arrived["mails"] - arrived["different"],
    )


def _publish_session_for(count: int) -> None:
    now = database_now()
    cycle = factories.create_cycle(
        starts_on=(now - timedelta(days=60)).date(), ends_on=(now + timedelta(days=300)).date()
    )
    organization = factories.create_organization()
    people = User.objects.bulk_create(
        User(
            email=f"lectora{number}@example.org",
            name=f"Lectora Número {number}",
            language="en" if number % 10 == 0 else "es-mx",
            time_zone=ZONES[number % len(ZONES)],
        )
        for number in range(count)
    )
    Membership.objects.bulk_create(
        Membership(user=person, organization=organization, role=Role.MEMBER, since=factories.SINCE) for person in people
    )
    factories_schedule.create_session(cycle=cycle, starts_at=now + timedelta(days=3, minutes=-1))
    factories_schedule.publish(cycle, at=now - timedelta(days=7))


def _seconds(action) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _send_with_two_processes() -> dict[str, int]:
    sink = subprocess.Popen(
        [sys.executable, "-m", "tests.smtp_sink"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with sink:
        assert sink.stdout is not None
        told = os.environ | {"MAIL_URL": f"smtp://127.0.0.1:{sink.stdout.readline().strip()}"}
        command = [sys.executable, "manage.py", "run_mail", "--once"]
        senders = [subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.DEVNULL) for _ in range(2)]
        for sender in senders:
            sender.wait()
        ledger, _ = sink.communicate()
    counts: dict[str, int] = json.loads(ledger)
    return counts


if __name__ == "__main__":
    print(measure())
    connection.close()
