"""A plan with much on record asks the database as often as one with little: every page that shows the record."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ogpgroup import parts
from tests.bench.record import ONE, Size, fill

THREE = Size(commitments=3, milestones=3, entries=3, notes=3, evaluators=3)
HUNDREDS = Size(commitments=10, milestones=60, entries=300, notes=300, evaluators=30)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["stranger", "member"])
def test_pages_ask_as_much_for_one_thing_as_for_three_hundred(who: str, db: None, client: Client) -> None:
    asked: dict[str, list[int]] = {}
    for size in (ONE, THREE, HUNDREDS):
        record = fill(size)
        if who == "member":
            client.force_login(record.member)
        for name, address in record.pages().items():
            client.get(address)  # what the process and the session keep is there
            for state, forget in {"kept": None, "changed": parts.forget_editions, "restarted": parts.forget}.items():
                if forget:
                    forget()
                with CaptureQueriesContext(connection) as captured:
                    assert client.get(address).status_code == 200
                asked.setdefault(f"{name}, {state}", []).append(len(captured))

    assert asked == {name: counts[:1] * 3 for name, counts in asked.items()}
    # A piece is drawn from its facts: to draw it asks nothing.
    for name in record.pages():
        assert asked[f"{name}, changed"] == asked[f"{name}, restarted"]
