"""What a bad line sends twice is put on the plan once."""

import uuid
from typing import Any

import pytest

from actionplans.models import ActionPlan, Commitment, Deliverable, Milestone
from cities.models import City
from ogpgroup.models import User
from tests import factories
from tests.actionplans.test_views import signed_in

DAYS = {"starts_on": "2017-07-01", "ends_on": "2017-08-01"}
FORMS: dict[str, tuple[Any, dict[str, str]]] = {
    "/plans/plan/commitments/new/": (Commitment, {"title": "Nuevo"}),
    "/plans/plan/commitments/1/milestones/new/": (Milestone, {"title": "Nuevo", **DAYS}),
    "/plans/plan/deliverables/new/": (Deliverable, {"kind": "other", "title": "Nuevo", "due_on": "2017-09-01"}),
}


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    plan = factories.create_plan(city=reynosa, slug="plan")
    factories.create_commitment(plan=plan)
    return plan


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("address", FORMS)
def test_form_sent_twice_makes_one(address: str, coordinator: User) -> None:
    model, typed = FORMS[address]
    client = signed_in(coordinator)
    form_id = client.get(address).context["form"]["form_id"].value()

    answers = [client.post(address, {**typed, "form_id": str(form_id)}) for _ in range(2)]

    assert model.objects.filter(title="Nuevo").count() == 1
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    client.post(address, {**typed, "form_id": str(uuid.uuid4())})
    assert model.objects.filter(title="Nuevo").count() == 2


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("address", FORMS)
def test_form_keeps_its_id_through_a_mistake(address: str, coordinator: User) -> None:
    form_id = str(uuid.uuid4())

    answer = signed_in(coordinator).post(address, {"title": "", "form_id": form_id})

    assert answer.context["form"]["form_id"].value() == form_id
    assert form_id in answer.content.decode()


@pytest.mark.usefixtures("plan")
def test_form_of_a_thing_that_is_there_has_none(coordinator: User) -> None:
    deliverable = factories.create_deliverable(plan=ActionPlan.objects.get())
    client = signed_in(coordinator)

    for address in ("/plans/plan/edit/", "/plans/plan/commitments/1/edit/", f"{deliverable.get_absolute_url()}edit/"):
        assert "form_id" not in client.get(address).context["form"].fields


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("address", FORMS)
def test_form_that_made_something_elsewhere_is_told(address: str, coordinator: User) -> None:
    model, typed = FORMS[address]
    factories.create_commitment(plan=factories.create_plan(slug="otro"))
    form_id = str(uuid.uuid4())
    client = signed_in(coordinator)
    client.post(address.replace("/plan/", "/otro/"), {**typed, "form_id": form_id})

    answer = client.post(address, {**typed, "form_id": form_id})

    assert (answer.status_code, answer.context["form"]["title"].value()) == (409, "Nuevo")
    assert model.objects.filter(title="Nuevo").count() == 1
