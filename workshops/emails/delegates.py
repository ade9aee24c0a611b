"""What whoever sent somebody in their place hears: that this person declines, or has left the group."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ogpgroup import mail
from ogpgroup.models import OutgoingMail
from workshops import letters_of_delegates as letters
from workshops.audience import Expectation
from workshops.emails.kinds import looked_up
from workshops.emails.queueing import mail_row
from workshops.models import Participation, SessionVersion
from workshops.told import SUBJECT

DECLINED, LEFT = "session_delegate_declined", "session_delegate_left"


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


def queue_left(versions: Sequence[SessionVersion], leavers: Sequence[Expectation], *, now: datetime) -> int:
    """Tell those who sent one of these people, and are expected themselves; returns how many mails.

    Of what is postponed they are asked again anyway, once it has its new date.
    """
    by_session = {version.session_id: version for version in versions if version.is_planned}
    senders = {(one.session_id, one.sent_by) for one in leavers if one.sent_by and one.session_id in by_session}
    people = Participation.objects.expected().filter(
        session__in={session_id for session_id, _user in senders}, user__in={user_id for _session, user_id in senders}
    )
    still = people.filter(user__is_active=True).order_by("pk").values_list("session", "user", "user__email")
    return mail.enqueue(
        mail_row(LEFT, f"{LEFT}:{session}:{user}:{now:%Y%m%dT%H%M%S%f}", by_session[session], user, address, due=now)
        for session, user, address in still
        if (session, user) in senders and user is not None
    )


def _left_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """It holds while the sender is expected, does not come themselves, and sends nobody else."""
    sent = Participation.objects.in_place_of_others().filter(
        session__in={one.subject_id for one in mails}, delegated_by__user__in={one.user_id for one in mails}
    )
    sends = set(sent.values_list("session", "delegated_by__user"))
    return {
        one.pk
        for one, version, participation, user in looked_up(mails, now)
        if not version.is_over(now)
        and version.is_planned
        and participation.expected
        and participation.answer in {Participation.Answer.NO, Participation.Answer.NONE}
        and user.is_active
        and (one.subject_id, one.user_id) not in sends
    }


KINDS = [
    mail.Kind(
        DECLINED,
        OutgoingMail.Priority.CHANGE,
        True,
        _still_true,
        letters.delegate_declined,
        _("who was sent in somebody's place declines"),
    ),
    mail.Kind(
        LEFT,
        OutgoingMail.Priority.CHANGE,
        True,
        _left_still_true,
        letters.delegate_left,
        _("who was sent in somebody's place has left the group"),
    ),
]
