"""What a plan promises: numbers, editions, and two people at one text."""

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from actionplans import actions
from actionplans.models import ActionPlan, Commitment, Milestone
from actionplans.reports import history
from cities.models import City
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.actionplans.test_views import signed_in

NOW = datetime(2017, 9, 1, 18, tzinfo=UTC)


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa, slug="plan")


def typed(html_form: Any) -> dict[str, Any]:
    """What a browser would send back unchanged."""
    sent = {}
    for field in html_form:
        value = field.value()
        sent[field.html_name] = "" if value is None else value
    return sent


def opened(client: Client, address: str) -> dict[str, Any]:
    return typed(client.get(address).context["form"])


# --- Verbs ----------------------------------------------------------------------------------------------------------


def test_numbers_are_given_in_order_and_not_given_twice(plan: ActionPlan, coordinator: User) -> None:
    numbers = [
        actions.add_commitment(plan, fields={"title": title}, by=coordinator, now=NOW).number for title in ("A", "B")
    ]
    commitment = plan.commitments.get(number=2)
    days = {"starts_on": date(2017, 7, 1), "ends_on": date(2017, 8, 1)}
    steps = [actions.add_milestone(commitment, fields={"title": "A", **days}).number for _ in range(2)]

    assert (numbers, steps) == ([1, 2], [1, 2])


def test_closed_plan_is_not_edited(plan: ActionPlan, coordinator: User) -> None:
    commitment = factories.create_commitment(plan=plan)
    milestone = factories.create_milestone(commitment=commitment)
    ActionPlan.objects.update(status="closed")

    with pytest.raises(ActionNotPossible):
        actions.add_commitment(plan, fields={"title": "A"}, by=coordinator, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.save_commitment(commitment, fields={"title": "A"}, edition=1, by=coordinator, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.add_milestone(commitment, fields={"title": "A"})
    with pytest.raises(ActionNotPossible):
        actions.save_milestone(milestone, fields={"title": "A"}, edition=1)


def test_saving_counts_the_edition_up_and_says_who(plan: ActionPlan, coordinator: User) -> None:
    commitment = factories.create_commitment(plan=plan)

    actions.save_commitment(commitment, fields={"title": "Nuevo"}, edition=1, by=coordinator, now=NOW)

    commitment.refresh_from_db()
    assert (commitment.title, commitment.edition, commitment.edited_by, commitment.edited_at) == (
        "Nuevo",
        2,
        coordinator,
        NOW,
    )


def test_saving_the_same_again_is_no_new_edition_and_no_quarrel(plan: ActionPlan, coordinator: User) -> None:
    commitment = factories.create_commitment(plan=plan)

    for _ in range(2):
        actions.save_commitment(commitment, fields={"title": "Nuevo"}, edition=1, by=coordinator, now=NOW)

    commitment.refresh_from_db()
    assert commitment.edition == 2


def test_edit_on_an_older_edition_is_not_saved(plan: ActionPlan, coordinator: User) -> None:
    commitment = factories.create_commitment(plan=plan)
    actions.save_commitment(commitment, fields={"title": "Suyo"}, edition=1, by=coordinator, now=NOW)

    with pytest.raises(actions.EditedMeanwhile) as meanwhile:
        actions.save_commitment(commitment, fields={"title": "Mío"}, edition=1, by=coordinator, now=NOW)

    commitment.refresh_from_db()
    assert (commitment.title, commitment.edition, meanwhile.value.current) == ("Suyo", 2, commitment)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["commitment", "milestone"])
def test_of_two_who_save_at_once_one_is_told(kind: str) -> None:
    commitment = factories.create_commitment()
    milestone = factories.create_milestone(commitment=commitment)
    results: list[str] = []
    barrier = threading.Barrier(2)

    def save(title: str) -> None:
        barrier.wait()
        try:
            if kind == "commitment":
                actions.save_commitment(commitment, fields={"title": title}, edition=1, by=None, now=NOW)
            else:
                actions.save_milestone(milestone, fields={"title": title}, edition=1)
            results.append("saved")
        except actions.EditedMeanwhile:
            results.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[title]) for title in ("Uno", "Dos")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    thing: Commitment | Milestone = commitment if kind == "commitment" else milestone
    thing.refresh_from_db()
    assert sorted(results) == ["saved", "told"]
    assert (thing.edition, thing.title in {"Uno", "Dos"}) == (2, True)


