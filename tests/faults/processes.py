"""Senders as processes that a test can kill. A fork server sets Django up once, so that each starts at once."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.context import ForkServerProcess

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogpgroup.settings")
if multiprocessing.parent_process() is None:
    django.setup()

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from ogpgroup import mail, mailings
from tests.faults.kinds import KINDS
from workshops.actions import releases

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.faults.processes"])


def start_sender(sink_url: str, *, kill_at: str = "", lease: float = 30, batch: int = 50) -> ForkServerProcess:
    """A process that sends what is due in this test's database, and ends."""
    database = connection.settings_dict["NAME"]
    process = _context.Process(target=_send, args=(database, sink_url, kill_at, lease, batch), daemon=True)
    process.start()
    return process


def run_sender(sink_url: str, *, kill_at: str = "", lease: float = 30, batch: int = 50) -> bool:
    """Run a sender to its end, or to its death; says whether it was killed."""
    process = start_sender(sink_url, kill_at=kill_at, lease=lease, batch=batch)
    process.join(30)
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


def wait_until(true, *, seconds=120):  # a loaded machine is slow, not broken
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.1)


def start_worker(sink_url: str, *, kill_at: str, lease: float) -> ForkServerProcess:
    """A process that sends the product's own mails, round after round, until it is killed."""
    return _started(_send_for_ever, sink_url, kill_at, lease)


def start_planner(*, kill_at: str = "", at_once: int = releases.INVITED_AT_ONCE, every: float = 1) -> ForkServerProcess:
    """A process that plans every so many seconds until it is killed, and invites so many people in one transaction."""
    return _started(_plan_for_ever, kill_at, at_once, every)


def _started(target: Callable[..., None], *arguments: object) -> ForkServerProcess:
    database = connection.settings_dict["NAME"]
    process = _context.Process(target=_as_in_this_test, args=(database, target, *arguments), daemon=True)
    process.start()
    return process


def _as_in_this_test(database: str, target: Callable[..., None], *arguments: object) -> None:
    connection.settings_dict["NAME"] = database
    while True:
        try:
            target(*arguments)
        except (OperationalError, InterfaceError):  # the database restarts; `run_mail` waits for it as well
            connection.close()
            time.sleep(0.2)


def _send_for_ever(sink_url: str, kill_at: str, lease: float) -> None:
    os.environ["KILL_AT"] = kill_at
    settings.MAIL_URL = sink_url
    while True:
        mail.deliver(kinds=mailings.KINDS, lease=timedelta(seconds=lease))
        time.sleep(0.1)


def _plan_for_ever(kill_at: str, at_once: int, every: float) -> None:
    os.environ["KILL_AT"] = kill_at
    releases.INVITED_AT_ONCE = at_once
    while True:
        mailings.plan()
        time.sleep(every)


def _send(database: str, sink_url: str, kill_at: str, lease: float, batch: int) -> None:
    os.environ["KILL_AT"] = kill_at
    connection.settings_dict["NAME"] = database
    settings.MAIL_URL = sink_url
    mail.deliver(kinds=KINDS, budget=timedelta(minutes=1), lease=timedelta(seconds=lease), batch_size=batch)
