"""Real PostgreSQL and Valkey for the tests, ready before Django reads its settings.

Each run of pytest takes a slot of its own under var/test, so that two runs at once do not share a database. A slot's
lock goes with the process that held it; the next run takes over what a killed one left.
"""

import atexit
import fcntl
import os
import shutil
import sys
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ogpgroup.embedded import Servers

ROOT = Path(__file__).resolve().parent.parent
_locks: list[int] = []


def _take_slot() -> Path:
    for number in count():
        slot = ROOT / "var" / "test" / str(number)
        slot.mkdir(parents=True, exist_ok=True)
        lock = os.open(slot / "lock", os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        _locks.append(lock)  # open for as long as the process lives: closing it would give the slot away
        return slot
    raise AssertionError


def only_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    """No test may depend on the network, nor tell it anything."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        if not host.startswith("127.") and host not in {"::1", "localhost"}:
            raise RuntimeError(f"A test wanted to connect to {host}.")


def prepare() -> None:
    """Set the environment; the run's own process starts the servers, xdist's workers find it all set."""
    sys.addaudithook(only_loopback)
    sys.dont_write_bytecode = False  # as in deploy/bootstrap.sh, for who calls pytest by itself
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        slot = _take_slot()
        servers = Servers(slot / "servers", durable=False)
        atexit.register(servers.stop)
        if not os.environ.get("DATABASE_URL"):
            servers.postgres.start()
            os.environ["DATABASE_URL"] = servers.postgres.url()
        if not os.environ.get("REDIS_URL"):
            servers.valkey.start()
            os.environ["REDIS_URL"] = servers.valkey.url()
        shutil.rmtree(slot / "files", ignore_errors=True)
        os.environ["TESTS_FOLDER"] = str(slot / "files")
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    folder = Path(os.environ["TESTS_FOLDER"]) / (worker or "main")
    (folder / "static").mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "REDIS_URL": urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl(),
        "DATA_DIR": str(folder),
        "SECRET_KEY": "a key of the tests alone, worth nothing anywhere else",
        "PUBLIC_URL": "http://localhost",
        "KILL_POINTS": "1",
        "SETTLE_MINUTES": "0",  # tests of the settling set it themselves
        "DJANGO_SETTINGS_MODULE": "ogpgroup.settings",
    }
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread of the test
    for name in ("DEBUG", "ADMIN", "CACHE_URL", "MAIL_URL", "MFA_KEY", "TRUSTED_PROXIES"):
        os.environ.pop(name, None)