@pytest.mark.django_db(transaction=True)
def test_two_who_add_at_once_get_two_numbers() -> None:
    plan = factories.create_plan()
    barrier = threading.Barrier(2)

    def add() -> None:
        barrier.wait()
        try:
            actions.add_commitment(plan, fields={"title": "A"}, by=None, now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(plan.commitments.values_list("number", flat=True)) == [1, 2]


def test_only_what_a_draft_promises_and_nobody_wrote_about_is_removed(plan: ActionPlan) -> None:
    silent, spoken = (factories.create_commitment(plan=plan) for _ in range(2))
    step, step_spoken = (factories.create_milestone(commitment=spoken) for _ in range(2))
    factories.create_milestone(commitment=silent)
    factories.create_entry(milestone=step_spoken)

    with pytest.raises(ActionNotPossible):
        actions.remove_commitment(silent)  # the plan is in force
    with pytest.raises(ActionNotPossible):
        actions.remove_milestone(step)
    ActionPlan.objects.update(status="draft")
    actions.remove_commitment(silent)
    actions.remove_milestone(step)
    with pytest.raises(ActionNotPossible):
        actions.remove_commitment(spoken)
    with pytest.raises(ActionNotPossible):
        actions.remove_milestone(step_spoken)

    assert list(Commitment.objects.all()) == [spoken]
    assert list(Milestone.objects.all()) == [step_spoken]


# --- Two people at one form -----------------------------------------------------------------------------------------


@pytest.fixture
def commitment(plan: ActionPlan) -> Commitment:
    found = factories.create_commitment(plan=plan, title="Compromiso", problem="El problema")
    Commitment.objects.update(edition=2, action="La acción", causes="Línea uno\nLínea dos")  # as a second edition
    found.refresh_from_db()
    return found


EDIT = "/plans/plan/commitments/1/edit/"


def edit(client: Client, sent: Mapping[str, Any], **changes: Any) -> Any:
    return client.post(EDIT, {**sent, **changes})


def test_two_at_one_field_see_both_texts_and_lose_none(
    commitment: Commitment, official_reynosa: User, coordinator: User
) -> None:
    ana, beto = signed_in(official_reynosa), signed_in(coordinator)
    of_ana, of_beto = opened(ana, EDIT), opened(beto, EDIT)
    edit(ana, of_ana, problem="El problema según Ana")

    answer = edit(beto, of_beto, problem="El problema según Beto", lead="IMPLAN")

    commitment.refresh_from_db()
    assert (answer.status_code, commitment.problem, commitment.lead) == (409, "El problema según Ana", "")
    form = answer.context["form"]
    assert [(clash.field.name, clash.theirs, clash.field.value()) for clash in form.clashes] == [
        ("problem", "El problema según Ana", "El problema según Beto")
    ]
    assert (form["lead"].value(), form["edition"].value()) == ("IMPLAN", "3")
    assert "Ayuntamiento de Reynosa" in answer.content.decode()

    edit(beto, typed(form), problem="El problema según ambos")

    commitment.refresh_from_db()
    assert (commitment.problem, commitment.lead, commitment.edition) == ("El problema según ambos", "IMPLAN", 4)


def test_theirs_is_taken_where_the_box_is_ticked(
    commitment: Commitment, official_reynosa: User, coordinator: User
) -> None:
    ana, beto = signed_in(official_reynosa), signed_in(coordinator)
    of_ana, of_beto = opened(ana, EDIT), opened(beto, EDIT)
    edit(ana, of_ana, problem="De Ana", ogp_values=["civic_participation"])
    form = edit(beto, of_beto, problem="De Beto", ogp_values=["technology"]).context["form"]

    edit(beto, typed(form), **{"take-problem": "theirs", "take-ogp_values": "theirs"})

    commitment.refresh_from_db()
    assert (commitment.problem, commitment.ogp_values) == ("De Ana", ["civic_participation"])


def test_what_only_the_other_changed_is_taken_over(
    commitment: Commitment, official_reynosa: User, coordinator: User
) -> None:
    ana, beto = signed_in(official_reynosa), signed_in(coordinator)
    of_ana, of_beto = opened(ana, EDIT), opened(beto, EDIT)
    edit(ana, of_ana, problem="De Ana", starts_on="2017-08-01")

    form = edit(beto, of_beto, action="De Beto").context["form"]

    assert form.clashes == []
    assert {taken.new for taken in form.taken} == {"De Ana", "1 de agosto de 2017"}
    edit(beto, typed(form))
    commitment.refresh_from_db()
    assert (commitment.problem, commitment.action, commitment.starts_on) == ("De Ana", "De Beto", date(2017, 8, 1))


def test_a_third_edit_meanwhile_is_shown_again(
    commitment: Commitment, official_reynosa: User, coordinator: User
) -> None:
    ana, beto = signed_in(official_reynosa), signed_in(coordinator)
    of_beto = opened(beto, EDIT)
    edit(ana, opened(ana, EDIT), problem="De Ana")
    form = edit(beto, of_beto, problem="De Beto").context["form"]
    edit(ana, opened(ana, EDIT), problem="De Ana, otra vez")

    answer = edit(beto, typed(form))

    assert [clash.theirs for clash in answer.context["form"].clashes] == ["De Ana, otra vez"]
    assert answer.context["form"]["problem"].value() == "De Beto"


def test_line_ends_of_the_browser_are_no_change(commitment: Commitment, official_reynosa: User) -> None:
    ana = signed_in(official_reynosa)
    sent = opened(ana, EDIT)

    edit(ana, {**sent, "causes": sent["causes"].replace("\n", "\r\n")})

    commitment.refresh_from_db()
    assert (commitment.edition, commitment.causes) == (2, "Línea uno\nLínea dos")


@pytest.mark.parametrize("edition", ["", "0", "x", "99999999999999999999"])
def test_form_without_its_edition_saves_nothing(commitment: Commitment, official_reynosa: User, edition: str) -> None:
    ana = signed_in(official_reynosa)

    answer = edit(ana, opened(ana, EDIT), edition=edition, title="Otro")

    commitment.refresh_from_db()
    assert (answer.status_code in {200, 409}, commitment.title) == (True, "Compromiso")


def test_milestones_meet_the_same_way(plan: ActionPlan, official_reynosa: User, coordinator: User) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan), title="Hito")
    address = "/plans/plan/commitments/1/milestones/1/edit/"
    ana, beto = signed_in(official_reynosa), signed_in(coordinator)
    of_ana, of_beto = opened(ana, address), opened(beto, address)
    ana.post(address, {**of_ana, "title": "De Ana", "ends_on": "2018-01-31", "moved_because": "Llovió."})

    answer = beto.post(address, {**of_beto, "title": "De Beto"})

    form = answer.context["form"]
    assert [clash.theirs for clash in form.clashes] == ["De Ana"]
    beto.post(address, {**typed(form)})
    milestone.refresh_from_db()
    assert (milestone.title, milestone.ends_on, milestone.edition) == ("De Beto", date(2018, 1, 31), 3)


