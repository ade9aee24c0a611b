"""The platform, loaded once: each web server, worker and beat of a story forks from it, ready at once.

Loading costs two seconds of a processor, and the stories start forty such processes. Each is still one of its own, runs
the program that runs in production, and reads its settings anew where a story has its own: address, folder, mail.
Database and broker are the same for all. Line by line:

    {"module": "gunicorn", "arguments": [...], "environment": {...}, "log": "..."}  ->  the number of the process
"""

import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.servers import ROOT

SETTINGS = ("ogpgroup.settings", "tests.journeys.settings")  # in the order in which they are read
# What both programs would load by themselves; nothing here has looked at a setting that a story changes.
PROGRAMS = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "celery.bin.worker", "celery.apps.worker")
OURS = ("ogpgroup.urls", "ogpgroup.celery", "ogpgroup.tasks")


class Ready:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, module: str, *arguments: str, environment: dict[str, str], log: Path) -> psutil.Process:
        """As `python -m module arguments`, in a session of its own, with this added to the environment."""
        order = {"module": module, "arguments": arguments, "environment": environment, "log": str(log)}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return psutil.Process(int(self._process.stdout.readline()))


@contextmanager
def ready(environment: dict[str, str]) -> Iterator[Ready]:
    command = [sys.executable, "-m", "tests.journeys.ready"]
    environment = os.environ | environment | {"DJANGO_SETTINGS_MODULE": SETTINGS[-1]}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Ready(process)  # it ends when its input does


def main() -> None:
    import django  # noqa: PLC0415 - the tests import this module too, and have set Django up by themselves

    django.setup()
    for name in (*PROGRAMS, *OURS):
        importlib.import_module(name)
    gc.freeze()  # what is shared stays shared: collecting would copy it into every process
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits here for who ends
    for line in sys.stdin:
        order = json.loads(line)
        if number := os.fork():
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
        else:
            _become(**order)
            return


def _become(module: str, arguments: list[str], environment: dict[str, str], log: str) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(environment)
    with open(os.devnull) as nothing, open(log, "ab") as output:
        for source, number in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(source.fileno(), number)
    _read_settings()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _read_settings() -> None:
    from django.conf import settings  # noqa: PLC0415 - as above

    for name in SETTINGS:
        found: Any = importlib.reload(importlib.import_module(name))
    for name in filter(str.isupper, dir(found)):
        setattr(settings, name, getattr(found, name))


if __name__ == "__main__":
    main()
