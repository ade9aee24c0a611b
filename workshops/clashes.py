"""Who and what would be in two places at once: drafts whose hours overlap, compared by what they share."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.models import City
from ogpgroup.models import User
from workshops import audience, posts
from workshops.audience import Rule
from workshops.models import Session


@dataclass
class _Held:
    """One of the sessions at a time, with what is there."""

    session: Session
    people: set[int] = field(default_factory=set)
    cities: set[int] = field(default_factory=set)
    organizations: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    expected: set[int] = field(default_factory=set)  # everybody whom the audience means today


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

    def sentences(self, listed: Callable[[Sequence[str]], str]) -> list[str]:
        title = {"title": self.other.title}
        told = []
        if self.people:
            told.append(
                _("At the same time as “%(title)s”, where this person is needed as well: %(names)s.")
                % (title | {"names": listed(self.people)})
                if len(self.people) == 1
                else _("At the same time as “%(title)s”, where these people are needed as well: %(names)s.")
                % (title | {"names": listed(self.people)})
            )
        if self.place:
            told.append(
                _("At the same time as “%(title)s”, which is held there too: %(place)s.")
                % (title | {"place": self.place})
            )
        if self.everybody:
            told.append(_("At the same time as “%(title)s”; the whole working group is expected at both.") % title)
        elif self.cities:
            told.append(
                _("At the same time as “%(title)s”; expected at both: %(names)s.")
                % (title | {"names": listed(self.cities)})
            )
        elif self.others:
            both = ngettext(
                "At the same time as “%(title)s”; %(n)s person is expected at both.",
                "At the same time as “%(title)s”; %(n)s people are expected at both.",
                self.others,
            )
            told.append(both % (title | {"n": self.others}))
        return told


def clashes_of(sessions: Sequence[Session], *, on: date) -> dict[int, list[Clash]]:
    """The clashes of each of these drafts with any other, by session; ten queries however many there are.

    Who is expected is resolved by the memberships of the day `on`.

    Only drafts that take place and whose hours are known are compared, those of fictitious cycles among themselves.
    """
    asked = [session for session in sessions if session.is_planned and session.has_hours]
    beside = _beside(asked)
    pairs = [(one, other) for one in asked for other in beside if _overlap(one, other)]
    held = {session.pk: _Held(session) for pair in pairs for session in pair}
    if not held:
        return {}
    _fill(held)
    _resolve(held, pairs, on)
    people, cities = _names(held, "people", User.objects.all()), _names(held, "cities", City.objects.all())
    found: dict[int, list[Clash]] = defaultdict(list)
    for one, other in pairs:
        clash = _clash(held[one.pk], held[other.pk], people, cities)
        if clash.people or clash.cities or clash.place or clash.everybody or clash.others:
            found[one.pk].append(clash)
    return found


def _beside(asked: Sequence[Session]) -> list[Session]:
    """Drafts between the first start and the last end, the earliest first; one query."""
    if not asked:
        return []
    first = min(session.starts_at for session in asked if session.starts_at)
    last = max(session.ends_at for session in asked if session.ends_at)
    planned = Session.objects.filter(status=Session.Status.PLANNED, starts_at__lt=last, ends_at__gt=first)
    fields = ("title", "slug", "status", "starts_at", "ends_at", "mode", "venue", "city", "responsible", "is_demo")
    more = ("audience", "audience_roles", "city__name", "city__state")
    return list(planned.only(*fields, *more).select_related("city").in_order())


def _overlap(one: Session, other: Session) -> bool:
    assert one.starts_at
    assert one.ends_at
    assert other.starts_at
    assert other.ends_at
    is_another = one.pk != other.pk and one.is_demo == other.is_demo
    return is_another and one.starts_at < other.ends_at and other.starts_at < one.ends_at


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
    for session, organization in institutions.values_list("session", "organization"):
        held[session].organizations.add(organization)


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


def _names(held: dict[int, _Held], kind: str, everything: QuerySet[Any]) -> Names:
    ids = set().union(*(getattr(one, kind) for one in held.values()))
    names = dict(everything.filter(pk__in=ids).values_list("pk", "name"))
    return lambda wanted: sorted(names[pk] for pk in wanted if pk in names)


def _clash(one: _Held, other: _Held, people: Names, cities: Names) -> Clash:
    everybody = one.session.audience == other.session.audience == Session.Audience.EVERYBODY
    return Clash(
        other=other.session,
        people=people(one.people & other.people),
        cities=cities(one.cities & other.cities),
        place=_place_of_both(one.session, other.session),
        everybody=everybody,
        others=len((one.expected & other.expected) - one.people - other.people),
    )


def _place_of_both(one: Session, other: Session) -> str:
    """The venue that both have, else the city in which both are held, else nothing."""
    if Session.Mode.REMOTE in {one.mode, other.mode}:
        return ""
    if one.venue.strip() and one.venue.strip().casefold() == other.venue.strip().casefold():
        return one.venue.strip() if one.city_id == other.city_id else ""
    return other.city.full_name if other.city and one.city_id == other.city_id else ""