# --- Pages ----------------------------------------------------------------------------------------------------------


def test_official_adds_a_commitment_with_its_milestone(plan: ActionPlan, official_reynosa: User) -> None:
    client = signed_in(official_reynosa)

    created = client.post(
        "/plans/plan/commitments/new/", {"title": "Mesas de barrio", "ogp_values": ["civic_participation"]}
    )
    client.post(
        f"{created['Location']}milestones/new/",
        {"title": "Convocatoria", "starts_on": "2017-07-01", "ends_on": "2017-08-01"},
    )

    commitment = plan.commitments.get()
    assert created["Location"] == "/plans/plan/commitments/1/"
    assert (commitment.title, commitment.ogp_values, commitment.edited_by) == (
        "Mesas de barrio",
        ["civic_participation"],
        official_reynosa,
    )
    assert commitment.milestones.get().title == "Convocatoria"


def test_dates_the_wrong_way_round_are_said_at_the_form(plan: ActionPlan, official_reynosa: User) -> None:
    answer = signed_in(official_reynosa).post(
        "/plans/plan/commitments/new/", {"title": "A", "starts_on": "2018-01-01", "ends_on": "2017-01-01"}
    )

    assert answer.context["form"].errors
    assert not plan.commitments.exists()


def test_commitment_page_leaves_out_what_is_empty(commitment: Commitment, stranger: Client) -> None:
    answer = stranger.get("/plans/plan/commitments/1/")

    told = [label for _legend, fields in answer.context["standing"].sections for label, _text in fields]
    assert len(told) == 3  # problem, causes, action
    assert "El problema" in answer.content.decode()


