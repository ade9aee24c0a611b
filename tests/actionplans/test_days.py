"""Days that are slips are refused in forms and in the database, and those from before break no page and no mail."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client

from actionplans import emails
from actionplans.forms.commitments import CommitmentForm, MilestoneForm
from actionplans.forms.deliverables import DeliverableForm
from actionplans.forms.plans import PlanForm
from actionplans.models import ActionPlan, Commitment, Deliverable, Milestone, ProgressEntry
from cities.models import City
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.actionplans.test_views import signed_in

pytestmark = pytest.mark.django_db

SLIPS = ["0001-01-01", "0202-06-01", "1999-12-31", "2101-01-01", "9999-12-31"]
NOW = datetime(2017, 8, 7, 15, tzinfo=UTC)  # a Monday


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa, slug="plan")


def unbound(table: str, constraint: str) -> None:
    """The table as it was before it asked for days within bounds."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end would keep the table from changing
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")


@pytest.mark.parametrize("day", SLIPS)
def test_forms_refuse_them(plan: ActionPlan, coordinator: User, day: str) -> None:
    both = QueryDict(f"title=A&starts_on={day}&ends_on={day}&aim=x&instrument=pmd")
    frame = PlanForm(both, city=plan.city, by=coordinator)

    assert set(CommitmentForm(both, instance=Commitment(plan=plan)).errors) == {"starts_on", "ends_on"}
    assert set(MilestoneForm(both).errors) == {"starts_on", "ends_on"}
    assert set(frame.errors) == {"starts_on", "ends_on"}
    assert set(DeliverableForm(QueryDict(f"kind=other&title=A&due_on={day}")).errors) == {"due_on"}


@pytest.mark.parametrize("day", ["0202-06-01", "1999-12-31"])
def test_diary_refuses_them(plan: ActionPlan, official_reynosa: User, day: str) -> None:
    commitment = factories.create_commitment(plan=plan)
    sent = {"about": f"c{commitment.pk}", "status": "limited", "text": "x", "happened_on": day}

    answer = signed_in(official_reynosa).post("/plans/plan/progress/new/", {**sent, "form_id": str(uuid.uuid4())})

    assert set(answer.context["form"].errors) == {"happened_on"}
    assert not ProgressEntry.objects.exists()


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2101, 1, 1)])
def test_database_refuses_them(plan: ActionPlan, day: date) -> None:
    commitment = factories.create_commitment(plan=plan)
    milestone = factories.create_milestone(commitment=commitment)
    deliverable = factories.create_deliverable(plan=plan)

    for thing, fields in (
        (plan, ["starts_on", "ends_on"]),
        (commitment, ["starts_on", "ends_on"]),
        (milestone, ["starts_on", "ends_on"]),
        (deliverable, ["due_on"]),
    ):
        for field in fields:
            with pytest.raises(IntegrityError), transaction.atomic():
                type(thing)._default_manager.filter(pk=thing.pk).update(**{field: day})
    with pytest.raises(IntegrityError, match="progressentry_day_within"), transaction.atomic():
        factories.create_entry(milestone=milestone, happened_on=day)


def test_days_at_the_bounds_are_fine_and_drawn(plan: ActionPlan, stranger: Client) -> None:
    milestone = factories.create_milestone(
        commitment=factories.create_commitment(plan=plan), starts_on=date(2000, 1, 1), ends_on=date(2100, 12, 31)
    )

    assert stranger.get("/plans/plan/").status_code == 200
    assert stranger.get(milestone.commitment.get_absolute_url()).status_code == 200


def test_slips_from_before_are_drawn_at_the_edge(plan: ActionPlan, stranger: Client) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    unbound("actionplans_milestone", "milestone_days_within")
    Milestone.objects.update(starts_on=date(1, 1, 1), ends_on=date(9999, 12, 31))

    assert stranger.get("/plans/plan/").status_code == 200
    assert stranger.get(milestone.commitment.get_absolute_url()).status_code == 200


def test_slips_from_before_stop_no_reminder(plan: ActionPlan, official_reynosa: User) -> None:
    slip = factories.create_deliverable(plan=plan, title="Error de dedo")
    factories.create_deliverable(plan=plan, due_on=date(2017, 8, 10))
    unbound("actionplans_deliverable", "deliverable_day_within")
    Deliverable.objects.filter(pk=slip.pk).update(due_on=date(1, 1, 1))

    emails.plan(NOW)

    assert sorted(one.key for one in OutgoingMail.objects.all()) == [
        f"plan_due:{plan.pk}:2017-08-10:3d:{official_reynosa.pk}",
        f"plan_late:{plan.pk}:2017-08-07:{official_reynosa.pk}",
    ]
