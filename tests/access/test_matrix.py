"""Every address, for every role, with every kind of object (the table is in `tests.access.table`)."""

import pytest

from tests.access.door import OTHER_METHODS, complaints, indiscretions, knock, walk
from tests.access.roles import Role
from tests.access.table import AREAS, TABLE
from tests.access.world import World

FIRST_ROWS = {row.url: row for row in reversed(TABLE)}


def test_every_address_has_a_row_and_every_row_an_address():
    addresses = {name for name, _pattern in walk()}

    assert {row.url for row in TABLE} == addresses


@pytest.mark.slow
@pytest.mark.parametrize("area", AREAS)
def test_everybody_is_answered_as_the_table_says(area: str, world: World, subtests: pytest.Subtests):
    for row in AREAS[area]:
        with subtests.test(str(row)):
            also = OTHER_METHODS if row is FIRST_ROWS[row.url] else ()
            found = [complaint for role in Role for complaint in complaints(world, row, role, also=also)]

            if found:
                pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.slow
def test_every_hidden_name_is_shown_to_who_may_see_it(world: World):
    """Else its absence elsewhere would prove nothing."""
    by_button = {name for row in TABLE if row.POST for name in row.opens(world)}  # and the rows say that it is told
    wanted = {name: readers for name, readers in world.names.items() if readers and name not in by_button}

    asked: set[Role] = set()
    for role in (Role.COORDINATOR, Role.OFFICIAL, Role.GUEST):
        own = {name for name, readers in wanted.items() if role in readers and not readers & asked}
        pages = (row for row in TABLE if row.GET and row.GET[role] == 200)
        while own - world.seen and (row := next(pages, None)):
            indiscretions(world, role, knock(world, role, "GET", row.address(world)))
        asked.add(role)

    assert wanted.keys() - world.seen == set()
