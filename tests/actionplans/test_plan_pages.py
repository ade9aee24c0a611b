"""Plans as the public reads them: how far, what moved, what is late, what is next; references without a clock."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actionplans.models import ActionPlan, Milestone
from cities.models import City
from ogpgroup.models import User
from tests import factories
from tests.actionplans.test_views import signed_in

pytestmark = pytest.mark.slow


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    today = timezone.localdate()
    return factories.create_plan(
        city=reynosa, slug="plan", starts_on=today - timedelta(days=100), ends_on=today + timedelta(days=265)
    )


def step(plan: ActionPlan, *, ends_in: int, title: str = "") -> Milestone:
    today = timezone.localdate()
    commitment = plan.commitments.first() or factories.create_commitment(plan=plan)
    return factories.create_milestone(
        commitment=commitment,
        title=title,
        starts_on=today - timedelta(days=90),
        ends_on=today + timedelta(days=ends_in),
    )


def test_plan_says_what_is_late_and_what_is_next(plan: ActionPlan, stranger: Client) -> None:
    late, longer_late = step(plan, ends_in=-5), step(plan, ends_in=-50)
    soon, later = step(plan, ends_in=5), step(plan, ends_in=50)
    done = step(plan, ends_in=-20)
    factories.create_entry(milestone=done, status="complete", happened_on=timezone.localdate())

    answer = stranger.get("/plans/plan/")

    standing = answer.context["standing"]
    assert [facts.milestone_id for facts in standing.late] == [longer_late.pk, late.pk]
    assert [facts.milestone_id for facts in standing.ahead] == [soon.pk, later.pk]
    html = answer.content.decode()
    assert 'data-label="Planeado"' in html or 'data-label="Planned"' in html  # what stands beside it on a phone
    assert 'class="track-over"' in html
    assert 'class="track-today"' in html


def test_reference_plan_has_no_clock(stranger: Client, db: None) -> None:
    plan = factories.create_reference_plan(slug="referencia")
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    factories.create_entry(milestone=milestone, happened_on=date(2017, 8, 1))
    factories.create_deliverable(plan=plan)
    for path in ("/plans/", "/plans/referencia/", "/plans/referencia/commitments/1/", plan.cycle.get_absolute_url()):
        answer = stranger.get(path)

        html = answer.content.decode()
        assert answer.status_code == 200
        assert plan.holder.name in html
        assert "track-over" not in html
        assert "track-today" not in html
        assert "warm" not in html.partition("<main")[2].partition("</main>")[0]


def test_coordinators_keep_a_reference_plan(coordinator: User) -> None:
    plan = factories.create_reference_plan(slug="referencia")
    client = signed_in(coordinator)

    assert client.get("/plans/referencia/").context["can_log"] is False
    created = client.post("/plans/referencia/commitments/new/", {"title": "Compromiso"})
    assert client.get(created["Location"]).status_code == 200
    assert client.get("/plans/referencia/edit/").status_code == 200
    assert client.get("/plans/referencia/deliverables/new/").status_code == 200
    assert client.get("/plans/referencia/progress/new/").status_code == 302
    assert plan.commitments.count() == 1


def test_only_years_known_are_said_as_years(stranger: Client, db: None) -> None:
    plan = factories.create_reference_plan(slug="referencia")
    ActionPlan.objects.update(only_years_known=True)

    for path in ("/plans/", "/plans/referencia/"):
        html = stranger.get(path).content.decode()
        assert "2017 – 2018" in html
        assert f"{plan.starts_on.day} de " not in html


def test_index_shows_both_figures_and_references_apart(plan: ActionPlan, stranger: Client) -> None:
    milestone = step(plan, ends_in=5)
    factories.create_entry(milestone=milestone, status="complete")
    reference = factories.create_reference_plan()

    context = stranger.get("/plans/").context

    assert [(one, figures.computed.percent) for one, figures in context["plans"]] == [(plan, 100)]
    assert [one for one, _figures in context["references"]] == [reference]


def fill(plan: ActionPlan, *, commitments: int, milestones: int, entries: int, by: User) -> None:
    today = timezone.localdate()
    for _ in range(commitments):
        commitment = factories.create_commitment(plan=plan)
        for _ in range(milestones):
            milestone = factories.create_milestone(
                commitment=commitment, starts_on=today - timedelta(days=50), ends_on=today - timedelta(days=5)
            )
            for number in range(entries):
                day = today - timedelta(days=number)
                entry = factories.create_entry(milestone=milestone, happened_on=day, reported_by=by)
                factories.create_link(entry=entry)
        factories.create_deliverable(plan=plan)


def test_plan_and_commitment_ask_the_same_for_any_size(
    plan: ActionPlan, official_reynosa: User, stranger: Client
) -> None:
    keeper = signed_in(official_reynosa)
    asked: dict[str, set[int]] = {}
    for commitments, milestones, entries in ((1, 1, 1), (2, 3, 3), (4, 6, 3)):
        fill(plan, commitments=commitments, milestones=milestones, entries=entries, by=official_reynosa)
        for who, client in (("stranger", stranger), ("keeper", keeper)):
            for path in ("/plans/plan/", "/plans/plan/commitments/1/", "/plans/", "/plans/plan/progress/new/"):
                if path.endswith("new/") and who == "stranger":
                    continue
                with CaptureQueriesContext(connection) as captured:
                    assert client.get(path).status_code == 200
                asked.setdefault(f"{who} {path}", set()).add(len(captured))

    assert {page: numbers for page, numbers in asked.items() if len(numbers) > 1} == {}
