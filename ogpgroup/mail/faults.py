"""Points at which the tests kill a process to see what is lost. Only the setting KILL_POINTS makes them act."""

import os
import signal
from collections import Counter

from django.conf import settings

_passed: Counter[str] = Counter()


def kill_point(name: str) -> None:
    """Die here when KILL_AT says so: `after_dot`, or `after_dot:3` for the third time."""
    if not settings.KILL_POINTS:
        return
    wanted, _, count = os.environ.get("KILL_AT", "").partition(":")
    if name != wanted:
        return
    _passed[name] += 1
    if _passed[name] == int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
