"""Mail for 25,000 people, ten for each municipality: how fast a release answers, how fast reminders become rows, how
fast two processes send them beside a bare loop over smtplib whose bytes, like ours, were stored before.

Needs DATABASE_URL of a migrated database without sessions, and leaves it full. `python -m tests.bench.mail` prints the
figures; PEOPLE and SENT make them smaller.
"""

import json
import os
import smtplib
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

from django.core.management import call_command
from django.db import connection
from django.db.models import Max, Min
from django.urls import reverse

from cities.models import Cycle, Membership, Role
from ogpgroup import mailings
from ogpgroup.mail import database_now
from ogpgroup.models import OutgoingMail, User
from tests import factories, factories_schedule
from tests.bench.rows import row
from workshops.emails import CHANGE, REMINDER
from workshops.models import Participation, Session

ROOT = Path(__file__).resolve().parent.parent.parent
PEOPLE = int(os.environ.get("PEOPLE", "25000"))
SENT = int(os.environ.get("SENT", "5000"))  # of them, for each way of sending
PROCESSES = 2
ZONES = ["America/Mexico_City", "America/Matamoros", "America/Mazatlan", "America/Cancun"]
MIB = 1024  # of the kibibytes in which Linux counts


@dataclass(frozen=True)
class Figures:
    """Seconds to answer, until all are invited, to answer when all are told of a change, to plan all, and to find that
    all is planned; mails per second; a worker's memory in MiB.
    """

    reminders: int
    release_seconds: float
    invited_at_once: int
    invited_seconds: float
    changed_seconds: float
    told_of_the_change: int
    planned_seconds: float
    planned_again_seconds: float
    planner_memory: float
    rendered_per_second: float
    stored_per_second: float
    bare_per_second: float
    sender_memory: float
    sent: int
    arrived: int
    arrived_twice: int


def measure() -> Figures:
    """Publish a session whose three-day reminder is due now, plan in a worker, send in three ways."""
    cycle = _people_and_draft(PEOPLE)
    at = database_now() - timedelta(days=7)
    reverse("home")  # loads all addresses: whoever answers a coordinator has answered others before
    released = _seconds(lambda: factories_schedule.publish(cycle, at=at))
    at_once = OutgoingMail.objects.count()
    invited = _seconds(mailings.plan)
    OutgoingMail.objects.update(status="sent", sent_at=at)
    Session.objects.update(purpose="Otro propósito")
    changed = _seconds(lambda: factories_schedule.publish(cycle))
    told = OutgoingMail.objects.filter(kind=CHANGE).count()
    OutgoingMail.objects.all().delete()  # what a release causes; only reminders are measured
    Participation.objects.update(expected_since=at)  # who is invited after a reminder is due is not reminded
    planned, planner_memory = _plan_in_a_worker()
    planned_again = _seconds(mailings.plan)
    reminders = OutgoingMail.objects.filter(kind=REMINDER)
    count = reminders.count()
    # The others stay as rows: the planner would make them anew.
    reminders.exclude(pk__in=list(reminders.order_by("pk").values_list("pk", flat=True)[:SENT])).update(
        status="withdrawn"
    )
    reminders = reminders.exclude(status="withdrawn")
    rendered, memory, arrived = _sent_by_us()
    reminders.update(status="queued", sent_at=None, attempts=0, server_reply="")
    stored, _memory, _arrived = _sent_by_us()
    return Figures(
        reminders=count,
        release_seconds=released,
        invited_at_once=at_once,
        invited_seconds=invited,
        changed_seconds=changed,
        told_of_the_change=told,
        planned_seconds=planned,
        planned_again_seconds=planned_again,
        planner_memory=planner_memory,
        rendered_per_second=rendered,
        stored_per_second=stored,
        bare_per_second=_sent_by_bare_loops(),
        sender_memory=memory,
        sent=reminders.count(),
        arrived=arrived["mails"],
        arrived_twice=arrived["mails"] - arrived["different"],
    )


def _people_and_draft(count: int) -> Cycle:
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
    # At night its reminder waits for the morning: then the one of two hours is measured instead.
    quiet = now.hour not in range(14, 24)
    lead = timedelta(hours=2) if quiet else timedelta(days=3)
    factories_schedule.create_session(cycle=cycle, starts_at=now + lead - timedelta(minutes=1))
    return cycle


def _seconds(action) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _plan_in_a_worker() -> tuple[float, float]:
    """Seconds and peak memory of a process that plans."""
    command = [sys.executable, "-m", "tests.bench.mail", "plan"]
    worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    seconds, peak = worker.stdout.read().split()
    assert worker.wait() == 0
    return float(seconds), float(peak)


