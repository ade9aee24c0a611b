"""A storm: planners and senders are killed while the mail server misbehaves, PostgreSQL crashes and Redis is away."""

import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from multiprocessing.context import ForkServerProcess

import redis
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from cities.models import Membership, Role
from ogpgroup.embedded import Postgres, ServerError, Valkey
from ogpgroup.mail import database_now
from ogpgroup.models import OutgoingMail, User
from tests import factories, factories_schedule
from tests.faults.processes import start_planner, start_worker
from tests.smtp_sink import Sink
from tests.storm.oracle import Arrivals, Report, judge, lateness_of_bursts, message_ids
from workshops import actions
from workshops.models import Session

POINTS = ("after_claim", "before_data", "after_dot", "before_outcome", "outcome_begun")
LEAD_HOURS = 2  # a lead that no quiet hours move
AT_ONCE = 10_000  # people of one session, due at one moment
LEASE = 4.0
PLANNED_EVERY = 10  # seconds; a minute where it is real
PATIENCE = "?timeout=1"


@dataclass
class Storm:
    """So many mails, due in bursts, and so many deaths. `postgres` and `valkey` are crashed where they are given."""

    mails: int
    kills: int
    senders: int = 4
    planners: int = 2
    burst_every: float = 90  # seconds; one is through before the next, so that lateness is that of one burst
    first_due: timedelta = timedelta(0)
    seconds: float = 3600  # after which it is given up
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(2017))

    def __post_init__(self) -> None:
        self.deaths = 0
        self.workers: list[ForkServerProcess] = []
        self.plotters: list[ForkServerProcess] = []
        self.arrived = Arrivals()

    def blow(self, *, say: Callable[[str], object] = lambda _line: None) -> Report:
        """Arrange, storm until every mail's fate is settled, judge."""
        self._arrange()
        say(f"{len(self.expected)} reminders arranged for {len(self.people)} people; the storm begins")
        with Sink() as sink:
            sink.ledger.mails = self.arrived
            self._misbehave(sink)
            events = self._events(sink)
            until = time.monotonic() + self.seconds
            try:
                while not self._is_over() and time.monotonic() < until:
                    self._keep_at_work(sink)
                    done = len(self.arrived) / max(1, len(self.expected))
                    while events and done >= events[0][0]:
                        _at, name, event = events.pop(0)
                        say(f"{len(self.arrived)} arrived, {self.deaths} killed: {name}")
                        event()
                    time.sleep(self.chance.uniform(0.1, 0.3))
                    self._kill_somebody(done)
                    self._let_nobody_wait_minutes()
            finally:
                for process in (*self.workers, *self.plotters):
                    process.kill()
                    process.join()
        for due, latest in lateness_of_bursts():
            say(f"due at {due:%H:%M:%S}: nineteen of twenty went within {latest:.0f} s")
        return judge(self.expected, self.refused, self.arrived, kills=self.deaths)

    # --- What is arranged ---------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Sessions two hours from now, one burst after the other, and their people; some of whom want no reminder."""
        sessions = max(1, -(-self.mails // AT_ONCE))
        count = self.mails // sessions
        now = database_now()
        cycle = factories.create_cycle(
            starts_on=(now - timedelta(days=60)).date(), ends_on=(now + timedelta(days=300)).date()
        )
        organization = factories.create_organization()
        unwilling = count // 100
        self.people = User.objects.bulk_create(
            User(
                email=f"persona{number}@ciudad{number % 97}.example",
                name=f"Persona {number}",
                language="en" if number % 10 == 0 else "es-mx",
                time_zone=("America/Mexico_City", "America/Matamoros", "America/Mazatlan")[number % 3],
                wants_reminders=number < count,
            )
            for number in range(count + unwilling)
        )
        Membership.objects.bulk_create(
            Membership(user=person, organization=organization, role=Role.MEMBER, since=factories.SINCE)
            for person in self.people
        )
        first = now.replace(second=0, microsecond=0) + timedelta(hours=LEAD_HOURS) + self.first_due
        starts: dict[int, datetime] = {}
        for number in range(sessions):
            start = first + timedelta(seconds=number * self.burst_every)
            session = factories_schedule.create_session(cycle=cycle, starts_at=start)
            Session.objects.filter(pk=session.pk).update(lead_hours=[LEAD_HOURS])
            starts[session.pk] = start
        factories_schedule.publish(cycle, at=now - timedelta(days=7))
        actions.refresh_expectations(now=now)  # who is left over by a release of thousands
        OutgoingMail.objects.all().delete()  # the invitations; reminders alone are stormed
        domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2]
        told = [person.pk for person in self.people[:count]]
        self.expected = dict(message_ids(starts, told, f"{LEAD_HOURS}h", domain))
        self.refused = set(self.chance.sample(told, count // 100))

    def _misbehave(self, sink: Sink) -> None:
        by_id = {person.pk: person.email for person in self.people}
        fine = [person.email for person in self.people if person.pk not in self.refused]
        sink.behaviour.refuse = {by_id[person] for person in self.refused}
        sink.behaviour.later = dict.fromkeys(self.chance.sample(fine, len(fine) // 50), 1)

    def _events(self, sink: Sink) -> list[tuple[float, str, Callable[[], object]]]:
        """What happens when such a part has arrived."""
        lost, some = max(2, self.mails // 500), [person.email for person in self.people[::997]]
        replies = [(share, "replies are lost", self._lose_replies(sink, lost // 4)) for share in (0.05, 0.3, 0.55, 0.8)]
        stalls = [
            (0.2, "the server says nothing after two texts", lambda: setattr(sink.behaviour, "stall_after_dot", 2)),
            (0.35, "some domains stall", lambda: sink.behaviour.stall.update(some)),
            (0.45, "they answer again", lambda: sink.behaviour.stall.clear()),
        ]
        return sorted([*replies, *stalls, *self._crashes()], key=lambda event: event[0])

    def _crashes(self) -> list[tuple[float, str, Callable[[], object]]]:
        found: list[tuple[float, str, Callable[[], object]]] = [(0.1, "FLUSHALL", self._flush)]
        if self.valkey:
            found += [(0.25, "Redis is killed", self.valkey.kill), (0.5, "Redis is back", self.valkey.start)]
        if self.postgres:
            found += [(share, "PostgreSQL crashes and comes back", self._crash) for share in (0.15, 0.4, 0.7)]
        return found

    @staticmethod
    def _lose_replies(sink: Sink, count: int) -> Callable[[], object]:
        return lambda: setattr(sink.behaviour, "drop_after_dot", sink.behaviour.drop_after_dot + max(1, count))

    @staticmethod
    def _flush() -> None:
        with redis.from_url(settings.REDIS_URL) as client:
            client.flushall()

    def _crash(self) -> None:
        assert self.postgres
        self.postgres.kill()
        connection.close()
        for _attempt in range(20):  # its orphans hold the shared memory for a moment
            time.sleep(0.5)
            with suppress(ServerError):
                self.postgres.start()
                return

    # --- While it blows -----------------------------------------------------------------------------------------------

    def _keep_at_work(self, sink: Sink) -> None:
        """As many as should be; every other sender dies by itself, at a named point."""
        self._bury()
        while len(self.workers) < self.senders:
            dies = self.deaths + len(self.workers) < self.kills and self.chance.random() < 0.5
            kill_at = f"{self.chance.choice(POINTS)}:{self.chance.randint(1, 40)}" if dies else ""
            self.workers.append(start_worker(sink.url.partition("?")[0] + PATIENCE, kill_at=kill_at, lease=LEASE))
        while len(self.plotters) < self.planners:
            self.plotters.append(start_planner(every=PLANNED_EVERY))

    def _bury(self) -> None:
        for group in (self.workers, self.plotters):
            for process in [one for one in group if not one.is_alive()]:
                self.deaths += process.exitcode == -signal.SIGKILL
                group.remove(process)

    def _kill_somebody(self, done: float) -> None:
        """At random, and no faster than the mails go: the deaths are spread over the whole storm."""
        if self.deaths < self.kills * min(1.0, done + 0.05):
            everybody = [*self.workers, *self.plotters]
            victim = self.chance.choice(everybody)
            victim.kill()
            victim.join()

    def _let_nobody_wait_minutes(self) -> None:
        """Pauses are for a world in which senders do not die each second."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE ogpgroup_outgoingmail SET retry_at = NULL, lost_leases = 0 WHERE id IN (SELECT id FROM "
                    "ogpgroup_outgoingmail WHERE status = 'queued' AND (retry_at IS NOT NULL OR lost_leases > 0) "
                    "FOR UPDATE SKIP LOCKED)"
                )
                cursor.execute("DELETE FROM ogpgroup_mailbreaker")
        except (OperationalError, InterfaceError):
            connection.close()

    def _is_over(self) -> bool:
        try:
            if len(self.arrived) < len(self.expected) - len(self.expected) // 20:
                return False
            reminders = OutgoingMail.objects.filter(kind="session_reminder")
            return reminders.count() >= len(self.expected) and not reminders.undecided().exists()
        except (OperationalError, InterfaceError):
            connection.close()
            return False
