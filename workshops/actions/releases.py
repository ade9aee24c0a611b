"""Publishing the schedule: versions, sequence numbers and the mails they cause, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cities.models import Cycle, group_day
from ogpgroup import mail
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now, kill_point
from ogpgroup.models import OutgoingMail, User
from workshops import audience, diff, emails, ical, making, told
from workshops.actions.answers import ask_again, keep_answers
from workshops.actions.locks import lock_releases
from workshops.actions.outbidding import outbid
from workshops.actions.seats import settle_seats
from workshops.audience import Expectation, Rule
from workshops.diff import PendingChange
from workshops.models import ScheduleRelease, Session, SessionVersion

# So many people are invited in one transaction: a coordinator waits a second or two, who answers meanwhile no longer.
INVITED_AT_ONCE = 2000


@dataclass(frozen=True)
class Published:
    """What a release did, and how many people are still to be invited: the planner goes on with them."""

    release: ScheduleRelease
    versions: list[SessionVersion]
    mail_count: int
    left: int = 0


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
    all. Of very many to be invited the first go with it; the others follow from what is published, and the planner,
    which is called at once, invites them part by part (`refresh_expectations`): whatever dies, nobody is left out and
    nobody is invited twice. `seen` is the fingerprint of the preview; ActionNotPossible is raised when the drafts
    changed since, when there is nothing to publish, or when it is not decided which hours count. `at` is the true date
    of a release that happened before the platform; the database's clock otherwise.
    """
    lock_releases()
    list(Session.objects.select_for_update().filter(cycle=cycle).order_by("pk").values_list("pk"))
    pending = diff.pending_changes(cycle)
    if not pending:
        raise ActionNotPossible(_("There is nothing to publish: the drafts are what is published already."))
    if seen is not None and seen != diff.fingerprint(pending):
        raise ActionNotPossible(_("The drafts changed since you looked at them. Please look at the changes again."))
    now = at or database_now()
    _refuse_undecided(pending, now=now)
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
    return Published(release, versions, *(_tell(versions, now=now) if notify else (0, 0)))


def _refuse_undecided(pending: list[PendingChange], *, now: datetime) -> None:
    """A version says which hours people agreed: not so before coordinators have decided what those are."""
    for change in pending:
        if change.session.awaits_its_hours(now):
            raise ActionNotPossible(
                _("The clock rules changed for “%(title)s”. Please decide first which hours count; its page asks.")
                % {"title": change.session.title}
            )


def _publish(change: PendingChange, *, release: ScheduleRelease) -> SessionVersion:
    """Copy one draft into an immutable version and make it the current one."""
    session, version = change.session, making.version_of(change, release=release)
    version.vevent = ical.vevent(version, stamp=release.released_at)
    version.save(force_insert=True)
    session.sequence, session.current_version = version.sequence, version
    session.save(update_fields=["sequence", "current_version"])
    return version


def _tell(versions: list[SessionVersion], *, now: datetime) -> tuple[int, int]:
    """Queue what the release makes people need to know, and take back what it makes wrong.

    Returns the number of mails, and of people still to be invited.
    """
    ahead = [version for version in versions if version.is_told(now)]
    planned = [version for version in ahead if version.is_planned]
    rules = [Rule.of(version) for version in ahead if not version.is_cancelled]
    emails.withdraw_reminders(ahead)
    emails.write_reminders_anew(version.session_id for version in ahead)
    leavers = audience.remove_leavers(rules, now=now)
    renewed = audience.renew_reasons(rules, now=now)
    concerned = emails.people_to_tell(ahead, now=now)
    newcomers = audience.add_newcomers(rules, now=now, at_most=INVITED_AT_ONCE)
    leavers += audience.end_wishes(rules, now=now)
    waiting = emails.withdraw_outdated(ahead)
    heard = told.heard(version.session_id for version in ahead)
    unaware = emails.withdraw_uninvitations(newcomers, heard)
    invited = [one for one in newcomers if one.pair not in unaware]
    known = {one.pair for one in newcomers}
    concerned = [one for one in concerned if one.pair not in known]
    concerned += [one for one in newcomers if one.pair in unaware]
    asked = ask_again(planned)
    back = keep_answers(heard.unmoved(planned, (one.pair for one in concerned)), asked=asked)
    for session_id, users in back.items():
        settle_seats(session_id, now=now, back=users)  # at once: until then a seat would seem free to whoever answers
    queued = emails.queue_invitations(planned, invited, now=now)
    queued += emails.queue_changes(ahead, concerned, waiting=waiting, heard=heard, now=now)
    queued += emails.queue_uninvitations(ahead, leavers, now=now, settles=True)
    queued += emails.queue_left(ahead, leavers + renewed, now=now)
    left = 0
    if len(newcomers) == INVITED_AT_ONCE and (left := audience.still_to_add(rules, on=group_day(now))):
        mail.wake_planner()
    return queued, left


