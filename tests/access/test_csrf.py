"""No page takes a POST that our own form did not send."""

from tests.access.door import Row, walk
from tests.access.roles import Role
from tests.access.table import TABLE
from tests.access.world import World

# Each says in its own words why: two that change what a stranger reads by, one that mail programs call (RFC 8058).
TAKE_POSTS_FROM_ANYWHERE = {"set_language", "set_zone", "unsubscribe"}


def answer_without_token(world: World, row: Row) -> int:
    client = world.client(Role.COORDINATOR, csrf=True)
    return int(client.post(row.address(world), row.data(world)).status_code)


def test_every_post_needs_the_token_of_our_form(world: World):
    first_rows = {row.url: row for row in reversed(TABLE)}

    taken = {url for url, row in first_rows.items() if answer_without_token(world, row) != 403}

    assert taken == TAKE_POSTS_FROM_ANYWHERE


def test_no_other_view_says_that_it_needs_no_token():
    exempt = {name for name, pattern in walk() if getattr(pattern.callback, "csrf_exempt", False)}

    assert exempt == TAKE_POSTS_FROM_ANYWHERE
