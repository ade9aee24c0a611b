"""The whole product for a story: web server, worker and beat as processes, and a mail server that keeps a ledger."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Page, expect
from vobject.base import readOne

from ogpgroup.celery import app
from tests.journeys.ready import Ready, ready
from tests.servers import ROOT
from tests.smtp_sink import Sink

PATIENCE = 30  # seconds: a story ends as soon as it can, and a busy machine needs them


def wait_until(holds: Any, what: str, *, seconds: float = PATIENCE) -> Any:
    """Ask until there is an answer, and return it."""
    until = time.monotonic() + seconds
    while not (answer := holds()):
        assert time.monotonic() < until, f"Waited in vain for {what}."
        time.sleep(0.1)
    return answer


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@dataclass
class Entry:
    """The calendar part of a mail, as vobject reads it."""

    method: str
    event: Any

    @classmethod
    def of(cls, mail: EmailMessage) -> "Entry":
        (part,) = (one for one in mail.walk() if one.get_content_type() == "text/calendar")
        calendar = readOne(part.get_content())
        assert part.get_param("method") == calendar.method.value
        return cls(calendar.method.value, calendar.vevent)

    @property
    def facts(self) -> tuple[str, str, int]:
        return self.method, str(self.event.uid.value), int(self.event.sequence.value)


@dataclass
class Product:
    url: str
    sink: Sink
    start: Callable[[str], None] = lambda _name: None  # a part by its name, as when the machine starts
    stop: Callable[[str], None] = lambda _name: None
    has_worker: bool = True

    def begin_work(self) -> None:
        """Worker and beat come with the first mail that a story asks for: starting them costs seconds."""
        if not self.has_worker:
            self.has_worker = True
            self.start("worker and beat")

    def mails_to(self, recipient: str) -> list[EmailMessage]:
        self.begin_work()
        mails = zip(self.sink.ledger.recipients(), self.sink.ledger.parsed(), strict=False)
        return [mail for to, mail in mails if to == recipient]

    def mail_to(self, recipient: str, *, number: int) -> EmailMessage:
        """The person's mail of this number, counted from 1, as soon as it is there."""
        wait_until(lambda: len(self.mails_to(recipient)) >= number, f"mail {number} to {recipient}")
        return self.mails_to(recipient)[number - 1]

    def call_like_beat(self) -> None:
        """Beat plans each minute; a test calls earlier."""
        self.begin_work()
        for name in ("plan", "deliver"):
            app.send_task(f"ogpgroup.tasks.{name}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: psutil.Process) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except psutil.TimeoutExpired:
        _kill(process)


def _kill(process: psutil.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(5)


@pytest.fixture(scope="session")
def static_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Style sheets and scripts as they are served in production; the same for every story."""
    folder = tmp_path_factory.mktemp("product")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(folder)},
        check=True,
        timeout=60,
    )
    return folder / "static"


@pytest.fixture(scope="session")
def platform(django_db_setup: None) -> Iterator[Ready]:
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    shared = {"DATABASE_URL": database.geturl(), "REDIS_URL": settings.REDIS_URL, "KILL_POINTS": ""}
    with ready(shared) as loaded:
        yield loaded


@pytest.fixture
def product(transactional_db: None, tmp_path: Path, static_files: Path, platform: Ready) -> Iterator[Product]:
    """Everything that runs in production, on this test's database; what works behind it once it is needed."""
    shutil.copytree(static_files, tmp_path / "static")
    with Sink() as sink:
        url = f"http://127.0.0.1:{_free_port()}"
        environment = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": url, "MAIL_URL": sink.url}
        celery = ["celery", "-A", "ogpgroup"]
        web = ["gunicorn", "ogpgroup.wsgi", "--config=deploy/gunicorn.conf.py", "--bind", urlsplit(url).netloc]
        commands = {
            "web": [*web, "--workers=1", "--no-control-socket"],
            "worker and beat": [*celery, "worker", "--beat", "--concurrency=1", "--without-gossip", "--without-mingle"],
        }
        processes: dict[str, psutil.Process] = {}

        def start(name: str) -> None:
            log = tmp_path / f"{name}.log"
            processes[name] = platform.start(*commands[name], environment=environment, log=log)
            if name == "web":
                wait_until(lambda: _answers(url), "the web server", seconds=30)

        try:
            start("web")
            yield Product(url, sink, start, lambda name: _stop(processes.pop(name)), has_worker=False)
        finally:
            for process in processes.values():  # what is to end with grace has been asked to by its story
                _kill(process)


@pytest.fixture
def post(settings: Any) -> Iterator[Product]:
    """No other process: the test plays the web server and the worker."""
    with Sink() as sink:
        settings.MAIL_URL = sink.url
        yield Product("http://localhost", sink)


@pytest.fixture
def open_page(chromium: Browser, product: Product) -> Iterator[Callable[..., Page]]:
    """A browser of somebody's own, in English unless told otherwise."""
    contexts = []

    def open_one(**options: Any) -> Page:
        options = {"locale": "en-GB", "timezone_id": "America/Mexico_City"} | options
        context = chromium.new_context(base_url=product.url, **options)
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        return context.new_page()

    expect.set_options(timeout=PATIENCE * 1000)
    yield open_one
    for context in contexts:
        context.close()


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("main").get_by_role("button", name=name).click()
