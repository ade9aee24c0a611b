"""Kinds of mail for the tests of the mail core: one worth a double, one that is not."""

import os
import signal
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from ogpgroup import mail
from ogpgroup.models import OutgoingMail

Priority = OutgoingMail.Priority
UNTRUE = 99  # a subject_version that says: no longer true
POISON = 66  # a subject_version whose rendering raises
DEADLY = 13  # a subject_version whose rendering kills the process, as one does that eats all memory


def still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    return {one.pk for one in mails if one.subject_version != UNTRUE}


def render(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    return {one.pk: render_one(one) for one in mails}


def render_one(one: OutgoingMail) -> mail.Rendered:
    if one.subject_version == POISON:
        raise LookupError("There is nothing to say about this.")
    if one.subject_version == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    subject = f"Mañana 10:00 (Reynosa 11:00): {one.key}"
    text = "Buenos días:\n\nEl seminario web será mañana a las 10:00.\n"
    return mail.Rendered(subject, mail.compose(mail=one, subject=subject, text=text, html=f"<p>{text}</p>"))


REMINDER = mail.Kind("reminder", Priority.REMINDER, repeatable=True, still_true=still_true, render=render)
DECISION = mail.Kind("decision", Priority.ACCOUNT, repeatable=False, still_true=still_true, render=render)
KINDS = [REMINDER, DECISION]


def make(
    key: str,
    *,
    kind: mail.Kind = REMINDER,
    recipient: str = "",
    due: timedelta = timedelta(minutes=-1),
    useful: timedelta = timedelta(days=1),
    version: int = 0,
) -> OutgoingMail:
    """A mail of these kinds, due a minute ago and useful until tomorrow unless said otherwise."""
    now = timezone.now()
    return OutgoingMail(
        key=key,
        kind=kind.name,
        priority=kind.priority,
        recipient=recipient or f"{key.replace(':', '.')}@example.org",
        subject_type="session",
        subject_id=1,
        subject_version=version,
        due=now + due,
        useful_until=now + useful,
    )


def enqueue(*keys: str, **options: object) -> list[OutgoingMail]:
    """Put mails in the queue and read them back."""
    mail.enqueue(make(key, **options) for key in keys)  # type: ignore[arg-type]
    rows = {one.key: one for one in OutgoingMail.objects.filter(key__in=keys)}
    return [rows[key] for key in keys]
