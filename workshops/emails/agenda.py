"""What people hear of their part in an agenda: who presents, who answers first, and who was asked and no longer is."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cities.models import group_day
from ogpgroup import mail
from ogpgroup.dates import zone_info
from ogpgroup.models import OutgoingMail, User
from workshops import letters_of_agendas as letters
from workshops import posts
from workshops.agenda import answered_with
from workshops.models import AgendaItem, SessionVersion
from workshops.told import PERHAPS_READ, SUBJECT

RESPONDENT: Final = "agenda_respondent"
PRESENTER: Final = "agenda_presenter"
RELEASED: Final = "agenda_released"
NAMES: Final = (RESPONDENT, PRESENTER, RELEASED)
REPLACED: Final = gettext_noop("Somebody else does this now.")


@dataclass(frozen=True)
class Part:
    """One person's part in one point: they answer first, present, or were told that they answer first and do not.

    `number` counts how often they were released from it before: who is asked anew is told anew.
    """

    kind: str
    version: SessionVersion
    item: AgendaItem
    user_id: int
    number: int = 0

    @property
    def pair(self) -> posts.Pair:
        return self.version.session_id, self.user_id

    @property
    def key(self) -> str:
        """Holds what makes it another piece of news: the point, the person, and for presenters who answers them."""
        about = f"{self.item.pk}:{self.item.respondent_id}" if self.kind == PRESENTER else f"{self.item.pk}"
        again = f":{self.number}" if self.number else ""
        return f"{self.kind}:{self.version.session_id}:{about}:{self.user_id}{again}"


def parts_of(session_ids: Iterable[int], *, now: datetime) -> list[Part]:
    """Who is to hear of their part in these sessions, published and not over; seven queries.

    Those are the respondents, whoever presents, and who is no longer asked, as long as their posts concern them.
    `AgendaItem.presenters` of each item is known.
    """
    current = SessionVersion.objects.current().filter(session__in=list(session_ids)).select_related("session")
    versions = {one.session_id: one for one in current.defer("vevent") if one.is_planned}
    by_session: dict[int, list[AgendaItem]] = {}
    for item in AgendaItem.objects.filter(session__in=versions).with_people().order_by("session", "position"):
        by_session.setdefault(item.session_id, []).append(item)
    released = _numbers_of_releases(versions)
    found: list[Part] = []
    for session_id, items in by_session.items():
        found += _parts_in(versions[session_id], items, released, now)
    found += _released({part.key for part in found}, versions, by_session, now)
    concerned = posts.still_hold({part.pair for part in found}, on=group_day(now)) if found else set()
    return [part for part in found if part.pair in concerned]


def _parts_in(
    version: SessionVersion, items: Sequence[AgendaItem], released: Mapping[tuple[int, int], int], now: datetime
) -> list[Part]:
    """In one agenda. Who presents is told once: by whom they are answered, or else that they present."""
    found: list[Part] = []
    known, answered, told = {item.pk: item for item in items}, answered_with(items), set[int]()
    for item in items:
        if item.respondent_id is None or useful_until(version, item) <= now:
            continue
        number = released.get((item.pk, item.respondent_id), 0)
        found.append(Part(RESPONDENT, version, item, item.respondent_id, number))
        told |= answered[item.pk]
        presenters = {one.pk for pk in answered[item.pk] for one in known[pk].presenters} - {item.respondent_id}
        found += [Part(PRESENTER, version, item, user) for user in sorted(presenters)]
    alone = [item for item in items if item.pk not in told and version.finishes_at > now]
    return found + [Part(PRESENTER, version, item, one.pk) for item in alone for one in item.presenters]


def _numbers_of_releases(versions: Iterable[int]) -> dict[tuple[int, int], int]:
    """How often somebody has heard that a point is no longer theirs to answer, by point and person; one query."""
    gone = OutgoingMail.objects.filter(kind=RELEASED, subject_type=SUBJECT, subject_id__in=versions)
    return Counter(_about(key) for key in gone.filter(status__in=PERHAPS_READ).values_list("key", flat=True))


def _released(
    current: Collection[str],
    versions: Mapping[int, SessionVersion],
    items: Mapping[int, Sequence[AgendaItem]],
    now: datetime,
) -> list[Part]:
    """Who was told to answer a point first and is no longer asked; of a point off the agenda no title is left."""
    told = OutgoingMail.objects.filter(
        kind=RESPONDENT, subject_type=SUBJECT, subject_id__in=versions, user__isnull=False
    )
    told = told.filter(status__in=PERHAPS_READ, useful_until__gt=now).exclude(key__in=current)
    known = {item.pk: item for some in items.values() for item in some}
    found = []
    for session_id, key in told.values_list("subject_id", "key"):
        point, person = _about(key)
        item = known.get(point) or AgendaItem(pk=point, session_id=session_id or 0)
        number = int((key.split(":") + ["0"])[4])
        found.append(Part(RELEASED, versions[session_id or 0], item, person, number))
    return found


def _about(key: str) -> tuple[int, int]:
    """The point and the person of mail to respondents; see `Part.key`."""
    point, person = key.split(":")[2:4]
    return int(point), int(person)


def useful_until(version: SessionVersion, item: AgendaItem) -> datetime:
    """The end of the session, or of the day by which the feedback is due."""
    if item.response_due_on is None:
        return version.finishes_at
    return max(version.finishes_at, _end_of(item.response_due_on, version.time_zone))


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone_info(zone))


def tell_parts(session_ids: Iterable[int], *, now: datetime) -> int:
    """Queue what people have not been told of their parts, and take back what waits and is no longer so.

    Guarantees by the key that nobody hears the same twice. Who gets a part back before the news of it went, hears of it
    after all. Returns how many mails are new.
    """
    session_ids = list(session_ids)
    parts = {part.key: part for part in parts_of(session_ids, now=now)}
    kinds = OutgoingMail.objects.filter(kind__in=NAMES, subject_type=SUBJECT)
    mine = kinds.filter(subject_id__in=session_ids)
    queued = mine.filter(status=OutgoingMail.Status.QUEUED)
    mail.withdraw(queued.exclude(key__in=parts), reason=REPLACED)
    mine.filter(status=OutgoingMail.Status.WITHDRAWN, server_reply=REPLACED, key__in=parts).update(
        status=OutgoingMail.Status.QUEUED, server_reply="", rendered=None, headline=""
    )
    people = User.objects.filter(is_active=True).in_bulk({part.user_id for part in parts.values()})
    return mail.enqueue(_row(part, people[part.user_id], now=now) for part in parts.values() if part.user_id in people)


def _row(part: Part, user: User, *, now: datetime) -> OutgoingMail:
    return OutgoingMail(
        key=part.key,
        kind=part.kind,
        priority=OutgoingMail.Priority.CHANGE,
        user=user,
        recipient=user.email,
        subject_type=SUBJECT,
        subject_id=part.version.session_id,
        subject_version=part.version.sequence,
        due=now,
        useful_until=useful_until(part.version, part.item),
        is_demo=part.version.is_demo,
    )


def plan_parts(now: datetime) -> int:
    """Tell the parts of all sessions ahead: of a session that was published after its agenda was written, too."""
    ahead = SessionVersion.objects.current().planned().filter(session__agenda__isnull=False)
    soon = ahead.filter(Q(finishes_at__gt=now) | Q(session__agenda__response_due_on__gte=now.date()))
    return tell_parts(soon.values_list("session_id", flat=True).distinct(), now=now)


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """It holds while it is what would be told today."""
    keys = {part.key for part in parts_of({one.subject_id for one in mails if one.subject_id}, now=now)}
    return {one.pk for one in mails if one.key in keys and one.user is not None and one.user.is_active}


def _write(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    parts = {part.key: part for part in parts_of({one.subject_id for one in mails if one.subject_id}, now=now)}
    people = User.objects.in_bulk([one.user_id for one in mails if one.user_id])
    known = [(one, parts[one.key], people[one.user_id]) for one in mails if one.key in parts and one.user_id in people]
    return letters.write([(one, part.version, part.item, user) for one, part, user in known])


KINDS = [
    mail.Kind(RESPONDENT, OutgoingMail.Priority.CHANGE, True, _still_true, _write, _("request for direct feedback")),
    mail.Kind(
        PRESENTER,
        OutgoingMail.Priority.CHANGE,
        True,
        _still_true,
        _write,
        _("what somebody presents"),
    ),
    mail.Kind(
        RELEASED,
        OutgoingMail.Priority.CHANGE,
        True,
        _still_true,
        _write,
        _("no direct feedback asked any more"),
    ),
]
