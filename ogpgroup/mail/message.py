"""What a mail looks like on the wire.

The bytes are put together here and not by `email.message.EmailMessage`, which takes 7 ms for a mail of this size; this
takes a fraction of one. The tests read the result with the standard library's parser and expect no defect.
"""

import binascii
import re
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from ogpgroup.models import OutgoingMail

SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Parts:
    subject: str
    text: str
    html: str


def render_parts(template: str, context: dict[str, Any], language: str, *, with_html: bool = True) -> Parts:
    """Render the three partials of one mail template in the reader's language; the third where it is wanted."""
    with translation.override(language):
        return Parts(
            subject=one_line(render_to_string(f"{template}#subject", context)),
            text=render_to_string(f"{template}#text", context).strip() + "\n",
            html=render_to_string(f"{template}#html", context).strip() + "\n" if with_html else "",
        )


def one_line(subject: str) -> str:
    """A subject on one line, whatever a title contains: nobody adds a header by a line break."""
    line = " ".join("".join(c if c.isprintable() else " " for c in subject).split())
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"


def compose(
    *,
    mail: OutgoingMail,
    subject: str,
    text: str,
    html: str,
    calendar: bytes | None = None,
    calendar_method: str | None = None,
    unsubscribe_url: str | None = None,
) -> bytes:
    """The MIME bytes of one mail: text, the same as HTML, and a calendar entry where there is one."""
    if (calendar is None) != (calendar_method is None):
        raise ValueError("A calendar part needs its method, and a method its calendar part.")
    boundary = f"=_{uuid5(NAMESPACE_URL, mail.key).hex}"  # "=_" cannot occur in quoted-printable text
    headers = [
        ("From", _address(settings.MAIL_FROM)),
        ("To", ascii_address(mail.recipient)),
        ("Reply-To", _address(settings.REPLY_ADDRESS)),
        ("Subject", _subject(subject)),
        ("Date", format_datetime(timezone.now())),
        ("Message-ID", mail.message_id),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),  # not "All": that keeps Exchange from returning what it refuses
    ]
    if unsubscribe_url:
        headers.append(("List-Unsubscribe", f"<{unsubscribe_url}>"))
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))  # RFC 8058
    headers += [("MIME-Version", "1.0"), ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"')]
    parts = [("text/plain; charset=utf-8", text.encode()), ("text/html; charset=utf-8", html.encode())]
    if calendar is not None:
        parts.append((f"text/calendar; charset=utf-8; method={calendar_method}", calendar))
    pieces = [_header(name, value) for name, value in headers]
    for content_type, content in parts:
        pieces += [
            f"\r\n--{boundary}\r\n",
            _header("Content-Type", content_type),
            _header("Content-Transfer-Encoding", "quoted-printable"),
            "\r\n",
            _quoted_printable(content),
        ]
    pieces.append(f"\r\n--{boundary}--\r\n")
    return "".join(pieces).encode("ascii")


def ascii_address(address: str) -> str:
    """The address as SMTP takes it, its domain in the ASCII form; what could be a second command is an error."""
    local, _, domain = address.rpartition("@")
    plain = f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    if not plain.isascii() or re.search(r"[\s<>\0]", plain):
        raise ValueError(f"{address!r} is not an address that this mail server can be told.")
    return plain


def _header(name: str, value: str) -> str:
    if re.search(r"\n(?![ \t])|\r(?!\n)|\0", value):  # only a folded line may go on, and it begins with a space
        raise ValueError(f"The header {name} may not contain a line break.")
    return f"{name}: {value}\r\n"


@lru_cache(maxsize=16)
def _address(value: str) -> str:
    name, address = parseaddr(value)
    return formataddr((name, address))


@lru_cache(maxsize=64)  # a millisecond each, and many people read the same one
def _subject(subject: str) -> str:
    charset = "us-ascii" if subject.isascii() else "utf-8"
    return Header(one_line(subject), charset, header_name="Subject").encode(linesep="\r\n")


def _quoted_printable(content: bytes) -> str:
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return binascii.b2a_qp(lines, istext=True).decode("ascii")
