"""Asking once more: to those expected who have not answered, at a coordinator's wish."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from workshops import letters_of_seats as letters
from workshops.emails.kinds import looked_up
from workshops.emails.queueing import mail_row
from workshops.emails.quiet import considerate
from workshops.models import Participation, SessionVersion

NUDGE = "session_nudge"


def queue_nudges(version: SessionVersion, people: Sequence[User], *, now: datetime) -> int:
    """One mail each, to whom it is night in the morning. The caller has seen to it that nobody was asked lately."""
    return mail.enqueue(_row(version, user, now) for user in people)


def _row(version: SessionVersion, user: User, now: datetime) -> OutgoingMail:
    start = version.begins_at
    due = max(now, considerate(now, user.time_zone, lead=start - now, start=start))
    key = f"{NUDGE}:{version.session_id}:{user.pk}:{now:%Y%m%dT%H%M%S%f}"
    row = mail_row(NUDGE, key, version, user.pk, user.email, due=due)
    row.priority = OutgoingMail.Priority.REMINDER
    return row


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """It holds while the person is expected and has not answered."""
    return {
        one.pk
        for one, version, participation, user in looked_up(mails, now)
        if version.finishes_at > now
        and version.is_planned
        and participation.expected
        and participation.answer == Participation.Answer.NONE
        and user.is_active
        and user.wants_reminders
    }


KINDS = [
    mail.Kind(NUDGE, OutgoingMail.Priority.REMINDER, True, _still_true, letters.nudge, _("question to who is silent"))
]
