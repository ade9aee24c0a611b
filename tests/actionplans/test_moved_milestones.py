"""The last day of a milestone is moved in public: for a reason, and beside the day first promised."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from actionplans import actions
from actionplans.models import ActionPlan, Milestone
from cities.models import City
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.actionplans.test_commitments import opened, typed
from tests.actionplans.test_views import signed_in

EDIT = "/plans/plan/commitments/1/milestones/1/edit/"
FIRST, SECOND, THIRD = date(2017, 12, 31), date(2018, 2, 28), date(2018, 4, 30)


@pytest.fixture
def milestone(reynosa: City) -> Milestone:
    plan = factories.create_plan(city=reynosa, slug="plan")
    return factories.create_milestone(commitment=factories.create_commitment(plan=plan), ends_on=FIRST)


def moved(client: Client, day: date, because: str) -> Any:
    return client.post(EDIT, {**opened(client, EDIT), "ends_on": day.isoformat(), "moved_because": because})


def stored(milestone: Milestone) -> tuple[date, date | None, str]:
    milestone.refresh_from_db()
    return milestone.ends_on, milestone.first_ends_on, milestone.moved_because


def test_day_is_moved_for_a_reason_and_the_first_one_stays_readable(
    milestone: Milestone, official_reynosa: User, stranger: Client
) -> None:
    client = signed_in(official_reynosa)

    moved(client, SECOND, "Llovió tres semanas.")
    moved(client, THIRD, "Falta el dictamen.")

    assert stored(milestone) == (THIRD, FIRST, "Falta el dictamen.")
    page = stranger.get("/plans/plan/commitments/1/").content.decode()
    assert "Se había comprometido para el 31 de diciembre de 2017." in page
    assert "Falta el dictamen." in page
    assert "Llovió tres semanas." in page  # in the history of the commitment


def test_without_a_reason_nothing_is_moved_and_what_was_typed_stays(
    milestone: Milestone, official_reynosa: User
) -> None:
    client = signed_in(official_reynosa)

    form = moved(client, SECOND, " ").context["form"]

    assert form.errors == {"moved_because": ["Escriba por qué se cambia el último día."]}
    assert form["ends_on"].value() == SECOND.isoformat()
    assert stored(milestone) == (FIRST, None, "")


def test_each_move_has_a_reason_of_its_own(milestone: Milestone, official_reynosa: User) -> None:
    client = signed_in(official_reynosa)
    moved(client, SECOND, "Llovió.")

    form = moved(client, THIRD, "Llovió.").context["form"]

    assert form.errors == {"moved_because": ["Escriba por qué se cambia esta vez."]}
    assert stored(milestone) == (SECOND, FIRST, "Llovió.")


def test_other_words_are_changed_without_a_reason(milestone: Milestone, official_reynosa: User) -> None:
    client = signed_in(official_reynosa)

    client.post(EDIT, {**opened(client, EDIT), "title": "Otro título", "starts_on": "2017-08-01"})

    assert stored(milestone) == (FIRST, None, "")
    assert (milestone.title, milestone.starts_on) == ("Otro título", date(2017, 8, 1))


def test_moved_back_to_the_first_day_says_no_more_of_it(
    milestone: Milestone, official_reynosa: User, stranger: Client
) -> None:
    client = signed_in(official_reynosa)
    moved(client, SECOND, "Llovió.")

    moved(client, FIRST, "Se recuperó el tiempo.")

    assert not Milestone.objects.get().is_moved
    assert "Se había comprometido" not in stranger.get("/plans/plan/commitments/1/").content.decode()


def test_the_reason_of_a_moved_day_cannot_be_cleared(milestone: Milestone, official_reynosa: User) -> None:
    client = signed_in(official_reynosa)
    moved(client, SECOND, "Llovió.")

    form = client.post(EDIT, {**opened(client, EDIT), "title": "Otro título", "moved_because": " "}).context["form"]

    assert form.errors == {"moved_because": ["Escriba por qué se cambia el último día."]}
    assert stored(milestone) == (SECOND, FIRST, "Llovió.")


def test_the_reason_of_a_moved_day_is_told_in_better_words(milestone: Milestone, official_reynosa: User) -> None:
    client = signed_in(official_reynosa)
    moved(client, SECOND, "Llovió.")

    client.post(EDIT, {**opened(client, EDIT), "moved_because": "Llovió tres semanas."})

    assert stored(milestone) == (SECOND, FIRST, "Llovió tres semanas.")


def test_a_reason_where_no_day_is_moved_is_told_nobody(
    milestone: Milestone, official_reynosa: User, stranger: Client
) -> None:
    client = signed_in(official_reynosa)

    client.post(EDIT, {**opened(client, EDIT), "title": "Otro título", "moved_because": "Llovió."})

    assert stored(milestone) == (FIRST, None, "")
    assert milestone.title == "Otro título"
    assert "Llovió." not in stranger.get("/plans/plan/commitments/1/").content.decode()


def test_in_preparation_nothing_is_promised_yet(milestone: Milestone, official_reynosa: User) -> None:
    ActionPlan.objects.update(status="draft")
    client = signed_in(official_reynosa)

    assert "moved_because" not in client.get(EDIT).context["form"].fields
    client.post(EDIT, {**opened(client, EDIT), "ends_on": SECOND.isoformat()})

    assert stored(milestone) == (SECOND, None, "")


def test_day_that_somebody_else_moved_asks_nobody_else_for_a_reason(
    milestone: Milestone, official_reynosa: User, coordinator: User
) -> None:
    ana, beto = signed_in(official_reynosa), signed_in(coordinator)
    of_beto = opened(beto, EDIT)
    moved(ana, SECOND, "Llovió.")

    answer = beto.post(EDIT, {**of_beto, "title": "De Beto"})

    assert (answer.status_code, answer.context["form"].clashes) == (409, [])
    beto.post(EDIT, typed(answer.context["form"]))
    assert stored(milestone) == (SECOND, FIRST, "Llovió.")
    assert milestone.title == "De Beto"


def test_action_and_database_refuse_it_too(milestone: Milestone) -> None:
    with pytest.raises(ActionNotPossible):
        actions.save_milestone(milestone, fields={"ends_on": SECOND}, edition=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.update(first_ends_on=FIRST)
    assert stored(milestone) == (FIRST, None, "")


def test_action_keeps_the_reason_with_the_move(milestone: Milestone) -> None:
    actions.save_milestone(milestone, fields={"lead": "Obras", "moved_because": "Llovió."}, edition=1)
    assert stored(milestone) == (FIRST, None, "")

    actions.save_milestone(milestone, fields={"ends_on": SECOND, "moved_because": "Llovió."}, edition=2)
    with pytest.raises(ActionNotPossible):
        actions.save_milestone(milestone, fields={"moved_because": ""}, edition=3)
    assert stored(milestone) == (SECOND, FIRST, "Llovió.")
