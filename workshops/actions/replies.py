"""Answers that come back from calendars by mail: matched, recorded like any other answer, and none dropped."""

from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ogpgroup import mail
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import emails, ical, itip, told
from workshops.actions import answers
from workshops.actions.answers import OlderAnswer, Said, SentSomebody
from workshops.models import Participation, ReceivedReply, SessionVersion
from workshops.models.calendars import ReceivedReplyQuerySet

Outcome = ReceivedReply.Outcome
REFUSED: Final = {OlderAnswer: Outcome.OLDER, SentSomebody: Outcome.SENT_SOMEBODY}


@transaction.atomic
def receive_reply(raw: bytes, *, now: datetime, arrived_at: datetime | None = None) -> ReceivedReply | None:
    """Write one mail down, and the answer in it; None for a mail that is known already.

    Guarantees that every mail is kept with its outcome, in one transaction with the answer, and that the same mail read
    twice, by two readers at once too, counts once. Who answers must be the person invited, and must write from the
    address that the mail answers for, or from another one they have proved to be theirs. An answer to an earlier start
    than the one that counts is not recorded, nor one that is older than what is on record. A mail of ours that comes
    back is marked so in the outbox. `arrived_at` is when the mail reached the mailbox; now, where nobody knows.
    """
    said = itip.read(raw, most_bytes=ReceivedReply.MOST_BYTES)
    said_at = _said_at(said, now=now, arrived_at=arrived_at) if said.answer else None
    reply, is_new = _keep(said, said.message_id, said_at)
    # Some programs give one Message-ID to several mails; of one whose text is forgotten nobody can tell any more.
    if not is_new and reply.raw and _essence(reply) != _essence(said):
        reply, is_new = _keep(said, itip.own_id(repr((said.message_id, _essence(said))).encode()), said_at)
    if not is_new:
        return None
    if said.answer:
        reply.outcome, reply.participation = _apply(reply, said, now=now)
        reply.save(update_fields=["outcome", "participation"])
    elif mail.take_back(said.raw):
        reply.outcome = Outcome.RETURNED
        reply.save(update_fields=["outcome"])
    return reply


def _keep(said: itip.Received, message_id: str, said_at: datetime | None) -> tuple[ReceivedReply, bool]:
    """The row of the mail, and whether it is new."""
    return ReceivedReply.objects.get_or_create(
        message_id=message_id,
        defaults={
            "sender": said.sender,
            "subject": said.subject,
            "uid": said.uid,
            "sequence": said.sequence,
            "attendee": said.attendee,
            "partstat": said.partstat,
            "comment": said.comment,
            "said_at": said_at,
            "outcome": Outcome.UNREADABLE,
            "raw": said.raw,
        },
    )


def _essence(mail: itip.Received | ReceivedReply) -> tuple[object, ...]:
    """What two deliveries of one mail have in common, and no two answers have."""
    return mail.sender, mail.subject, mail.uid, mail.sequence, mail.attendee, mail.partstat


def _said_at(said: itip.Received, *, now: datetime, arrived_at: datetime | None) -> datetime:
    """By the stamp of the calendar, whose clock may be wrong: never after the mail came, and never ahead of now."""
    return min(moment for moment in (said.stamped_at, arrived_at, now) if moment is not None)


def _apply(reply: ReceivedReply, said: itip.Received, *, now: datetime) -> tuple[Outcome, Participation | None]:
    """Record the answer, or say why not."""
    version = _version_of(said.uid)
    if version is None:
        return Outcome.UNKNOWN_SESSION, None
    user = _person_at(said.attendee)
    own = Participation.objects.filter(session=version.session_id, user=user).first() if user else None
    if user is None or own is None or not SessionVersion.objects.visible_to(user).filter(pk=version.pk).exists():
        return Outcome.UNKNOWN_PERSON, None
    if len(set(said.senders)) != 1 or _person_at(said.senders[0]) != user:
        return Outcome.ANOTHER_SENDER, own
    if (said.sequence or 0) < _first_sequence(version, own) and not _answers_what_they_heard(said, version, own):
        return Outcome.OUTDATED, own
    try:
        with transaction.atomic(), translation.override(user.language):
            own = answers.answer(
                version.session,
                user=user,
                answer=Participation.Answer(said.answer),
                now=now,
                said=Said(reply.said_at or now, min(said.sequence or 0, version.session.sequence)),
            )
    except ActionNotPossible as refusal:
        return REFUSED.get(type(refusal), Outcome.TOO_LATE), own
    if own.place != Participation.Place.WAITING:
        return Outcome.APPLIED, own
    emails.queue_seats(version, [own], now=now)  # a calendar says nothing of seats, and shows a yes
    return Outcome.NO_SEAT, own


