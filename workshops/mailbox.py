"""A mailbox read over IMAP: each unread mail is handed on, and marked as read once it was dealt with."""

import imaplib
import ipaddress
import logging
import re
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

logger = logging.getLogger(__name__)

TIMEOUT = 10  # seconds: where one process does all, mail waits for a mailbox that says nothing no longer
INTERNAL_DATE = re.compile(rb'INTERNALDATE "([^"]{1,40})"', re.IGNORECASE)
MOST_AT_ONCE = 500  # the rest waits for the next run


class MailboxError(Exception):
    """The mailbox cannot be read now; the words are the server's or ours, and hold no password."""


@dataclass(frozen=True)
class Mail:
    """An unread mail, or the first of its bytes, and when it came into the mailbox by the mail server's clock."""

    raw: bytes
    arrived_at: datetime | None


def read_mailbox(url: str, handle: Callable[[Mail], None], *, most_bytes: int) -> int:
    """Hand on every unread mail, as `imaps://user:password@host:port/folder` has them; returns how many were marked.

    The password is told to a server whose certificate names it and is vouched for, or to this machine.

    A mail is marked as read only after `handle` came back. One that it fails on, or that the server cannot hand out,
    stays unread, is logged, and stops no other. Of each mail one byte more than `most_bytes` is fetched, so that
    `handle` sees that there was more.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username:
        raise MailboxError("The address of a mailbox reads imaps://user:password@host:993/INBOX.")
    if parts.scheme == "imap" and not _is_this_machine(parts.hostname):
        raise MailboxError(f"The password goes to {parts.hostname} by imaps:// alone; imap:// is for this machine.")
    try:
        server = _connect(parts.scheme, parts.hostname, parts.port)
    except OSError as error:
        raise MailboxError(f"{parts.hostname} does not answer: {error}") from None
    try:
        server.login(_quoted(unquote(parts.username)), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        _expect(server.select(_quoted(folder)), f"The folder {folder} cannot be opened")
        return _read_unseen(server, handle, most_bytes=most_bytes)
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxError(f"{parts.hostname}: {error}") from None
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            server.logout()


def _connect(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme == "imaps":
        # Left to itself imaplib asks for no certificate and compares no name.
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port or 993, timeout=TIMEOUT, ssl_context=context)
    return imaplib.IMAP4(host, port or 143, timeout=TIMEOUT)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _expect(answer: tuple[str, Sequence[object]], wrong: str) -> Sequence[object]:
    status, content = answer
    if status != "OK":
        raise MailboxError(f"{wrong}: {content!r}"[:300])
    return content


def _read_unseen(server: imaplib.IMAP4, handle: Callable[[Mail], None], *, most_bytes: int) -> int:
    (found, *_rest) = _expect(server.uid("SEARCH", "UNSEEN"), "The unread mails cannot be listed")
    uids = found.split() if isinstance(found, bytes) else []
    marked = 0
    for uid in uids[:MOST_AT_ONCE]:
        name = uid.decode("ascii")
        content = _fetch(server, name, most_bytes=most_bytes)
        if content is None:
            continue
        try:
            handle(content)
        except Exception:
            logger.exception("The mail %s in the mailbox of replies could not be kept; it stays unread", name)
            continue
        _expect(server.uid("STORE", name, "+FLAGS.SILENT", r"(\Seen)"), "A mail cannot be marked as read")
        marked += 1
    return marked


def _fetch(server: imaplib.IMAP4, uid: str, *, most_bytes: int) -> Mail | None:
    """The first bytes of a mail, left unread; None for one that went away meanwhile or cannot be handed out.

    Servers say NO to the latter for ever: Exchange does of mail that it cannot convert.
    """
    status, answer = server.uid("FETCH", uid, f"(INTERNALDATE BODY.PEEK[]<0.{most_bytes + 1}>)")
    if status != "OK":
        logger.error("The mail %s in the mailbox of replies is not handed out; it stays unread: %.300r", uid, answer)
        return None
    pieces = [part for one in answer for part in (one if isinstance(one, tuple) else (one,)) if isinstance(part, bytes)]
    for one in answer:
        if isinstance(one, tuple) and re.search(rb"BODY\[\]", one[0], re.IGNORECASE):
            said = (INTERNAL_DATE.search(piece) for piece in pieces if piece is not one[1])
            return Mail(bytes(one[1]), _instant(next(filter(None, said), None)))
    return None


def _instant(found: re.Match[bytes] | None) -> datetime | None:
    try:
        instant = parsedate_to_datetime(found[1].decode("ascii")) if found else None
    except ValueError:
        return None
    return instant if instant and instant.tzinfo else None
