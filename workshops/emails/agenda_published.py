"""Those expected read that an agenda is published, where what they have been sent went without it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cities.models import group_day
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, OutgoingMailQuerySet
from workshops import letters
from workshops.emails.kinds import looked_up
from workshops.emails.queueing import mail_row, settles_at
from workshops.models import Participation, Session, SessionVersion
from workshops.told import INVITATION, PERHAPS_READ, REMINDER, SUBJECT

PUBLISHED: Final = "agenda_published"
TAKEN_BACK: Final = gettext_noop("The agenda was taken back.")
Status = OutgoingMail.Status
NOT_GONE: Final = (Status.QUEUED, Status.SENDING, Status.PARKED)


def tell_agenda(session: Session, *, now: datetime) -> int:
    """Queue the news for those concerned, as what a release changes is told: once it has settled.

    Guarantees by the key that nobody hears it twice, be it published again or not. Nothing for those who said no, and
    for those whose invitation is still to be written: it carries the agenda. Returns how many mails wait for it.
    """
    version = SessionVersion.objects.current().filter(session=session.pk).select_related("previous", "release").first()
    if version is None or not version.is_planned or version.finishes_at <= now or not version.release.notified:
        return 0
    invitations = OutgoingMail.objects.filter(subject_type=SUBJECT, kind=INVITATION, subject_id=session.pk)
    unwritten = invitations.filter(user=OuterRef("user"), status__in=NOT_GONE, rendered__isnull=True)
    people = Participation.objects.concerned(group_day(now)).filter(session=session.pk, user__is_active=True)
    people = people.exclude(answer=Participation.Answer.NO).exclude(Exists(unwritten))
    due = settles_at(version, now=now)
    rows = [
        mail_row(PUBLISHED, f"{PUBLISHED}:{session.pk}:{user_id}", version, user_id, address, due=due)
        for user_id, address in people.values_list("user_id", "user__email")
        if user_id is not None
    ]
    taken_back = _of(session).filter(status=Status.WITHDRAWN, server_reply=TAKEN_BACK)
    again = taken_back.filter(key__in=[one.key for one in rows])
    anew = again.update(status=Status.QUEUED, server_reply="", rendered=None, headline="", due=due)
    return mail.enqueue(rows) + anew


def take_back_agenda(session: Session) -> None:
    """What still waits tells of an agenda that nobody may read."""
    mail.withdraw(_of(session).filter(status=Status.QUEUED), reason=TAKEN_BACK)


def _of(session: Session) -> OutgoingMailQuerySet:
    return OutgoingMail.objects.filter(subject_type=SUBJECT, subject_id=session.pk, kind=PUBLISHED)


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """It holds while the agenda is published and the person, who may come, has not read it by other mail since."""
    ready = set(
        Session.objects.filter(pk__in={one.subject_id for one in mails}, agenda_published_at__isnull=False).values_list(
            "pk", flat=True
        )
    )
    read = _read_it(mails)
    return {
        one.pk
        for one, version, participation, user in looked_up(mails, now)
        if version.session_id in ready
        and version.is_planned
        and version.finishes_at > now
        and participation.is_concerned
        and participation.answer != Participation.Answer.NO
        and user.is_active
        and one.pk not in read
    }


def _read_it(mails: Sequence[OutgoingMail]) -> set[int]:
    """The mails to people who were sent the agenda with a reminder since it is published, or were invited anew."""
    since = Session.objects.filter(pk=OuterRef("subject_id"), agenda_published_at__lt=OuterRef("sent_at"))
    carried = OutgoingMail.objects.filter(
        Q(kind=INVITATION, pk__gt=OuterRef("pk")) | (Q(kind=REMINDER) & Exists(since)),
        subject_type=SUBJECT,
        subject_id=OuterRef("subject_id"),
        user=OuterRef("user"),
        status__in=PERHAPS_READ,
    )
    told = OutgoingMail.objects.filter(Exists(carried), pk__in=[one.pk for one in mails])
    return set(told.values_list("pk", flat=True))


KINDS = [
    mail.Kind(
        PUBLISHED,
        OutgoingMail.Priority.CHANGE,
        True,
        _still_true,
        letters.agenda_published,
        _("agenda of a session is published"),
    ),
]
