"""Publishing the schedule: versions, sequence numbers and the mails they cause, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cities.models import Cycle
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops import audience, diff, emails, ical
from workshops.audience import Rule
from workshops.diff import PendingChange
from workshops.models import RELEASED_FIELDS, ScheduleRelease, Session, SessionVersion

# Releases are numbered one after the other over all cycles; any number serves as the lock's name.
RELEASE_LOCK = 20170629


@dataclass(frozen=True)
class Published:
    """What a release did."""

    release: ScheduleRelease
    versions: list[SessionVersion]
    mail_count: int


@transaction.atomic
def publish_release(
    cycle: Cycle,
    *,
    by: User | None,
    note: str = "",
    seen: str | None = None,
    notify: bool = True,
    at: datetime | None = None,
) -> Published:
    """Publish all pending changes of a cycle's schedule as the next numbered release.

    Guarantees: a version for each session that differs from what is published, `sequence` raised where a session was
    published before, and, unless `notify` is off, one mail to everybody concerned, all in one transaction or not at
    all. `seen` is the fingerprint of the preview; ActionNotPossible is raised when the drafts changed since, or when
    there is nothing to publish. `at` is the true date of a release that happened before the platform; the database's
    clock otherwise.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RELEASE_LOCK])
    list(Session.objects.select_for_update().filter(cycle=cycle).order_by("pk").values_list("pk"))
    pending = diff.pending_changes(cycle)
    if not pending:
        raise ActionNotPossible(_("There is nothing to publish: the drafts are what is published already."))
    if seen is not None and seen != diff.fingerprint(pending):
        raise ActionNotPossible(_("The drafts changed since you looked at them. Please look at the changes again."))
    now = at or database_now()
    release = ScheduleRelease.objects.create(
        cycle=cycle,
        number=(ScheduleRelease.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        note=note.strip(),
        released_at=now,
        released_by=by,
        notified=notify,
        is_demo=cycle.is_demo or all(change.session.is_demo for change in pending),
    )
    versions = [_publish(change, release=release) for change in pending]
    return Published(release, versions, _tell(versions, now=now) if notify else 0)


def _publish(change: PendingChange, *, release: ScheduleRelease) -> SessionVersion:
    """Copy one draft into an immutable version and make it the current one."""
    session, previous, facts = change.session, change.version, diff.draft_facts(change.session)
    session.sequence = previous.sequence + 1 if previous else 0
    version = SessionVersion(
        session=session,
        release=release,
        previous=previous,
        sequence=session.sequence,
        change=change.change,
        begins_at=session.first_instant(),
        finishes_at=session.last_instant(),
        start_released_at=release.released_at,
        slug=session.slug,
        city_name=facts["city_name"],
        city_slug=facts["city"],
        cycle_name=release.cycle.name,
        expected={"organizations": facts["organizations"], "people": facts["people"]},
        is_demo=session.is_demo,
        **{field: facts[field] for field in RELEASED_FIELDS},
    )
    if previous and not previous.is_cancelled and previous.reminder_start() == version.reminder_start():
        version.start_released_at = previous.start_released_at
    version.vevent = ical.vevent(version, stamp=release.released_at)
    version.save(force_insert=True)
    session.current_version = version
    session.save(update_fields=["sequence", "current_version"])
    return version


def _tell(versions: list[SessionVersion], *, now: datetime) -> int:
    """Queue what the release makes people need to know, and take back the reminders it makes wrong."""
    ahead = [version for version in versions if version.finishes_at > now]
    emails.withdraw_reminders(ahead)
    planned = [version for version in ahead if not version.is_cancelled]
    rules = [Rule.of(version) for version in planned]
    leavers = audience.remove_leavers(rules, now=now)
    told_before = emails.people_to_tell(ahead)
    newcomers = audience.add_newcomers(rules, now=now)
    queued = emails.queue_invitations(planned, newcomers, now=now)
    queued += emails.queue_changes(ahead, told_before, now=now)
    queued += emails.queue_uninvitations(planned, leavers, now=now)
    return queued


def refresh_expectations(*, now: datetime) -> int:
    """Resolve the audience of every published session to come again: people join and leave between releases.

    Newcomers get the invitation, those who left an update that takes the session out of their calendar. Returns the
    number of mails queued. Safe to run at any time and twice at once.
    """
    versions = list(
        SessionVersion.objects.current()
        .planned()
        .upcoming(now)
        .filter(release__notified=True)
        .select_related("session")
    )
    rules = [Rule.of(version) for version in versions]
    with transaction.atomic():
        leavers = audience.remove_leavers(rules, now=now)
        newcomers = audience.add_newcomers(rules, now=now)
        queued = emails.queue_invitations(versions, newcomers, now=now)
        return queued + emails.queue_uninvitations(versions, leavers, now=now)


def plan(now: datetime) -> int:
    """What the planner does for the schedule each minute; returns the number of mails queued."""
    return refresh_expectations(now=now) + emails.plan_reminders(now)
