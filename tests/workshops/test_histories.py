"""Histories nobody thought of are told right, and what is wrong is noticed. `HISTORIES=long` tries many more."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.workshops.histories import KINDS, SETTLE, Histories
from workshops import audience, emails, told
from workshops.actions import seats
from workshops.models import Participation, participations

IS_LONG = os.environ.get("HISTORIES") == "long"


def try_histories(*, examples: int, steps: int, shrink: bool = True) -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not IS_LONG,
            database=None,
            phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(autouse=True)
def releases_settle(settings):
    settings.SETTLE = SETTLE


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_happens_everybody_is_told_what_matters():
    try_histories(examples=500 if IS_LONG else 10, steps=60 if IS_LONG else 25, shrink=IS_LONG)


@pytest.mark.skipif(not IS_LONG, reason="make storm")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "name", "wrong"),
    [
        (emails, "queue_changes", lambda *_args, **_more: 0),
        (emails, "queue_uninvitations", lambda *_args, **_more: 0),
        (emails, "plan_reminders", lambda _now: 0),
        (emails.kinds, "_looked_up", None),
        (seats, "move_up", lambda _version, now: 0),
        (seats, "_lapsed", lambda _people, now: []),
    ],
)
def test_histories_notice_what_is_wrong(monkeypatch, where, name, wrong):
    if wrong is None:  # the sender believes everything
        for kind in (emails.INVITATION, emails.CHANGE, emails.REMINDER):
            believing = replace(KINDS[kind], still_true=lambda mails, _now: {one.pk for one in mails})
            monkeypatch.setitem(KINDS, kind, believing)
    else:
        monkeypatch.setattr(where, name, wrong)

    with pytest.raises((AssertionError, BaseExceptionGroup)):
        try_histories(examples=600, steps=60, shrink=False)  # it stops at the first that notices


# --- What it takes to notice, walked through --------------------------------------------------------------------------


@contextmanager
def history() -> Iterator[Histories]:
    one = Histories()
    try:
        yield one
    finally:
        transaction.set_rollback(True)
        one.life.__exit__(None, None, None)


@pytest.mark.django_db
@pytest.mark.parametrize("is_wrong", [False, True])
def test_seat_that_nobody_is_offered_is_noticed(is_wrong, monkeypatch):
    with history() as one:
        one.begin(is_spring=False, seats=1, numbers=None, at_once=True)
        one.all_work_and_all_is_told()
        one.all_say_yes([0, 1, 2])
        one.seats_are_fair()
        if is_wrong:
            monkeypatch.setattr(seats, "move_up", lambda _version, now: 0)
        one.answer(0, Participation.Answer.NO)
        one.seats_are_fair()

        with pytest.raises(AssertionError, match="a seat is free") if is_wrong else nullcontext():
            one.all_work_and_all_is_told()


@pytest.mark.django_db
@pytest.mark.parametrize("is_wrong", [False, True])
def test_who_may_never_have_been_invited_is_noticed(is_wrong, monkeypatch):
    with history() as one:
        one.begin(is_spring=False, seats=None, numbers={0}, at_once=True)
        one.sender_dies_with_a_mail_in_hand(0)
        one.edit("Sala 1", at_once=True)
        if is_wrong:
            monkeypatch.setattr(told.Heard, "nothing_new", told.Heard.may_know_it_all)
        one.edit("", at_once=True)

        with pytest.raises(AssertionError, match="was told nothing") if is_wrong else nullcontext():
            one.all_work_and_all_is_told()


@pytest.mark.django_db
@pytest.mark.parametrize("is_wrong", [False, True])
def test_seat_lost_by_a_postponement_that_nobody_heard_of_is_noticed(is_wrong, monkeypatch):
    with history() as one:
        one.begin(is_spring=False, seats=None, numbers=None, at_once=True)
        one.all_work_and_all_is_told()
        one.all_say_yes([0, 1, 2])
        one.seats_are_fair()
        one.postpone(at_once=True)
        one.seats_are_fair()
        one.count_seats(1, at_once=False)
        if is_wrong:
            monkeypatch.setattr(seats, "have_again", lambda _participation, exactly: None)
        one.reinstate(at_once=True)

        with pytest.raises(AssertionError, match="lost the seat") if is_wrong else nullcontext():
            one.seats_are_fair()
        one.plan()


@pytest.mark.django_db
@pytest.mark.parametrize("is_wrong", [False, True])
def test_another_date_that_somebody_unexpected_never_hears_of_is_noticed(is_wrong, monkeypatch):
    with history() as one:
        one.begin(is_spring=False, seats=None, numbers={0}, at_once=True)
        one.all_work_and_all_is_told()
        one.answer(1, Participation.Answer.YES)
        if is_wrong:
            only_coming = Q(expected=True) | Q(expected_because="own_wish", answer="yes")
            monkeypatch.setattr(participations, "_concern", lambda _on: only_coming)
        one.move(1, at_once=True)

        with pytest.raises(AssertionError, match="knows another version") if is_wrong else nullcontext():
            one.all_work_and_all_is_told()


@pytest.mark.django_db
@pytest.mark.parametrize("is_wrong", [False, True])
def test_who_may_not_see_it_any_more_and_keeps_the_entry_is_noticed(is_wrong, monkeypatch):
    with history() as one:
        one.begin(is_spring=False, seats=None, numbers={0}, at_once=True)
        one.all_work_and_all_is_told()
        one.answer(1, Participation.Answer.YES)
        one.edit("Sala 1", at_once=True)
        one.all_work_and_all_is_told()
        if is_wrong:
            monkeypatch.setattr(audience, "end_wishes", lambda _rules, now: [])
        one.show("invited", at_once=True)

        with pytest.raises(AssertionError, match="locked out") if is_wrong else nullcontext():
            one.all_work_and_all_is_told()