def send_now(release: ScheduleRelease, *, now: datetime) -> int:
    """Let go what waits for a correction of this release; returns how many mails. Harmless twice."""
    count = told.mails_of(release).filter(status=OutgoingMail.Status.QUEUED, due__gt=now).update(due=now)
    if count:
        mail.wake()
    return count


def refresh_expectations(*, now: datetime) -> int:
    """Resolve the audience of every published session to come again: people join and leave between releases.

    Newcomers get the invitation, unless the session is postponed: they are invited to its new date. Those who left, and
    those who came at their own wish and may not see it any more, get an update that takes the session out of their
    calendar; so do those whom a release has left over. Who had sent somebody who has left hears of it. Each part is a
    transaction of its own, so that pages in which people answer wait for a part at most, and what was done stays done.
    Returns the number of mails queued. Safe to run at any time and twice at once.
    """
    queued, is_done = 0, False
    while not is_done:
        some, is_done = _refresh_some(now)
        kill_point("after_invitations")
        queued += some
    return queued


@transaction.atomic
def _refresh_some(now: datetime) -> tuple[int, bool]:
    """One part, and whether it was the last. It never meets a release halfway: that would write down who was expected
    at a version that counts no more.

    Whether there is anything to do is looked up first, without holding up answers: most minutes there is not.
    """
    if not audience.has_moved([Rule.of(version) for version in _ahead(now)], on=group_day(now)):
        return 0, True
    lock_releases()
    versions = _ahead(now)
    rules = [Rule.of(version) for version in versions]
    leavers = audience.remove_leavers(rules, now=now)
    renewed = audience.renew_reasons(rules, now=now)
    newcomers = audience.add_newcomers(rules, now=now, at_most=INVITED_AT_ONCE)
    leavers += audience.end_wishes(rules, now=now)
    invited = _with_news(newcomers, versions)
    outbid(leavers + [one for one in invited if one.returns])
    kill_point("before_invitations")
    queued = emails.queue_invitations(versions, invited, now=now)
    queued += emails.queue_uninvitations(versions, leavers, now=now)
    queued += emails.queue_left(versions, leavers + renewed, now=now)
    return queued, len(newcomers) < INVITED_AT_ONCE


def _ahead(now: datetime) -> list[SessionVersion]:
    """The versions that count, are to come, and whose people are told."""
    current = SessionVersion.objects.current().upcoming(now).filter(release__notified=True)
    return list(current.not_cancelled().select_related("session").defer("vevent"))


def _with_news(newcomers: list[Expectation], versions: list[SessionVersion]) -> list[Expectation]:
    """Whom an invitation tells something: not those who return before they heard that they were not expected."""
    returning = [one for one in newcomers if one.returns]
    if not returning:
        return newcomers
    heard = told.heard({one.session_id for one in returning}, {one.user_id for one in returning})
    unaware = emails.withdraw_uninvitations(returning, heard)
    outdated = {
        version.session_id: heard.outdated_by(version.session_id, version, diff.version_facts(version))
        for version in versions
    }
    silent = {pair for pair in unaware if heard.nothing_new(*pair, outdated[pair[0]])}
    emails.withdraw_changes(one for one in returning if one.pair not in silent)
    return [one for one in newcomers if one.pair not in silent]


def plan(now: datetime) -> int:
    """What the planner does for the schedule each minute; returns the number of mails queued."""
    queued = refresh_expectations(now=now) + emails.plan_reminders(now)
    emails.write_reminders_anew()
    return queued
