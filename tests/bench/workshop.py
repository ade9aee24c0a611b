"""A workshop at full pace under gunicorn: rapporteurs enter notes at all tables at once, their pages ask for news, and
everybody votes meanwhile.

Ten minutes of a workshop are played in two and a half: twenty tables, two hundred people, six hundred notes, two
thousand ballots. Each note goes the way of the page's queue (a fresh token, then the batch), and some are sent again as
after a lost answer. What is measured is that whole way, as the rapporteur waits for it; afterwards every note must be
there, once.
"""

import http.client
import json
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from threading import Thread
from uuid import uuid4

from django.conf import settings
from django.db import connection

from ogpgroup.mail import database_now
from ogpgroup.models import User
from tests import factories
from tests.bench.hall import Vote, Voted, rows_of_votes
from tests.bench.pages import gunicorn, signed_in
from tests.bench.rows import row
from tests.factories_schedule import create_session, publish
from workshops.models import Participation, Session, TableNote, WorkTable

TABLES, PEOPLE, NOTES = 20, 200, 600
SECONDS = 150.0  # in which ten minutes are played
NEWS_EVERY = 4.0  # as the page asks, in real seconds
SENT_AGAIN = 0.1  # of the notes
AIM_MS = 150
TEXT = "Nota"  # and a number of its own
_numbers = count(1)


@dataclass
class Rapporteur:
    """One page at one table: its cookie, and how long each note took."""

    table: WorkTable
    user_id: int
    cookie: str
    sent: list[str] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    news: list[float] = field(default_factory=list)

    def enter(self, port: int) -> None:
        entry = {
            "client_id": str(uuid4()),
            "kind": random.choice(TableNote.Kind.values),
            "text": f"{TEXT} {next(_numbers)}: faltan banquetas y nadie sabe a quién se le dice.",
        }
        self.sent.append(entry["client_id"])
        for _time in range(2 if random.random() < SENT_AGAIN else 1):
            began = time.perf_counter()
            ticket, cookie = self._get(port, "/queue/")
            name = settings.CSRF_COOKIE_NAME
            csrf = next(part.split(";")[0] for part in cookie if part.startswith(f"{name}="))
            body = json.dumps({"user": self.user_id, "entries": [entry]})
            headers = {
                "Content-Type": "application/json",
                "X-CSRFToken": json.loads(ticket)["token"],
                "Cookie": f"{self.cookie}; {csrf}",
                "Origin": settings.PUBLIC_URL,
            }
            status, answer, _cookies = _ask(port, "POST", f"{self.table.get_absolute_url()}notes/", headers, body)
            if status != 200 or json.loads(answer)["outcomes"][0]["status"] not in {"stored", "known"}:
                raise RuntimeError(f"A note was answered {status}: {answer[:200]!r}")
            self.took.append(time.perf_counter() - began)

    def ask_news(self, port: int) -> None:
        began = time.perf_counter()
        self._get(port, f"{self.table.get_absolute_url()}notes/?after=0")
        self.news.append(time.perf_counter() - began)

    def _get(self, port: int, path: str) -> tuple[bytes, list[str]]:
        status, body, cookies = _ask(port, "GET", path, {"Cookie": self.cookie})
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return body, cookies


def _ask(
    port: int, method: str, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, bytes, list[str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body=body, headers={"Host": "localhost"} | headers)
    answer = connection.getresponse()
    found = answer.status, answer.read(), answer.msg.get_all("Set-Cookie") or []
    connection.close()
    return found


def fill() -> tuple[Session, list[User], list[Rapporteur]]:
    """A workshop that is on, its people checked in and seated; at the first table something was said."""
    now = database_now()
    cycle = factories.create_cycle(
        starts_on=(now - timedelta(days=10)).date(), ends_on=(now + timedelta(days=300)).date()
    )
    people = [factories.create_member() for _number in range(PEOPLE)]
    session = create_session(cycle=cycle, title="Taller", mode="face_to_face", starts_at=now - timedelta(hours=1))
    publish(session, notify=False)
    session.refresh_from_db()
    found = []
    for number in range(TABLES):
        rapporteur = people[number]
        table = WorkTable.objects.create(session=session, number=number + 1, theme="Tema", rapporteur=rapporteur)
        Participation.objects.bulk_create(  # a session that has begun expects nobody by itself
            Participation(
                session=session,
                user=person,
                table=table,
                attended="present",
                mode="face_to_face",
                checked_in_at=now,
                checked_in_how="list",
            )
            for person in people[number::TABLES]
        )
        found.append(Rapporteur(table, rapporteur.pk, signed_in(rapporteur)["Cookie"]))
    for number in range(8):
        TableNote.objects.create(table=found[0].table, kind="doubt", text=f"Antes {number}: faltan banquetas.")
    return session, people, found


def _plays(one: Rapporteur, port: int, notes: int) -> None:
    began = time.monotonic()
    next_news = began + random.random() * NEWS_EVERY
    due = [began + (number + random.random()) * SECONDS / notes for number in range(notes)]
    for at in due:
        while next_news < at:
            time.sleep(max(next_news - time.monotonic(), 0))
            one.ask_news(port)
            next_news += NEWS_EVERY
        time.sleep(max(at - time.monotonic(), 0))
        one.enter(port)


@dataclass(frozen=True)
class Seen:
    """What was measured, in milliseconds, and what became of the notes."""

    notes: list[float]
    news: list[float]
    lost: int
    doubled: int
    voted: Voted


def measure() -> Seen:
    """Play the workshop."""
    session, people, rapporteurs = fill()
    vote = Vote(session, people, leader=factories.create_coordinator(), seconds=SECONDS)
    connection.close()
    with gunicorn() as (port, _server):
        threads = [Thread(target=_plays, args=(one, port, NOTES // TABLES)) for one in rapporteurs]
        threads += vote.phones(port)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    sent = {client_id for one in rapporteurs for client_id in one.sent}
    stored = list(
        TableNote.objects.filter(table__session=session, text__startswith=TEXT).values_list("client_id", "text")
    )
    if len(sent) != NOTES:
        raise RuntimeError(f"{len(sent)} of {NOTES} notes were sent; see what was printed above.")
    return Seen(
        notes=_ms(took for one in rapporteurs for took in one.took),
        news=_ms(took for one in rapporteurs for took in one.news),
        lost=len(sent - {str(client_id) for client_id, _text in stored}),
        doubled=len(stored) - len({text for _client_id, text in stored}),
        voted=vote.counted(),
    )


def _ms(seconds: Iterable[float]) -> list[float]:
    return sorted(1000 * one for one in seconds)


def _at(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)] if values else 0.0


def rows_of(seen: Seen) -> list[str]:
    """Rows of a table: what, seen, aim."""
    what = f"a note entered, {TABLES} tables at once, {NOTES} notes"
    p95 = _at(seen.notes, 0.95)
    return [
        row(f"{what}: p50", f"{_at(seen.notes, 0.5):.0f} ms"),
        row(f"{what}: p95", f"{p95:.0f} ms", f"< {AIM_MS} ms", reached=p95 < AIM_MS),
        row("news of a table with all its notes: p95", f"{_at(seen.news, 0.95):.0f} ms"),
        row("notes lost, doubled", f"{seen.lost}, {seen.doubled}", "0, 0", reached=(seen.lost, seen.doubled) == (0, 0)),
        *rows_of_votes(seen.voted),
    ]
