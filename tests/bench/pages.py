"""Pages under gunicorn with two workers: CPU per request and requests per second, beside a one-query view.

Two kinds of run: the schedule with so many sessions, and the pages of a plan with much on record.

CPU is what the workers used, read from the system, so another job on the machine disturbs it less than it disturbs
requests per second. All ratios come from one run.
"""

import http.client
import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cities.models import group_day
from ogpgroup import parts
from ogpgroup.mail import database_now
from ogpgroup.models import User
from tests import factories, factories_schedule
from tests.bench import record
from workshops.models import Session

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = "one query"
ZONES = ["America/Mexico_City", "America/Matamoros", "America/Mazatlan", "America/Merida"]
# CPU. An aim is missed where a page takes longer, and longer in parts of what the one-query view takes as well: so an
# hour in which everything on the machine is slow misses none. The aims are those of a machine where that view takes:
REFERENCE_MS = 5
KEPT_MS = 4 * REFERENCE_MS
PLAN_MS = 40  # each page of a plan, for the first reader after a change as well
SCHEDULE_COLD_MS, CALENDAR_COLD_MS = 25, 100  # of 200 sessions, of 2,000
COLD, RESTARTED = {"X-Cold": "changed"}, {"X-Cold": "restarted"}
COOKIE = {"Cookie": "language=es-mx"}  # a reader who is somebody: the list is kept, the page around it is not


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    headers: dict[str, str]
    requests: int
    aim_ms: int | None = None
    queries: str = ""  # with one of each thing, and with all
    change: Callable[[int], None] | None = None  # happens before each request, numbered


@dataclass(frozen=True)
class Figure:
    page: Page
    cpu_ms: float
    per_second: float
    transferred: int

    def misses_its_aim(self, reference_ms: float) -> bool:
        aim = self.page.aim_ms
        return aim is not None and self.cpu_ms > aim and self.cpu_ms / reference_ms > aim / REFERENCE_MS


