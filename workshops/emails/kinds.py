"""The kinds of mail about sessions: when each is still true, and who writes it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cities.models import group_day
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from workshops import letters, letters_of_cancelling
from workshops.emails.reminders import useful_reminders
from workshops.models import Participation, SessionVersion
from workshops.told import CANCELLATION, CHANGE, INVITATION, PERHAPS_READ, REMINDER, SEATS, SUBJECT, UNINVITATION

WISH_OVER = Participation.Because.WISH_OVER

# What decides whether a mail still holds; of thousands of people nothing more is loaded.
READ = (
    "session",
    "expected",
    "expected_because",
    "answer",
    "place",
    "offered_until",
    "waiting_since",
    "user__is_active",
    "user__time_zone",
    "user__wants_reminders",
)


def looked_up(
    mails: Sequence[OutgoingMail], now: datetime
) -> Iterator[tuple[OutgoingMail, SessionVersion, Participation, User]]:
    """Each mail of a batch with what it is about: the version that counts now, the participation, the person.

    Two queries. Mails whose session or person is gone are left out: they hold no more. Each participation says whether
    mail concerns the person (`is_concerned`), and whether the session is closed to them (`is_shut_out`).
    """
    session_ids, user_ids = {one.subject_id for one in mails}, {one.user_id for one in mails}
    current = SessionVersion.objects.current().with_usual_leads().select_related("session")
    versions = {version.session_id: version for version in current.filter(session__in=session_ids)}
    participations = {
        (one.session_id, one.user_id): one
        for one in Participation.objects.with_concern(group_day(now))
        .with_shut_out(group_day(now))
        .filter(session__in=session_ids, user__in=user_ids)
        .select_related("user")
        .only(*READ)
    }
    for one in mails:
        participation = participations.get((one.subject_id or 0, one.user_id))
        if participation is not None and participation.user is not None and participation.session_id in versions:
            yield one, versions[participation.session_id], participation, participation.user


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """They hold while their version is the current one; an invitation for those expected, a change for those concerned.

    Whoever has left the group meanwhile and may not see the session reads of no change: they hear that they are not
    expected, or that it is cancelled.
    A cancellation holds for all to whom it was written: nobody answers any more, and who has left meanwhile has it in
    the calendar all the same.
    """
    return {
        one.pk
        for one, version, participation, user in looked_up(mails, now)
        if version.is_told(now)
        and version.sequence == one.subject_version
        and _tells_of(one.kind, version)
        and _is_for(one.kind, participation)
        and user.is_active
    }


def _tells_of(kind: str, version: SessionVersion) -> bool:
    """Whether this kind of mail is the one that tells of such a version; a change may be that it is postponed."""
    if kind == INVITATION:
        return version.is_planned
    return version.is_cancelled == (kind == CANCELLATION)


def _is_for(kind: str, participation: Participation) -> bool:
    if kind == CANCELLATION:
        return True
    if kind == INVITATION:
        return participation.expected
    return participation.is_concerned and not participation.is_shut_out


def _uninvitation_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """It holds while the person is not expected and may have read that they were, or has the entry of a reminder.

    Who said that they would come, at their own wish, counts on it whether mail told them of the session or its page.
    """
    read = set(
        OutgoingMail.objects.filter(
            subject_type=SUBJECT,
            subject_id__in={one.subject_id for one in mails},
            user__in={one.user_id for one in mails},
            kind__in=[INVITATION, CHANGE, REMINDER, *SEATS],
        )
        .filter(Q(status__in=PERHAPS_READ) | Q(unknown_count__gt=0))
        .values_list("subject_id", "user_id")
    )
    return {
        one.pk
        for one, version, participation, _user in looked_up(mails, now)
        if version.is_told(now)
        and not participation.is_concerned
        and (participation.expected_because == WISH_OVER or (one.subject_id, one.user_id) in read)
    }


def _reminder_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """A reminder holds while nothing later has told the same: the same start, not yet reached, a person to remind."""
    useful = cache(lambda version, zone: useful_reminders(version, zone, now))
    return {
        one.pk
        for one, version, participation, user in looked_up(mails, now)
        if version.is_planned
        and one.key.removesuffix(str(user.pk)) in useful(version, user.time_zone)
        and participation.is_concerned
        and participation.answer != Participation.Answer.NO
        and user.is_active
        and user.wants_reminders
    }


KINDS = [
    mail.Kind(
        INVITATION, OutgoingMail.Priority.CHANGE, True, _still_true, letters.invitation, _("invitation to a session")
    ),
    mail.Kind(CHANGE, OutgoingMail.Priority.CHANGE, True, _still_true, letters.change, _("change of a session")),
    mail.Kind(
        CANCELLATION,
        OutgoingMail.Priority.CHANGE,
        True,
        _still_true,
        letters_of_cancelling.cancellation,
        _("cancellation of a session"),
    ),
    mail.Kind(
        UNINVITATION,
        OutgoingMail.Priority.CHANGE,
        True,
        _uninvitation_still_true,
        letters_of_cancelling.uninvitation,
        _("no longer expected at a session"),
    ),
    mail.Kind(
        REMINDER,
        OutgoingMail.Priority.REMINDER,
        True,
        _reminder_still_true,
        letters.reminder,
        _("reminder of a session"),
    ),
]
