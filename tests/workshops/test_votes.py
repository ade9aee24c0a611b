"""Votes: given once, replaced whole, judged by the database, secret for ever; totals until they are revealed."""

from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ogpgroup.errors import ActionNotPossible
from tests import factories
from tests.workshops.attending import NOW, walk_in
from tests.workshops.grouping import hall, lead, present, revealed, theme, vote_on
from workshops.actions import attendance
from workshops.actions import votes as actions
from workshops.models import HandCount, Participation, Session, Theme, Vote, VotingRound
from workshops.reports import votes as reports

pytestmark = pytest.mark.django_db


def two_themes(session: Session) -> tuple[Theme, Theme]:
    return theme(session, "Agua"), theme(session, "Calles")


def cast(one: VotingRound, person: Participation, given: dict[Theme, int]) -> int:
    return actions.cast(one, person, given={key.pk: count for key, count in given.items()}, now=NOW)


def totals(one: VotingRound) -> list[tuple[str, int, int]]:
    one.refresh_from_db()
    return [(row.title, row.votes, row.hands) for row in reports.totals_of(one)]


# --- Giving votes -----------------------------------------------------------------------------------------------------


def test_votes_count_and_several_may_go_to_one_theme() -> None:
    session = hall()
    water, roads = two_themes(session)
    one = vote_on(session, water, roads)

    assert cast(one, present(session), {water: 2, roads: 1}) == 3
    assert cast(one, present(session), {water: 3}) == 3
    assert cast(one, walk_in(session), {roads: 1}) == 1

    assert reports.turnout_of(one) == 3
    assert totals(revealed(one)) == [("Agua", 5, 0), ("Calles", 2, 0)]


def test_voting_again_replaces_all_that_was_given() -> None:
    session = hall()
    water, roads = two_themes(session)
    one, person = vote_on(session, water, roads), present(session)

    cast(one, person, {water: 3})
    cast(one, person, {roads: 1})

    assert list(Vote.objects.values_list("theme", "slot")) == [(roads.pk, 1)]


def test_votes_may_be_taken_back() -> None:
    session = hall()
    water = theme(session)
    one, person = vote_on(session, water), present(session)

    cast(one, person, {water: 1})

    assert cast(one, person, {}) == 0
    assert Vote.objects.count() == 0


def test_too_many_votes_are_refused_and_those_of_before_stay() -> None:
    session = hall()
    water = theme(session)
    one, person = vote_on(session, water, votes_each=2), present(session)
    cast(one, person, {water: 1})

    with pytest.raises(ActionNotPossible, match="más votos"):
        cast(one, person, {water: 3})

    assert Vote.objects.count() == 1


def test_theme_that_is_not_in_the_vote_gets_none() -> None:
    session = hall()
    water, roads = two_themes(session)
    one = vote_on(session, water)

    with pytest.raises(ActionNotPossible, match="no está en esta votación"):
        cast(one, present(session), {roads: 1})


@pytest.mark.parametrize("given", [{"water": 1}, {}])
def test_closed_vote_takes_none(given: dict[str, int]) -> None:
    session = hall()
    water = theme(session)
    one, person = vote_on(session, water), present(session)
    actions.close(one, now=NOW)

    with pytest.raises(ActionNotPossible, match="cerrada"):
        cast(one, person, {water: 1} if given else {})


def test_only_who_is_checked_in_at_this_session_votes() -> None:
    session, other = hall(), hall()
    water = theme(session)
    one = vote_on(session, water)
    member = factories.create_member()
    absent = Participation.objects.create(session=session, user=member, expected_because="everybody")

    for person in (absent, present(other)):
        with pytest.raises(ActionNotPossible):
            cast(one, person, {water: 1})


def test_who_is_taken_off_the_list_votes_no_more() -> None:
    session = hall()
    water = theme(session)
    one, person = vote_on(session, water), present(session)
    Participation.objects.filter(pk=person.pk).update(attended="unknown")

    with pytest.raises(ActionNotPossible):
        cast(one, Participation.objects.get(pk=person.pk), {water: 1})


# --- The database judges ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slot", "is_closed", "told"),
    [(1, False, "vote_once"), (4, False, "too many"), (0, False, "too many"), (2, True, "not open")],
)
def test_database_refuses_what_no_page_would_send(slot: int, is_closed: Any, told: str) -> None:
    session = hall()
    water = theme(session)
    one, person = vote_on(session, water), present(session)
    cast(one, person, {water: 1})
    if is_closed:
        actions.close(one, now=NOW)

    with pytest.raises(IntegrityError, match=told), transaction.atomic():
        Vote.objects.create(round=one, participation=person, slot=slot, theme=water)


