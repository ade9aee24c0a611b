"""Mails of ours that were accepted and came back: what the report says (RFC 3464), and which one it was.

Anybody can write to the address to which reports come, so nothing here trusts a byte. A report counts only if it names
the Message-ID of a mail, which nobody can guess who has not carried or received it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.parser import HeaderParser

from ogpgroup.mail.addresses import note_refusal
from ogpgroup.mail.smtp import NO_MAILBOX
from ogpgroup.models import OutgoingMail

MOST_PARTS = 50
NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,118}>")


@dataclass(frozen=True)
class Report:
    """That one mail could not be delivered, and why."""

    message_id: str
    reply: str  # the status and the words of the server that had nobody for it


def take_back(raw: bytes) -> OutgoingMail | None:
    """Mark the mail as returned that this report is about; nothing for what is no report, or about no mail we sent.

    One whose outcome is unknown was sent after all: the report says so, and that it did not arrive.
    Where the report says that there is nobody at the address, that counts against it like a refusal. Safe to run twice.
    """
    if (report := read(raw)) is None:
        return None
    gone = [OutgoingMail.Status.SENT, OutgoingMail.Status.UNKNOWN]
    sent = OutgoingMail.objects.filter(message_id=report.message_id, status__in=gone)
    mail = sent.select_for_update().defer("rendered").first()
    if mail is None:
        return None
    mail.status, mail.server_reply = OutgoingMail.Status.BOUNCED, report.reply
    mail.save(update_fields=["status", "server_reply"])
    if NO_MAILBOX.search(report.reply.encode()):
        note_refusal(mail, report.reply)
    return mail


def read(raw: bytes) -> Report | None:
    """The report in a mail that says that another one failed for good; delays and receipts are none."""
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        if message.get_content_type() != "multipart/report":
            return None
        parts = [part for part, _n in zip(message.walk(), range(MOST_PARTS), strict=False)]
        failure = next(_failures(parts), None)
        named = next(_message_ids(parts), "")
    except Exception:  # the parser of hostile mail has many ways to fail; the mail is listed all the same
        return None
    return Report(named, _reply(failure)) if failure is not None and named else None


def _failures(parts: list[Message]) -> Iterator[Message]:
    """What is said of each recipient for whom it failed."""
    for part in parts:
        for block in _inside(part) if part.get_content_type() == "message/delivery-status" else []:
            if str(block.get("Action", "")).strip().lower() == "failed":
                yield block


def _message_ids(parts: list[Message]) -> Iterator[str]:
    """How the mail was named that came back, whole or its head alone."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            for original in _inside(part):
                yield from MESSAGE_ID.findall(str(original.get("Message-ID", "")))
        elif kind == "text/rfc822-headers":
            head = part.get_payload(decode=True)
            text = head.decode("latin-1") if isinstance(head, bytes) else ""
            yield from MESSAGE_ID.findall(str(HeaderParser().parsestr(text).get("Message-ID", "")))


def _inside(part: Message) -> list[Message]:
    """The mails, or heads of mails, of which a part consists."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _reply(failure: Message) -> str:
    code = str(failure.get("Diagnostic-Code", "")).partition(";")[2] or str(failure.get("Status", ""))
    return " ".join(NOT_TEXT.sub(" ", code).split())[:500]
