"""What coordinators see of the schedule while they prepare it: states, answers, hours in the cities, advice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from babel.lists import format_list
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cities.models import City, Cycle, group_day
from ogpgroup import dates
from workshops import audience, diff
from workshops.diff import PendingChange
from workshops.models import Participation, Session, SessionBase, SessionVersion

# Outside these hours people are hardly at their desks; a coordinator is told, not stopped.
USUAL_HOURS = (time(8), time(20))


# --- State and answers ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """Where a draft stands against what is published, in words; the kind is the pill's."""

    label: str
    kind: str = ""


def state_of(session: Session, change: PendingChange | None) -> State:
    """What to call the difference between the draft and what everybody reads."""
    if session.current_version is None:
        if not session.is_planned:
            return State(_("cancelled before it was published"))
        return State(_("draft, not published yet"), "warm")
    if change is None:
        return _published(session)
    return State(
        {
            SessionVersion.Change.CANCELLED.value: _("cancellation not published"),
            SessionVersion.Change.POSTPONED.value: _("postponement not published"),
            SessionVersion.Change.REINSTATED.value: _("takes place after all, not published"),
        }.get(change.change, _("changes not published")),
        "warm",
    )


def _published(session: Session) -> State:
    if session.is_planned:
        return State(_("published"), "good")
    return State(_("cancellation published") if session.is_cancelled else _("postponed, waits for its new date"))


@dataclass(frozen=True)
class Answers:
    """How many people are expected at a session and what they said."""

    expected: int = 0
    yes: int = 0
    maybe: int = 0
    no: int = 0
    is_draft: bool = False  # nobody knows of the session yet

    @property
    def waiting(self) -> int:
        return self.expected - self.yes - self.maybe - self.no

    def __str__(self) -> str:
        if not self.expected:
            return _("nobody is expected")
        if self.is_draft:
            return ngettext(
                "%(expected)s person would be invited", "%(expected)s people would be invited", self.expected
            ) % {"expected": self.expected}
        counts = {"yes": self.yes, "maybe": self.maybe, "no": self.no, "expected": self.expected}
        if not (self.yes or self.maybe or self.no):
            return ngettext(
                "no answer yet from %(expected)s person", "no answer yet from %(expected)s people", self.expected
            ) % {"expected": self.expected}
        return _("%(yes)s yes, %(maybe)s maybe, %(no)s no, of %(expected)s") % counts


def answers_of(session_ids: Iterable[int]) -> dict[int, Answers]:
    """The answers of those expected, by session; one query."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Participation.objects.expected().filter(session__in=list(session_ids))
    for session_id, answer, number in rows.values_list("session_id", "answer").annotate(Count("pk")).order_by():
        counts[session_id][answer] = number
    return {
        session_id: Answers(
            expected=sum(given.values()), yes=given.get("yes", 0), maybe=given.get("maybe", 0), no=given.get("no", 0)
        )
        for session_id, given in counts.items()
    }


def answers_with_draft(session: Session, *, now: datetime) -> Answers:
    """The answers to a session, or how many people the draft would invite if nobody knows of it yet."""
    if session.current_version is not None:
        return answers_of([session.pk]).get(session.pk, Answers())
    would_be = audience.count([diff.rule_of(session)], on=group_day(now)).get(session.pk, 0)
    return Answers(expected=would_be, is_draft=True)


# --- The schedule as coordinators edit it -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One session of the drafts' page."""

    session: Session
    state: State
    when: dates.When
    published_when: dates.When | None  # where everybody still reads another time
    place: str
    answers: Answers


def rows_of(sessions: Sequence[Session], *, now: datetime) -> list[Row]:
    """`complete` sessions as rows, in their order; constant queries."""
    answers = answers_of(session.pk for session in sessions)
    unheard = [diff.rule_of(session) for session in sessions if session.current_version is None]
    would_be = audience.count(unheard, on=group_day(now))
    return [
        _row(
            session,
            Answers(expected=would_be.get(session.pk, 0), is_draft=True)
            if session.current_version is None
            else answers.get(session.pk, Answers()),
        )
        for session in sessions
    ]


def _row(session: Session, answers: Answers) -> Row:
    change, version = diff.pending_change(session), session.current_version
    moved = change is not None and version is not None and bool(diff.WHEN_FIELDS & set(change.fields))
    return Row(
        session=session,
        state=state_of(session, change),
        when=when_of(session),
        published_when=published_when(session, version) if moved and version else None,
        place=place_of(session),
        answers=answers,
    )


def when_of(session: SessionBase) -> dates.When:
    """When it takes place, by the clock of its own zone."""
    return dates.when(day=session.day, starts_at=session.starts_at, ends_at=session.ends_at, zone=session.time_zone)


def published_when(session: Session, version: SessionVersion) -> dates.When:
    """When everybody still reads that it takes place: what their mails and calendars say, if pages say it already."""
    when = when_of(version)
    return when if when != when_of(session) else diff.when_written(version)


def place_of(session: Session) -> str:
    if session.mode == SessionBase.Mode.REMOTE:
        return _("remote")
    return ", ".join(part for part in (session.venue, session.city.full_name if session.city else "") if part)


# --- Hours in the member cities ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CityHours:
    """The hours of a session on the clocks of some cities."""

    when: dates.When
    begins: datetime  # on those clocks
    ends: datetime
    names: list[str]

    @property
    def cities(self) -> str:
        return listed(self.names)

    @property
    def is_unusual(self) -> bool:
        first, last = USUAL_HOURS
        return not first <= self.begins.time() <= last

    @property
    def ends_late(self) -> bool:
        return self.ends.date() > self.begins.date() or self.ends.time() > USUAL_HOURS[1]


def member_cities(*, is_demo: bool, now: datetime) -> list[City]:
    """The cities whose clocks a session should suit: those of the group, fictitious ones for fictitious sessions."""
    return list(City.objects.in_group(group_day(now)).filter(is_demo=is_demo).by_name())


def hours_in(cities: Iterable[City], session: SessionBase) -> list[CityHours]:
    """The session's hours in each city, cities with the same clock together, earliest first."""
    if session.starts_at is None or session.ends_at is None:
        return []
    together: dict[tuple[str, str, str], CityHours] = {}
    for city in cities:
        told = dates.when(day=None, starts_at=session.starts_at, ends_at=session.ends_at, zone=city.time_zone)
        zone = dates.zone_info(city.time_zone)
        hours = CityHours(told, session.starts_at.astimezone(zone), session.ends_at.astimezone(zone), [])
        clock = together.setdefault((told.iso_start[:16], told.day, told.hours), hours)
        clock.names.append(city.name)
    return [clock for _key, clock in sorted(together.items())]


def listed(names: Sequence[str]) -> str:
    """“Colima, Mérida and Puebla”."""
    return format_list(list(names), locale="en" if (get_language() or "").startswith("en") else "es_MX")


def cycle_of_today(on: date, cycles: Sequence[Cycle]) -> Cycle | None:
    """Where work goes on: the cycle that runs, else the newest."""
    return next((cycle for cycle in cycles if cycle.starts_on <= on <= cycle.ends_on), cycles[0] if cycles else None)


def on_board(session: Session, *, now: datetime) -> str:
    """Where the session stands on its board, which shows past months only when asked."""
    this_month = group_day(now).replace(day=1)
    asked = "?past" if session.local_day < this_month <= session.cycle.ends_on else ""
    return f"{reverse('workshops:board', args=[session.cycle.slug])}{asked}#session-{session.pk}"
