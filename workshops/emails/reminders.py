"""Reminders: planned from the database alone, each queued once."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_noop

from cities.models import group_day
from ogpgroup import mail
from ogpgroup.models import OutgoingMail
from workshops.models import Participation, SessionVersion
from workshops.told import REMINDER, SUBJECT

# Reminders become rows this long before they are due; what is later is a forecast, computed when somebody looks.
PLANNED_AHEAD = timedelta(hours=24)
MOVED = gettext_noop("The session was moved or cancelled.")


def lead_name(lead: timedelta) -> str:
    """Short and stable, because it stands in keys: 14d, 2h."""
    return f"{lead.days}d" if lead.seconds == 0 else f"{lead.seconds // 3600}h"


def reminder_key(version: SessionVersion, lead: timedelta, user_id: int | str) -> str:
    """Holds the start: a corrected typo reminds nobody twice, a moved session reminds anew."""
    start = f"{version.reminder_start():%Y%m%dT%H%MZ}"
    return f"reminder:{version.session_id}:{start}:{lead_name(lead)}:{user_id}"


def reminders_of(version: SessionVersion) -> list[tuple[timedelta, datetime, datetime]]:
    """Each lead time with when it is due and until when it is useful: the next one's due time, at last the start.

    Lead times that were past when this start was first published are left out: the invitation or the change mail has
    just said the same.
    """
    leads = version.lead_times()
    dues = [version.due_of(lead) for lead in leads]
    ends = [*dues[1:], version.begins_at if version.has_hours else version.finishes_at]
    return [row for row in zip(leads, dues, ends, strict=True) if row[1] >= version.start_released_at]


_TO_REMIND = """
SELECT lead.number, person.id, person.email
FROM jsonb_to_recordset(%s::jsonb) AS lead(number int, session_id bigint, due timestamptz, prefix text)
JOIN workshops_participation participation
    ON participation.session_id = lead.session_id AND participation.expected_since <= lead.due
    AND participation.id IN ({concerned})
JOIN ogpgroup_user person
    ON person.id = participation.user_id AND person.is_active AND person.wants_reminders
WHERE NOT EXISTS (SELECT 1 FROM ogpgroup_outgoingmail known WHERE known.key = lead.prefix || person.id)
ORDER BY lead.number, person.id
"""


def plan_reminders(now: datetime) -> int:
    """Queue every reminder that falls due within a day, or did and is still useful; returns how many were new.

    Derived from the database alone: a planner that was down catches up, and two planners add nothing. People are those
    concerned who have not declined, whose account is open and who want reminders. See also `_reminder_still_true`.
    """
    longest = max(lead for leads in SessionVersion.LEAD_TIMES.values() for lead in leads)
    versions = SessionVersion.objects.current().planned().upcoming(now)
    versions = versions.filter(begins_at__lte=now + longest + PLANNED_AHEAD + timedelta(days=1))
    leads = [
        (version, lead, due, useful_until)
        for version in versions.filter(release__notified=True).defer("vevent", "purpose", "bring", "decisions")
        for lead, due, useful_until in reminders_of(version)
        if due <= now + PLANNED_AHEAD and useful_until > now
    ]
    if not leads:
        return 0
    asked = [
        {"number": number, "session_id": version.session_id, "due": due, "prefix": reminder_key(version, lead, "")}
        for number, (version, lead, due, _useful) in enumerate(leads)
    ]
    concerned = Participation.objects.concerned(group_day(now)).filter(
        session__in={version.session_id for version, *_rest in leads}
    )
    sql, parameters = concerned.exclude(answer=Participation.Answer.NO).values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_TO_REMIND.format(concerned=sql), [json.dumps(asked, cls=DjangoJSONEncoder), *parameters])
        people = cursor.fetchall()
    rows = []
    for number, user_id, email in people:
        version, lead, due, useful_until = leads[number]
        rows.append(
            OutgoingMail(
                key=reminder_key(version, lead, user_id),
                kind=REMINDER,
                priority=OutgoingMail.Priority.REMINDER,
                user_id=user_id,
                recipient=email,
                subject_type=SUBJECT,
                subject_id=version.session_id,
                subject_version=version.sequence,
                due=due,
                useful_until=useful_until,
                is_demo=version.is_demo,
            )
        )
    return mail.enqueue(rows)


def withdraw_reminders(versions: Sequence[SessionVersion]) -> None:
    """Take back the queued reminders of starts that no longer hold, and revive those of a start that holds again."""
    prefixes = {
        version.session_id: ""
        if version.is_cancelled
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
    """Let waiting reminders tell of the current version, also those that were written and never reached DATA.

    Bytes are kept for a retry that must not differ from what may have arrived; others need not keep what is no longer
    so. Called by a release, and by the planner for those that a sender held meanwhile. Returns how many.
    """
    current = SessionVersion.objects.current().filter(session=OuterRef("subject_id")).values("sequence")
    stale = OutgoingMail.objects.filter(
        kind=REMINDER,
        subject_type=SUBJECT,
        status=OutgoingMail.Status.QUEUED,
        unknown_count=0,
        data_began_at=None,
    )
    if session_ids is not None:
        stale = stale.filter(subject_id__in=list(session_ids))
    stale = stale.filter(Exists(current), ~Exists(current.filter(sequence=OuterRef("subject_version"))))
    return stale.update(rendered=None, headline="", subject_version=Subquery(current))
