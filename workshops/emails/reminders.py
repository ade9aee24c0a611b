"""Reminders: planned from the database alone, each queued once."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_noop

from cities.models import group_day
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from workshops.emails import quiet
from workshops.models import Participation, SessionVersion
from workshops.models.sessions import SessionVersionQuerySet
from workshops.told import REMINDER, SUBJECT

ROWS_AT_ONCE = 5000
# Reminders become rows this long before they are due; what is later is a forecast, computed when somebody looks.
PLANNED_AHEAD = timedelta(hours=24)
SHIFTED_AT_MOST = timedelta(days=1)  # by quiet hours and by the change of clocks
MOVED = gettext_noop("The session was moved or cancelled.")


def lead_name(lead: timedelta) -> str:
    """Short and stable, because it stands in keys: 14d, 36h, 2h."""
    return f"{lead.days}d" if lead.seconds == 0 else f"{lead // timedelta(hours=1)}h"


def reminder_key(version: SessionVersion, lead: timedelta, user_id: int | str) -> str:
    """Holds the start: a corrected typo reminds nobody twice, a moved session reminds anew.

    It does not hold when the person is told: who moves to another zone is not reminded again.
    """
    start = f"{version.reminder_start():%Y%m%dT%H%MZ}"
    return f"reminder:{version.session_id}:{start}:{lead_name(lead)}:{user_id}"


def reminders_of(version: SessionVersion, zone: str) -> list[tuple[timedelta, datetime, datetime]]:
    """Each lead time with when people of a zone are told and until when it is useful: the next one, or the start.

    Lead times that were past when this start was first published are left out: the invitation or the change mail has
    just said the same; so are those that were past when coordinators set the usual ones, which would surprise everybody
    at once. Of two that quiet hours put at one moment the later one is left. Expects `session`.
    """
    _leads, since = version.lead_times_since()
    earliest = max(version.start_released_at, since or version.start_released_at)
    return [row for row in _by_lead(version, zone) if row[1] >= earliest and row[2] > row[1]]


def useful_reminders(version: SessionVersion, zone: str, now: datetime) -> set[str]:
    """What the keys begin with of the reminders that tell people of this zone something yet, the person left out.

    Neither the next one nor the start has come, whatever was said when they were queued: who sends a late mail again
    lends it another day. Expects `session`.
    """
    return {reminder_key(version, lead, "") for lead, _told, until in _by_lead(version, zone) if now < until}


def _by_lead(version: SessionVersion, zone: str) -> list[tuple[timedelta, datetime, datetime]]:
    """Each lead time with when people of a zone are told, or would have been, and until when that is useful."""
    leads = version.lead_times()
    dues = [version.due_of(lead) for lead in leads]
    start = version.reminder_start()
    told = [
        quiet.considerate(due, zone, lead=lead, start=start, next_due=following)
        for lead, due, following in zip(leads, dues, [*dues[1:], None], strict=True)
    ]
    ends = [*told[1:], version.begins_at if version.has_hours else version.finishes_at]
    return list(zip(leads, told, ends, strict=True))


@dataclass(frozen=True)
class Telling:
    """One reminder of one session to the people of those zones whose nights leave it at one moment."""

    version: SessionVersion
    lead: timedelta
    due: datetime
    useful_until: datetime
    zones: tuple[str, ...]


def tellings_of(version: SessionVersion, zones: Iterable[str]) -> list[Telling]:
    """The reminders of a session, those zones together that are told at one moment; in the order in which they go."""
    together: dict[tuple[timedelta, datetime, datetime], list[str]] = {}
    for zone in zones:
        for row in reminders_of(version, zone):
            together.setdefault(row, []).append(zone)
    return sorted((Telling(version, *row, tuple(those)) for row, those in together.items()), key=lambda one: one.due)


_TO_REMIND = """
SELECT lead.number, person.id, person.email
FROM jsonb_to_recordset(%s::jsonb)
    AS lead(number int, session_id bigint, due timestamptz, prefix text, zones text[])
JOIN workshops_participation participation
    ON participation.session_id = lead.session_id AND participation.expected_since <= lead.due
    AND participation.id IN ({concerned})
JOIN ogpgroup_user person
    ON person.id = participation.user_id AND person.is_active AND person.wants_reminders
        AND person.time_zone = ANY(lead.zones)
