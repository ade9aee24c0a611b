"""What publishing would do, in plain words, before anybody presses the button."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.models import Cycle, Membership, group_day
from ogpgroup.models import OutgoingMail, User
from workshops import audience, diff, letters_shown, making, reviewing
from workshops.advice import advice_on_all
from workshops.audience import Expectation
from workshops.diff import PendingChange, Sentence
from workshops.letters_shown import NEWS, ShownLetter
from workshops.models import Participation, ScheduleRelease, Session, SessionVersion
from workshops.preparation import listed, member_cities, place_of, when_of
from workshops.reviewing import Reviews
from workshops.told import INVITATION, SUBJECT, Pair, heard, never_reached, not_yet_uninvited

MINUTE = timedelta(minutes=1)


@dataclass
class Told:
    """Whom the release of one change would write to."""

    invited: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    postponed: set[int] = field(default_factory=set)
    cancelled: set[int] = field(default_factory=set)
    uninvited: set[int] = field(default_factory=set)
    left_alone: set[int] = field(default_factory=set)  # also told of the change, if there is one

    @property
    def is_of_changes(self) -> bool:
        """Whether anybody is told of more than that they are invited."""
        return bool(self.lists().keys() - {"invited"})

    def lists(self) -> dict[str, set[int]]:
        """Each kind of mail that somebody gets, as `letters_shown.NEWS` calls them, and to whom it goes."""
        return {kind: people for kind in NEWS if (people := getattr(self, kind))}

    def sentences(self) -> dict[str, str]:
        """“12 people are invited.”, one for each kind of mail that somebody gets."""
        told = {
            "invited": ngettext("%(n)s person is invited.", "%(n)s people are invited.", len(self.invited)),
            "changed": ngettext(
                "%(n)s person is told of the change.", "%(n)s people are told of the change.", len(self.changed)
            ),
            "postponed": ngettext(
                "%(n)s person is told that it is postponed.",
                "%(n)s people are told that it is postponed.",
                len(self.postponed),
            ),
            "cancelled": ngettext(
                "%(n)s person is told of the cancellation.",
                "%(n)s people are told of the cancellation.",
                len(self.cancelled),
            ),
            "uninvited": ngettext(
                "%(n)s person is told that they are no longer expected.",
                "%(n)s people are told that they are no longer expected.",
                len(self.uninvited),
            ),
            "left_alone": ngettext(
                "%(n)s person is told that whom they sent has left the group.",
                "%(n)s people are told that whom they sent has left the group.",
                len(self.left_alone),
            ),
        }
        return {kind: told[kind] % {"n": len(people)} for kind, people in self.lists().items()}


@dataclass(frozen=True)
class PreviewItem:
    """One session of a release about to be published."""

    session: Session
    change: str
    kind: str
    sentences: list[Sentence]
    facts: list[dict[str, str]]  # of a session that nobody has heard of
    letters: list[tuple[str, ShownLetter]]  # each with the sentence that says how many people get it
    is_over: bool
    advice: list[str]

    @property
    def told(self) -> list[str]:
        return [sentence for sentence, _letter in self.letters]


@dataclass(frozen=True)
class Preview:
    """What pressing the button would do."""

    items: list[PreviewItem]
    fingerprint: str
    number: int
    people: int
    mails: int
    most_mails: int  # to one person
    settle_minutes: int  # that some of them wait for a correction


def preview(cycle: Cycle, *, now: datetime) -> Preview:
    """All pending changes of a cycle in plain words and whom they would be told to; constant queries, nothing written.

    See also `actions.publish_release`: a test holds this count against the mails it queues.
    """
    pending = diff.pending_changes(cycle)
    told = people_told(pending, now=now)
    names, reviewed = _names(pending), _reviewed(pending)
    cities = member_cities(is_demo=cycle.is_demo, now=now)
    advice = advice_on_all([change.session for change in pending], cities=cities, now=now)
    last = ScheduleRelease.objects.aggregate(last=Max("number"))["last"] or 0
    release = ScheduleRelease(cycle=cycle, number=last + 1, released_at=now)
    letters = letters_shown.of_release(
        [making.version_of(change, release=release) for change in pending],
        {change.session.pk: told[change.session.pk].lists() for change in pending},
        now=now,
    )
    mails = Counter(person for one in told.values() for people in one.lists().values() for person in people)
    return Preview(
        items=[
            PreviewItem(
                session=change.session,
                change=str(SessionVersion.Change(change.change).label),
                kind="good" if change.version is None or change.change == SessionVersion.Change.REINSTATED else "warm",
                sentences=_sentences(change, names, reviewed),
                facts=_facts(change.session, names, reviewed) if change.version is None else [],
                letters=[
                    (sentence, letters[change.session.pk, kind])
                    for kind, sentence in told[change.session.pk].sentences().items()
                ],
                is_over=not change.session.is_told(now),
                advice=advice.get(change.session.pk, []),
            )
            for change in pending
        ],
        fingerprint=diff.fingerprint(pending),
        number=release.number,
        people=len(mails),
        mails=mails.total(),
        most_mails=max(mails.values(), default=0),
        settle_minutes=settings.SETTLE // MINUTE if any(one.is_of_changes for one in told.values()) else 0,
    )


def people_told(pending: Sequence[PendingChange], *, now: datetime) -> dict[int, Told]:
    """Whom each change would write to, by session: those newly expected, those who know of it, those left out."""
    told: dict[int, Told] = defaultdict(Told)
    ahead = {change.session.pk: change for change in pending if change.session.is_told(now)}
    rules = [change.rule for change in ahead.values() if not change.session.is_cancelled]
    invited = [rule for rule in rules if rule.invites]
    named = {one.pair for one in audience.who(invited, on=group_day(now))}
    leavers = audience.leaving(rules, on=group_day(now))
    leaving = {one.pair for one in leavers}
    knowing, unaware, known = _knowing(ahead), _unaware(ahead), heard(ahead)
    # Who returns before they heard that they are not expected takes it that they always were.
    knowing |= {pair: True for pair in not_yet_uninvited(ahead) & named if known.last(*pair)}
    unreached = never_reached(knowing, known)
    outdated = {
        pk: known.outdated_by(pk, change.session, diff.draft_facts(change.session)) for pk, change in ahead.items()
    }
    members = _members(knowing, now=now)
    for (session_id, user_id), is_expected in knowing.items():
        change, pair = ahead[session_id], (session_id, user_id)
        is_unaware = pair in unreached or (pair in unaware and change.session.is_planned)
        may_see = user_id in members and change.session.visibility != Session.Visibility.INVITED
        news = _news(
            change,
            is_expected=is_expected,
            is_named=pair in named,
            is_leaving=pair in leaving,
            is_unaware=is_unaware,
            may_see=may_see,
        )
        is_of_facts = news in {"changed", "postponed", "cancelled"}
        if is_of_facts and known.knows_that_not(*pair, change.session):
            continue
        if is_of_facts and known.nothing_new(*pair, outdated[session_id]):
            continue
        if news == "changed" and known.may_know_it_all(*pair, outdated[session_id]):
            news = "invited"
        if news:
            getattr(told[session_id], news).add(user_id)
    for session_id, user_id in named - knowing.keys():
        told[session_id].invited.add(user_id)
    planned = [one for one in leavers if ahead[one.session_id].session.is_planned]
    staying = named | {pair for pair, is_expected in knowing.items() if is_expected} - leaving
    for session_id, user_id in _senders(planned) & staying:
        told[session_id].left_alone.add(user_id)
    return told


def _senders(leavers: Iterable[Expectation]) -> set[Pair]:
    """In whose place they were to come."""
    return {(one.session_id, one.sent_by) for one in leavers if one.sent_by}


def _news(
    change: PendingChange, *, is_expected: bool, is_named: bool, is_leaving: bool, is_unaware: bool, may_see: bool
) -> str:
    """Which list of `Told` somebody who is concerned already belongs to; none where they hear nothing."""
    if not is_expected and not is_named and not may_see:
        # Whoever comes at their own wish may not see it any more: it is hidden, or they have left.
        return "cancelled" if change.session.is_cancelled else "uninvited"
    if is_leaving:
        return "uninvited"
    if not change.session.is_planned:
        return "" if is_unaware else str(change.session.status)
    return "invited" if is_unaware or not is_expected and is_named else "changed"


def _members(knowing: Mapping[Pair, bool], *, now: datetime) -> set[int]:
    """Those of them who come at their own wish and belong to the group."""
    at_wish = {user_id for (_session, user_id), is_expected in knowing.items() if not is_expected}
    return set(Membership.objects.on(group_day(now)).filter(user__in=at_wish).values_list("user", flat=True))


def _knowing(session_ids: Iterable[int]) -> dict[Pair, bool]:
    """Whom a change concerns, and whether they are expected or come at their own wish; also who has left since."""
    rows = Participation.objects.involved().filter(
        session__in=list(session_ids), user__isnull=False, user__is_active=True
    )
    return {
        (session_id, user_id or 0): is_expected
        for session_id, user_id, is_expected in rows.values_list("session_id", "user_id", "expected")
    }


def _unaware(session_ids: Iterable[int]) -> set[Pair]:
    """Whose invitation has not gone yet: they get one with the new facts, or none if the session is cancelled."""
    waiting = OutgoingMail.objects.filter(kind=INVITATION, status=OutgoingMail.Status.QUEUED, unknown_count=0)
    about = waiting.filter(subject_type=SUBJECT, subject_id__in=list(session_ids))
    return {(session_id or 0, user_id or 0) for session_id, user_id in about.values_list("subject_id", "user_id")}


def _names(pending: Iterable[PendingChange]) -> Callable[[Iterable[int]], str]:
    """Names of the people expected by name, in drafts and in versions; one query."""
    wanted = set()
    for change in pending:
        wanted |= set(change.rule.people)
        wanted |= set(diff.version_facts(change.version)["people"]) if change.version else set()
    people = dict(User.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return lambda ids: ", ".join(sorted(people.get(pk, "") for pk in ids))


def _reviewed(pending: Iterable[PendingChange]) -> Callable[[Reviews], str]:
    """Names of what is reviewed, in drafts and in versions; a query for each kind of thing."""
    several = [reviewing.reviews_of(change.session) for change in pending]
    several += [change.version.reviews for change in pending if change.version]
    known = reviewing.resolved(several, reviewing.everything())
    return lambda reviews: "; ".join(known[one].name for one in reviews.items() if one in known)


def _sentences(
    change: PendingChange, names: Callable[[Iterable[int]], str], reviewed: Callable[[Reviews], str]
) -> list[Sentence]:
    """Old and new for a coordinator, who reads more than the public does: link to join, people, what is reviewed."""
    if change.version is None:
        return []
    old, new = diff.version_facts(change.version), diff.draft_facts(change.session)
    private = {
        "join_url": (old["join_url"], new["join_url"]),
        "people": (names(old["people"]), names(new["people"])),
        "reviews": (reviewed(old["reviews"]), reviewed(new["reviews"])),
    }
    told = diff.sentences(
        change.version, change.session, [name for name in change.fields if name not in private], facts=(old, new)
    )
    labels = {
        "join_url": _("Link to join"),
        "people": _("People expected by name"),
        "reviews": _("What it reviews"),
    }
    return told + [Sentence(labels[name], *private[name]) for name in private if name in change.fields]


def _facts(
    session: Session, names: Callable[[Iterable[int]], str], reviewed: Callable[[Reviews], str]
) -> list[dict[str, str]]:
    """What people will read of a session they have not heard of."""
    expected = [one.full_name for one in session.audience_cities.all()]
    expected += diff.role_names(session.audience_roles)
    expected += [one.name for one in session.audience_organizations.all()]
    expected += [names([person.pk]) for person in session.audience_people.all()]
    facts = [
        (_("When"), str(when_of(session))),
        (_("Where"), place_of(session)),
        (_("Kind"), session.get_kind_display()),
        (_("Link to join"), session.join_url),
        (_("Seats in the room"), session.seats_in_person or ""),
        (_("Places on the line"), session.seats_remote or ""),
        (_("What it is for"), session.purpose),
        (_("What to bring"), session.bring),
        (_("What will be decided"), session.decisions),
        (_("What it reviews"), reviewed(reviewing.reviews_of(session))),
        (_("Who may see it"), session.get_visibility_display()),
        (
            _("Who is expected"),
            listed(expected) if session.audience == Session.Audience.CHOSEN else session.get_audience_display(),
        ),
    ]
    return [{"label": label, "value": str(value)} for label, value in facts if value]
