"""Asks a virus scanner (clamd), where the deployment has one; without it, files are only looked into."""

import logging
import socket
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from ogpgroup.uploads.refusals import Reason, Refused

logger = logging.getLogger(__name__)

SECONDS: Final = 15
CHUNK: Final = 64 * 1024


def check(content: bytes) -> None:
    """Refused where the scanner finds something, and where it does not answer: then nothing can be said of the file."""
    if not settings.CLAMD:
        return
    try:
        answer = _ask(content)
    except OSError as error:
        logger.warning("The virus scanner does not answer: %s", error)
        raise Refused.because(Reason.NOT_SCANNED) from None
    if answer.endswith(" FOUND"):
        logger.warning("A file was refused: %s", answer)
        raise Refused.because(Reason.VIRUS)
    if not answer.endswith(" OK"):
        logger.warning("The virus scanner answers: %s", answer)
        raise Refused.because(Reason.NOT_SCANNED)


def _ask(content: bytes) -> str:
    with _connect() as scanner:
        scanner.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            scanner.sendall(len(chunk).to_bytes(4, "big") + chunk)
        scanner.sendall(bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < 1024:
            received = scanner.recv(1024)
            if not received:
                break
            answer += received
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connect() -> socket.socket:
    """`tcp://host:3310` or `unix:///run/clamav/clamd.ctl`."""
    where = urlsplit(settings.CLAMD)
    if where.scheme == "unix":
        scanner = socket.socket(socket.AF_UNIX)
        scanner.settimeout(SECONDS)
        try:
            scanner.connect(where.path)
        except OSError:
            scanner.close()
            raise
        return scanner
    return socket.create_connection((where.hostname or "localhost", where.port or 3310), timeout=SECONDS)