def fill(count: int) -> str:
    """Publish so many sessions to come, in nine cities of four zones; returns the address of one."""
    now = database_now()
    cycle = factories.create_cycle(starts_on=group_day(now), ends_on=group_day(now) + timedelta(days=900))
    cities = [factories.create_government(city=factories.create_city(time_zone=ZONES[n % 4])).city for n in range(9)]
    sessions = [
        factories_schedule.create_session(
            cycle=cycle,
            title=f"Sesión {number}: mecanismos de participación en el plan municipal",
            kind=Session.Kind.values[number % 3],
            mode=Session.Mode.values[number % 3],
            starts_at=now + timedelta(days=1, hours=number * 9),
            time_zone=ZONES[number % 4],
            city=cities[number % 9],
            venue="Palacio Municipal",
            purpose="Encontrar dudas y dificultades, y acordar prioridades entre las ciudades.",
            bring="Su borrador del capítulo de participación.",
        )
        for number in range(count)
    ]
    factories_schedule.publish(cycle, notify=False)
    return sessions[count // 2].get_absolute_url()


def pages_of_schedule(count: int) -> list[Page]:
    """With so many sessions."""
    session_url = fill(count)
    is_long = count >= 1000
    cold_ms = None if is_long else SCHEDULE_COLD_MS
    return [
        Page(REFERENCE, "/bench/one-query/", {}, 300),
        Page(f"schedule of {count}, cold", "/schedule/", COLD | COOKIE, 15 if is_long else 60, cold_ms),
        Page(f"schedule of {count}, restarted", "/schedule/", RESTARTED | COOKIE, 15 if is_long else 60),
        Page(f"schedule of {count}, list kept", "/schedule/", COOKIE, 200, None if is_long else KEPT_MS),
        Page(f"schedule of {count}, whole page kept", "/schedule/", {}, 300, KEPT_MS),
        Page(f"schedule.ics of {count}, cold", "/schedule.ics", COLD, 30, CALENDAR_COLD_MS),
        Page(f"schedule.ics of {count}, kept", "/schedule.ics", {}, 300, KEPT_MS),
        Page(f"session page ({count} sessions)", session_url, COOKIE, 150),
        Page(f"home ({count} sessions)", "/", COOKIE, 150),
    ]


def pages_of_record() -> list[Page]:
    """Of a plan with much on record, for a stranger and for a member who has written and evaluated."""
    fill(200)  # the titles of the one-query view
    little, much = record.fill(record.ONE), record.fill(record.FULL)
    pages = [Page(REFERENCE, "/bench/one-query/", {}, 300)]
    few, all_of_them = little.pages(), much.pages()
    readers = {"stranger": (COOKIE, COOKIE), "member": (signed_in(little.member), signed_in(much.member))}
    for who, (of_little, of_much) in readers.items():
        for name, path in all_of_them.items():
            asked = partial(queries_of, few[name], of_little), partial(queries_of, path, of_much)
            cold, kept, restarted = (
                " / ".join(str(ask(before)) for ask in asked) for before in (parts.forget_editions, None, parts.forget)
            )
            change = partial(much.change, name)
            pages.append(Page(f"{name}, {who}, cold", path, of_much | COLD, 60, PLAN_MS, cold, change))
            pages.append(Page(f"{name}, {who}, kept", path, of_much, 150, PLAN_MS, kept))
            if name in {"plan", "commitment"}:
                pages.append(Page(f"{name}, {who}, restarted", path, of_much | RESTARTED, 30, None, restarted))
    return pages


def signed_in(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"Cookie": f"{name}={client.cookies[name].value}"}


def queries_of(path: str, headers: dict[str, str], before: Callable[[], None] | None) -> int:
    client = Client(headers=headers, SERVER_NAME="localhost")
    client.get(path)  # what the process keeps is there
    if before:
        before()
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


@contextmanager
def gunicorn() -> Iterator[tuple[int, psutil.Process]]:
    """The product's own web server command, on a free port; ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "ogpgroup.wsgi",
        "--config=deploy/gunicorn.conf.py",
        f"--bind=127.0.0.1:{port}",
    ]
    process = subprocess.Popen(
        [*command, "--no-control-socket", "--log-level=error"],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"},
    )
    try:
        for _attempt in range(200):
            try:
                get(port, "/healthz", {})
                break
            except OSError:
                time.sleep(0.1)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def get(port: int, path: str, headers: dict[str, str]) -> int:
    """The bytes transferred of one answer, which must be a 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Host": "localhost"} | headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return len(body)


def cpu_seconds(server: psutil.Process) -> float:
    """What the workers have used so far."""
    return sum(sum(worker.cpu_times()[:2]) for worker in server.children())


def measure(server: psutil.Process, port: int, page: Page) -> Figure:
    """Two clients ask at once, so that both workers are busy; each worker has seen the page before.

    What changes before a request is written by the client: neither its CPU nor its time is the page's.
    """
    turns = itertools.count()

    def ask() -> tuple[float, int]:
        if page.change:
            page.change(next(turns))
        began = time.perf_counter()
        transferred = get(port, page.path, page.headers)
        return time.perf_counter() - began, transferred

    def asks(number: int) -> list[tuple[float, int]]:
        answers = [ask() for _ in range(number)]
        connection.close()  # that of this thread
        return answers

    share = page.requests // 2
    with ThreadPoolExecutor(2) as clients:
        list(clients.map(asks, [6, 6]))
        cpu = cpu_seconds(server)
        answers = [answer for answers in clients.map(asks, [share, share]) for answer in answers]
    cpu_ms = (cpu_seconds(server) - cpu) * 1000 / len(answers)
    return Figure(page, cpu_ms, 2 * len(answers) / sum(seconds for seconds, _size in answers), answers[-1][1])


def run(pages: list[Page]) -> list[Figure]:
    """What each page costs."""
    with gunicorn() as (port, server):
        return [measure(server, port, page) for page in pages]
