"""Reminders of direct feedback that is due: three days before its day, and on the day, until it is written."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cities.models import group_day
from feedback.emails.rounds import LEADS, PLANNED_AHEAD, reminders_of, until_of
from feedback.reports import direct
from ogpgroup import mail
from ogpgroup.coming import Coming, counted
from ogpgroup.dates import spoken_day
from ogpgroup.models import OutgoingMail, User
from workshops import posts
from workshops.models import AgendaItem

DUE: Final = "direct_feedback_due"
SUBJECT: Final = "agenda_item"


def plan(now: datetime) -> int:
    """Queue what falls due within a day for who was asked and has not written; returns how many mails are new."""
    rows = [row for _asked, row in _mails(now, until=now + PLANNED_AHEAD)]
    if not rows:
        return 0
    known = set(OutgoingMail.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    return mail.enqueue(row for row in rows if row.key not in known)


def later(now: datetime, *, until: datetime) -> list[Coming]:
    """What `plan` has yet to queue, as things are now."""
    rows = [(one.item, row) for one, row in _mails(now, until=until) if row.due > now + PLANNED_AHEAD]
    return counted((item.title, _address_of(item), row) for item, row in rows)


def _mails(now: datetime, *, until: datetime) -> list[tuple[direct.Asked, OutgoingMail]]:
    """What falls due by that moment, each mail with whom it reminds of what."""
    near = (group_day(now) - timedelta(days=1), group_day(until) + LEADS[0] + timedelta(days=1))
    items = list(direct.with_a_day().filter(response_due_on__range=near))
    asked = _concerned(direct.unwritten(items), now) if items else []
    return [(one, row) for one in asked for row in _rows(one, now, until)]


def _address_of(item: AgendaItem) -> str:
    version = item.session.current_version
    assert version is not None
    return f"{version.get_absolute_url()}#point-{item.pk}"


def _rows(one: direct.Asked, now: datetime, until: datetime) -> list[OutgoingMail]:
    user, day = one.user, one.due_on
    if day is None or not user.is_active or not user.wants_reminders:
        return []
    return [
        OutgoingMail(
            key=f"{DUE}:{one.item.pk}:{day}:{lead.days}d:{user.pk}",
            kind=DUE,
            priority=OutgoingMail.Priority.REMINDER,
            user=user,
            recipient=user.email,
            subject_type=SUBJECT,
            subject_id=one.item.pk,
            subject_version=day.toordinal(),
            due=due,
            useful_until=useful_until,
            is_demo=one.item.session.is_demo,
        )
        for lead, due, useful_until in reminders_of(day, user.time_zone)
        if due <= until and useful_until > now
    ]


def _concerned(people: Sequence[direct.Asked], now: datetime) -> list[direct.Asked]:
    """Without those who have left the group meanwhile; that nobody writes it stays on the coordinators' page."""
    still = posts.still_hold({(one.item.session_id, one.user.pk) for one in people}, on=group_day(now))
    return [one for one in people if (one.item.session_id, one.user.pk) in still]


def _waiting(mails: Sequence[OutgoingMail], now: datetime) -> dict[tuple[int, int], direct.Asked]:
    """Those who were asked for the points of a batch and have not written, by point and person."""
    items = direct.with_a_day().filter(pk__in=[one.subject_id for one in mails if one.subject_id])
    return {(one.item.pk, one.user.pk): one for one in _concerned(direct.unwritten(items), now)}


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """While the same person is asked by the same day and has not written, until the next one comes or the day ends."""
    waiting = _waiting(mails, now)
    return {
        one.pk
        for one in mails
        if (asked := waiting.get((one.subject_id or 0, one.user_id or 0)))
        and asked.due_on is not None
        and asked.due_on.toordinal() == one.subject_version
        and (until := until_of(one, asked.due_on, asked.user)) is not None
        and now < until
        and asked.user.is_active
        and asked.user.wants_reminders
    }


def _write(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    waiting = _waiting(mails, now)
    return {
        one.pk: _written(one, asked.item, asked.user, now)
        for one in mails
        if (asked := waiting.get((one.subject_id or 0, one.user_id or 0)))
    }


def _written(one: OutgoingMail, item: AgendaItem, user: User, now: datetime) -> mail.Rendered:
    version = item.session.current_version
    assert version is not None
    assert item.response_due_on is not None
    url = mail.unsubscribe_url(user.pk)
    context = {
        "item": item,
        "session": version.title,
        "day": spoken_day(item.response_due_on, user.language),
        "is_today": item.response_due_on <= group_day(now),
        "link": settings.PUBLIC_URL + _address_of(item),
        "own_link": url,
    }
    parts = mail.render_parts("feedback/emails/direct_feedback_due.html", context, user.language)
    content = mail.compose(mail=one, subject=parts.subject, text=parts.text, html=parts.html, unsubscribe_url=url)
    return mail.Rendered(headline=parts.subject, content=content)


KINDS: Final = [
    mail.Kind(DUE, OutgoingMail.Priority.REMINDER, True, _still_true, _write, _("reminder of direct feedback"))
]
