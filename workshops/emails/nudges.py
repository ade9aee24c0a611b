"""Asking once more: to those expected who have not answered, at a coordinator's wish."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from ogpgroup import mail
from ogpgroup.mail.nights import is_quiet, morning_after
from ogpgroup.models import OutgoingMail, User
from workshops import letters_of_seats as letters
from workshops.emails.kinds import looked_up
from workshops.emails.queueing import mail_row
from workshops.models import Participation, SessionVersion

NUDGE = "session_nudge"
LEAST_TIME_LEFT = timedelta(hours=1)  # from the morning to the start: so long an answer still helps


def queue_nudges(version: SessionVersion, people: Sequence[User], *, now: datetime) -> int:
    """One mail each, to whom it is night in the morning. The caller has seen to it that nobody was asked lately."""
    return mail.enqueue(_row(version, user, now) for user in people)


def nudge_due(version: SessionVersion, zone: str, *, now: datetime) -> datetime:
    """When a question that is asked now goes to people of a zone: at once, or in the morning where it is night there.

    In the morning they have an hour at least to answer. Where they would not, the mail goes at once, in the night: a
    coordinator asks for it now, and later it is of no use. The page says so before (`actions.nudges`).
    """
    if not is_quiet(now, zone):
        return now
    morning = morning_after(now, zone)
    return morning if morning + LEAST_TIME_LEFT <= version.reminder_start() else now


def _row(version: SessionVersion, user: User, now: datetime) -> OutgoingMail:
    due = nudge_due(version, user.time_zone, now=now)
    key = f"{NUDGE}:{version.session_id}:{user.pk}:{now:%Y%m%dT%H%M%S%f}"
    row = mail_row(NUDGE, key, version, user.pk, user.email, due=due)
    row.priority = OutgoingMail.Priority.REMINDER
    if version.has_hours:
        row.useful_until = version.begins_at  # so that what goes in the night knowingly is not kept until the morning
    return row


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """It holds while the person is expected and has not answered, until it begins; a date alone, until it is over."""
    return {
        one.pk
        for one, version, participation, user in looked_up(mails, now)
        if now < (version.begins_at if version.has_hours else version.finishes_at)
        and version.is_planned
        and participation.expected
        and participation.answer == Participation.Answer.NONE
        and user.is_active
        and user.wants_reminders
    }


KINDS = [
    mail.Kind(NUDGE, OutgoingMail.Priority.REMINDER, True, _still_true, letters.nudge, _("question to who is silent"))
]
