"""Votes at the very moment at which somebody is taken off the list or a theme gets another name."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from ogpgroup.errors import ActionNotPossible
from tests.workshops.attending import NOW, walk_in
from tests.workshops.grouping import hall, present, theme, vote_on
from workshops.actions import attendance
from workshops.actions import votes as actions
from workshops.models import Participation, Vote

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"  # read anew within a transaction, as other views are not


def said(work: Callable[[], object]) -> str:
    """The refusal of the work, in a connection of its own."""
    try:
        work()
    except ActionNotPossible as refusal:
        return str(refusal.sentence)
    finally:
        connection.close()
    return ""


@contextmanager
def held_up_by(work: Callable[[], object], refusals: list[str]) -> Iterator[None]:
    """What is done within holds the work up, until it is committed."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            yield
            refused = pool.submit(said, work)
            _wait_for_one_who_waits()
        refusals.append(refused.result(timeout=10))


def _wait_for_one_who_waits() -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("Nobody waits.")


@pytest.mark.parametrize("make", [present, walk_in], ids=["row that stays", "row that goes"])
def test_who_is_taken_off_the_list_at_that_moment_votes_no_more(make: Callable[..., Participation]) -> None:
    session = hall()
    water = theme(session)
    one, person, refusals = vote_on(session, water), make(session), list[str]()

    with held_up_by(lambda: actions.cast(one, person, given={water.pk: 1}, now=NOW), refusals):
        attendance.undo_check_in(person)

    assert refusals == ["Solo puede votar quien registró su asistencia."]
    assert Vote.objects.count() == 0
