"""The fellow city, its plan and what it hands in."""

import threading
from datetime import date

import pytest
from django.db import connection

from actionplans import actions
from actionplans.models import ActionPlan, Candidacy, Deliverable
from cities.models import City, Cycle
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories

pytestmark = pytest.mark.slow

DAY = date(2017, 6, 29)


def test_stand_twice_is_one_candidacy_with_the_newer_statement(reynosa: City) -> None:
    cycle = factories.create_cycle()

    actions.stand(cycle, city=reynosa, statement="Primera")
    actions.stand(cycle, city=reynosa, statement="Segunda")

    assert list(Candidacy.objects.values_list("statement", flat=True)) == ["Segunda"]


def test_select_names_the_fellow_city_and_settles_the_others(reynosa: City, colima: City, coordinator: User) -> None:
    cycle = factories.create_cycle()
    chosen, other = (factories.create_candidacy(cycle=cycle, city=city) for city in (reynosa, colima))

    actions.select(chosen, on=DAY, reason="Por acuerdo", by=coordinator)

    cycle.refresh_from_db()
    other.refresh_from_db()
    assert (cycle.fellow_city, cycle.fellow_named_on, cycle.fellow_reason) == (reynosa, DAY, "Por acuerdo")
    assert (other.status, other.decided_by) == ("not_selected", coordinator)


def test_select_again_is_the_same_and_another_is_refused(reynosa: City, colima: City) -> None:
    cycle = factories.create_cycle()
    actions.name_fellow(cycle, city=reynosa, on=DAY, reason="Por acuerdo", by=None)

    actions.name_fellow(cycle, city=reynosa, on=DAY, reason="Otra vez", by=None)
    with pytest.raises(ActionNotPossible):
        actions.name_fellow(cycle, city=colima, on=DAY, reason="No", by=None)

    cycle.refresh_from_db()
    assert (cycle.fellow_city, cycle.fellow_reason) == (reynosa, "Por acuerdo")
    assert Candidacy.objects.count() == 1  # the refused one left nothing behind


def test_withdrawn_candidacy_is_not_selected(reynosa: City) -> None:
    candidacy = factories.create_candidacy(city=reynosa)
    Candidacy.objects.update(status="withdrawn")

    with pytest.raises(ActionNotPossible):
        actions.select(candidacy, on=DAY, reason="x", by=None)


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_name_one_fellow_city() -> None:
    cycle = factories.create_cycle()
    cities = [factories.create_city(), factories.create_city()]
    results: list[str] = []
    barrier = threading.Barrier(2)

    def name(city: City) -> None:
        barrier.wait()
        try:
            actions.name_fellow(cycle, city=city, on=DAY, reason="x", by=None)
            results.append("named")
        except ActionNotPossible:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=name, args=[city]) for city in cities]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["named", "refused"]


def open_plan(cycle: Cycle, city: City) -> ActionPlan:
    return actions.open_plan(
        cycle,
        city=city,
        slug="reynosa-2017",
        title="Reynosa abre su plan",
        aim="Abrirlo",
        starts_on=DAY,
        ends_on=date(2018, 6, 28),
    )


def test_only_the_fellow_city_opens_one_plan(reynosa: City, colima: City) -> None:
    cycle = factories.create_cycle(fellow_city=reynosa)

    plan = open_plan(cycle, reynosa)

    assert plan.status == "draft"
    with pytest.raises(ActionNotPossible):
        open_plan(cycle, reynosa)
    with pytest.raises(ActionNotPossible):
        open_plan(cycle, colima)


def test_plan_is_published_once(reynosa: City) -> None:
    plan = open_plan(factories.create_cycle(fellow_city=reynosa), reynosa)

    assert actions.publish_plan(plan).status == "active"
    with pytest.raises(ActionNotPossible):
        actions.publish_plan(plan)


def test_closed_plan_is_reopened_and_no_other(db: None) -> None:
    plan = factories.create_plan(status="draft")
    with pytest.raises(ActionNotPossible):
        actions.reopen_plan(plan)
    actions.publish_plan(plan)
    with pytest.raises(ActionNotPossible):
        actions.reopen_plan(plan)
    actions.close_plan(plan)
    with pytest.raises(ActionNotPossible):
        actions.publish_plan(plan)

    assert actions.reopen_plan(plan).status == "active"


def test_closed_plan_expects_nothing_more(db: None) -> None:
    plan = factories.create_plan(status="closed")

    with pytest.raises(ActionNotPossible):
        actions.expect_deliverable(plan, kind="other", title="Informe", due_on=DAY)


@pytest.mark.parametrize(
    ("due_on", "late"), [(date(2017, 7, 28), True), (date(2017, 7, 29), False), (date(2017, 7, 30), False)]
)
def test_late_means_after_its_day(db: None, due_on: date, late: bool) -> None:  # noqa: FBT001 (a case of the table)
    today = date(2017, 7, 29)
    deliverable = factories.create_deliverable(due_on=due_on)

    assert deliverable.is_late(today) == Deliverable.objects.late(today).exists() == late


def test_nobody_is_late_where_the_outcome_is_not_known(db: None) -> None:
    deliverable = factories.create_deliverable(due_on=date(2017, 7, 1))
    Deliverable.objects.update(outcome_unknown=True)
    deliverable.refresh_from_db()

    assert not deliverable.is_late(DAY.replace(year=2020))
    assert not Deliverable.objects.late(DAY.replace(year=2020)).exists()


@pytest.mark.parametrize("model", [Candidacy, ActionPlan, Deliverable])
def test_every_status_is_reachable(model: type[Candidacy] | type[ActionPlan] | type[Deliverable]) -> None:
    first = model._meta.get_field("status").default
    reached, waiting = {first}, [first]
    while waiting:
        fresh = model.TRANSITIONS[waiting.pop()] - reached
        reached |= fresh
        waiting += fresh

    assert reached == set(model.Status)