def test_draft_is_removed_by_button(plan: ActionPlan, official_reynosa: User) -> None:
    factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    ActionPlan.objects.update(status="draft")
    client = signed_in(official_reynosa)

    client.post("/plans/plan/commitments/1/milestones/1/remove/")
    assert not Milestone.objects.exists()
    client.post("/plans/plan/commitments/1/remove/")
    assert not Commitment.objects.exists()


# --- History --------------------------------------------------------------------------------------------------------


def test_history_says_who_by_institution_and_what(
    commitment: Commitment, plan: ActionPlan, official_reynosa: User, stranger: Client
) -> None:
    ActionPlan.objects.filter(pk=plan.pk).update(title="Otro título")
    client = signed_in(official_reynosa)
    edit(client, opened(client, EDIT), problem="El nuevo problema")

    answer = stranger.get("/plans/plan/commitments/1/")

    newest = answer.context["changed"].history[0]
    assert newest.who.startswith("Ayuntamiento de Reynosa")
    assert [(one.name, one.old, one.new) for one in newest.differences] == [
        ("problem", "El problema", "El nuevo problema")
    ]
    assert official_reynosa.name not in answer.content.decode()


def test_public_history_begins_when_the_plan_is_in_force(reynosa: City, coordinator: User) -> None:
    plan = factories.create_plan(city=reynosa, status="draft")
    commitment = actions.add_commitment(plan, fields={"title": "Secreto de borrador"}, by=None, now=NOW)
    actions.save_commitment(commitment, fields={"title": "Antes"}, edition=1, by=None, now=NOW)
    assert history.history_of(commitment, keeper=False) == []
    actions.publish_plan(plan)
    commitment = Commitment.objects.select_related("plan").get()
    # Events of one transaction share one moment; a later one stands for the next day.
    history._model("CommitmentEvent").objects.update(pgh_created_at=datetime(2017, 1, 1, tzinfo=UTC))
    actions.save_commitment(commitment, fields={"title": "Después"}, edition=2, by=None, now=NOW)

    public, own = (history.history_of(commitment, keeper=keeper) for keeper in (False, True))

    assert [(one.differences[0].old, one.differences[0].new) for one in public] == [("Antes", "Después")]
    assert len(own) == 3


def test_history_asks_the_same_for_any_length(
    commitment: Commitment, official_reynosa: User, django_assert_num_queries: Any
) -> None:
    factories.create_milestone(commitment=commitment)
    for number in (1, 3, 80):
        for edition in range(number):
            commitment.refresh_from_db()
            fields = {"title": f"Título {number} {edition}"}
            actions.save_commitment(commitment, fields=fields, edition=commitment.edition, by=None, now=NOW)
        with django_assert_num_queries(3):
            found = history.history_of(commitment, keeper=False)

    assert len(found) == history.SHOWN