def _peak_memory() -> float:
    """MiB of this process at its largest; what `getrusage` says of a child counts the parent that it came from."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / MIB


# --- Three ways of sending --------------------------------------------------------------------------------------------


class _Sink:
    """The mail server in a process of its own."""

    def __enter__(self) -> "_Sink":
        command = [sys.executable, "-m", "tests.smtp_sink"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = self.process.stdout.readline().strip()
        return self

    def ledger(self) -> dict[str, int]:
        counts: dict[str, int] = json.loads(self.process.communicate()[0])
        return counts

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.wait()


def _sent_by_us() -> tuple[float, float, dict[str, int]]:
    """Mails a second from the first accepted to the last, a sender's peak memory, and what arrived."""
    with _Sink() as sink:
        told = os.environ | {"MAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
        command = [sys.executable, "-m", "tests.bench.mail", "send"]
        senders = [
            subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
        ]
        memory = max(float(sender.communicate()[0]) for sender in senders)
        ledger = sink.ledger()
    sent = OutgoingMail.objects.filter(kind=REMINDER, status=OutgoingMail.Status.SENT)
    times = sent.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    return sent.count() / (times["last"] - times["first"]).total_seconds(), memory, ledger


def _sent_by_bare_loops() -> float:
    """The same bytes by as many processes, one connection each, and nothing written down."""
    with _Sink() as sink:
        commands = [
            [sys.executable, "-m", "tests.bench.mail", "bare", sink.port, str(number)] for number in range(PROCESSES)
        ]
        loops = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for command in commands]
        spans = [tuple(map(float, loop.communicate()[0].split())) for loop in loops]
        arrived = sink.ledger()["mails"]
    return arrived / (max(end for _start, end in spans) - min(start for start, _end in spans))


def _bare_loop(port: int, number: int) -> None:
    rows = OutgoingMail.objects.filter(kind=REMINDER, status="sent").order_by("pk")
    mails = [
        (recipient, bytes(rendered or b""))
        for recipient, rendered in rows.values_list("recipient", "rendered")[number::PROCESSES]
    ]
    began = time.time()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for recipient, rendered in mails:
            server.sendmail("aviso@localhost", [recipient], rendered)
    print(began, time.time())


def rows_of(figures: Figures) -> list[str]:
    """The rows of the table in docs/benchmarks.md."""
    share = 100 * figures.stored_per_second / figures.bare_per_second
    people = f"{figures.reminders:,} people"
    memory = f"{figures.planner_memory:.0f}, {figures.sender_memory:.0f} MiB"
    most = max(figures.planner_memory, figures.sender_memory)
    arrived = (figures.arrived, figures.arrived_twice)
    return [
        row(
            f"a release that invites {people} answers in",
            f"{figures.release_seconds:.1f} s",
            "< 5 s",
            reached=figures.release_seconds < 5,
        ),
        row("of them invited in its transaction", f"{figures.invited_at_once:,}"),
        row("the others invited by the planner", f"{figures.invited_seconds:.1f} s"),
        row(
            f"a release that tells {figures.told_of_the_change:,} people of a change answers in",
            f"{figures.changed_seconds:.1f} s",
            "< 5 s",
            reached=figures.changed_seconds < 5,
        ),
        row(
            f"reminders planned (rows for {people})",
            f"{figures.planned_seconds:.1f} s",
            "< 20 s",
            reached=figures.planned_seconds < 20,
        ),
        row(
            "planned again, nothing new",
            f"{figures.planned_again_seconds:.2f} s",
            "< 2 s",
            reached=figures.planned_again_seconds < 2,
        ),
        row("memory of planner, sender", memory, "< 200", reached=most < 200),
        row("sent by two processes, bytes stored before", f"{figures.stored_per_second:,.0f} a second"),
        row("a bare loop over smtplib, two processes, the same bytes", f"{figures.bare_per_second:,.0f} a second"),
        row("ours in parts of the bare loop", f"{share:.0f} %", "> 60 %", reached=share > 60),
        row(
            "rendered and sent by two processes",
            f"{figures.rendered_per_second:,.0f} a second",
            "> 300",
            reached=figures.rendered_per_second > 300,
        ),
        row(
            "arrived / arrived twice",
            f"{figures.arrived:,} / {figures.arrived_twice}",
            f"{figures.sent:,} / 0",
            reached=arrived == (figures.sent, 0),
        ),
    ]


if __name__ == "__main__":
    if sys.argv[1:] == ["plan"]:
        print(_seconds(mailings.plan), _peak_memory())
    elif sys.argv[1:] == ["send"]:
        call_command("run_mail", "--once", stdout=sys.stderr)
        print(_peak_memory())
    elif sys.argv[1:2] == ["bare"]:
        _bare_loop(int(sys.argv[2]), int(sys.argv[3]))
    else:
        print("\n".join(rows_of(measure())))
    connection.close()
