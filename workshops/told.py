"""What each person has heard of a session: by mail that went or may have gone, and by answering on its page."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import Exists, OuterRef, Q

from ogpgroup.models import OutgoingMail, OutgoingMailQuerySet
from workshops import diff
from workshops.diff import Facts
from workshops.models import Participation, ScheduleRelease, SessionBase, SessionVersion

SUBJECT = "session"
INVITATION, CHANGE, CANCELLATION = "session_invitation", "session_change", "session_cancellation"
UNINVITATION, REMINDER = "session_uninvitation", "session_reminder"
SEAT_OFFER, SEAT_GIVEN = "session_seat_offer", "session_seat_given"
SEAT_WAITING, SEAT_LAPSED = "session_seat_waiting", "session_seat_lapsed"
SEATS = [SEAT_OFFER, SEAT_GIVEN, SEAT_WAITING, SEAT_LAPSED]
OF_A_DATE = [INVITATION, CHANGE, CANCELLATION, REMINDER]  # the kinds after which one knows when it is
OF_A_RELEASE = [INVITATION, CHANGE, CANCELLATION, UNINVITATION]  # the kinds that tell of a version

# Mail of these states went, or may have gone. A mail that waits may have gone as well, if an attempt ended unknown.
PERHAPS_READ = [OutgoingMail.Status.SENDING, OutgoingMail.Status.SENT, OutgoingMail.Status.UNKNOWN]

type Pair = tuple[int, int]  # session and person


@dataclass(frozen=True)
class Unmoved:
    """Somebody whom a release leaves the date that they know, and since when that date was published."""

    session_id: int
    user_id: int
    since: datetime


@dataclass(frozen=True)
class Heard:
    """The versions that each person may take for the present one, the newest last.

    Those are the last one they surely heard of, and what may have come since. `surely` are those who heard of one: a
    mail whose end nobody knows, and that is not repeated, may be all that the others were ever sent. `in_words` is the
    last version that a mail of a release surely told: who saw a later one on a page, or with a reminder, may not have
    noticed what is new.
    """

    versions: Mapping[Pair, list[SessionVersion]]
    surely: Set[Pair] = frozenset()
    in_words: Mapping[Pair, SessionVersion] = field(default_factory=dict)

    def last(self, session_id: int, user_id: int) -> SessionVersion | None:
        versions = self._of((session_id, user_id))
        return versions[-1] if versions else None

    def knows_that_not(self, session_id: int, user_id: int, new: SessionBase) -> bool:
        """Whether the person knows already that it is cancelled or postponed, as this version says again."""
        pair = (session_id, user_id)
        return not new.is_planned and pair in self.surely and all(old.status == new.status for old in self._of(pair))

    def outdated_by(self, session_id: int, new: SessionBase, facts: Facts) -> set[SessionVersion]:
        """The versions somebody may have heard of that read otherwise than this one, whose facts these are."""
        return {old for old in self._known[session_id] if diff.is_shown(old, new, facts=facts)}

    def nothing_new(self, session_id: int, user_id: int, outdated: Set[SessionVersion]) -> bool:
        """Whether the person surely heard of the session, and of no version that is outdated."""
        return (session_id, user_id) in self.surely and outdated.isdisjoint(self._of((session_id, user_id)))

    def may_know_it_all(self, session_id: int, user_id: int, outdated: Set[SessionVersion]) -> bool:
        """Whether the person may have heard of the session, and of no version that is outdated."""
        versions = self._of((session_id, user_id))
        return bool(versions) and outdated.isdisjoint(versions)

    def unmoved(self, versions: Iterable[SessionVersion], people: Iterable[Pair]) -> list[Unmoved]:
        """Those of the people who, of whatever they may have heard, know no other date than these versions have."""
        moved = {
            new.session_id: {old for old in self._known[new.session_id] if not new.is_on_the_date_of(old)}
            for new in versions
        }
        return [
            Unmoved(*pair, self._of(pair)[0].start_released_at)
            for pair in people
            if pair[0] in moved and self._of(pair) and moved[pair[0]].isdisjoint(self._of(pair))
        ]

    def _of(self, pair: Pair) -> list[SessionVersion]:
        return self.versions.get(pair, [])

    @cached_property
    def _known(self) -> Mapping[int, set[SessionVersion]]:
        """Of each session: thousands of people have heard of few versions."""
        known: dict[int, set[SessionVersion]] = defaultdict(set)
        for (session_id, _user), versions in self.versions.items():
            known[session_id].update(versions)
        return known


def heard(
    session_ids: Iterable[int], user_ids: Iterable[int] | None = None, *, kinds: Collection[str] = OF_A_DATE
) -> Heard:
    """What people heard of these sessions so far, by mails of these kinds and by answering; three queries."""
    session_ids = list(session_ids)
    people = {} if user_ids is None else {"user__in": list(user_ids)}
    known = SessionVersion.objects.filter(session__in=session_ids).select_related("release", "session")
    versions: dict[int, list[SessionVersion]] = defaultdict(list)
    for version in known.defer("vevent").order_by("session", "sequence"):
        versions[version.session_id].append(version)
    mailed = _by_mail(session_ids, people, kinds)
    answered = _by_answer(session_ids, people, versions)
    told: dict[Pair, list[SessionVersion]] = {}
    in_words: dict[Pair, SessionVersion] = {}
    for pair in mailed.keys() | answered.keys():
        one = mailed[pair].joined(answered[pair])
        numbers = {number for number in one.perhaps if number > one.surely} | {one.surely}
        told[pair] = [version for version in versions[pair[0]] if version.sequence in numbers]
        for version in versions[pair[0]]:
            if version.sequence == one.in_words:
                in_words[pair] = version
    surely = {pair for pair in told if max(mailed[pair].surely, answered[pair].surely) > NEVER}
    return Heard(told, surely, in_words)


def mails_of(release: ScheduleRelease) -> OutgoingMailQuerySet:
    """What tells of the versions of a release, whatever became of it."""
    told = release.versions.filter(session=OuterRef("subject_id"), sequence=OuterRef("subject_version"))
    mails = OutgoingMail.objects.filter(Exists(told), subject_type=SUBJECT, kind__in=OF_A_RELEASE)
    # Named once more, so that the database looks at the mails of these sessions alone.
    return mails.filter(subject_id__in=list(release.versions.values_list("session", flat=True)))


def never_reached(pairs: Iterable[Pair], heard: Heard) -> set[Pair]:
    """Those of them who were to be invited and have heard of nothing, whatever became of it; one query, if any.

    Who was never to be invited, as by a release that tells nobody, may know of the session all the same.
    """
    unheard = {pair for pair in pairs if heard.last(*pair) is None}
    if not unheard:
        return set()
    sessions, users = {session_id for session_id, _user in unheard}, {user_id for _session, user_id in unheard}
    mails = OutgoingMail.objects.filter(
        subject_type=SUBJECT, subject_id__in=sessions, user__in=users, kind=INVITATION
    ).values_list("subject_id", "user_id")
    return unheard & {(session_id or 0, user_id or 0) for session_id, user_id in mails}


def not_yet_uninvited(session_ids: Iterable[int]) -> set[Pair]:
    """For whom it waits that they are no longer expected, and who was never told so before; one query."""
    mails = OutgoingMail.objects.filter(
        subject_type=SUBJECT, subject_id__in=list(session_ids), kind=UNINVITATION, user__isnull=False
    )
    waiting, told = set(), set()
    for session_id, user_id, status, unknown in mails.values_list("subject_id", "user_id", "status", "unknown_count"):
        pair = (session_id or 0, user_id or 0)
        if status in PERHAPS_READ or unknown:
            told.add(pair)
        elif status == OutgoingMail.Status.QUEUED:
            waiting.add(pair)
    return waiting - told


NEVER = -1  # less than any sequence


@dataclass
class _Known:
    """Of one person and one session, by their sequence: the last version surely heard, in words, and perhaps."""

    surely: int = NEVER
    in_words: int = NEVER
    perhaps: set[int] = field(default_factory=set)

    def joined(self, other: "_Known") -> "_Known":
        return _Known(max(self.surely, other.surely), max(self.in_words, other.in_words), self.perhaps | other.perhaps)


def _by_mail(
    session_ids: list[int], people: Mapping[str, list[int]], kinds: Collection[str]
) -> defaultdict[Pair, _Known]:
    """What each person was told, surely where the mail was accepted."""
    mails = OutgoingMail.objects.filter(
        Q(status__in=PERHAPS_READ) | Q(unknown_count__gt=0),
        subject_type=SUBJECT,
        subject_id__in=session_ids,
        kind__in=kinds,
        **people,
    )
    known: defaultdict[Pair, _Known] = defaultdict(_Known)
    columns = ("subject_id", "user_id", "subject_version", "status", "kind")
    for session_id, user_id, number, status, kind in mails.values_list(*columns):
        one = known[session_id or 0, user_id or 0]
        if status != OutgoingMail.Status.SENT:
            one.perhaps.add(number)
            continue
        one.surely = max(number, one.surely)
        if kind in OF_A_RELEASE:
            one.in_words = max(number, one.in_words)
    return known


def _by_answer(
    session_ids: list[int], people: Mapping[str, list[int]], versions: Mapping[int, list[SessionVersion]]
) -> defaultdict[Pair, _Known]:
    """The version that each person saw when they answered.

    On a page that was the one that counted. Who answers by calendar has the one that it names; who told a coordinator,
    on the telephone perhaps, may have been told what is so.
    """
    answers = Participation.objects.filter(session__in=session_ids, user__isnull=False, **people)
    answered = answers.filter(Q(answered_at__isnull=False) | Q(earlier_answered_at__isnull=False))
    known: defaultdict[Pair, _Known] = defaultdict(_Known)
    columns = ("session_id", "user_id", "answered_at", "earlier_answered_at", "answered_by", "said_sequence")
    for session_id, user_id, at, earlier_at, by, named in answered.values_list(*columns):
        there = versions[session_id]
        if named is not None:
            there = [version for version in there if version.sequence <= named]
        if (version := _current_at(there, at or earlier_at)) is None:
            continue
        one = known[session_id, user_id or 0]
        if by is not None:
            one.perhaps.add(version.sequence)
        else:
            one.surely = version.sequence
    return known


def _current_at(versions: list[SessionVersion], moment: datetime | None) -> SessionVersion | None:
    """The version that counted at a moment; the versions come in order."""
    if moment is None:
        return None
    number = bisect_right(versions, moment, key=lambda version: version.release.released_at)
    return versions[number - 1] if number else None
