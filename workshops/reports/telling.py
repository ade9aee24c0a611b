"""Who was told of a session or a release, in numbers: what coordinators read above its mails and its people."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.models import group_day
from ogpgroup.models import OutgoingMail
from workshops import audience, diff, emails, told
from workshops.audience import Rule
from workshops.models import Participation, ScheduleRelease, Session, SessionVersion

Status = OutgoingMail.Status


@dataclass(frozen=True)
class Totals:
    """People who were told something, and mails by what else became of them."""

    told: int
    waiting: int
    failed: int
    unknown: int
    missed: int
    parked: int
    returned: int
    perhaps_twice: int

    @property
    def sentence(self) -> str:
        """“142 told, 2 refused, 1 unknown”; what is nothing is left out, save how many were told."""
        counts = [
            (self.waiting, _("%(n)s waiting")),
            (self.failed, _("%(n)s refused")),
            (self.returned, _("%(n)s returned")),
            (self.unknown, _("%(n)s unknown")),
            (self.missed, _("%(n)s too late")),
            (self.parked, _("%(n)s held")),
            (self.perhaps_twice, _("%(n)s perhaps twice")),
        ]
        people = ngettext("%(n)s person told", "%(n)s people told", self.told) % {"n": self.told}
        return ", ".join([people, *(label % {"n": number} for number, label in counts if number)])


def totals(session_id: int) -> Totals:
    """What became of all mails about one session; one query."""
    status = {
        "waiting": Q(status__in=[Status.QUEUED, Status.SENDING]),
        "failed": Q(status=Status.FAILED),
        "unknown": Q(status=Status.UNKNOWN),
        "missed": Q(status=Status.MISSED),
        "parked": Q(status=Status.PARKED),
        "returned": Q(status=Status.BOUNCED),
        "perhaps_twice": Q(status=Status.SENT, unknown_count__gt=0),
    }
    counts = OutgoingMail.objects.about(emails.SUBJECT, session_id).aggregate(
        told=Count("user", distinct=True, filter=Q(status=Status.SENT)),
        **{name: Count("pk", filter=condition) for name, condition in status.items()},
    )
    return Totals(**counts)


@dataclass(frozen=True)
class Progress:
    """How far the mails of a release are: how many are queued or gone, and how many are still to be written down."""

    queued: int
    waiting: int
    left: int
    settles_at: datetime | None = None  # when those go that wait for a correction; none where none does

    @property
    def total(self) -> int:
        return self.queued + self.left

    @property
    def gone(self) -> int:
        """Those whose fate is decided."""
        return self.queued - self.waiting

    @property
    def is_running(self) -> bool:
        return bool(self.left or self.waiting)


def progress(release: ScheduleRelease, *, now: datetime) -> Progress:
    """What became of the mails that tell of a release, and whom the planner has still to invite; four queries."""
    invites = release.versions.current().planned().upcoming(now) if release.notified else []
    left = audience.still_to_add([Rule.of(version) for version in invites], on=group_day(now))
    counts = told.mails_of(release).aggregate(
        queued=Count("pk"),
        waiting=Count("pk", filter=Q(status__in=[Status.QUEUED, Status.SENDING])),
        settles_at=Max("due", filter=Q(status=Status.QUEUED, due__gt=now)),
    )
    return Progress(left=left, **counts)


def versions_told(session: Session, user_ids: Iterable[int]) -> dict[int, int]:
    """The number of the release that each of these was surely told of last; two queries."""
    mails = OutgoingMail.objects.about(emails.SUBJECT, session.pk).filter(status=Status.SENT, user__in=user_ids)
    last = mails.order_by().values_list("user_id").annotate(Max("subject_version"))
    versions = SessionVersion.objects.filter(session=session)
    numbers = dict(versions.values_list("sequence", "release__number"))
    # A number that no release bears was raised for one person alone: what counts is the release before it.
    return {
        user: max((release for sequence, release in numbers.items() if sequence <= told), default=0)
        for user, told in last
        if user is not None
    }


@dataclass(frozen=True)
class Unaware:
    """Whom a session concerns and who may not know what counts by now: the version of the schedule of this number."""

    number: int = 0
    people: Set[int] = frozenset()


def unaware(session: Session, *, now: datetime) -> Unaware:
    """Who does not surely know all that counts of a session ahead, by mail or by its page.

    Of one that does not take place, those who may have heard that it would; none once it is over. Five queries.
    """
    current = SessionVersion.objects.current().filter(session=session.pk)
    version = current.select_related("session", "previous", "release").defer("vevent").first()
    if version is None or not version.is_told(now):
        return Unaware()
    heard = told.heard([session.pk])
    outdated = heard.outdated_by(session.pk, version, diff.version_facts(version))
    concerned = Participation.objects.to_tell_of(group_day(now)).filter(session=session.pk, user__is_active=True)
    people = {
        user_id
        for user_id in concerned.values_list("user_id", flat=True)
        if user_id is not None
        and (version.is_planned or heard.last(session.pk, user_id) is not None)
        and not heard.knows_that_not(session.pk, user_id, version)
        and not heard.nothing_new(session.pk, user_id, outdated)
    }
    return Unaware(version.release.number, people)
