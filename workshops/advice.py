"""What a coordinator should look at again before publishing, in sentences that say why; nothing here stops anybody."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays
from django.db.models import Count
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from actionplans.models import Deliverable
from cities.models import City, Membership, group_day
from ogpgroup import dates
from workshops import clock_rules
from workshops.clashes import Clash, clashes_of
from workshops.models import Participation, Session, SessionBase
from workshops.models.seats import seats_of, ways_to_come
from workshops.preparation import hours_in, listed

# Longer than `USUAL_LENGTH` is more often a slip of the keyboard than a session.
WEEKEND = (5, 6)
TAKEN = (Participation.Place.HELD, Participation.Place.OFFERED)
USUAL_LENGTH = timedelta(hours=12)


@dataclass(frozen=True)
class _Due:
    """A deliverable that a session is to review and that nobody has handed in yet."""

    title: str
    due_on: date


def advice_on(session: Session, *, cities: Iterable[City], now: datetime) -> list[str]:
    """The advice on one draft. See also `advice_on_all`."""
    return advice_on_all([session], cities=cities, now=now).get(session.pk, [])


def advice_on_all(sessions: Sequence[Session], *, cities: Iterable[City], now: datetime) -> dict[int, list[str]]:
    """The advice on each of these drafts, by session; a constant number of queries. Expects `complete` ones."""
    planned = [session for session in sessions if session.is_planned]
    clashes, due, invited = clashes_of(planned, on=group_day(now)), _awaited(planned), _invited(planned, cities, now)
    taken = _taken(planned)
    return {
        session.pk: [
            *_on_clock(session, now),
            *_on_clashes(clashes.get(session.pk, [])),
            *_on_day(session, now),
            *_on_notice(session, now),
            *_on_hours(session, invited[session.pk]),
            *_on_reading(session, due),
            *_on_place(session),
            *_on_seats(session, taken),
        ]
        for session in planned
    }


def _invited(sessions: Iterable[Session], cities: Iterable[City], now: datetime) -> Mapping[int, list[City]]:
    """Of these cities, those from which each session expects somebody, as far as its rule tells; one query.

    A role may be held anywhere.
    """
    sessions, cities = list(sessions), list(cities)
    named = {person.pk for session in sessions for person in session.audience_people.all()}
    homes = defaultdict(set)
    members = Membership.objects.on(group_day(now)).filter(user__in=named)
    for person, city in members.values_list("user", "organization__city") if named else ():
        homes[person].add(city)
    invited = {}
    for session in sessions:
        meant: set[int | None] = {city.pk for city in session.audience_cities.all()}
        meant |= {organization.city_id for organization in session.audience_organizations.all()}
        meant = meant.union(*(homes[person.pk] for person in session.audience_people.all()))
        is_any = session.audience == SessionBase.Audience.EVERYBODY or bool(session.audience_roles)
        invited[session.pk] = [city for city in cities if is_any or city.pk in meant]
    return invited


def _on_clock(session: Session, now: datetime) -> list[str]:
    asked = clock_rules.asked_of(session, now=now)
    return [asked.sentence] if asked else []


def _on_clashes(clashes: Iterable[Clash]) -> list[str]:
    return [sentence for clash in clashes for sentence in clash.sentences(listed)]


def _awaited(sessions: Iterable[Session]) -> Mapping[int, _Due]:
    """What is to be reviewed and not handed in; one query."""
    ids = {session.reviews_deliverable_id for session in sessions if session.reviews_deliverable_id}
    waiting = Deliverable.objects.waiting().filter(pk__in=ids) if ids else Deliverable.objects.none()
    return {pk: _Due(title, due_on) for pk, title, due_on in waiting.values_list("pk", "title", "due_on")}


def _on_hours(session: Session, cities: Iterable[City]) -> list[str]:
    advice = []
    for hours in hours_in(cities, session):
        if hours.is_unusual:
            told = {"cities": hours.cities, "hour": dates.spoken_hour(hours.begins)}
            advice.append(_("In %(cities)s it begins at %(hour)s, outside usual working hours.") % told)
        elif hours.ends_late:
            told = {"cities": hours.cities, "hour": dates.spoken_hour(hours.ends)}
            advice.append(_("In %(cities)s it ends at %(hour)s, outside usual working hours.") % told)
    if session.starts_at and session.ends_at and session.ends_at - session.starts_at > USUAL_LENGTH:
        advice.append(_("It lasts longer than twelve hours. Please look at the end again."))
    return advice


def _on_day(session: Session, now: datetime) -> list[str]:
    advice = []
    if session.last_instant() <= now:
        advice.append(_("This date is past: publishing it tells nobody."))
    if not session.cycle.starts_on <= session.local_day <= session.cycle.ends_on:
        advice.append(
            _("The date lies outside the cycle, which goes from %(first)s to %(last)s.")
            % {
                "first": dates.spoken_day(session.cycle.starts_on, weekday=False),
                "last": dates.spoken_day(session.cycle.ends_on, weekday=False),
            }
        )
    for day in _days_of(session):
        if day.weekday() in WEEKEND:
            advice.append(_("%(day)s is not a working day.") % {"day": _capital(dates.spoken_day(day, weekday=True))})
        if name := public_holiday(day):
            advice.append(
                _("%(day)s is a public holiday in Mexico: %(name)s.")
                % {"day": _capital(dates.spoken_day(day, weekday=True)), "name": name}
            )
    return advice


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _days_of(session: SessionBase) -> list[date]:
    """Each day on which it goes on, where it takes place; of a long one the first week."""
    first = session.local_day
    last = (session.last_instant() - timedelta(microseconds=1)).astimezone(session.zone).date()
    return [first + timedelta(days=number) for number in range(min((last - first).days, 6) + 1)]


def public_holiday(day: date) -> str:
    """What is celebrated in all of Mexico on that day, in the reader's language; nothing on most days."""
    return _holidays(day.year, get_language() or "").get(day, "")


