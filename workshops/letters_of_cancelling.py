"""Mails that take a session out of calendars: it does not take place, or the reader is expected no more.

See also `workshops.letters`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from cities.models import Membership, Role, group_day
from ogpgroup import mail
from ogpgroup.models import OutgoingMail
from workshops import ical, letters, told
from workshops.models import Participation, SessionVersion


def cancellation(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """A session does not take place, and why.

    Guarantees that who may not see it any more reads that alone, of the session as they had heard of it.
    """
    hidden = _hidden_from(mails, now)
    seen = [one for one in mails if (one.subject_id, one.user_id) not in hidden]
    unseen = [one for one in mails if (one.subject_id, one.user_id) in hidden]
    where = _where_to_look(mails, now)
    written = letters.write(seen, now, template="cancellation", method="CANCEL", extra=where) if seen else {}
    return written | (_to_forget(unseen, now, template="cancellation") if unseen else {})


def _hidden_from(mails: Sequence[OutgoingMail], now: datetime) -> set[told.Pair]:
    """Those readers to whom the session is closed by now, with the session; one query."""
    rows = Participation.objects.shut_out(group_day(now)).filter(
        session__in={one.subject_id for one in mails}, user__in={one.user_id for one in mails}
    )
    return {(session_id, user_id or 0) for session_id, user_id in rows.values_list("session_id", "user_id")}


def uninvitation(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """A person is no longer expected, or came at their own wish and may not see it any more.

    Guarantees that they read nothing of the session but what they had heard of it before.
    """
    return _to_forget(mails, now, template="uninvitation", extra=_wished)


def _where_to_look(mails: Sequence[OutgoingMail], now: datetime) -> letters.Extra:
    """What is so of a session that the reader is to forget: see `as_it_is`. One query.

    See also `SessionVersionQuerySet.visible_to`.
    """
    rows = Membership.objects.on(group_day(now)).filter(user__in={one.user_id for one in mails})
    roles = set(rows.values_list("user", "role"))
    members = {user for user, _role in roles}

    def extra(letter: letters.Letter, at: datetime) -> dict[str, Any]:
        in_group = letter.user.pk in members
        is_coordinator = (letter.user.pk, Role.COORDINATOR) in roles
        is_open = is_seen_by_others(letter.version, in_group=in_group)
        return as_it_is(
            letter.version, may_see=is_open or is_coordinator or letter.participation.opens(in_group=in_group)
        )

    return extra


def is_seen_by_others(version: SessionVersion, *, in_group: bool) -> bool:
    """Whether those who are not expected may see it: everybody, or the group."""
    open_to_all = version.visibility == SessionVersion.Visibility.PUBLIC
    return open_to_all or (in_group and version.visibility == SessionVersion.Visibility.GROUP)


def as_it_is(version: SessionVersion, *, may_see: bool) -> dict[str, Any]:
    """Whether the session takes place, and where the reader can look: who may not see its page has the schedule."""
    schedule = {} if may_see else {"link": settings.PUBLIC_URL + reverse("workshops:schedule")}
    return {"takes_place": version.is_planned, "in_schedule": not may_see, **schedule}


def _wished(letter: letters.Letter, now: datetime) -> dict[str, Any]:
    wish = {Participation.Because.OWN_WISH, Participation.Because.WISH_OVER}
    return {"wished": letter.participation.expected_because in wish}


def _to_forget(
    mails: Sequence[OutgoingMail], now: datetime, *, template: str, extra: letters.Extra | None = None
) -> dict[int, mail.Rendered]:
    """What calendars are to forget, in the words of the last version each person heard of; without a note."""
    rendered, batch, where = {}, letters.addressed(mails), _where_to_look(mails, now)
    for letter, last in zip(batch, _last_heard(batch), strict=True):
        own, participation = replace(letter, version=last), letter.participation
        parts = letters.parts_of(
            template, own, letters.more_of(own, now, extra) | {"join_url": "", "note": ""} | where(letter, now)
        )
        sequence = max(letter.version.sequence, participation.calendar_sequence)
        is_of_release = sequence == letter.version.sequence
        calendar = ical.forgetting(
            last,
            email=letter.user.email,
            name=letter.user.name,
            partstat=letters.partstat_of(participation),
            sequence=sequence,
            stamp=letter.version.release.released_at if is_of_release else now.replace(microsecond=0),
        )
        content = mail.compose(
            mail=letter.mail,
            subject=parts.subject,
            text=parts.text,
            html=parts.html,
            calendar=calendar,
            calendar_method="CANCEL",
        )
        rendered[letter.mail.pk] = mail.Rendered(headline=parts.subject, content=content)
    return rendered


def _last_heard(batch: Sequence[letters.Letter]) -> list[SessionVersion]:
    """The version each reader last heard of, by mails about seats as well; four queries.

    Not by a cancellation: it may have told them nothing but that.
    Nobody who heard of none is written to (`emails.kinds`); they would read of the one before.
    """
    sessions, users = {one.version.session_id for one in batch}, {one.user.pk for one in batch}
    told_whole = [kind for kind in told.OF_A_DATE if kind != told.CANCELLATION]
    known = told.heard(sessions, users, kinds=[*told_whole, *told.SEATS])
    found = [known.last(one.version.session_id, one.user.pk) or one.version.previous or one.version for one in batch]
    whole = SessionVersion.objects.select_related("session", "release").in_bulk({version.pk for version in found})
    return [whole[version.pk] for version in found]
