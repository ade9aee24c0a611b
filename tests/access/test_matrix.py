"""Every address, for every role, with every kind of object (the table is in `tests.access.table`)."""

import pytest

from tests.access.door import complaints, indiscretions, knock, walk
from tests.access.roles import Role
from tests.access.table import AREAS, TABLE
from tests.access.world import World


def test_every_address_has_a_row_and_every_row_an_address():
    addresses = {name for name, _pattern in walk()}

    assert {row.url for row in TABLE} == addresses


@pytest.mark.slow
@pytest.mark.parametrize("area", AREAS)
def test_everybody_is_answered_as_the_table_says(area: str, world: World, subtests: pytest.Subtests):
    for row in AREAS[area]:
        with subtests.test(str(row)):
            found = [complaint for role in Role for complaint in complaints(world, row, role)]

            if found:
                pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.slow
def test_every_hidden_name_is_shown_to_who_may_see_it(world: World):
    """Else its absence elsewhere would prove nothing."""
    wanted = {name for name, readers in world.names.items() if readers}

    for row in TABLE:
        for role in (Role.COORDINATOR, Role.OFFICIAL, Role.GUEST):
            if wanted - world.seen:
                indiscretions(world, role, knock(world, role, "GET", row.address(world)))

    by_button = {name for row in TABLE if row.POST for name in row.opens(world)}  # and the rows say that it is told
    assert wanted - world.seen - by_button == set()