WHERE NOT EXISTS (SELECT 1 FROM ogpgroup_outgoingmail known WHERE known.key = lead.prefix || person.id)
ORDER BY lead.number, person.id
"""


def plan_reminders(now: datetime) -> int:
    """Queue every reminder that falls due within a day, or did and is still useful; returns how many were new.

    Derived from the database alone: a planner that was down catches up, and two planners add nothing. People are those
    concerned who have not declined, whose account is open and who want reminders. See also `_reminder_still_true`.
    """
    far = now + SessionVersion.LONGEST_LEAD + PLANNED_AHEAD + SHIFTED_AT_MOST
    zones = list(User.objects.filter(is_active=True).order_by().values_list("time_zone", flat=True).distinct())
    tellings = [
        telling
        for version in remindable(now).filter(begins_at__lte=far)
        for telling in tellings_of(version, zones)
        if telling.due <= now + PLANNED_AHEAD and telling.useful_until > now
    ]
    people = _people(tellings, now) if tellings else []
    return sum(mail.enqueue(_rows(tellings, some)) for some in batched(people, ROWS_AT_ONCE))


def remindable(now: datetime) -> SessionVersionQuerySet:
    """Sessions to come that people are reminded of, with what their lead times need."""
    versions = SessionVersion.objects.current().planned().upcoming(now).filter(release__notified=True)
    long_texts = ("purpose", "bring", "decisions")
    unread = (*long_texts, "vevent", "session__report", *(f"session__{name}" for name in long_texts))
    return versions.with_usual_leads().select_related("session").defer(*unread)


def _people(tellings: Sequence[Telling], now: datetime) -> list[tuple[int, int, str]]:
    """Whom each telling reaches and no row tells yet: its number, the person, their address; one query."""
    asked = [
        {
            "number": number,
            "session_id": one.version.session_id,
            "due": one.due,
            "prefix": reminder_key(one.version, one.lead, ""),
            "zones": one.zones,
        }
        for number, one in enumerate(tellings)
    ]
    concerned = Participation.objects.concerned(group_day(now)).filter(
        session__in={one.version.session_id for one in tellings}
    )
    sql, parameters = concerned.exclude(answer=Participation.Answer.NO).values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_TO_REMIND.format(concerned=sql), [json.dumps(asked, cls=DjangoJSONEncoder), *parameters])
        return [(number, user_id, email) for number, user_id, email in cursor.fetchall()]


def _rows(tellings: Sequence[Telling], people: Iterable[tuple[int, int, str]]) -> Iterator[OutgoingMail]:
    for number, user_id, email in people:
        one = tellings[number]
        yield OutgoingMail(
            key=reminder_key(one.version, one.lead, user_id),
            kind=REMINDER,
            priority=OutgoingMail.Priority.REMINDER,
            user_id=user_id,
            recipient=email,
            subject_type=SUBJECT,
            subject_id=one.version.session_id,
            subject_version=one.version.sequence,
            due=one.due,
            useful_until=one.useful_until,
            is_demo=one.version.is_demo,
        )


def withdraw_reminders(versions: Sequence[SessionVersion]) -> None:
    """Take back the queued reminders of starts that no longer hold, and revive those of a start that holds again."""
    prefixes = {
        version.session_id: ""
        if not version.is_planned
        else reminder_key(version, timedelta(0), "").rpartition(":0d:")[0]
        for version in versions
    }
    reminders = OutgoingMail.objects.filter(kind=REMINDER, subject_type=SUBJECT, subject_id__in=prefixes)
    queued, withdrawn = OutgoingMail.Status.QUEUED, OutgoingMail.Status.WITHDRAWN
    wrong, right_again = [], []
    rows = reminders.filter(status__in=[queued, withdrawn]).values_list(
        "pk", "key", "subject_id", "status", "server_reply"
    )
    for pk, key, session_id, status, reply in rows:
        prefix = prefixes[session_id or 0]
        holds = bool(prefix) and key.startswith(prefix + ":")
        if status == queued and not holds:
            wrong.append(pk)
        elif status == withdrawn and holds and reply == MOVED:
            right_again.append(pk)
    mail.withdraw(OutgoingMail.objects.filter(pk__in=wrong), reason=MOVED)
    OutgoingMail.objects.filter(pk__in=right_again).update(status=queued, server_reply="")


def write_reminders_anew(session_ids: Iterable[int] | None = None) -> int:
    """Let waiting reminders tell of the current version, also those that are written already.

    So are those that may have arrived: what is sent again has the same bytes, but not where these name a room that is
    no longer so. Called by a release, and by the planner for those that a sender held meanwhile. Returns how many.
    """
    current = SessionVersion.objects.current().filter(session=OuterRef("subject_id")).values("sequence")
    stale = OutgoingMail.objects.filter(kind=REMINDER, subject_type=SUBJECT, status=OutgoingMail.Status.QUEUED)
    if session_ids is not None:
        stale = stale.filter(subject_id__in=list(session_ids))
    stale = stale.filter(Exists(current), ~Exists(current.filter(sequence=OuterRef("subject_version"))))
    return stale.update(rendered=None, headline="", subject_version=Subquery(current))