def test_database_lets_no_vote_of_a_closed_round_go() -> None:
    session = hall()
    water = theme(session)
    one, person = vote_on(session, water), present(session)
    cast(one, person, {water: 1})
    actions.close(one, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.all().delete()


# --- The round --------------------------------------------------------------------------------------------------------


def test_form_sent_twice_opens_one_vote() -> None:
    session, form_id = hall(), uuid4()
    given: dict[str, Any] = {"themes": [theme(session)], "votes_each": 3, "form_id": form_id, "by": lead(session)}

    first, second = (actions.open_round(session, **given, now=NOW) for _time in range(2))

    assert first == second
    assert len(first.code) == 8


def test_one_vote_at_a_time() -> None:
    session = hall()
    water = theme(session)
    one = vote_on(session, water)

    with pytest.raises(ActionNotPossible):
        vote_on(session, water)
    revealed(one)

    assert vote_on(session, water).number == 2


def test_dissolved_theme_is_not_voted_on() -> None:
    session = hall()
    water = theme(session)
    Theme.objects.filter(pk=water.pk).update(dissolved_at=NOW)

    with pytest.raises(ActionNotPossible):
        vote_on(session, water)


def test_vote_is_closed_reopened_revealed_and_then_stays() -> None:
    session = hall()
    water = theme(session)
    one = vote_on(session, water)

    with pytest.raises(ActionNotPossible):
        actions.reveal(one, now=NOW)  # not while it is open
    assert actions.close(one, now=NOW).status == "closed"
    assert actions.close(one, now=NOW).status == "closed"  # pressed twice
    assert actions.reopen(one).status == "open"
    assert revealed(one).status == "revealed"
    with pytest.raises(ActionNotPossible):
        actions.reopen(one)


def test_totals_stand_under_the_names_that_were_voted_on() -> None:
    session = hall()
    water = theme(session)
    one = revealed(vote_on(session, water))
    Theme.objects.filter(pk=water.pk).update(title="Presupuesto")

    assert totals(one) == [("Agua", 0, 0)]


def test_vote_of_before_names_were_kept_tells_those_of_now() -> None:
    session = hall()
    one = revealed(vote_on(session, theme(session)))
    VotingRound.objects.update(titles={})

    assert totals(one) == [("Agua", 0, 0)]


# --- Hands ------------------------------------------------------------------------------------------------------------


def count(one: VotingRound, hands: dict[Theme, int | None], **given: Any) -> None:
    given = {"table": None, "by": None, "now": NOW} | given
    actions.count_hands(one, hands={key.pk: value for key, value in hands.items()}, **given)


def test_hands_are_added_to_votes_and_a_new_count_replaces_the_old_one() -> None:
    session = hall()
    water, roads = two_themes(session)
    one = vote_on(session, water, roads)
    cast(one, present(session), {water: 1})
    table = session.tables.get(number=2)

    count(one, {water: 4, roads: 9}, table=table)
    count(one, {water: 5, roads: None}, table=table)
    count(one, {roads: 2})

    assert totals(revealed(one)) == [("Agua", 1, 5), ("Calles", 0, 2)]


def test_hands_are_counted_after_the_close_and_not_after_the_reveal() -> None:
    session = hall()
    water = theme(session)
    one = vote_on(session, water)
    actions.close(one, now=NOW)
    count(one, {water: 3})
    actions.reveal(one, now=NOW)

    with pytest.raises(ActionNotPossible):
        count(one, {water: 4})

    assert HandCount.objects.get().hands == 3


def test_hands_for_a_theme_that_is_not_in_the_vote_are_refused() -> None:
    session = hall()
    water, roads = two_themes(session)

    with pytest.raises(ActionNotPossible):
        count(vote_on(session, water), {roads: 1})


@pytest.mark.parametrize("people", [1, 2])
def test_totals_of_fewer_than_three_voters_are_not_revealed(people: int) -> None:
    session = hall()
    water = theme(session)
    one = vote_on(session, water)
    for _person in range(people):
        cast(one, present(session), {water: 1})

    with pytest.raises(ActionNotPossible, match="quién votó qué"):
        revealed(one)
    actions.reopen(one)
    cast(one, walk_in(session), {water: 1})
    if people == 2:
        assert revealed(one).status == "revealed"


def test_few_voters_are_hidden_among_hands() -> None:
    session = hall()
    water = theme(session)
    one = vote_on(session, water)
    cast(one, present(session), {water: 1})
    count(one, {water: 4})

    assert revealed(one).status == "revealed"


def test_no_hands_hide_nobody() -> None:
    session = hall()
    water = theme(session)
    one = vote_on(session, water)
    cast(one, present(session), {water: 1})
    count(one, {water: 0})

    with pytest.raises(ActionNotPossible, match="quién votó qué"):
        revealed(one)


# --- Secrecy ----------------------------------------------------------------------------------------------------------


def test_nobody_reads_totals_before_they_are_revealed() -> None:
    session = hall()
    one = vote_on(session, theme(session))

    with pytest.raises(ValueError, match="secret"):
        reports.totals_of(one)
    with pytest.raises(ValueError, match="secret"):
        reports.totals_of(actions.close(one, now=NOW))


def test_history_keeps_no_vote() -> None:
    histories = [model for model in apps.get_models() if model.__name__.endswith("Event")]
    pointing = {
        field.related_model for model in histories for field in model._meta.concrete_fields if field.is_relation
    }

    assert pointing.isdisjoint({Vote, HandCount})


def test_totals_ask_three_queries_however_many_rounds() -> None:
    session = hall()
    water = theme(session)
    for _number in range(3):
        revealed(vote_on(session, water))
    rounds = list(session.voting_rounds.all())

    with CaptureQueriesContext(connection) as queries:
        reports.totals_of_rounds(rounds)

    assert len(queries) == 3


def test_check_in_that_was_a_slip_takes_its_votes_along_while_the_vote_is_open() -> None:
    session = hall()
    water = theme(session)
    one, person, visitor = vote_on(session, water), present(session), walk_in(session)
    cast(one, person, {water: 1})
    cast(one, visitor, {water: 1})

    attendance.undo_check_in(person)
    assert attendance.undo_check_in(visitor) is None

    assert reports.turnout_of(one) == 0


def test_entry_of_who_voted_stays_once_the_vote_is_closed() -> None:
    session = hall()
    water = theme(session)
    one, visitor = vote_on(session, water), walk_in(session)
    cast(one, visitor, {water: 1})
    actions.close(one, now=NOW)

    with pytest.raises(ActionNotPossible):
        attendance.undo_check_in(visitor)

    assert Participation.objects.get(pk=visitor.pk).attended == "present"
