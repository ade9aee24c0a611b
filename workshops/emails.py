"""What people are told about sessions: invitations, changes, cancellations and reminders, each queued once."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cities.models import group_day
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from workshops import diff, letters, told
from workshops.audience import Expectation
from workshops.models import Participation, SessionVersion
from workshops.told import PERHAPS_READ, Heard, Pair, Unmoved

SUBJECT, INVITATION, CHANGE, CANCELLATION = told.SUBJECT, told.INVITATION, told.CHANGE, told.CANCELLATION
UNINVITATION, REMINDER = told.UNINVITATION, told.REMINDER

# Reminders become rows this long before they are due; what is later is a forecast, computed when somebody looks.
PLANNED_AHEAD = timedelta(hours=24)
MOVED = gettext_noop("The session was moved or cancelled.")


# --- Queueing what a release or a new membership causes ---------------------------------------------------------------


def _row(kind: str, key: str, version: SessionVersion, user: User, *, now: datetime) -> OutgoingMail:
    return OutgoingMail(
        key=key,
        kind=kind,
        priority=OutgoingMail.Priority.CHANGE,
        user=user,
        recipient=user.email,
        subject_type=SUBJECT,
        subject_id=version.session_id,
        subject_version=version.sequence,
        due=now,
        useful_until=version.finishes_at,
        is_demo=version.is_demo,
    )


def _people(user_ids: Iterable[int]) -> dict[int, User]:
    return User.objects.filter(is_active=True).only("pk", "email").in_bulk(list(set(user_ids)))


def queue_invitations(versions: Sequence[SessionVersion], newcomers: list[Expectation], *, now: datetime) -> int:
    """Invite those who are expected for the first time, or again."""
    by_session = {version.session_id: version for version in versions}
    people = _people(newcomer.user_id for newcomer in newcomers)
    return mail.enqueue(
        _row(
            INVITATION,
            f"{INVITATION}:{newcomer.session_id}:{newcomer.user_id}:{now:%Y%m%dT%H%M%S%f}",
            by_session[newcomer.session_id],
            people[newcomer.user_id],
            now=now,
        )
        for newcomer in newcomers
        if newcomer.user_id in people
    )


def queue_uninvitations(versions: Sequence[SessionVersion], leavers: list[Expectation], *, now: datetime) -> int:
    """Tell those no longer expected; who never got the invitation is told nothing (`_uninvitation_still_true`)."""
    by_session = {version.session_id: version for version in versions}
    people = _people(leaver.user_id for leaver in leavers)
    return mail.enqueue(
        _row(
            UNINVITATION,
            f"{UNINVITATION}:{leaver.session_id}:{leaver.user_id}:{now:%Y%m%dT%H%M%S%f}",
            by_session[leaver.session_id],
            people[leaver.user_id],
            now=now,
        )
        for leaver in leavers
        if leaver.user_id in people
    )


def people_to_tell(versions: Sequence[SessionVersion], *, now: datetime) -> list[Expectation]:
    """Whom a change or a cancellation concerns: those expected, and those who come at their own wish."""
    known = [version.session_id for version in versions if version.previous_id is not None]
    rows = Participation.objects.concerned(group_day(now)).filter(session__in=known, user__is_active=True)
    pairs = rows.order_by("pk").values_list("session_id", "user_id")
    return [Expectation(session_id, user_id) for session_id, user_id in pairs if user_id is not None]


def withdraw_outdated(versions: Sequence[SessionVersion]) -> set[Pair]:
    """Take back what waits and tells of an earlier version; returns whose invitation surely never went.

    Done before anybody decides who has heard what: a sender that was quicker has its mail under way by then.
    """
    sessions = [version.session_id for version in versions]
    outdated = OutgoingMail.objects.filter(
        subject_type=SUBJECT,
        subject_id__in=sessions,
        kind__in=[INVITATION, CHANGE, CANCELLATION],
        status=OutgoingMail.Status.QUEUED,
    )
    mails = list(
        outdated.select_for_update().order_by("pk").values_list("pk", "kind", "unknown_count", "subject_id", "user_id")
    )
    mail.withdraw(OutgoingMail.objects.filter(pk__in=[pk for pk, *_rest in mails]))
    return {
        (session_id or 0, user_id or 0)
        for _pk, kind, unknown, session_id, user_id in mails
        if kind == INVITATION and not unknown
    }


def queue_changes(
    versions: Sequence[SessionVersion], people: list[Expectation], *, waiting: set[Pair], heard: Heard, now: datetime
) -> tuple[int, list[Unmoved]]:
    """Tell people what changed; who still waited for the invitation gets a new one instead.

    Who has heard of nothing but what the new version says as well is told nothing; they are returned.
    """
    by_session = {version.session_id: version for version in versions}
    facts = {version.session_id: diff.version_facts(version) for version in versions}
    users = _people(person.user_id for person in people)
    rows, unmoved = [], []
    for person in people:
        version, user = by_session[person.session_id], users.get(person.user_id)
        pair = (person.session_id, person.user_id)
        if user is None or (version.is_cancelled and version.previous and version.previous.is_cancelled):
            continue
        kind = CANCELLATION if version.is_cancelled else CHANGE
        if pair in waiting:
            if version.is_cancelled:
                continue  # nobody heard of the session
            kind = INVITATION
        elif heard.nothing_new(*pair, version, facts[person.session_id]):
            last = heard.last(*pair)
            assert last is not None
            unmoved.append(Unmoved(*pair, last))
            continue
        key = f"{kind}:{version.session_id}:{version.sequence}:{user.pk}"
        rows.append(_row(kind, key, version, user, now=now))
    return mail.enqueue(rows), unmoved


# --- Reminders --------------------------------------------------------------------------------------------------------


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


# --- What the sender asks ---------------------------------------------------------------------------------------------


def _looked_up(
    mails: Sequence[OutgoingMail], now: datetime
) -> Iterator[tuple[OutgoingMail, SessionVersion, Participation, User]]:
    """Each mail of a batch with what it is about: the version that counts now, the participation, the person.

    Two queries. Mails whose session or person is gone are left out: they hold no more. Each participation says whether
    mail concerns the person (`is_concerned`).
    """
    session_ids, user_ids = {one.subject_id for one in mails}, {one.user_id for one in mails}
    versions = {
        version.session_id: version
        for version in SessionVersion.objects.current().filter(session__in=session_ids).select_related("session")
    }
    participations = {
        (one.session_id, one.user_id): one
        for one in Participation.objects.with_concern(group_day(now))
        .filter(session__in=session_ids, user__in=user_ids)
        .select_related("user")
    }
    for one in mails:
        participation = participations.get((one.subject_id or 0, one.user_id))
        if participation is not None and participation.user is not None and participation.session_id in versions:
            yield one, versions[participation.session_id], participation, participation.user


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """They hold while their version is the current one; an invitation for those expected, news for those concerned."""
    return {
        one.pk
        for one, version, participation, user in _looked_up(mails, now)
        if version.finishes_at > now
        and version.sequence == one.subject_version
        and version.is_cancelled == (one.kind == CANCELLATION)
        and (participation.expected if one.kind == INVITATION else participation.is_concerned)
        and user.is_active
    }


def _uninvitation_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """It holds while the person is not expected and may have read that they were."""
    read = set(
        OutgoingMail.objects.filter(
            subject_type=SUBJECT,
            subject_id__in={one.subject_id for one in mails},
            user__in={one.user_id for one in mails},
            kind__in=[INVITATION, CHANGE],
        )
        .filter(Q(status__in=PERHAPS_READ) | Q(unknown_count__gt=0))
        .values_list("subject_id", "user_id")
    )
    return {
        one.pk
        for one, version, participation, _user in _looked_up(mails, now)
        if version.finishes_at > now and not participation.is_concerned and (one.subject_id, one.user_id) in read
    }


def _reminder_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """A reminder holds while its key is what would be planned today: the same start, a person to remind."""
    return {
        one.pk
        for one, version, participation, user in _looked_up(mails, now)
        if not version.is_cancelled
        and one.key in {reminder_key(version, lead, user.pk) for lead in version.lead_times()}
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
        letters.cancellation,
        _("cancellation of a session"),
    ),
    mail.Kind(
        UNINVITATION,
        OutgoingMail.Priority.CHANGE,
        True,
        _uninvitation_still_true,
        letters.uninvitation,
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
