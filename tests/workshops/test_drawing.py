"""The fair draw: even, mixed, the same for the same seed, within seats, each where they can hear."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshops import drawing
from workshops.drawing import Person, Place


def people(*cities: str, kind: str = "ngo", is_remote: bool = False) -> list[Person]:
    return [Person(number, city, kind, is_remote) for number, city in enumerate(cities, start=1)]


def at(found: dict[int, int], number: int) -> list[int]:
    return sorted(key for key, table in found.items() if table == number)


THREE = [Place(1), Place(2), Place(3)]
ABC = people(*"AAABBBCCC")


def test_each_table_gets_somebody_of_each_city() -> None:
    found = drawing.draw(ABC, THREE, {}, seed="a")

    for table in (1, 2, 3):
        assert sorted(ABC[key - 1].city for key in at(found, table)) == ["A", "B", "C"]  # type: ignore[type-var]


def test_same_seed_gives_the_same_places_in_whatever_order_people_are_given() -> None:
    assert drawing.draw(ABC, THREE, {}, seed="a") == drawing.draw(ABC[::-1], THREE[:], {}, seed="a")


def test_another_seed_gives_other_places() -> None:
    assert len({tuple(sorted(drawing.draw(ABC, THREE, {}, seed=seed).items())) for seed in "abcdefgh"}) > 1


def test_kinds_are_mixed_where_cities_do_not_tell() -> None:
    some = [Person(n, f"city {n}", "ngo" if n % 2 else "university") for n in range(8)]

    found = drawing.draw(some, [Place(1), Place(2)], {}, seed="a")

    assert Counter(some[key].kind for key in at(found, 1)) == {"ngo": 2, "university": 2}


def test_seats_are_respected_and_the_rest_is_left_out() -> None:
    found = drawing.draw(ABC, [Place(1, seats=2), Place(2, seats=4)], {}, seed="a")

    assert Counter(found.values()) == {1: 2, 2: 4}
    assert len(ABC) - len(found) == 3


def test_small_table_is_filled_and_the_others_take_the_rest_evenly() -> None:
    found = drawing.draw(people(*"ABCDEFGHIJK"), [Place(1, seats=1), Place(2), Place(3)], {}, seed="a")

    assert Counter(found.values()) == {1: 1, 2: 5, 3: 5}


def test_people_on_the_line_sit_at_tables_on_the_line() -> None:
    room = people(*"AABB")
    line = [Person(number, "C", "ngo", is_remote=True) for number in (11, 12, 13)]

    found = drawing.draw([*room, *line], [Place(1), Place(2), Place(3, is_remote=True)], {}, seed="a")

    assert at(found, 3) == [11, 12, 13]
    assert Counter(found.values()) == {1: 2, 2: 2, 3: 3}


def test_nobody_on_the_line_is_seated_where_there_is_no_line() -> None:
    line = [Person(11, "C", "ngo", is_remote=True)]

    assert drawing.draw([*people("A"), *line], [Place(1)], {}, seed="a") == {1: 1}


def test_who_stays_counts_for_size_and_mix() -> None:
    staying = {1: [Person(90, "A"), Person(91, "A")]}

    found = drawing.draw([Person(1, "A"), Person(2, "B")], [Place(1), Place(2)], staying, seed="a")

    assert found == {1: 2, 2: 2}


def test_nobody_and_no_table() -> None:
    assert drawing.draw([], THREE, {}, seed="a") == {}
    assert drawing.draw(ABC, [], {}, seed="a") == {}


def test_late_comer_gets_the_emptiest_table_that_they_mix_best() -> None:
    seated = {1: people("A", "B"), 2: people("B", "B"), 3: people("C", "B", "A")}

    assert drawing.best_table(Person(9, "A"), THREE, seated) == 2
    assert drawing.best_table(Person(9, "A"), [Place(1, seats=2), Place(2, seats=2), Place(3)], seated) == 3
    assert drawing.best_table(Person(9, "A"), [Place(1, seats=2)], seated) is None
    assert drawing.best_table(Person(9, "A", is_remote=True), THREE, seated) is None


def test_mix_says_how_many_of_ten_come_from_elsewhere() -> None:
    mixed = drawing.mix_of({1: people("A", "B"), 2: people("A", "B")})
    apart = drawing.mix_of({1: people("A", "A"), 2: people("B", "B")})

    assert mixed
    assert apart
    assert (mixed.others_of_ten, mixed.possible_of_ten) == (10, 7)
    assert (apart.others_of_ten, apart.possible_of_ten) == (0, 7)


def test_mix_says_how_many_of_ten_act_for_another_kind_of_institution() -> None:
    council, society = Person(1, "A", "government"), Person(2, "B", "society")
    apart = drawing.mix_of({1: [council, council], 2: [society, society]})
    mixed = drawing.mix_of({1: [council, society], 2: [council, society]})

    assert apart
    assert mixed
    assert (apart.other_kinds_of_ten, apart.possible_kinds_of_ten) == (0, 7)
    assert (mixed.other_kinds_of_ten, mixed.possible_kinds_of_ten) == (10, 7)


def test_who_comes_for_themselves_is_a_stranger_to_everybody() -> None:
    mix = drawing.mix_of({1: people("", "")})

    assert mix
    assert mix.others_of_ten == 10


def test_nobody_meets_anybody() -> None:
    assert drawing.mix_of({1: people("A")}) is None


@settings(max_examples=60, deadline=None)
@given(
    cities=st.lists(st.sampled_from("ABCDE"), max_size=60),
    seats=st.lists(st.one_of(st.none(), st.integers(1, 9)), min_size=1, max_size=8),
    seed=st.text(max_size=5),
)
def test_draw_is_even_and_never_too_full(cities: list[str], seats: list[int | None], seed: str) -> None:
    places = [Place(number, limit) for number, limit in enumerate(seats, start=1)]

    found = drawing.draw(people(*cities), places, {}, seed=seed)

    sizes = Counter(found.values())
    room = sum(limit if limit is not None else len(cities) for limit in seats)
    assert len(found) == min(len(cities), room)
    assert all(limit is None or sizes[number] <= limit for number, limit in enumerate(seats, start=1))
    open_ended = [sizes[number] for number, limit in enumerate(seats, start=1) if limit is None]
    assert not open_ended or max(open_ended) - min(open_ended) <= 1


@pytest.mark.parametrize("count", [200])
def test_hall_of_two_hundred_is_mixed_as_well_as_can_be(count: int) -> None:
    hall = [Person(n, f"city {n % 9}", f"kind {n % 4}") for n in range(count)]
    places = [Place(number) for number in range(1, 21)]

    found = drawing.draw(hall, places, {}, seed="a")

    seated = {one.number: [hall[key] for key in at(found, one.number)] for one in places}
    assert {len(group) for group in seated.values()} == {10}
    assert max(max(Counter(one.city for one in group).values()) for group in seated.values()) <= 3
