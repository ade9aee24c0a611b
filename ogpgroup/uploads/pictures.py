"""Pictures are drawn anew in a process that can do no harm; what it cannot draw is not accepted."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from ogpgroup.uploads.kinds import JPG, PNG, WEBP, Kind
from ogpgroup.uploads.refusals import LARGEST, Reason, Refused

SECONDS: Final = 20  # by the clock on the wall; of the processor's time it gets ten
FORMAT: Final = {JPG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
CHILD: Final = Path(__file__).with_name("redraw.py")


@dataclass(frozen=True)
class Picture:
    """Pixels that we wrote ourselves: no metadata, no second frame, nothing before or after."""

    content: bytes
    width: int
    height: int


def redraw(content: bytes, kind: Kind, *, seconds: float = SECONDS, side: int | None = None) -> Picture:
    """Decode and encode anew, in a process with little memory, little time, no files and no secrets (`redraw.py`).

    No side of the new picture is longer than `side` pixels, where that is given.
    """
    with tempfile.TemporaryFile() as output:  # its size is limited by the kernel, as a pipe's would not be
        code = _run(content, [FORMAT[kind], *([str(side)] if side else [])], output, seconds)
        output.seek(0)
        answer = _answer(output.readline(4096))
        drawn = output.read(LARGEST + 1)
    if code != 0 or answer is None:
        raise Refused.because(Reason.HEAVY)
    if "refused" in answer:
        raise Refused.because(Reason(answer["refused"]))
    if not 0 < len(drawn) <= LARGEST:
        raise Refused.because(Reason.HEAVY)
    return Picture(drawn, int(answer["width"]), int(answer["height"]))


def _run(content: bytes, asked: list[str], output: IO[bytes], seconds: float) -> int:
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", str(CHILD), *asked],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    with process:
        try:
            process.communicate(content, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.returncode


def _answer(line: bytes) -> dict[str, str] | None:
    """What the process says of itself; one that was ended, or taken over, may say anything."""
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    known = isinstance(answer, dict) and (
        answer.get("refused") in Reason.values
        or (isinstance(answer.get("width"), int) and isinstance(answer.get("height"), int))
    )
    return answer if known else None
