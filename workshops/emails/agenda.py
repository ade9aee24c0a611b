"""What people hear of their part in an agenda: who answers a presentation first, and whoever presents it."""

from collections.abc import Iterable, Sequence
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
from workshops.told import SUBJECT

RESPONDENT: Final = "agenda_respondent"
PRESENTER: Final = "agenda_presenter"
REPLACED: Final = gettext_noop("Somebody else does this now.")


@dataclass(frozen=True)
class Part:
    """One person's part in one point: they answer first, or present what somebody is going to answer."""

    kind: str
    version: SessionVersion
    item: AgendaItem
    user_id: int

    @property
    def pair(self) -> posts.Pair:
        return self.version.session_id, self.user_id

    @property
    def key(self) -> str:
        """Holds what makes it another piece of news: the point, the person, and for presenters who answers them."""
        about = f"{self.item.pk}:{self.item.respondent_id}" if self.kind == PRESENTER else f"{self.item.pk}"
        return f"{self.kind}:{self.version.session_id}:{about}:{self.user_id}"


def parts_of(session_ids: Iterable[int], *, now: datetime) -> list[Part]:
    """Who is to hear of their part in these sessions, published and not over; five queries.

    Those are the respondents, and the presenters of what they answer, as long as their posts concern them.
    `AgendaItem.presenters` of each item is known.
    """
    current = SessionVersion.objects.current().filter(session__in=list(session_ids)).select_related("session")
    versions = {one.session_id: one for one in current.defer("vevent") if one.is_planned}
    by_session: dict[int, list[AgendaItem]] = {}
    for item in AgendaItem.objects.filter(session__in=versions).with_people().order_by("session", "position"):
        by_session.setdefault(item.session_id, []).append(item)
    found: list[Part] = []
    for session_id, items in by_session.items():
        version = versions[session_id]
        known, answered = {item.pk: item for item in items}, answered_with(items)
        for item in items:
            if item.respondent_id is None or useful_until(version, item) <= now:
                continue
            found.append(Part(RESPONDENT, version, item, item.respondent_id))
            presenters = {one.pk for pk in answered[item.pk] for one in known[pk].presenters} - {item.respondent_id}
            found += [Part(PRESENTER, version, item, user) for user in sorted(presenters)]
    concerned = posts.still_hold({part.pair for part in found}, on=group_day(now)) if found else set()
    return [part for part in found if part.pair in concerned]


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
    kinds = OutgoingMail.objects.filter(kind__in=[RESPONDENT, PRESENTER], subject_type=SUBJECT)
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


def withdraw_parts(item_ids: Iterable[int]) -> int:
    """Take back what waits and tells of points that go off the agenda."""
    about = Q()
    for pk in item_ids:
        about |= Q(key__regex=rf"^[a-z_]+:\d+:{int(pk)}:")
    waiting = OutgoingMail.objects.filter(kind__in=[RESPONDENT, PRESENTER], status=OutgoingMail.Status.QUEUED)
    return mail.withdraw(waiting.filter(about), reason=REPLACED) if about else 0


def plan_parts(now: datetime) -> int:
    """Tell the parts of all sessions ahead: of a session that was published after its agenda was written, too."""
    ahead = SessionVersion.objects.current().planned().filter(session__agenda__respondent__isnull=False)
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
    return letters.write([(one, part.version, part.item, user, part.kind == RESPONDENT) for one, part, user in known])


KINDS = [
    mail.Kind(RESPONDENT, OutgoingMail.Priority.CHANGE, True, _still_true, _write, _("request for direct feedback")),
    mail.Kind(
        PRESENTER, OutgoingMail.Priority.CHANGE, True, _still_true, _write, _("who answers a presentation first")
    ),
]
