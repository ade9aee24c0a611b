"""Who and what would be in two places at once: drafts whose hours overlap, compared by what they share."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.models import City, Membership
from ogpgroup.models import User
from workshops import audience, posts
from workshops.attendance import fold
from workshops.audience import Rule
from workshops.models import Session

ANY_ZONE = timedelta(days=1)  # a date elsewhere may be a day off


@dataclass
class _Held:
    """One of the sessions at a time, with what is there."""

    session: Session
    people: set[int] = field(default_factory=set)
    cities: set[int] = field(default_factory=set)
    organizations: dict[int, int | None] = field(default_factory=dict)  # each with its city
    named: set[int] = field(default_factory=set)
    expected: set[int] = field(default_factory=set)  # everybody whom the audience means today

    def cities_with(self, other: "_Held") -> set[int]:
        """The cities expected at both, at least once as a city: all its institutions are meant, whichever is beside."""
        theirs = {city for city in other.organizations.values() if city}
        own = {city for city in self.organizations.values() if city}
        return (self.cities & (other.cities | theirs)) | (own & other.cities)


type Names = Callable[[Iterable[int]], list[str]]


@dataclass(frozen=True)
class Clash:
    """What one session shares with another that is held at the same time."""

    other: Session
    people: list[str]
    cities: list[str]  # that are expected at both
    place: str  # the venue, or the city in which both are held
    everybody: bool
    others: int  # people expected at both, whom none of these names
    is_hour_known: bool  # of both; else they share a day

    def sentences(self, listed: Callable[[Sequence[str]], str]) -> list[str]:
        when = {"when": self._when()}
        told = []
        if self.people:
            told.append(
                _("%(when)s, where this person is needed as well: %(names)s.") % (when | {"names": listed(self.people)})
                if len(self.people) == 1
                else _("%(when)s, where these people are needed as well: %(names)s.")
                % (when | {"names": listed(self.people)})
            )
        if self.place:
            told.append(_("%(when)s, which is held there too: %(place)s.") % (when | {"place": self.place}))
        if self.everybody:
            told.append(_("%(when)s; the whole working group is expected at both.") % when)
        else:
            told += self._expected(when, listed)
        return told

    def _when(self) -> str:
        title = {"title": self.other.title}
        if self.is_hour_known:
            return _("At the same time as “%(title)s”") % title
        return _("On the same day as “%(title)s”, of which at least one has no hours yet") % title

    def _expected(self, when: dict[str, str], listed: Callable[[Sequence[str]], str]) -> list[str]:
        told = []
        if self.cities:
            told.append(_("%(when)s; expected at both: %(names)s.") % (when | {"names": listed(self.cities)}))
        if self.others and self.cities:
            both = ngettext(
                "%(when)s; %(n)s more person is expected at both.",
                "%(when)s; %(n)s more people are expected at both.",
                self.others,
            )
            told.append(both % {**when, "n": self.others})
        elif self.others:
            both = ngettext(
                "%(when)s; %(n)s person is expected at both.",
                "%(when)s; %(n)s people are expected at both.",
                self.others,
            )
            told.append(both % {**when, "n": self.others})
        return told


def clashes_of(sessions: Sequence[Session], *, on: date) -> dict[int, list[Clash]]:
    """The clashes of each of these drafts with any other, by session; eleven queries however many there are.

    Who is expected is resolved by the memberships of the day `on`.

    Only drafts that take place are compared, those of fictitious cycles among themselves. Where only the date is
    known, any hour of that day may become the session's.
    """
    asked = [session for session in sessions if session.is_planned]
    beside = _beside(asked)
    pairs = [(one, other) for one in asked for other in beside if _overlap(one, other)]
    held = {session.pk: _Held(session) for pair in pairs for session in pair}
    if not held:
        return {}
    _fill(held)
    _resolve(held, pairs, on)
    people = _names({pk for one in held.values() for pk in one.people}, User.objects.all())
    cities = _names({pk for one in held.values() for pk in one.cities}, City.objects.all())
    living = _people_of({pk for one, other in pairs for pk in held[one.pk].cities_with(held[other.pk])}, on)
    found: dict[int, list[Clash]] = defaultdict(list)
    for one, other in pairs:
        clash = _clash(held[one.pk], held[other.pk], people, cities, living)
        if clash.people or clash.cities or clash.place or clash.everybody or clash.others:
            found[one.pk].append(clash)
    return found


def _beside(asked: Sequence[Session]) -> list[Session]:
    """Drafts between the first start and the last end, the earliest first; one query."""
    if not asked:
        return []
    first = min(session.first_instant() for session in asked)
    last = max(session.last_instant() for session in asked)
    near = Q(starts_at__lt=last, ends_at__gt=first) | Q(
        day__range=((first - ANY_ZONE).date(), (last + ANY_ZONE).date())
    )
    planned = Session.objects.filter(near, status=Session.Status.PLANNED)
    fields = (
        "title",
        "slug",
        "status",
        "day",
        "starts_at",
        "ends_at",
        "mode",
        "venue",
        "city",
        "responsible",
        "is_demo",
    )
    more = ("time_zone", "audience", "audience_roles", "city__name", "city__state")
    return list(planned.only(*fields, *more).select_related("city").in_order())


def _overlap(one: Session, other: Session) -> bool:
    is_another = one.pk != other.pk and one.is_demo == other.is_demo
    return is_another and one.first_instant() < other.last_instant() and other.first_instant() < one.last_instant()


def _fill(held: dict[int, _Held]) -> None:
    """Who is needed at each by name, and which cities and organisations are expected; four queries."""
    for one in held.values():
        if one.session.responsible_id:
            one.people.add(one.session.responsible_id)
    chosen = {pk for pk, one in held.items() if one.session.audience == Session.Audience.CHOSEN}
    by_name = Session.audience_people.through._default_manager.filter(session__in=chosen)
    for session, person in by_name.values_list("session", "user"):
        held[session].named.add(person)
        held[session].people.add(person)
    for session, people in posts.holders(held).items():
        held[session].people |= people
    through = Session.audience_cities.through._default_manager
    for session, city in through.filter(session__in=chosen).values_list("session", "city"):
        held[session].cities.add(city)
    institutions = Session.audience_organizations.through._default_manager.filter(session__in=chosen)
    for session, organization, city in institutions.values_list("session", "organization", "organization__city"):
        held[session].organizations[organization] = city


def _resolve(held: dict[int, _Held], pairs: Iterable[tuple[Session, Session]], on: date) -> None:
    """Whom the audiences mean, where they are not both the whole group; one query."""
    everybody = Session.Audience.EVERYBODY
    mixed = {pk for one, other in pairs if {one.audience, other.audience} != {everybody} for pk in (one.pk, other.pk)}
    rules = [
        Rule(
            session_id=pk,
            is_demo=held[pk].session.is_demo,
            audience=held[pk].session.audience,
            organizations=tuple(held[pk].organizations),
            cities=tuple(held[pk].cities),
            roles=tuple(held[pk].session.audience_roles) if held[pk].session.audience != everybody else (),
            people=tuple(held[pk].named),
        )
        for pk in mixed
    ]
    for one in audience.who(rules, on=on):
        held[one.session_id].expected.add(one.user_id)


def _names(ids: set[int], everything: QuerySet[Any]) -> Names:
    names = dict(everything.filter(pk__in=ids).values_list("pk", "name"))
    return lambda wanted: sorted(names[pk] for pk in wanted if pk in names)


def _people_of(cities: set[int], on: date) -> dict[int, set[int]]:
    """The members of each city's institutions; one query, and none where no city is shared."""
    people: dict[int, set[int]] = defaultdict(set)
    members = Membership.objects.on(on).filter(organization__city__in=cities)
    for city, person in members.values_list("organization__city", "user") if cities else ():
        people[city].add(person)
    return people


def _clash(one: _Held, other: _Held, people: Names, cities: Names, living: dict[int, set[int]]) -> Clash:
    everybody = one.session.audience == other.session.audience == Session.Audience.EVERYBODY
    shared = one.cities_with(other)
    named = one.people | other.people | set().union(*(living[city] for city in shared))
    return Clash(
        other=other.session,
        people=people(one.people & other.people),
        cities=cities(shared),
        place=_place_of_both(one.session, other.session),
        everybody=everybody,
        others=len((one.expected & other.expected) - named),
        is_hour_known=one.session.has_hours and other.session.has_hours,
    )


def _place_of_both(one: Session, other: Session) -> str:
    """The venue that both have, else the city in which both are held, else nothing."""
    if Session.Mode.REMOTE in {one.mode, other.mode}:
        return ""
    is_elsewhere = None not in {one.city_id, other.city_id} and one.city_id != other.city_id
    if fold(one.venue) and fold(one.venue) == fold(other.venue):
        return "" if is_elsewhere else one.venue.strip()
    return other.city.full_name if other.city and one.city_id == other.city_id else ""
