"""Releases in words: what each changed, as far as the reader may see it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from ogpgroup.models import User
from workshops import diff
from workshops.diff import Sentence
from workshops.models import ScheduleRelease, SessionVersion
from workshops.preparation import listed


@dataclass(frozen=True)
class VersionChange:
    """One session as one release changed it."""

    version: SessionVersion
    change: str
    sentences: list[Sentence] = field(default_factory=list)

    @property
    def when(self) -> str:
        """When the version said that it takes place, in the hours of the place."""
        return str(diff.when_written(self.version))

    @property
    def label(self) -> str:
        before = self.version.previous
        if self.change == SessionVersion.Change.REINSTATED and before is not None and before.is_postponed:
            return _("no longer postponed")
        return str(SessionVersion.Change(self.change).label)

    @property
    def details(self) -> list[Sentence]:
        """What changed beside what `spoken` tells with old and new."""
        told = {diff.label_of("when"), diff.label_of("cancel_reason")}
        return [one for one in self.sentences if one.label not in told]

    @property
    def spoken(self) -> str:
        """What happened, as one would say it: “It moves from Tuesday to Wednesday. What it is for is new as well.”"""
        reason = {"reason": self.version.cancel_reason, "when": self.when}
        fixed = {
            SessionVersion.Change.ADDED: _("It takes place on %(when)s."),
            SessionVersion.Change.REINSTATED: _("It takes place after all, on %(when)s."),
            SessionVersion.Change.CANCELLED: _("It is cancelled; it was planned for %(when)s. Reason: %(reason)s"),
            SessionVersion.Change.POSTPONED: _(
                "It does not take place on %(when)s; the new date follows. Reason: %(reason)s"
            ),
        }.get(SessionVersion.Change(self.change))
        return fixed % reason if fixed else " ".join(self._changed())

    def _changed(self) -> Iterator[str]:
        before = self.version.previous
        moved = next((one for one in self.sentences if one.label == diff.label_of("when")), None)
        others = [one.label[:1].lower() + one.label[1:] for one in self.details]
        if moved and before is not None and diff.is_moved(before, self.version):
            yield _("It moves from %(old)s to %(new)s.") % {"old": moved.old, "new": moved.new}
        elif moved:
            yield _("Its hours are new: %(new)s. Before: %(old)s.") % {"old": moved.old, "new": moved.new}
        if others:
            yield (_("New as well: %(what)s.") if moved else _("New: %(what)s.")) % {"what": listed(others)}

    def lines(self) -> list[str]:
        """“Taller 2: It moves from Tuesday to Wednesday.”, then what else changed, line by line, without markup."""
        place = f" {self.version.place}." if self.version.place and not self.sentences else ""
        return [
            f"{self.version.title}: {self.spoken}{place}",
            *(f"{one.label}: {one.old or '–'} → {one.new or '–'}" for one in self.details),
        ]

    @property
    def is_warm(self) -> bool:
        return self.change in {SessionVersion.Change.CANCELLED, SessionVersion.Change.POSTPONED}


def told(versions: Iterable[SessionVersion], user: User | AnonymousUser) -> list[VersionChange]:
    """Each version beside the one before; where that one was not for this reader's eyes, as if it were the first.

    The versions come with `previous`; one query for all of them.
    """
    versions = list(versions)
    before = [version.previous_id for version in versions if version.previous_id]
    seen = set(SessionVersion.objects.filter(pk__in=before).visible_to(user).values_list("pk", flat=True))
    return [_told(version, version.previous if version.previous_id in seen else None) for version in versions]


def _told(version: SessionVersion, previous: SessionVersion | None) -> VersionChange:
    if previous is None:
        first = {"cancelled": SessionVersion.Change.CANCELLED, "postponed": SessionVersion.Change.POSTPONED}
        return VersionChange(version, first.get(version.status, SessionVersion.Change.ADDED))
    facts = (diff.version_facts(previous), diff.version_facts(version))
    fields = diff.changed_fields(*facts)
    return VersionChange(version, version.change, diff.sentences(previous, version, fields, facts=facts))


def told_by_release(releases: Iterable[ScheduleRelease], user: User | AnonymousUser) -> dict[int, list[VersionChange]]:
    """What each of several releases changed, in the order of the schedule; two queries for all of them."""
    versions = SessionVersion.objects.filter(release__in=list(releases)).visible_to(user)
    versions = versions.select_related("previous").defer("vevent", "previous__vevent").order_by("begins_at", "pk")
    found: dict[int, list[VersionChange]] = defaultdict(list)
    for change in told(versions, user):
        found[change.version.release_id].append(change)
    return found


def as_of(release: ScheduleRelease, user: User | AnonymousUser) -> QuerySet[SessionVersion]:
    """The versions that counted once a release was out, of its cycle.

    The latest of each session, and that one only if the reader may see it: not an older one in its place.
    """
    then = SessionVersion.objects.filter(session__cycle=release.cycle_id, release__number__lte=release.number)
    latest = then.order_by("session", "-release__number").distinct("session").values("pk")
    return SessionVersion.objects.filter(pk__in=latest).visible_to(user)


def visible_releases(user: User | AnonymousUser) -> QuerySet[ScheduleRelease]:
    """Releases that changed something this reader may see. One that did not is not there for them, note and all."""
    return ScheduleRelease.objects.filter(pk__in=SessionVersion.objects.visible_to(user).values("release"))


@dataclass(frozen=True)
class ReleaseCounts:
    """How many sessions a release added, changed and cancelled, of those the reader may see."""

    release: ScheduleRelease
    added: int = 0
    changed: int = 0
    reinstated: int = 0
    cancelled: int = 0
    postponed: int = 0


def counted(releases: Iterable[ScheduleRelease], user: User | AnonymousUser) -> list[ReleaseCounts]:
    """One query for all of them."""
    releases = list(releases)
    rows = (
        SessionVersion.objects.filter(release__in=releases)
        .visible_to(user)
        .order_by()
        .values_list("release", "change")
        .annotate(count=Count("pk"))
    )
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    for release, change, count in rows:
        numbers[release][change] = count
    return [ReleaseCounts(release, **numbers[release.pk]) for release in releases]


def still_visible(versions: Iterable[SessionVersion], user: User | AnonymousUser) -> set[int]:
    """Which of the sessions still have a page for this reader: what was public once may not be so now."""
    sessions = [version.session_id for version in versions]
    current = SessionVersion.objects.current().visible_to(user).filter(session__in=sessions)
    return set(current.values_list("session", flat=True))
