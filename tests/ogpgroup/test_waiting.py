"""What plans, notes and rounds want of whom."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from actionplans.models import ActionPlan
from cities.models import City
from ogpgroup import waiting
from ogpgroup.models import User
from tests import factories
from tests.feedback import noting, rounds

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
TODAY = date(2026, 3, 2)
QUERIES_OF_AN_OFFICIAL, QUERIES_OF_A_MEMBER, QUERIES_OF_COORDINATION = 18, 10, 11


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))


def told(own: waiting.Own) -> list[tuple[str, str, bool]]:
    return [(one.title, one.about, one.is_late) for one in own.things]


def test_official_sees_what_the_city_has_to_do_the_most_urgent_first(plan: ActionPlan, official_reynosa: User) -> None:
    commitment = factories.create_commitment(plan=plan)
    late = factories.create_milestone(commitment=commitment, title="Atrasado", ends_on=TODAY - timedelta(days=1))
    factories.create_milestone(commitment=commitment, title="Lejano", ends_on=TODAY + timedelta(days=61))
    done = factories.create_milestone(commitment=commitment, title="Hecho", ends_on=TODAY)
    factories.create_entry(milestone=done, status="complete")
    factories.create_deliverable(plan=plan, title="Informe", due_on=TODAY)
    noting.write(plan, text="¿Quién *convoca*?", now=NOW)

    own = waiting.for_person(official_reynosa, TODAY)

    assert told(own) == [
        ("Atrasado", "Milestone · Reynosa", True),
        ("Informe", "Deliverable · Reynosa", False),
        ("“¿Quién convoca?”", "A note that waits for your answer", False),
    ]
    assert own.things[0].href == f"/plans/{plan.slug}/progress/new/?milestone={late.pk}"
    assert (own.count, own.late_count, own.more_count, own.headline) == (3, 1, 0, "1 thing is late")


def test_nothing_of_another_city_or_of_a_plan_without_a_clock_waits(
    plan: ActionPlan, official_reynosa: User, official_colima: User
) -> None:
    factories.create_deliverable(plan=plan, due_on=TODAY)
    assert waiting.for_person(official_colima, TODAY).things == []

    ActionPlan.objects.update(status=ActionPlan.Status.CLOSED)
    assert waiting.for_person(official_reynosa, TODAY).things == []


def test_official_sees_what_is_to_be_handed_in_while_the_plan_is_a_draft(
    plan: ActionPlan, official_reynosa: User
) -> None:
    factories.create_deliverable(plan=plan, title="Propuesta", due_on=TODAY - timedelta(days=1))
    commitment = factories.create_commitment(plan=plan)
    factories.create_milestone(commitment=commitment, ends_on=TODAY)
    ActionPlan.objects.update(status=ActionPlan.Status.DRAFT)

    assert told(waiting.for_person(official_reynosa, TODAY)) == [("Propuesta", "Deliverable · Reynosa", True)]


def test_member_sees_answers_to_own_notes_and_rounds_to_evaluate(plan: ActionPlan) -> None:
    organization = factories.create_organization()
    member = factories.create_member(organization=organization)
    note = noting.write(plan, by=member, text="¿Y la zona sur?", now=NOW)
    noting.answer(note, now=NOW)
    opened = rounds.open_round(plan=plan, organizations=[organization])

    own = waiting.for_person(member, TODAY)

    assert (own.count, own.late_count) == (2, 0)
    assert [(one.title, one.href) for one in own.things] == [
        ("Evaluate the plan of Reynosa", reverse("feedback:evaluate", args=[plan.slug, opened.number])),
        ("“¿Y la zona sur?”", note.get_absolute_url()),
    ]


def test_city_sees_a_closed_round_it_has_to_reply_to_and_what_it_promised(
    plan: ActionPlan, official_reynosa: User
) -> None:
    rounds.closed_round(plan=plan)
    noting.answer(noting.write(plan, now=NOW), change="Convoca el IMPLAN.", change_by=TODAY, now=NOW)

    assert told(waiting.for_person(official_reynosa, TODAY)) == [
        ("Convoca el IMPLAN.", "A change your city promised", False),
        ("Reply to the evaluation of your plan", "IRM criteria", False),
    ]


def test_coordination_sees_all_that_is_late(plan: ActionPlan, coordinator: User) -> None:
    commitment = factories.create_commitment(plan=plan)
    factories.create_milestone(commitment=commitment, title="Hito", ends_on=date(2026, 4, 2))
    factories.create_deliverable(plan=plan, title="Informe", due_on=date(2026, 4, 1))
    noting.write(plan, text="Sin respuesta", now=NOW)
    rounds.open_round(plan=plan)
    day = date(2026, 4, 3)

    late = waiting.late_in_plans(coordinator, day)

    assert [(one.title, one.due_on) for one in late.things] == [
        ("Evaluations of the plan of Reynosa", date(2026, 3, 20)),
        ("Informe", date(2026, 4, 1)),
        ("“Sin respuesta”", date(2026, 4, 1)),
        ("Hito", date(2026, 4, 2)),
    ]
    assert late.count == 4
    assert waiting.late_in_plans(coordinator, TODAY).count == 0


def test_note_that_is_late_for_its_promise_shows_the_day_of_the_promise(plan: ActionPlan, coordinator: User) -> None:
    promised = noting.write(plan, text="Promesa rota", now=NOW)
    noting.answer(promised, change="Convoca el IMPLAN.", change_by=date(2026, 3, 9), now=NOW)

    late = waiting.late_in_plans(coordinator, date(2026, 3, 10))

    assert [(one.title, one.due_on, one.is_late) for one in late.things] == [("“Promesa rota”", date(2026, 3, 9), True)]
    assert promised.answer_due_on > date(2026, 3, 10)


def test_note_that_was_not_settled_and_not_answered_again_shows_the_day_of_the_answer(
    plan: ActionPlan, coordinator: User
) -> None:
    noting.write(plan, text="Sin respuesta", now=NOW)

    late = waiting.late_in_plans(coordinator, date(2026, 4, 3))

    assert [(one.title, one.due_on) for one in late.things] == [("“Sin respuesta”", date(2026, 4, 1))]


def test_headline_counts_all_there_is_and_not_what_is_shown(plan: ActionPlan, official_reynosa: User) -> None:
    commitment = factories.create_commitment(plan=plan)
    for number in range(40):
        factories.create_milestone(commitment=commitment, ends_on=TODAY - timedelta(days=1 + number))
    factories.create_deliverable(plan=plan, due_on=TODAY)

    own = waiting.for_person(official_reynosa, TODAY)

    assert (len(own.things), own.count, own.late_count, own.more_count) == (13, 41, 40, 28)
    assert own.headline == "40 things are late"


def test_ex_members_have_nothing_to_do(plan: ActionPlan, ex_member: User) -> None:
    factories.create_deliverable(plan=plan, due_on=TODAY)

    assert waiting.for_person(ex_member, TODAY).things == []


@pytest.mark.parametrize("number", [1, 3, 20])
def test_any_number_of_things_costs_the_same_number_of_questions(
    plan: ActionPlan,
    official_reynosa: User,
    coordinator: User,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    member = factories.create_member()
    commitment = factories.create_commitment(plan=plan)
    for _each in range(number):
        factories.create_milestone(commitment=commitment, ends_on=TODAY - timedelta(days=2))
        factories.create_deliverable(plan=plan, due_on=TODAY - timedelta(days=2))
        noting.write(plan, now=NOW)
        noting.answer(noting.write(plan, by=member, now=NOW), change_by=TODAY, now=NOW)

    with django_assert_num_queries(QUERIES_OF_AN_OFFICIAL):
        waiting.for_person(official_reynosa, TODAY)
    with django_assert_num_queries(QUERIES_OF_A_MEMBER):
        waiting.for_person(member, TODAY)
    with django_assert_num_queries(QUERIES_OF_COORDINATION):
        waiting.late_in_plans(coordinator, TODAY + timedelta(days=90))
