"""The table against code with one check taken out: it must notice every time, or it proves nothing."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from actionplans.models import ActionPlanQuerySet
from feedback.views import pages as feedback_pages
from ogpgroup.models import User
from tests.access.door import complaints
from tests.access.mutants import MUTANTS, PLANTED, PLANTED_FOR_FORGERS, PLANTED_IN_PAGES
from tests.access.planting import (
    answers_of,
    everything,
    first_rows,
    is_noticed,
    open_to_all,
    pattern_of,
    rows_of,
    swapped,
    unguarded,
)
from tests.access.roles import LOGIN, Role
from tests.access.test_bodies import FORGED
from tests.access.world import World
from tests.workshops.published import forget_what_is_kept
from workshops.models.minutes import MinutesQuerySet
from workshops.models.sessions import SessionQuerySet
from workshops.views import wholes

pytestmark = pytest.mark.slow
OTHERS_OF_THE_GROUP = (Role.MEMBER, Role.GUEST, Role.OFFICIAL, Role.OTHER_OFFICIAL)
# Ours, not allauth's.
OURS = (
    "cities:",
    "actionplans:",
    "feedback:",
    "workshops:",
    "desk",
    "coordination",
    "outbox",
    "end_membership",
    "with",
)
FOR_COORDINATORS = [
    row
    for row in first_rows(404, Role.EX_MEMBER, namespaces=OURS)
    if all(answers_of(each, role) == {404} for each in rows_of(row.url) for role in OTHERS_OF_THE_GROUP)
    and any(answers_of(each, Role.COORDINATOR) != {404} for each in rows_of(row.url))
    and row.url != "workshops:material_create"  # presenters do the same with their points: one check for both
]
# Pages that are open and ask for a sign-in before they write do so by themselves.
FOR_THE_SIGNED_IN = [
    *(row for row in first_rows(LOGIN, Role.ANONYMOUS, namespaces=OURS) if answers_of(row, Role.ANONYMOUS) == {LOGIN}),
    *rows_of("account_profile"),
]


def test_a_page_that_forgets_to_ask_for_a_coordinator_is_noticed(world: World, subtests: pytest.Subtests):
    for row in FOR_COORDINATORS:
        with subtests.test(row.url):
            assert is_noticed(world, rows_of(row.url), without_guard(row.url), roles=[Role.EX_MEMBER])


def without_guard(url: str) -> Callable[[pytest.MonkeyPatch], None]:
    def plant(patch: pytest.MonkeyPatch) -> None:
        pattern = pattern_of(url)
        layers = list(unguarded(pattern.callback))  # under the one that asks for a sign-in
        guard = next((layer for layer in layers if layer.__code__.co_name == "guarded"), layers[0])
        patch.setattr(pattern, "callback", next(unguarded(guard)))
        patch.setattr(MinutesQuerySet, "visible_to", everything)  # some are guarded twice
        patch.setattr(SessionQuerySet, "editable_by", everything)
        patch.setattr(SessionQuerySet, "facilitated_by", everything)
        patch.setattr(ActionPlanQuerySet, "visible_to", everything)

    return plant


def test_a_page_that_forgets_to_ask_for_a_sign_in_is_noticed(world: World, subtests: pytest.Subtests):
    for row in FOR_THE_SIGNED_IN:
        with subtests.test(row.url):
            pattern = pattern_of(row.url)
            view = [pattern.callback, *unguarded(pattern.callback)][-1]
            opened = swapped(pattern, "callback", open_to_all(view))

            assert is_noticed(world, [row], opened, roles=[Role.ANONYMOUS], own_guard=AssertionError)


def test_a_check_taken_out_is_noticed(world: World, subtests: pytest.Subtests):
    for name, (owner, attribute, mutant, rows) in MUTANTS.items():
        with subtests.test(name):
            assert is_noticed(world, rows, swapped(owner, attribute, mutant))


def test_a_line_taken_out_of_a_rule_is_noticed(world: World, subtests: pytest.Subtests):
    for name, (owner, attribute, mutant, rows) in PLANTED.items():
        with subtests.test(name):
            assert is_noticed(world, rows, swapped(owner, attribute, mutant))
    for name, (url, mutant, rows) in PLANTED_IN_PAGES.items():
        with subtests.test(name):
            assert is_noticed(world, rows, swapped(pattern_of(url), "callback", mutant))


def test_a_check_that_stops_forgers_is_noticed_when_taken_out(world: World, subtests: pytest.Subtests):
    for name, (owner, attribute, mutant) in PLANTED_FOR_FORGERS.items():
        with subtests.test(name), pytest.MonkeyPatch.context() as patch, transaction.atomic():
            forged = FORGED[name](world)
            assert forged.is_refused(world)
            patch.setattr(owner, attribute, mutant)

            assert not forged.is_refused(world)
            transaction.set_rollback(True)


def test_a_page_that_writes_when_read_is_noticed(world: World):
    pattern = pattern_of("home")
    home = pattern.callback

    def nosy(request: HttpRequest) -> HttpResponse:
        User.objects.filter(pk=world.people[Role.MEMBER].pk).update(language="en")
        return home(request)  # type: ignore[no-any-return]

    assert is_noticed(world, rows_of("home"), swapped(pattern, "callback", open_to_all(nosy)), roles=[Role.ANONYMOUS])


def test_a_kept_page_that_goes_to_whoever_comes_next_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch):
    schedule = rows_of("workshops:schedule")[0]
    monkeypatch.setattr(wholes, "is_for_nobody_in_particular", lambda _request: True)
    monkeypatch.setattr(World, "forget", staticmethod(lambda: None))

    assert not any(complaints(world, schedule, Role.COORDINATOR))
    assert any(complaints(world, schedule, Role.EX_MEMBER))  # by one clock


def test_a_kept_part_that_goes_to_whoever_comes_next_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch):
    ledger = rows_of("feedback:ledger")[0]
    forget_what_is_kept()
    monkeypatch.setattr(feedback_pages, "eyes_of", lambda _user: None)

    assert not any(complaints(world, ledger, Role.COORDINATOR))
    assert any(complaints(world, ledger, Role.ANONYMOUS))
    forget_what_is_kept()
