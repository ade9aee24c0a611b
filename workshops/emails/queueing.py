"""Queueing what a release or a new membership causes: invitations, changes, cancellations."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from cities.models import group_day
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, OutgoingMailQuerySet, User
from workshops import diff
from workshops.audience import Expectation
from workshops.models import Participation, SessionVersion
from workshops.told import (
    CANCELLATION,
    CHANGE,
    INVITATION,
    SUBJECT,
    UNINVITATION,
    Heard,
    Pair,
    never_reached,
    not_yet_uninvited,
)

USEFUL_FOR = timedelta(days=30)  # what tells of a session that is, or was, owed a date
URGENT = timedelta(days=1)  # what begins, or was to begin, so soon waits for no correction


def mail_row(
    kind: str, key: str, version: SessionVersion, user_id: int, address: str, *, due: datetime
) -> OutgoingMail:
    """A mail about a version to one person, useful until the session is over, be it postponed a month at least."""
    return OutgoingMail(
        key=key,
        kind=kind,
        priority=OutgoingMail.Priority.CHANGE,
        user_id=user_id,
        recipient=address,
        subject_type=SUBJECT,
        subject_id=version.session_id,
        subject_version=version.sequence,
        due=due,
        useful_until=version.finishes_at if version.is_planned else max(version.finishes_at, due + USEFUL_FOR),
        is_demo=version.is_demo,
    )


def _addresses(user_ids: Iterable[int]) -> dict[int, str]:
    """Where people with an open account are written to; they may be thousands, so nothing more is loaded of them."""
    return dict(User.objects.filter(is_active=True, pk__in=set(user_ids)).values_list("pk", "email"))


def queue_invitations(versions: Sequence[SessionVersion], newcomers: list[Expectation], *, now: datetime) -> int:
    """Invite those who are expected for the first time, or again."""
    by_session = {version.session_id: version for version in versions}
    addresses = _addresses(newcomer.user_id for newcomer in newcomers)
    return mail.enqueue(
        mail_row(
            INVITATION,
            f"{INVITATION}:{newcomer.session_id}:{newcomer.user_id}:{now:%Y%m%dT%H%M%S%f}",
            by_session[newcomer.session_id],
            newcomer.user_id,
            addresses[newcomer.user_id],
            due=now,
        )
        for newcomer in newcomers
        if newcomer.user_id in addresses
    )


def settles_at(version: SessionVersion, *, now: datetime) -> datetime:
    """When it is told what a release changed: once it has settled, or at once where the old or the new start is near.

    Expects `previous`. Until then `withdraw_outdated` takes back what another release outdates, and what is told counts
    from what was heard: a burst of edits is one mail, and none at all where it comes to nothing.
    """
    starts = [one.begins_at for one in (version, version.previous) if one is not None]
    return now if min(starts) <= now + URGENT else now + settings.SETTLE


def queue_uninvitations(
    versions: Sequence[SessionVersion], leavers: list[Expectation], *, now: datetime, settles: bool = False
) -> int:
    """Tell those no longer expected; who never got the invitation is told nothing (`_uninvitation_still_true`).

    By a release they are told once it has settled.
    """
    by_session = {version.session_id: version for version in versions}
    addresses = _addresses(leaver.user_id for leaver in leavers)
    return mail.enqueue(
        mail_row(
            UNINVITATION,
            f"{UNINVITATION}:{leaver.session_id}:{leaver.user_id}:{now:%Y%m%dT%H%M%S%f}",
            by_session[leaver.session_id],
            leaver.user_id,
            addresses[leaver.user_id],
            due=settles_at(by_session[leaver.session_id], now=now) if settles else now,
        )
        for leaver in leavers
        if leaver.user_id in addresses
    )


def people_to_tell(versions: Sequence[SessionVersion], *, now: datetime) -> list[Expectation]:
    """Whom a change or a cancellation concerns: those expected, and those who come at their own wish.

    Of a cancellation also those hear whose wish is over and who were not told so yet.
    """
    known = [version.session_id for version in versions if version.previous_id is not None]
    rows = Participation.objects.to_tell_of(group_day(now)).filter(session__in=known, user__is_active=True)
    pairs = rows.order_by("pk").values_list("session_id", "user_id")
    return [Expectation(session_id, user_id) for session_id, user_id in pairs if user_id is not None]


def withdraw_outdated(versions: Sequence[SessionVersion]) -> set[Pair]:
    """Take back what waits and tells of an earlier version; returns whose invitation surely never went.

    Done before anybody decides who has heard what: a sender that was quicker has its mail under way by then.
    """
    sessions = [version.session_id for version in versions]
    outdated = OutgoingMail.objects.filter(kind__in=[INVITATION, CHANGE, CANCELLATION], subject_id__in=sessions)
    return _take_back(outdated)[INVITATION]


def withdraw_uninvitations(returning: Iterable[Expectation], heard: Heard) -> set[Pair]:
    """Take back what waits and says that they are not expected; returns who takes it that they still are.

    Those are told only what is new since they last heard of the session, if anything.
    """
    pairs = {one.pair for one in returning if one.returns}
    if not pairs:
        return set()
    never_said = not_yet_uninvited({session for session, _user in pairs})
    unsent = _take_back(OutgoingMail.objects.filter(kind=UNINVITATION), pairs)[UNINVITATION]
    return {pair for pair in never_said & unsent if heard.last(*pair)}


def withdraw_changes(returning: Iterable[Expectation]) -> None:
    """Take back the news that wait for people who are invited anew: the invitation tells all that is so."""
    _take_back(OutgoingMail.objects.filter(kind=CHANGE), {one.pair for one in returning})


def _take_back(mails: OutgoingMailQuerySet, pairs: Collection[Pair] | None = None) -> dict[str, set[Pair]]:
    """Withdraw those of the mails about sessions that wait; returns to whom each kind of them surely never went."""
    waiting = mails.filter(subject_type=SUBJECT, status=OutgoingMail.Status.QUEUED)
    if pairs is not None:
        waiting = waiting.filter(
            subject_id__in={session for session, _user in pairs}, user__in={user for _session, user in pairs}
        )
    columns = ("pk", "kind", "unknown_count", "subject_id", "user_id")
    rows = [
        (pk, kind, unknown, (session_id or 0, user_id or 0))
        for pk, kind, unknown, session_id, user_id in waiting.select_for_update().order_by("pk").values_list(*columns)
        if pairs is None or (session_id, user_id) in pairs
    ]
    mail.withdraw(OutgoingMail.objects.filter(pk__in=[pk for pk, *_rest in rows]))
    unsent: dict[str, set[Pair]] = defaultdict(set)
    for _pk, kind, unknown, pair in rows:
        if not unknown:
            unsent[kind].add(pair)
    return unsent


def queue_changes(
    versions: Sequence[SessionVersion], people: list[Expectation], *, waiting: set[Pair], heard: Heard, now: datetime
) -> int:
    """Tell people what changed; whom the invitation has not reached gets a new one instead. Returns how many mails.

    Who has heard of nothing but what the new version says as well is told nothing. Who may never have read the
    invitation is invited again, where there is no change to tell. Who knows that a session does not take place, or not
    on its date, hears no more of it until it does.
    """
    by_session = {version.session_id: version for version in versions}
    outdated = {
        version.session_id: heard.outdated_by(version.session_id, version, diff.version_facts(version))
        for version in versions
    }
    addresses = _addresses(person.user_id for person in people)
    unreached = never_reached((person.pair for person in people), heard)
    rows = []
    for person in people:
        version, address, pair = by_session[person.session_id], addresses.get(person.user_id), person.pair
        if address is None or heard.knows_that_not(*pair, version):
            continue
        if pair in unreached and not version.is_planned:
            continue  # they heard of no session
        kind = CANCELLATION if version.is_cancelled else CHANGE
        if version.is_planned and (pair in unreached or pair in waiting):
            kind = INVITATION
        elif heard.nothing_new(*pair, outdated[person.session_id]):
            continue
        elif version.is_planned and heard.may_know_it_all(*pair, outdated[person.session_id]):
            kind = INVITATION
        key = f"{kind}:{version.session_id}:{version.sequence}:{person.user_id}"
        due = now if kind == INVITATION else settles_at(version, now=now)
        rows.append(mail_row(kind, key, version, person.user_id, address, due=due))
    return mail.enqueue(rows)
