"""What a mail to the address for replies says: an answer from somebody's calendar (RFC 5546, REPLY), or something odd.

Anybody can write to that address, so nothing here trusts a byte: what cannot be read is not an error but a mail without
an answer in it.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from icalendar import Calendar, Event, vDDDTypes

MOST_CALENDAR_BYTES = 50_000
MOST_PARTS = 50
LONGEST_MESSAGE_ID = 998
LONGEST_COMMENT = 500
NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
ANSWERS = {"ACCEPTED": "yes", "TENTATIVE": "maybe", "DECLINED": "no"}


@dataclass(frozen=True)
class Received:
    """One mail, as far as it can be read. It answers something only if `answer` says so."""

    message_id: str
    senders: tuple[str, ...] = ()
    subject: str = ""
    uid: str = ""
    sequence: int | None = None
    attendee: str = ""
    partstat: str = ""
    comment: str = ""  # what the person wrote beside the answer
    stamped_at: datetime | None = None  # by the clock of who answers, which may be wrong
    raw: bytes = field(default=b"", repr=False)

    @property
    def sender(self) -> str:
        """The first of them, or nothing."""
        return self.senders[0] if self.senders else ""

    @property
    def answer(self) -> str:
        """`yes`, `maybe`, `no`; nothing where the calendar says something else, or nothing that can be read."""
        return ANSWERS.get(self.partstat, "") if self.uid and self.attendee else ""


def read(raw: bytes, *, most_bytes: int) -> Received:
    """Read one mail. What is longer than `most_bytes` is cut, and then answers nothing."""
    is_whole = len(raw) <= most_bytes
    cut = raw[:most_bytes]
    try:
        message = message_from_bytes(cut, policy=policy.compat32)
        said = _head(message, cut)
    except Exception:  # the parser of hostile mail has many ways to fail; the mail is listed all the same
        return Received(own_id(cut), raw=cut)
    if not is_whole:
        return said
    try:
        return _with_calendar(said, message)
    except Exception:  # the same of calendars
        return said


def own_id(raw: bytes) -> str:
    """What a mail is known by where its Message-ID does not tell."""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _head(message: Message, raw: bytes) -> Received:
    message_id = _plain(str(message.get("Message-ID") or "")).strip()
    if not message_id or len(message_id) > LONGEST_MESSAGE_ID:
        message_id = own_id(raw)
    addresses = getaddresses([str(value) for value in message.get_all("From", [])])
    senders = tuple(_plain(address).strip().casefold()[:320] for _name, address in addresses[:10] if address)
    subject = next((value for name, value in message.raw_items() if name.lower() == "subject"), "")
    return Received(message_id, senders, _words(subject)[:500], raw=raw)


def _words(header: str) -> str:
    """A header as people read it; one in bare UTF-8, as some programs write it (RFC 6532), too."""
    text = header.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return _plain(str(make_header(decode_header(text))))
    except (LookupError, ValueError):
        return _plain(text)


def _plain(text: str) -> str:
    """Without what no line of text holds, and what the database refuses."""
    return NOT_TEXT.sub(" ", text)


def _with_calendar(said: Received, message: Message) -> Received:
    """What the one calendar in the mail says, if it is one person's reply about one event."""
    parts = [part for part, _n in zip(message.walk(), range(MOST_PARTS), strict=False)]
    calendars = [part for part in parts if part.get_content_type() == "text/calendar"]
    texts = {_text_of(part) for part in calendars}  # some programs send the same one twice, inside and attached
    if len(texts) != 1:
        return said
    (text,) = texts
    if len(text) > MOST_CALENDAR_BYTES:
        return said
    calendar = Calendar.from_ical(text)
    events = [one for one in calendar.walk("VEVENT") if isinstance(one, Event)]
    if str(calendar.get("METHOD", "")).upper() != "REPLY" or len(events) != 1:
        return said
    return _with_event(said, events[0])


def _with_event(said: Received, event: Event) -> Received:
    attendee, uid = event.get("ATTENDEE"), event.get("UID")
    if uid is None or attendee is None or isinstance(attendee, list) or isinstance(uid, list):
        return said
    return replace(
        said,
        uid=_plain(str(uid)).strip()[:300],
        sequence=_number(event.get("SEQUENCE", 0)),
        attendee=_plain(str(attendee)).strip().casefold().removeprefix("mailto:")[:320],
        partstat=_plain(str(attendee.params.get("PARTSTAT", ""))).strip().upper()[:40],
        comment=_comment(event),
        stamped_at=_stamp(event),
    )


def _comment(event: Event) -> str:
    """What people write beside their answer (RFC 5545, COMMENT); a program may send it in several pieces."""
    said = event.get("COMMENT", [])
    pieces = said if isinstance(said, list) else [said]
    return _paragraphs("\n".join(str(piece) for piece in pieces), most=LONGEST_COMMENT)


def _paragraphs(text: str, *, most: int) -> str:
    """The beginning of a text of several lines, each without what no line holds."""
    return "\n".join(_plain(line).rstrip() for line in text[: most + 1].splitlines())[:most].strip()


def _stamp(event: Event) -> datetime | None:
    """When the calendar says that it wrote this; nothing where that is missing, said twice, or no instant."""
    stamp = event.get("DTSTAMP")
    at = stamp.dt if isinstance(stamp, vDDDTypes) else None
    return at.astimezone(UTC) if isinstance(at, datetime) and at.tzinfo else None


def _number(value: object) -> int:
    """RFC 5545: none given is 0. What does not fit the database is no number of ours."""
    number = int(str(value))
    if not 0 <= number < 2**31:
        raise ValueError("not a sequence number")
    return number


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("latin-1")


def text_in(raw: bytes, *, most: int) -> str:
    """The words of a mail, for a coordinator who looks at it; nothing where there are none to read."""
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        for part, _n in zip(message.walk(), range(MOST_PARTS), strict=False):
            if part.get_content_type() == "text/plain":
                return _paragraphs(_text_of(part), most=most)
    except Exception:  # see `read`
        return ""
    return ""
