"""What is still missing at sessions: before them, so that nobody finds out in the hall, and until they are wound up.

The one place that knows it, for the page of a session and for what waits at coordination. What a coordinator should
look at before publishing a date is in `workshops.advice`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.models import group_day
from workshops import posts
from workshops.agenda import agenda
from workshops.models import AgendaItem, Correction, Minutes, NotNeeded, Session, SessionBase, TableNote, WorkTable
from workshops.preparation import listed
from workshops.reports.agenda import room_in_words

# Whoever comes should read the agenda so long before.
AGENDA_EXPECTED: Final = timedelta(days=7)
# What is missing at a session that is nearer waits at coordination.
AT_HAND: Final = timedelta(days=14)


@dataclass(frozen=True)
class Gap:
    """One thing that is missing at a session: what, where it is mended, and by when if it has a day.

    `key` says what is missing, so that a coordinator may put it aside for this session; what somebody waits for, a late
    note or a correction to be decided, has none. `aside` is who put it aside, and when.
    """

    what: str
    href: str
    due_on: date | None = None
    key: str = ""
    aside: NotNeeded | None = None


def wanting(now: datetime) -> QuerySet[Session]:
    """Sessions at which something may be missing that cannot wait: those at hand, and those that are not wound up."""
    at_hand = Q(
        current_version__status=SessionBase.Status.PLANNED,
        current_version__begins_at__lte=now + AT_HAND,
        current_version__finishes_at__gt=now,
    )
    notes = TableNote.objects.awaiting().filter(table__session=OuterRef("pk"))
    minutes = Minutes.objects.exclude(status=Minutes.Status.APPROVED).filter(session=OuterRef("pk"))
    return Session.objects.filter(at_hand | Exists(notes) | Exists(minutes)).in_order()


def gaps_at(sessions: Sequence[Session], *, now: datetime) -> dict[int, list[Gap]]:
    """What is missing at each of these sessions, also what was put aside, by session; a constant number of queries."""
    ahead = [session for session in sessions if session.is_planned and session.last_instant() > now]
    before = [*_agendas(ahead, now), *_declined(ahead, now), *_tables(ahead)]
    found = defaultdict[int, list[Gap]](list)
    aside = NotNeeded.objects.standing().filter(session__in=[one.pk for one in sessions]).select_related("said_by")
    known = {(one.session_id, one.gap): one for one in aside}
    for session_id, gap in [*before, *_notes(sessions), *_minutes(sessions, now)]:
        found[session_id].append(replace(gap, aside=known.get((session_id, gap.key))))
    return dict(found)


def missing_at(sessions: Sequence[Session], *, now: datetime) -> dict[int, list[Gap]]:
    """What is missing and needed; as `gaps_at`."""
    found = gaps_at(sessions, now=now)
    return {session_id: [gap for gap in gaps if gap.aside is None] for session_id, gaps in found.items()}


type Found = list[tuple[int, Gap]]


def _agendas(sessions: Iterable[Session], now: datetime) -> Found:
    """Agendas that nobody can read yet shortly before, and those that do not fit since the session was shortened."""
    items = _by_session(AgendaItem.objects.filter(session__in=[one.pk for one in sessions]))
    found = []
    for session in sessions:
        href = reverse("workshops:agenda_edit", args=[session.slug])
        written = agenda(session, items.get(session.pk, []))
        if session.agenda_published_at is None and session.first_instant() <= now + AGENDA_EXPECTED:
            what = _("The agenda is not published yet.") if written else _("There is no agenda yet.")
            found.append((session.pk, Gap(what, href, key="agenda unpublished" if written else "no agenda")))
        if written.over:
            found.append((session.pk, Gap(room_in_words(written), href, key=f"over by {written.over}")))
    return found


def _by_session(items: Iterable[AgendaItem]) -> Mapping[int, list[AgendaItem]]:
    found = defaultdict[int, list[AgendaItem]](list)
    for item in items:
        found[item.session_id].append(item)
    return found


def _declined(sessions: Iterable[Session], now: datetime) -> Found:
    """Posts whose holder has said that they do not come."""
    declined = posts.declined([one.pk for one in sessions], now=now)
    found = []
    for held, user in declined:
        key = f"declined {held.post.field} {held.row.pk} {user.pk}"
        found.append((held.session.pk, Gap(held.declined_by(user), held.url, key=key)))
    return found


def _tables(sessions: Iterable[Session]) -> Found:
    """Tables at which nobody writes."""
    alone = WorkTable.objects.filter(session__in=[one.pk for one in sessions])
    alone = alone.filter(rapporteur__isnull=True, co_rapporteurs__isnull=True)
    numbers = defaultdict[int, list[int]](list)
    for session_id, number in alone.order_by("number").values_list("session", "number"):
        numbers[session_id].append(number)
    return [(one.pk, _without_rapporteur(one, numbers[one.pk])) for one in sessions if one.pk in numbers]


def _without_rapporteur(session: Session, numbers: Sequence[int]) -> Gap:
    what = ngettext(
        "Nobody takes the notes at table %(numbers)s.", "Nobody takes the notes at tables %(numbers)s.", len(numbers)
    ) % {"numbers": listed([str(number) for number in numbers])}
    key = f"nobody writes at {','.join(map(str, numbers))}"[:200]
    if len(numbers) == 1:
        return Gap(what, reverse("workshops:table_edit", args=[session.slug, numbers[0]]), key=key)
    return Gap(what, reverse("workshops:tables", args=[session.slug]), key=key)


def _notes(sessions: Iterable[Session]) -> Found:
    """Notes that came late, table by table: they do not count before somebody says so."""
    notes = TableNote.objects.awaiting().filter(table__session__in=[one.pk for one in sessions]).order_by()
    rows = notes.values_list("table__session", "table__session__slug", "table__number").annotate(Count("pk"))
    found = []
    for session_id, slug, number, count in rows.order_by("table__session", "table__number"):
        what = ngettext(
            "%(count)s late note of table %(number)s waits for a decision.",
            "%(count)s late notes of table %(number)s wait for a decision.",
            count,
        ) % {"count": count, "number": number}
        found.append((session_id, Gap(what, reverse("workshops:table", args=[slug, number]))))
    return found


def _minutes(sessions: Iterable[Session], now: datetime) -> Found:
    """Corrections that nobody has decided, and minutes that nothing keeps from being approved."""
    standing = Minutes.objects.exclude(status=Minutes.Status.APPROVED).filter(session__in=[one.pk for one in sessions])
    open_ones = list(standing.select_related("session"))
    undecided = Correction.objects.filter(minutes__in=open_ones, decision="").order_by().values_list("minutes")
    counts, found = dict(undecided.annotate(Count("pk"))), []
    for minutes in open_ones:
        href = minutes.get_absolute_url()
        if count := counts.get(minutes.pk):
            gap = Gap(corrections_in_words(count), f"{href}#corrections", minutes.correct_by)
            found.append((minutes.session_id, gap))
        elif minutes.status == Minutes.Status.IN_CORRECTION and not minutes.takes_corrections(group_day(now)):
            found.append((minutes.session_id, Gap(_("The minutes can be approved."), href, key="minutes to approve")))
    return found


def corrections_in_words(count: int) -> str:
    """How many corrections of minutes wait."""
    return ngettext(
        "%(count)s correction of the minutes waits for a decision.",
        "%(count)s corrections of the minutes wait for a decision.",
        count,
    ) % {"count": count}
