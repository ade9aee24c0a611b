"""A hall that looks at its wall and votes, under gunicorn: what two hundred who watch cost, and 2,000 ballots at once.

The wall: two hundred ask every two seconds, with what they have, while a note arrives every five seconds; measured are
the CPU of the workers and how long each note took to be on every wall. The vote, played by `tests.bench.workshop` while
notes are entered: two hundred people send their ballots ten times each; afterwards each must have as many votes as they
may give, no more.
"""

import http.client
import random
import re
import time
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings

from ogpgroup.mail import database_now
from ogpgroup.models import User
from tests import factories
from tests.bench.pages import cpu_seconds, gunicorn, signed_in
from tests.bench.rows import row
from tests.factories_schedule import create_session, publish
from workshops import models, walls
from workshops.actions import themes, votes
from workshops.models import Participation, Session, TableNote, WorkTable

WATCHERS, PEOPLE, BALLOTS, EACH = 200, 200, 10, 3
SECONDS = 60.0
ASKS_EVERY, NOTE_EVERY = 2.0, 5.0


def fill() -> tuple[Session, list[User]]:
    """A workshop that is on, with eight tables, a hundred notes and its people checked in."""
    now = database_now()
    cycle = factories.create_cycle(
        starts_on=(now - timedelta(days=10)).date(), ends_on=(now + timedelta(days=300)).date()
    )
    people = [factories.create_member() for _number in range(PEOPLE)]
    session = create_session(cycle=cycle, title="Taller", mode="face_to_face", starts_at=now - timedelta(hours=1))
    publish(session, notify=False)
    Participation.objects.filter(session=session).update(
        attended="present", mode="face_to_face", checked_in_at=now, checked_in_how="list"
    )
    for number in range(1, 9):
        table = WorkTable.objects.create(session=session, number=number, theme=f"Tema {number}")
        for note in range(12):
            TableNote.objects.create(table=table, kind="doubt", text=f"Nota {note}: faltan banquetas en la colonia.")
    return Session.objects.select_related("current_version").get(pk=session.pk), people


# --- The wall ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watched:
    """What the wall cost, and how long notes took to be seen, in seconds."""

    cores: float
    asked: int
    whole: int  # answers with a body
    seen: list[float]
    lost: int


class _Watcher:
    """Somebody at home: asks every two seconds with what they have, over a line that stays open."""

    def __init__(self, port: int, path: str, until: float) -> None:
        self.port, self.path, self.until = port, path, until
        self.asked = self.whole = 0
        self.first_seen: dict[str, float] = {}

    def run(self) -> None:
        time.sleep(random.random() * ASKS_EVERY)
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        etag = ""
        while (began := time.monotonic()) < self.until:
            try:
                line.request("GET", self.path, headers={"Host": "localhost", "If-None-Match": etag})
                answer = line.getresponse()
            except ConnectionError:  # the server lets idle lines go; a browser asks again over a new one
                line.close()
                continue
            body = answer.read().decode()
            self.asked += 1
            if answer.status == 200:
                self.whole += 1
                etag = answer.headers["ETag"]
                for mark in re.findall(r"marca-\d+", body):
                    self.first_seen.setdefault(mark, time.monotonic())
            time.sleep(max(began + ASKS_EVERY - time.monotonic(), 0))
        line.close()


def watch() -> Watched:
    """Let everybody watch for a minute."""
    session, _people = fill()
    path = walls.address_of(session, None, language="es-mx", is_inside=True)
    table = session.tables.get(number=1)
    with gunicorn() as (port, server):
        until = time.monotonic() + SECONDS
        watchers = [_Watcher(port, path, until) for _number in range(WATCHERS)]
        threads = [Thread(target=one.run) for one in watchers]
        for thread in threads:
            thread.start()
        time.sleep(4)
        cpu, began = cpu_seconds(server), time.monotonic()
        written: dict[str, float] = {}
        while time.monotonic() < until - NOTE_EVERY:
            mark = f"marca-{len(written)}"
            TableNote.objects.create(table=table, kind="doubt", text=mark)
            written[mark] = time.monotonic()
            time.sleep(NOTE_EVERY)
        cores = (cpu_seconds(server) - cpu) / (time.monotonic() - began)
        for thread in threads:
            thread.join()
    took = [one.first_seen[mark] - at for mark, at in written.items() for one in watchers if mark in one.first_seen]
    return Watched(
        cores=cores,
        asked=sum(one.asked for one in watchers),
        whole=sum(one.whole for one in watchers),
        seen=sorted(took),
        lost=len(written) * WATCHERS - len(took),
    )


