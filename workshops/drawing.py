"""A fair draw of places at work tables: cities and kinds of institution mixed, the same seed giving the same places."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

# Neighbours of one city talk at home; meeting another city weighs more than meeting another kind of institution.
CITY_WEIGHS: Final = 3
NOWHERE: Final = ""  # of who comes for themselves: each is a stranger to each other


@dataclass(frozen=True)
class Person:
    """Somebody to be seated: where they come from, what they act for, and whether they are on the line."""

    key: int
    city: Hashable = NOWHERE
    kind: str = NOWHERE
    is_remote: bool = False


@dataclass(frozen=True)
class Place:
    """A table: how many it holds (None: as many as come), and whether it is on the line."""

    number: int
    seats: int | None = None
    is_remote: bool = False


@dataclass
class _Table:
    place: Place
    size: int = 0
    cities: Counter[Hashable] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def take(self, one: Person) -> None:
        self.size += 1
        self.cities[one.city] += one.city != NOWHERE
        self.kinds[one.kind] += one.kind != NOWHERE

    def likeness(self, one: Person) -> int:
        return CITY_WEIGHS * self.cities[one.city] + self.kinds[one.kind]

    def has_room(self, most: int) -> bool:
        return self.size < (most if self.place.seats is None else min(most, self.place.seats))


def draw(
    people: Iterable[Person], places: Sequence[Place], seated: Mapping[int, Iterable[Person]], *, seed: str
) -> dict[int, int]:
    """The number of a table for each person; who finds no seat is left out. Those `seated` stay where they are.

    People on the line sit at tables on the line, the others in the room; tables of a part are filled evenly as far as
    their seats go. The largest cities are dealt out first, as they are hardest to part. Only the seed and who takes
    part decide, never the order in which they are given.
    """
    found: dict[int, int] = {}
    everybody = list(people)
    for is_remote in (False, True):
        tables = [_table(one, seated) for one in places if one.is_remote == is_remote]
        part = [one for one in everybody if one.is_remote == is_remote]
        found |= _deal(_in_order(part, seed), tables, Random(f"{seed}/{is_remote}"))  # noqa: S311  fair, not secret
    return found


def _table(place: Place, seated: Mapping[int, Iterable[Person]]) -> _Table:
    table = _Table(place)
    for one in seated.get(place.number, ()):
        table.take(one)
    return table


def _in_order(people: Iterable[Person], seed: str) -> list[Person]:
    shuffled = sorted(people, key=lambda one: one.key)
    Random(seed).shuffle(shuffled)  # noqa: S311  as above
    sizes = Counter(one.city for one in shuffled if one.city != NOWHERE)
    rank = {city: number for number, city in enumerate(dict.fromkeys(one.city for one in shuffled))}
    return sorted(shuffled, key=lambda one: (-sizes[one.city], rank[one.city]))


def _deal(people: Sequence[Person], tables: list[_Table], chance: Random) -> dict[int, int]:
    most = level(tables, len(people))
    chance.shuffle(tables)
    found: dict[int, int] = {}
    for one in people:
        free = [table for table in tables if table.has_room(most)]
        if not free:
            break
        table = min(free, key=lambda table: (table.likeness(one), table.size))
        table.take(one)
        found[one.key] = table.place.number
    return found


def level(tables: Sequence[_Table], coming: int) -> int:
    """How many people fill each table evenly, given seats and who sits there: nobody stands while a seat is free."""
    most = 0
    while sum(_room(table, most) for table in tables) < coming:
        most += 1
        if most > coming + max((table.size for table in tables), default=0):
            break  # there are fewer seats than people
    return most


def _room(table: _Table, most: int) -> int:
    limit = most if table.place.seats is None else min(most, table.place.seats)
    return max(limit - table.size, 0)


def best_table(one: Person, places: Sequence[Place], seated: Mapping[int, Iterable[Person]]) -> int | None:
    """Where who comes late sits: of the emptiest tables the one that they mix best; None if all are full."""
    tables = [_table(place, seated) for place in places if place.is_remote == one.is_remote]
    free = [table for table in tables if _room(table, table.size + 1)]
    if not free:
        return None
    return min(free, key=lambda table: (table.size, table.likeness(one), table.place.number)).place.number


# --- How mixed --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mix:
    """How mixed tables are: of ten people whom one meets there, how many come from elsewhere, and how many act for
    another kind of institution; beside each, how many it would be were all people of all tables met.
    """

    others_of_ten: int
    possible_of_ten: int
    other_kinds_of_ten: int
    possible_kinds_of_ten: int


def mix_of(seated: Mapping[int, Sequence[Person]]) -> Mix | None:
    """None where nobody meets anybody. Who comes for themselves is a stranger of another kind to everybody."""
    tables = list(seated.values())
    everybody = [one for people in tables for one in people]
    cities = [_others_of_ten(groups, lambda one: one.city) for groups in (tables, [everybody])]
    kinds = [_others_of_ten(groups, lambda one: one.kind) for groups in (tables, [everybody])]
    if cities[0] is None or cities[1] is None or kinds[0] is None or kinds[1] is None:
        return None
    return Mix(cities[0], cities[1], kinds[0], kinds[1])


def _others_of_ten(groups: Iterable[Sequence[Person]], of: Callable[[Person], Hashable]) -> int | None:
    """Of ten people whom one meets in one's group, how many differ; None where nobody meets anybody."""
    met = alike = 0
    for people in groups:
        met += len(people) * (len(people) - 1)
        alike += sum(count * (count - 1) for what, count in Counter(map(of, people)).items() if what != NOWHERE)
    return round(10 * (met - alike) / met) if met else None
