"""The planning board: the drafts of a cycle as cards, month by month, beside what is published and what to look at."""

from calendar import SATURDAY, Calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cities.models import Cycle, group_day
from ogpgroup import dates
from workshops import clock_rules, diff, preparation
from workshops.advice import advice_on_all, public_holiday
from workshops.clock_rules import Asked
from workshops.models import Session
from workshops.preparation import State

# A cycle has a year or two; a slip in its dates must not draw a thousand columns.
MOST_MONTHS = 36


@dataclass(frozen=True)
class Card:
    """One draft on the board."""

    session: Session
    state: State
    when: dates.When
    published_when: dates.When | None  # where everybody still reads another time
    changed: list[str]  # what else differs from what everybody reads
    place: str
    advice: list[str]
    asked: Asked | None  # which hours count, where the clock rules changed
    series: str  # “3 of 8”; empty for a session of its own


@dataclass(frozen=True)
class Day:
    """One day of a month: what begins on it, and whether people are at work."""

    date: date
    cards: list[Card]
    holiday: str
    is_today: bool

    @property
    def is_free(self) -> bool:
        """Saturdays, Sundays and public holidays."""
        return bool(self.holiday) or self.date.weekday() >= SATURDAY

    @property
    def titles(self) -> str:
        return ", ".join(card.session.title for card in self.cards)


@dataclass(frozen=True)
class Month:
    """One column: its days as a small calendar, and its cards."""

    first: date
    name: str
    cards: list[Card]
    weeks: list[list[Day | None]]  # from Monday to Sunday; nothing where another month's days would stand
    is_past: bool

    @property
    def is_owed_a_date(self) -> bool:
        """Whether a session of it is postponed: it is not to be forgotten with the month."""
        return any(card.session.is_postponed for card in self.cards)

    @property
    def holidays(self) -> list[Day]:
        return [day for week in self.weeks for day in week if day and day.holiday]


def board_of(cycle: Cycle, *, now: datetime) -> list[Month]:
    """All drafts of a cycle under their months, empty months between them included; constant queries."""
    today = group_day(now)
    sessions = list(diff.complete(Session.objects.filter(cycle=cycle)).in_order())
    cities = preparation.member_cities(is_demo=cycle.is_demo, now=now)
    advice, places = advice_on_all(_ahead(sessions, now), cities=cities, now=now), _places_in_series(sessions)
    cards: dict[date, list[Card]] = defaultdict(list)
    for session in sessions:
        asked = clock_rules.asked_of(session, now=now)
        card = _card(session, advice.get(session.pk, []), asked, places.get(session.pk, ""))
        cards[session.local_day.replace(day=1)].append(card)
    return [_month(first, cards[first], today) for first in _months(cycle, cards)]


def _month(first: date, cards: list[Card], today: date) -> Month:
    on: dict[date, list[Card]] = defaultdict(list)
    for card in cards:
        on[card.session.local_day].append(card)
    weeks = [
        [
            Day(day, on.get(day, []), public_holiday(day), day == today) if day.month == first.month else None
            for day in week
        ]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    return Month(first, dates.spoken_month(first), cards, weeks, is_past=first < today.replace(day=1))


def _ahead(sessions: Iterable[Session], now: datetime) -> list[Session]:
    """What is over needs no advice."""
    return [session for session in sessions if not session.is_over(now)]


def _months(cycle: Cycle, used: Iterable[date]) -> list[date]:
    """The first days of the cycle's months, and of those in which something stands all the same."""
    month, last, months = cycle.starts_on.replace(day=1), cycle.ends_on, set(used)
    for _number in range(MOST_MONTHS):
        if month > last:
            break
        months.add(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return sorted(months)


def _places_in_series(sessions: Sequence[Session]) -> dict[int, str]:
    """“3/8” for the third of eight occurrences, in the order of their days."""
    by_series: dict[object, list[int]] = defaultdict(list)
    for session in sessions:
        if session.series:
            by_series[session.series].append(session.pk)
    return {
        pk: f"{number}/{len(occurrences)}"
        for occurrences in by_series.values()
        for number, pk in enumerate(occurrences, start=1)
        if len(occurrences) > 1
    }


def _card(session: Session, advice: list[str], asked: Asked | None, series: str) -> Card:
    change, version = diff.pending_change(session), session.current_version
    fields = set(change.fields) if change and version else set()
    others = [field for field in fields - diff.WHEN_FIELDS if field not in {"status", "cancel_reason"}]
    return Card(
        session=session,
        state=preparation.state_of(session, change),
        when=preparation.when_of(session),
        published_when=preparation.published_when(session, version) if version and fields & diff.WHEN_FIELDS else None,
        changed=[diff.label_of(field) for field in sorted(others)],
        place=preparation.place_of(session),
        advice=advice,
        asked=asked,
        series=series,
    )
