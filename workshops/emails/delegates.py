"""What whoever sent somebody in their place hears: that this person declines."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ogpgroup import mail
from ogpgroup.models import OutgoingMail
from workshops import letters
from workshops.emails.kinds import looked_up
from workshops.emails.queueing import mail_row
from workshops.models import Participation, SessionVersion
from workshops.told import SUBJECT

DECLINED = "session_delegate_declined"


def queue_declined(version: SessionVersion, delegate: Participation, *, now: datetime) -> int:
    """Tell who sent them, if anybody did, so that they come themselves or send somebody else.

    One that still waits is taken back: who changes their mind twice is told of once.
    """
    sender = delegate.delegated_by.user if delegate.delegated_by is not None else None
    if sender is None or not sender.is_active:
        return 0
    waiting = OutgoingMail.objects.filter(kind=DECLINED, subject_type=SUBJECT, subject_id=version.session_id)
    mail.withdraw(waiting.filter(user=sender, status=OutgoingMail.Status.QUEUED))
    key = f"{DECLINED}:{version.session_id}:{sender.pk}:{now:%Y%m%dT%H%M%S%f}"
    return mail.enqueue([mail_row(DECLINED, key, version, sender.pk, sender.email, due=now)])


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """It holds while the sender is expected, and the person they send says no."""
    sent = letters.who_declined(mails)
    return {
        one.pk
        for one, version, participation, user in looked_up(mails, now)
        if not version.is_over(now)
        and version.is_planned
        and participation.expected
        and user.is_active
        and (one.subject_id, one.user_id) in sent
    }


KINDS = [
    mail.Kind(
        DECLINED,
        OutgoingMail.Priority.CHANGE,
        True,
        _still_true,
        letters.delegate_declined,
        _("who was sent in somebody's place declines"),
    )
]
