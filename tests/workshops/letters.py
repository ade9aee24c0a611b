"""Mails about sessions that wait, read in one batch as the sender renders them, for the tests of letters."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar

from cities.models import Cycle
from ogpgroup.models import OutgoingMail
from tests.workshops.published import NOW, draft, publish
from tests.workshops.told import KINDS, text_of
from workshops.models import Session


def published(cycle: Cycle, **fields: Any) -> Session:
    session = draft(cycle=cycle, **fields)
    publish(cycle)
    return session


def sent() -> None:
    OutgoingMail.objects.update(status="sent", sent_at=NOW)


def read_all(kind: str, now: datetime = NOW) -> list[EmailMessage]:
    """Render all waiting mails of a kind, as their receivers would parse them."""
    mails = list(OutgoingMail.objects.filter(kind=kind, status="queued").order_by("pk"))
    rendered = KINDS[kind].render(mails, now)
    messages = [message_from_bytes(rendered[one.pk].content, policy=policy.default) for one in mails]
    assert all(isinstance(message, EmailMessage) for message in messages)
    return messages


def words_of(message: EmailMessage) -> tuple[str, str]:
    """As text and as a page."""
    page = message.get_body(("html",))
    assert page is not None
    return text_of(message), str(page.get_content())


def calendar_of(message: EmailMessage) -> Any:
    """As a widespread library reads it; `told.calendar_of` is the strict reader.

    Properties of icalendar are a union of thirty types; the assertions say which one they are.
    """
    (part,) = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    return Calendar.from_ical(part.get_content())