@lru_cache(maxsize=64)
def _holidays(year: int, language: str) -> dict[date, str]:
    words = "en_US" if language.startswith("en") else "es"
    return dict(holidays.country_holidays("MX", years=year, language=words).items())


def _on_notice(session: Session, now: datetime) -> list[str]:
    """Fewer days than the cycle promises, for a date that nobody knows yet; who knows the date already had theirs.

    Days are those of the calendar where it takes place, as people count them.
    """
    version = session.current_version
    is_known = version is not None and version.is_planned and version.reminder_start() == session.reminder_start()
    days = max((session.local_day - now.astimezone(session.zone).date()).days, 0)
    promised = session.cycle.notice_days
    if is_known or session.last_instant() <= now or days >= promised:
        return []
    told = ngettext(
        "Less notice than the group promised: %(n)s of %(promised)s day.",
        "Less notice than the group promised: %(n)s of %(promised)s days.",
        promised,
    )
    return [told % {"n": days, "promised": promised}]


def _on_reading(session: Session, due: Mapping[int, _Due]) -> list[str]:
    """A deliverable that comes too late to be read before the session."""
    one = due.get(session.reviews_deliverable_id or 0)
    if one is None or one.due_on < session.local_day:
        return []
    when = {"title": one.title, "day": dates.spoken_day(one.due_on, weekday=False)}
    return [_("It is to review “%(title)s”, which is due on %(day)s: nobody can read it before.") % when]


def _on_place(session: Session) -> list[str]:
    advice = []
    if session.mode != SessionBase.Mode.FACE_TO_FACE and not session.join_url:
        advice.append(_("There is no link to join yet. It can follow in a later version."))
    if session.city and session.starts_at and not _same_clock(session.city.time_zone, session.time_zone, session):
        advice.append(
            _("It takes place in %(city)s, but its hours are given in %(zone)s time.")
            % {"city": session.city.name, "zone": dates.spoken_zone(session.time_zone)}
        )
    return advice


def _taken(sessions: Iterable[Session]) -> Mapping[tuple[int, str], int]:
    """How many seats are held or offered of each session, by the way people come; one query."""
    rows = Participation.objects.filter(session__in=[session.pk for session in sessions], place__in=TAKEN)
    counts = rows.order_by().values_list("session", "comes_by").annotate(Count("pk"))
    return {(session, way): number for session, way, number in counts}


def _on_seats(session: Session, taken: Mapping[tuple[int, str], int]) -> list[str]:
    """Fewer seats than are taken, where that is not published yet: it does not do what one might expect."""
    advice, version, ways = [], session.current_version, ways_to_come(session)
    for way in ways:
        seats, number = seats_of(session, way), taken.get((session.pk, way), 0)
        if seats is None or number <= seats or (version is not None and seats_of(version, way) == seats):
            continue
        told = ngettext(
            "%(taken)s person has a seat or an offer; with %(seats)s nobody loses theirs, and nobody else gets one.",
            "%(taken)s people have a seat or an offer; with %(seats)s nobody loses theirs, and nobody else gets one.",
            number,
        ) % {"taken": number, "seats": seats}
        advice.append(f"{_capital(str(way.label))}: {told}" if len(ways) > 1 else told)
    return advice


def _same_clock(one: str, other: str, session: SessionBase) -> bool:
    assert session.starts_at is not None
    here, there = (session.starts_at.astimezone(dates.zone_info(zone)).utcoffset() for zone in (one, other))
    return here == there