def _person_at(address: str) -> User | None:
    """Whose address this is: the one mail goes to, or another that they have proved to be theirs."""
    people = User.objects.filter(is_active=True)
    proved = EmailAddress.objects.filter(email__iexact=address, verified=True)
    return people.filter(email__iexact=address).first() or people.filter(pk__in=proved.values("user")).first()


def _version_of(uid: str) -> SessionVersion | None:
    """The published session of a calendar entry of ours; see `ical.uid_of`."""
    if (session_uid := ical.session_uid(uid)) is None:
        return None
    return SessionVersion.objects.current().select_related("session").filter(session__uid=session_uid).first()


def _first_sequence(version: SessionVersion, own: Participation) -> int:
    """The number of the first version with the start that counts: answers to earlier ones were to another date.

    Who comes in somebody's place answers that invitation: what they said before was for themselves.
    """
    if own.expected and own.expected_because == Participation.Because.DELEGATE and own.answer == answers.NONE:
        return max(_first_of_start(version), own.calendar_sequence)
    return _first_of_start(version)


def _answers_what_they_heard(said: itip.Received, version: SessionVersion, own: Participation) -> bool:
    """Whether all they may have heard of has the start that counts, and the reply answers that.

    A date that was changed and changed back before anybody was told raises the number and reaches no calendar.
    """
    heard = told.heard([version.session_id], [own.user_id or 0]).versions.get((version.session_id, own.user_id or 0))
    if not heard or any(old.starts_at != version.starts_at for old in heard):
        return False
    return (said.sequence or 0) >= max(_first_of_start(heard[0]), own.calendar_sequence)


def _first_of_start(version: SessionVersion) -> int:
    same_start = SessionVersion.objects.filter(
        session=version.session_id, release__released_at__gte=version.start_released_at
    )
    return min(same_start.values_list("sequence", flat=True), default=version.sequence)


@transaction.atomic
def record(
    reply: ReceivedReply, answer: Participation.Answer, *, comes_by: str = "", by: User, now: datetime
) -> Participation:
    """Write down what the mail meant, as a coordinator has read it, and list it no more. See also `answers.answer`.

    Raises ActionNotPossible for a mail of nobody we know at this session, and where no answers are taken.
    """
    own = reply.participation
    if own is None or own.user is None:
        raise ActionNotPossible(_("Nobody at this session wrote this mail as far as we know."))
    recorded = answers.answer(own.session, user=own.user, answer=answer, comes_by=comes_by, now=now, by=by)
    put_aside(ReceivedReply.objects.filter(pk=reply.pk), by=by, now=now)
    return recorded


def put_aside(replies: ReceivedReplyQuerySet, *, by: User, now: datetime) -> int:
    """A coordinator has seen these and wants them listed no more; they stay on record. Returns how many were listed."""
    return replies.to_look_at().update(settled_at=now, settled_by=by.pk)


def purge_mails(*, now: datetime) -> int:
    """Forget what mails say 90 days after they came, unless nobody could use them and they still wait to be looked at.

    Strangers write here too, more than they were asked; who wrote and what became of it stays on record. What is
    written beside an answer that is recorded goes even unread: it is often about health, and its session near.
    """
    waiting = ReceivedReply.objects.to_look_at().exclude(outcome=Outcome.APPLIED)
    old = ReceivedReply.objects.filter(received_at__lt=now - mail.BODIES_KEPT_FOR).exclude(pk__in=waiting.values("pk"))
    return old.exclude(raw=b"", comment="").update(raw=b"", comment="")
