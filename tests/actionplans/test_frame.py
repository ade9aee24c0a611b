"""The frame of a plan: two people at it, its end, and who changed what."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from actionplans import actions
from actionplans.models import ActionPlan
from actionplans.reports import history
from cities.models import City
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.actionplans.test_commitments import opened, typed
from tests.actionplans.test_views import signed_in

EDIT = "/plans/plan/edit/"
NOW = datetime(2017, 9, 1, 18, tzinfo=UTC)


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa, slug="plan", title="Plan", status="active")


def test_two_at_one_field_see_both_texts_and_lose_none(
    plan: ActionPlan, official_reynosa: User, coordinator: User
) -> None:
    ana, beto = signed_in(official_reynosa), signed_in(coordinator)
    of_ana, of_beto = opened(ana, EDIT), opened(beto, EDIT)
    ana.post(EDIT, {**of_ana, "aim": "La meta según Ana", "instrument": "pmd"})

    answer = beto.post(EDIT, {**of_beto, "aim": "La meta según Beto", "contact": official_reynosa.pk})

    plan.refresh_from_db()
    assert (answer.status_code, plan.aim, plan.edition) == (409, "La meta según Ana", 2)
    form = answer.context["form"]
    assert [(clash.field.name, clash.theirs, clash.field.value()) for clash in form.clashes] == [
        ("aim", "La meta según Ana", "La meta según Beto")
    ]
    assert len(form.taken) == 1  # the instrument, which Beto did not touch
    assert "Ayuntamiento de Reynosa" in answer.content.decode()

    beto.post(EDIT, typed(form))

    plan.refresh_from_db()
    assert (plan.aim, plan.instrument, plan.contact) == ("La meta según Beto", "pmd", official_reynosa)


def test_contact_that_another_coordinator_named_is_taken_over(
    plan: ActionPlan, official_reynosa: User, coordinator: User
) -> None:
    ana, beto = signed_in(coordinator), signed_in(factories.create_coordinator())
    of_beto = opened(beto, EDIT)
    ana.post(EDIT, {**opened(ana, EDIT), "contact": official_reynosa.pk})

    form = beto.post(EDIT, {**of_beto, "title": "De Beto"}).context["form"]
    beto.post(EDIT, typed(form))

    plan.refresh_from_db()
    assert (plan.title, plan.contact) == ("De Beto", official_reynosa)


def test_edit_of_the_city_leaves_the_contact(plan: ActionPlan, official_reynosa: User) -> None:
    ActionPlan.objects.update(contact=official_reynosa)
    client = signed_in(official_reynosa)

    client.post(EDIT, {**opened(client, EDIT), "title": "Otro", "contact": ""})

    plan.refresh_from_db()
    assert (plan.title, plan.contact) == ("Otro", official_reynosa)


def test_closed_plan_is_not_rewritten(plan: ActionPlan, official_reynosa: User, coordinator: User) -> None:
    for user in (official_reynosa, coordinator):
        client = signed_in(user)
        sent = opened(client, EDIT)
        ActionPlan.objects.update(status="closed")

        answer = client.post(EDIT, {**sent, "title": "Después"})

        assert (answer.status_code, answer.context["form"]["title"].value()) == (409, "Después")
        assert client.get(EDIT).status_code == 302
        assert EDIT not in client.get("/plans/plan/").content.decode()
        ActionPlan.objects.update(status="active")
    plan.refresh_from_db()
    assert plan.title == "Plan"


def test_reference_plan_is_kept_right_when_it_is_closed(coordinator: User, db: None) -> None:
    plan = factories.create_reference_plan(slug="plan")
    ActionPlan.objects.update(status="closed")

    assert actions.save_frame(plan, fields={"title": "Otro"}, edition=1).title == "Otro"
    assert signed_in(coordinator).get(EDIT).status_code == 200


def test_frame_is_saved_on_its_newest_edition_alone(plan: ActionPlan) -> None:
    actions.save_frame(plan, fields={"title": "Uno"}, edition=1)

    with pytest.raises(actions.EditedMeanwhile):
        actions.save_frame(plan, fields={"title": "Dos"}, edition=1)
    assert actions.save_frame(plan, fields={"title": "Uno"}, edition=1).edition == 2  # the same, sent twice
    ActionPlan.objects.update(status="closed")
    with pytest.raises(ActionNotPossible, match="cerrado|closed"):
        actions.save_frame(plan, fields={"title": "Tres"}, edition=2)


@pytest.mark.parametrize("kind", ["commitments/new", "commitments/1/edit", "commitments/1/milestones/new"])
def test_what_was_typed_comes_back_when_the_plan_was_closed_meanwhile(
    plan: ActionPlan, official_reynosa: User, kind: str
) -> None:
    factories.create_commitment(plan=plan)
    ActionPlan.objects.update(status="closed")
    sent: dict[str, Any] = {"title": "Con cuidado", "starts_on": "2017-07-01", "ends_on": "2017-08-01", "edition": "1"}

    answer = signed_in(official_reynosa).post(f"/plans/plan/{kind}/", sent)

    assert (answer.status_code, answer.context["form"]["title"].value()) == (409, "Con cuidado")


# --- History --------------------------------------------------------------------------------------------------------


def test_public_reads_what_changed_in_the_frame_and_in_what_is_due(
    plan: ActionPlan, official_reynosa: User, coordinator: User, stranger: Client
) -> None:
    deliverable = factories.create_deliverable(plan=plan, title="Informe")
    ana, group = signed_in(official_reynosa), signed_in(coordinator)
    ActionPlan.objects.update(contact=official_reynosa)
    ana.post(EDIT, {**opened(ana, EDIT), "ends_on": "2018-12-31"})
    group.post(
        f"{deliverable.get_absolute_url()}edit/",
        {"kind": "synthetic_proposal", "title": "Informe", "due_on": "2017-09-01", "edition": "1"},
    )
    ana.post(deliverable.get_absolute_url(), {"text": "Secreto hasta leerlo"})
    group.post("/plans/plan/close/")

    with translation.override("en"):
        told = [
            (change.about, [(one.label, one.old, one.new) for one in change.differences])
            for change in history.history_of_plan(plan, keeper=False)
            if not change.added
        ]

    assert sorted(told) == [  # events of one transaction share one moment
        ("Deliverable: Informe", [("Due", "29 July 2017", "1 September 2017")]),
        ("Deliverable: Informe", [("Status", "expected", "handed in")]),
        ("The frame of the plan", [("Ends", "28 June 2018", "31 December 2018")]),
        ("The frame of the plan", [("Status", "in force", "closed")]),
    ]
    html = stranger.get("/plans/plan/").content.decode()
    assert "Ayuntamiento de Reynosa (" in html
    assert official_reynosa.name not in html


def test_public_history_of_the_frame_begins_when_it_is_in_force(reynosa: City, coordinator: User) -> None:
    plan = factories.create_plan(city=reynosa, slug="plan", status="draft", title="Secreto de borrador")
    actions.save_frame(plan, fields={"title": "Antes"}, edition=1)
    factories.create_deliverable(plan=plan)
    for name in ("ActionPlanEvent", "DeliverableEvent"):
        # Events of one transaction share one moment; a later one stands for the next day.
        history._model(name).objects.update(pgh_created_at=datetime(2017, 1, 1, tzinfo=UTC))
    assert history.history_of_plan(plan, keeper=False) == []
    actions.publish_plan(plan)
    actions.save_frame(plan, fields={"ends_on": date(2018, 12, 31)}, edition=2)

    public, own = (history.history_of_plan(plan, keeper=keeper) for keeper in (False, True))

    assert [[one.name for one in change.differences] for change in public] == [["ends_on"], ["status"]]
    assert len(own) == 4


def test_history_of_the_frame_asks_the_same_for_any_length(
    plan: ActionPlan, official_reynosa: User, django_assert_num_queries: Any
) -> None:
    for number in (1, 3, 80):
        factories.create_deliverable(plan=plan)
        for edition in range(number):
            plan.refresh_from_db()
            actions.save_frame(plan, fields={"title": f"Título {number} {edition}"}, edition=plan.edition)
        with django_assert_num_queries(3):
            found = history.history_of_plan(plan, keeper=False)

    assert len(found) == history.SHOWN