def rows_of_wall(seen: Watched) -> list[str]:
    """Rows of a table: what, seen, aim."""
    last = seen.seen[-1]
    return [
        row(f"cores that {WATCHERS} who watch take", f"{seen.cores:.2f}", "< 0.25", reached=seen.cores < 0.25),
        row("a note on everybody's wall: p50", f"{seen.seen[len(seen.seen) // 2]:.1f} s"),
        row("a note on everybody's wall: the last one", f"{last:.1f} s", "< 3 s", reached=last < 3),
        row("questions, of these answered with a body", f"{seen.asked}, {seen.whole}"),
        row("notes that somebody did not see", f"{seen.lost}", "0", reached=seen.lost == 0),
    ]


# --- The vote ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Voted:
    """How long ballots took, in milliseconds, and what was counted."""

    took: list[float]
    refused: int
    votes: int
    voters: int


class Vote:
    """A vote on eight themes that is open, and people with a phone who send their ballots again and again.

    The session has notes, and its people are checked in.
    """

    def __init__(self, session: Session, people: list[User], *, leader: User, seconds: float) -> None:
        self.seconds = seconds
        self.took: list[float] = []
        self.wrong: list[int] = []
        now = database_now()
        notes = TableNote.objects.filter(table__session=session).order_by("pk")[:8]
        made = [
            themes.group(session, seen={note.pk: None}, title=f"Tema {note.pk}", form_id=uuid4(), by=leader, now=now)
            for note in notes
        ]
        self.round = votes.open_round(session, themes=made, votes_each=EACH, form_id=uuid4(), by=leader, now=now)
        self.names = [f"theme-{theme.pk}" for theme in made]
        self.cookies = [signed_in(person)["Cookie"] for person in people]

    def phones(self, port: int) -> list[Thread]:
        """One for each person; to be started."""
        return [Thread(target=self._ballots, args=(port, cookie)) for cookie in self.cookies]

    def counted(self) -> Voted:
        """What became of it, once all phones are through."""
        counted = models.Vote.objects.filter(round=self.round)
        return Voted(
            took=sorted(self.took),
            refused=len(self.wrong),
            votes=counted.count(),
            voters=counted.values("participation").distinct().count(),
        )

    def _ballots(self, port: int, cookie: str) -> None:
        token = "a" * 32
        headers = {
            "Host": "localhost",
            "Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={token}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": settings.PUBLIC_URL,
        }
        due = sorted(random.random() * self.seconds for _ballot in range(BALLOTS))
        began = time.monotonic()
        for at in due:
            time.sleep(max(began + at - time.monotonic(), 0))
            given = urlencode({"csrfmiddlewaretoken": token, random.choice(self.names): EACH})
            start = time.perf_counter()
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            line.request("POST", self.round.get_absolute_url(), body=given, headers=headers)
            answer = line.getresponse()
            answer.read()
            line.close()
            self.took.append(1000 * (time.perf_counter() - start))
            if answer.status != 302:
                self.wrong.append(answer.status)


def rows_of_votes(seen: Voted) -> list[str]:
    """Rows of a table: what, seen, aim."""
    what = f"a ballot, {PEOPLE} people, {PEOPLE * BALLOTS:,} ballots meanwhile"
    return [
        row(f"{what}: p50", f"{seen.took[len(seen.took) // 2]:.0f} ms"),
        row(f"{what}: p95", f"{seen.took[int(len(seen.took) * 0.95)]:.0f} ms"),
        row("ballots refused", f"{seen.refused}", "0", reached=seen.refused == 0),
        row(
            "votes counted, voters",
            f"{seen.votes}, {seen.voters}",
            f"{PEOPLE * EACH}, {PEOPLE}",
            reached=(seen.votes, seen.voters) == (PEOPLE * EACH, PEOPLE),
        ),
    ]
