"""Mails about minutes: who took part may correct them; the author of a correction hears what became of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cities.models import group_day
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from workshops.models import Correction, Minutes, Participation, Session

MINUTES_OPEN, CORRECTION_DECIDED = "minutes_open", "correction_decided"
SUBJECT: Final = "workshops.minutes"
USEFUL_FOR: Final = timedelta(days=14)


def _present(session_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Session and person of who is on record as present; one query."""
    rows = Participation.objects.filter(
        session__in=list(session_ids), attended=Participation.Attended.PRESENT, user__is_active=True
    )
    return {(session_id, user_id or 0) for session_id, user_id in rows.values_list("session", "user")}


def _row(kind: str, key: str, minutes: Minutes, version: int, user: User, *, now: datetime) -> OutgoingMail:
    return OutgoingMail(
        key=key,
        kind=kind,
        priority=OutgoingMail.Priority.CHANGE,
        user=user,
        recipient=user.email,
        subject_type=SUBJECT,
        subject_id=minutes.pk,
        subject_version=version,
        due=now,
        useful_until=now + USEFUL_FOR,
        is_demo=minutes.session.is_demo,
    )


def queue_open(minutes: Minutes, *, now: datetime) -> int:
    """Tell who took part, and has an account, that the minutes can be corrected; once for each week that is given."""
    assert minutes.correct_by is not None
    people = User.objects.filter(pk__in={user for _session, user in _present([minutes.session_id])})
    week = f"{minutes.pk}:{minutes.correct_by.isoformat()}"
    return mail.enqueue(
        _row(MINUTES_OPEN, f"{MINUTES_OPEN}:{week}:{user.pk}", minutes, 0, user, now=now) for user in people
    )


def queue_decided(correction: Correction, *, now: datetime) -> int:
    """Tell the author of a correction what became of it."""
    if (author := correction.written_by) is None or not author.is_active:
        return 0
    key = f"{CORRECTION_DECIDED}:{correction.pk}:{author.pk}"
    return mail.enqueue([_row(CORRECTION_DECIDED, key, correction.minutes, correction.pk, author, now=now)])


# --- What the sender asks ---------------------------------------------------------------------------------------------


def _minutes_of(mails: Sequence[OutgoingMail]) -> dict[int, Minutes]:
    related = Minutes.objects.select_related("session__current_version").defer("session__current_version__vevent")
    return related.in_bulk([one.subject_id for one in mails if one.subject_id])


def _open_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """While they can be corrected, until the day that the mail tells, and the person is on record as present."""
    minutes = _minutes_of(mails)
    present = _present({one.session_id for one in minutes.values()})
    return {
        one.pk
        for one in mails
        if (found := minutes.get(one.subject_id or 0))
        and found.takes_corrections(group_day(now))
        and found.correct_by is not None
        and one.key.split(":")[2] == found.correct_by.isoformat()
        and (found.session_id, one.user_id or 0) in present
    }


def _decided_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """Always: what was decided stays so."""
    decided = Correction.objects.filter(pk__in=[one.subject_version for one in mails]).exclude(decision="")
    standing = set(decided.values_list("pk", "written_by"))
    return {one.pk for one in mails if (one.subject_version, one.user_id) in standing}


def _render(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    minutes = _minutes_of(mails)
    corrections = Correction.objects.in_bulk([one.subject_version for one in mails if one.subject_version])
    users = User.objects.in_bulk([one.user_id for one in mails if one.user_id])
    rendered = {}
    for one in mails:
        found, user = minutes.get(one.subject_id or 0), users.get(one.user_id or 0)
        if found is None or user is None:
            continue
        context: dict[str, Any] = {
            "minutes": found,
            "title": _title(found.session),
            "correction": corrections.get(one.subject_version or 0),
            "link": settings.PUBLIC_URL + found.get_absolute_url(),
        }
        parts = mail.render_parts(f"workshops/emails/{one.kind}.html", context, user.language)
        content = mail.compose(mail=one, subject=parts.subject, text=parts.text, html=parts.html)
        rendered[one.pk] = mail.Rendered(headline=parts.subject, content=content)
    return rendered


def _title(session: Session) -> str:
    return session.current_version.title if session.current_version else session.title


KINDS = [
    mail.Kind(
        MINUTES_OPEN, OutgoingMail.Priority.CHANGE, True, _open_still_true, _render, _("minutes open to corrections")
    ),
    mail.Kind(
        CORRECTION_DECIDED,
        OutgoingMail.Priority.CHANGE,
        False,
        _decided_still_true,
        _render,
        _("what became of a correction"),
    ),
]
