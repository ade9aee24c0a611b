"""What a city hands in: handed in once, accepted, or returned with a word."""

import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from actionplans import actions
from actionplans.models import ActionPlan, Deliverable
from cities.models import City
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.actionplans.test_views import signed_in
from tests.ogpgroup.upload_documents import pdf

NOW = datetime(2017, 7, 20, 18, tzinfo=UTC)


@pytest.fixture
def deliverable(reynosa: City) -> Deliverable:
    return factories.create_deliverable(plan=factories.create_plan(city=reynosa, slug="plan"))


def test_handed_in_locks_and_says_when_and_who(deliverable: Deliverable, official_reynosa: User) -> None:
    actions.hand_in(deliverable, text="La propuesta", by=official_reynosa, now=NOW)

    deliverable.refresh_from_db()
    assert (deliverable.status, deliverable.text, deliverable.handed_in_at, deliverable.handed_in_by) == (
        "handed_in",
        "La propuesta",
        NOW,
        official_reynosa,
    )
    with pytest.raises(ActionNotPossible):
        actions.hand_in(deliverable, text="Otra", by=official_reynosa, now=NOW)


def test_nothing_is_not_handed_in(deliverable: Deliverable) -> None:
    with pytest.raises(ActionNotPossible):
        actions.hand_in(deliverable, text=" ", by=None, now=NOW)


@pytest.mark.parametrize("status", ["handed_in", "accepted", "dropped"])
def test_only_what_is_expected_is_handed_in(db: None, status: str) -> None:
    deliverable = factories.create_deliverable(status=status)

    with pytest.raises(ActionNotPossible):
        actions.hand_in(deliverable, text="Otra", by=None, now=NOW)


def test_closed_plan_takes_nothing_in_and_a_draft_does(deliverable: Deliverable) -> None:
    ActionPlan.objects.update(status="closed")
    with pytest.raises(ActionNotPossible):
        actions.hand_in(deliverable, text="La propuesta", by=None, now=NOW)
    ActionPlan.objects.update(status="draft")

    assert actions.hand_in(deliverable, text="La propuesta", by=None, now=NOW).status == "handed_in"


@pytest.mark.parametrize("status", ["expected", "accepted", "dropped"])
def test_only_what_was_handed_in_is_accepted_or_returned(db: None, status: str) -> None:
    deliverable = factories.create_deliverable(status=status)

    with pytest.raises(ActionNotPossible):
        actions.accept_deliverable(deliverable, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.return_deliverable(deliverable, reason="Falta el presupuesto.", now=NOW)


def test_returned_needs_a_word_and_can_be_handed_in_again(deliverable: Deliverable) -> None:
    actions.hand_in(deliverable, text="La propuesta", by=None, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.return_deliverable(deliverable, reason=" ", now=NOW)

    returned = actions.return_deliverable(deliverable, reason="Falta el presupuesto.", now=NOW)

    assert (returned.status, returned.text, returned.handed_in_at) == ("expected", "La propuesta", None)
    actions.hand_in(deliverable, text="Con presupuesto", by=None, now=NOW)
    assert actions.accept_deliverable(deliverable, now=NOW).status == "accepted"


def test_closed_and_reference_plans_take_no_decision(deliverable: Deliverable) -> None:
    actions.hand_in(deliverable, text="La propuesta", by=None, now=NOW)
    reference = factories.create_deliverable(plan=factories.create_reference_plan(), status="handed_in")
    ActionPlan.objects.filter(pk=deliverable.plan_id).update(status="closed")

    for one in (deliverable, reference):
        with pytest.raises(ActionNotPossible):
            actions.accept_deliverable(one, now=NOW)
        with pytest.raises(ActionNotPossible):
            actions.return_deliverable(one, reason="Falta el presupuesto.", now=NOW)
    assert set(Deliverable.objects.values_list("status", flat=True)) == {"handed_in"}


def test_acceptance_is_taken_back(deliverable: Deliverable) -> None:
    with pytest.raises(ActionNotPossible):
        actions.take_back_acceptance(deliverable)
    actions.hand_in(deliverable, text="La propuesta", by=None, now=NOW)
    actions.accept_deliverable(deliverable, now=NOW)

    assert actions.take_back_acceptance(deliverable).status == "handed_in"
    deliverable.refresh_from_db()
    assert (deliverable.status, deliverable.handed_in_at) == ("handed_in", NOW)


def test_what_is_expected_can_be_changed_until_it_is_handed_in(deliverable: Deliverable) -> None:
    changed: dict[str, Any] = {"kind": "other", "title": "Informe", "due_on": date(2017, 9, 1), "due_is_computed": True}

    actions.edit_deliverable(deliverable, fields=changed, edition=1)

    deliverable.refresh_from_db()
    assert {name: getattr(deliverable, name) for name in changed} == changed
    actions.hand_in(deliverable, text="La propuesta", by=None, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.edit_deliverable(deliverable, fields=changed, edition=2)


def test_of_two_coordinators_at_one_deliverable_neither_loses_what_they_wrote(
    deliverable: Deliverable, coordinator: User
) -> None:
    client, address = signed_in(coordinator), f"{deliverable.get_absolute_url()}edit/"
    opened = {"kind": "synthetic_proposal", "title": deliverable.title, "due_on": "2017-07-29", "edition": "1"}
    assert client.get(address).context["form"]["edition"].value() == 1
    client.post(address, opened | {"title": "Propuesta con presupuesto"})

    answer = client.post(address, opened | {"due_on": "2017-08-05"})

    form = answer.context["form"]
    assert (answer.status_code, [one.new for one in form.taken]) == (409, ["Propuesta con presupuesto"])
    again = {name: form[name].value() for name in opened}
    assert client.post(address, again)["Location"] == deliverable.get_absolute_url()
    deliverable.refresh_from_db()
    assert (deliverable.title, deliverable.due_on, deliverable.edition) == (
        "Propuesta con presupuesto",
        date(2017, 8, 5),
        3,
    )


def test_title_that_two_coordinators_change_stands_beside_the_other(
    deliverable: Deliverable, coordinator: User
) -> None:
    client, address = signed_in(coordinator), f"{deliverable.get_absolute_url()}edit/"
    opened = {"kind": "synthetic_proposal", "title": deliverable.title, "due_on": "2017-07-29", "edition": "1"}
    client.post(address, opened | {"title": "Uno"})

    form = client.post(address, opened | {"title": "Dos"}).context["form"]

    assert [(one.theirs, one.field.value()) for one in form.clashes] == [("Uno", "Dos")]
    deliverable.refresh_from_db()
    assert deliverable.title == "Uno"


def test_dropped_is_late_no_more_and_can_be_expected_again(deliverable: Deliverable) -> None:
    with pytest.raises(ActionNotPossible):
        actions.drop_deliverable(deliverable, reason=" ")

    actions.drop_deliverable(deliverable, reason="Se fundió con el informe.")

    assert not Deliverable.objects.late(date(2020, 1, 1)).exists()
    with pytest.raises(ActionNotPossible):
        actions.drop_deliverable(deliverable, reason="Otra vez.")
    assert actions.expect_again(deliverable).status == "expected"
    with pytest.raises(ActionNotPossible):
        actions.expect_again(deliverable)


@pytest.mark.parametrize("status", ["handed_in", "accepted"])
def test_what_was_handed_in_is_not_dropped_or_expected_again(db: None, status: str) -> None:
    deliverable = factories.create_deliverable(status=status)

    with pytest.raises(ActionNotPossible):
        actions.drop_deliverable(deliverable, reason="Ya no.")
    with pytest.raises(ActionNotPossible):
        actions.expect_again(deliverable)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_in_at_once_one_is_told() -> None:
    deliverable = factories.create_deliverable()
    barrier = threading.Barrier(2)
    results: list[str] = []

    def send(text: str) -> None:
        barrier.wait()
        try:
            results.append(actions.hand_in(deliverable, text=text, by=None, now=NOW).status)
        except ActionNotPossible:
            results.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[text]) for text in ("Uno", "Dos")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["handed_in", "told"]


def test_nobody_is_late_in_a_closed_or_a_reference_plan(deliverable: Deliverable) -> None:
    reference = factories.create_deliverable(plan=factories.create_reference_plan())
    ActionPlan.objects.filter(pk=deliverable.plan_id).update(status="closed")
    deliverable.refresh_from_db()

    assert not Deliverable.objects.late(date(2020, 1, 1)).exists()
    assert not deliverable.is_late(date(2020, 1, 1))
    assert not reference.is_late(date(2020, 1, 1))


def test_city_hands_in_coordinator_returns_and_accepts_and_public_reads(
    deliverable: Deliverable, official_reynosa: User, coordinator: User, stranger: Client
) -> None:
    address = deliverable.get_absolute_url()
    city, group = signed_in(official_reynosa), signed_in(coordinator)

    city.post(address, {"text": "La propuesta de la ciudad", "links": "https://ejemplo.org/anexo Anexo"})
    assert "La propuesta de la ciudad" in stranger.get(address).content.decode()
    assert "https://ejemplo.org/anexo" in stranger.get(address).content.decode()

    group.post(f"{address}return/", {"reason": "Falta el presupuesto."})
    html = stranger.get(address).content.decode()
    assert "La propuesta de la ciudad" not in html  # it is being written again
    assert "Falta el presupuesto." in html
    assert coordinator.name not in html
    again = city.get(address).context
    assert again["form"]["text"].value() == "La propuesta de la ciudad"
    (annex,) = again["evidence_before"]
    assert (again["evidence"], again["form"]["keep"].value()) == ([], [str(annex.pk)])

    city.post(address, {"text": "Con presupuesto"})
    group.post(f"{address}accept/")
    deliverable.refresh_from_db()
    assert (deliverable.status, deliverable.text) == ("accepted", "Con presupuesto")
    assert "Con presupuesto" in stranger.get(address).content.decode()


def test_return_without_a_word_asks_for_it(deliverable: Deliverable, coordinator: User) -> None:
    actions.hand_in(deliverable, text="La propuesta", by=None, now=NOW)

    answer = signed_in(coordinator).post(f"{deliverable.get_absolute_url()}return/", {"reason": ""})

    assert set(answer.context["return_form"].errors) == {"reason"}


def test_others_hand_in_and_decide_nothing(
    deliverable: Deliverable, official_reynosa: User, official_colima: User, member: User, stranger: Client
) -> None:
    address = deliverable.get_absolute_url()
    for user in (official_colima, member):
        assert signed_in(user).post(address, {"text": "Ajena"}).status_code == 404
    assert stranger.post(address, {"text": "Ajena"})["Location"].startswith("/accounts/login/")
    signed_in(official_reynosa).post(address, {"text": "Propia"})
    for verb in ("accept", "return"):
        assert signed_in(official_reynosa).post(f"{address}{verb}/", {"reason": "x"}).status_code == 404

    deliverable.refresh_from_db()
    assert (deliverable.status, deliverable.text) == ("handed_in", "Propia")


@pytest.mark.parametrize("state", ["handed in", "dropped", "plan closed"])
def test_what_was_typed_and_its_files_come_back_when_it_is_too_late(
    deliverable: Deliverable, official_reynosa: User, state: str, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    if state == "handed in":
        actions.hand_in(deliverable, text="La de mi colega", by=None, now=NOW)
    elif state == "dropped":
        Deliverable.objects.update(status="dropped")
    else:
        ActionPlan.objects.update(status="closed")
    typed = {"text": "La mía", "files": SimpleUploadedFile("acta.pdf", pdf()), "links": "https://ejemplo.org/anexo"}

    answer = signed_in(official_reynosa).post(deliverable.get_absolute_url(), typed)

    deliverable.refresh_from_db()
    assert deliverable.text == ("La de mi colega" if state == "handed in" else "")
    assert answer.status_code == 409
    form = answer.context["form"]
    assert (form["text"].value(), form["links"].value()) == ("La mía", "https://ejemplo.org/anexo")
    assert [one.name for one in form.kept] == ["acta.pdf"]
    assert len(form.non_field_errors()) == 1
    html = answer.content.decode()
    assert "La mía</textarea>" in html
    assert str(form.kept[0].uuid) in html


def test_files_kept_through_a_refusal_are_handed_in_once_it_is_returned(
    deliverable: Deliverable, official_reynosa: User, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    actions.hand_in(deliverable, text="La de mi colega", by=None, now=NOW)
    client, address = signed_in(official_reynosa), deliverable.get_absolute_url()
    refused = client.post(address, {"text": "La mía", "files": SimpleUploadedFile("acta.pdf", pdf())})
    actions.return_deliverable(deliverable, reason="Falta el presupuesto.", now=NOW)

    client.post(address, {"text": "La mía", "kept": str(refused.context["form"].kept[0].uuid)})

    deliverable.refresh_from_db()
    assert (deliverable.status, deliverable.text) == ("handed_in", "La mía")
    assert [one.name for one in deliverable.evidence.all()] == ["acta.pdf"]


def test_nothing_is_handed_in_on_a_reference_plan(coordinator: User, db: None) -> None:
    deliverable = factories.create_deliverable(plan=factories.create_reference_plan())
    client = signed_in(coordinator)

    assert client.get(deliverable.get_absolute_url()).context["form"] is None
    assert client.post(deliverable.get_absolute_url(), {"text": "La propuesta"}).status_code == 409


# --- Changed and dropped --------------------------------------------------------------------------------------------


def test_coordinator_changes_the_day(deliverable: Deliverable, coordinator: User) -> None:
    client, address = signed_in(coordinator), f"{deliverable.get_absolute_url()}edit/"
    assert client.get(address).context["form"]["due_on"].value() == date(2017, 7, 29)

    answer = client.post(address, {"kind": "other", "title": "Informe", "due_on": "2017-09-01", "edition": "1"})

    assert answer["Location"] == deliverable.get_absolute_url()
    deliverable.refresh_from_db()
    assert (deliverable.kind, deliverable.title, deliverable.due_on) == ("other", "Informe", date(2017, 9, 1))


def test_coordinator_drops_it_and_the_public_reads_why(
    deliverable: Deliverable, coordinator: User, stranger: Client
) -> None:
    client, address = signed_in(coordinator), deliverable.get_absolute_url()
    assert set(client.post(f"{address}drop/", {"reason": ""}).context["form"].errors) == {"reason"}

    client.post(f"{address}drop/", {"reason": "Se fundió con el informe."})

    page = stranger.get(address)
    assert (page.context["deliverable"].status, page.context["decided"].reason) == (
        "dropped",
        "Se fundió con el informe.",
    )
    assert "Se fundió con el informe." in page.content.decode()
    client.post(f"{address}expect/")
    again = stranger.get(address)
    assert (again.context["deliverable"].status, again.context["decided"]) == ("expected", None)
    assert "Se fundió con el informe." in again.content.decode()  # among what came about


@pytest.mark.parametrize(("verb", "typed"), [("edit", "title"), ("drop", "reason")])
def test_change_that_comes_too_late_comes_back(
    deliverable: Deliverable, coordinator: User, verb: str, typed: str
) -> None:
    actions.hand_in(deliverable, text="La propuesta", by=None, now=NOW)
    client, address = signed_in(coordinator), f"{deliverable.get_absolute_url()}{verb}/"
    sent = {"kind": "other", "title": "Con cuidado", "due_on": "2017-09-01", "reason": "Con cuidado", "edition": "1"}

    answer = client.post(address, sent)

    assert answer.status_code == 409
    assert answer.context["form"][typed].value() == "Con cuidado"
    assert client.get(address).status_code == 302


def test_page_offers_coordinators_what_they_can_do(deliverable: Deliverable, coordinator: User) -> None:
    client, address = signed_in(coordinator), deliverable.get_absolute_url()

    def offered() -> set[str]:
        html = client.get(address).content.decode()
        return {
            verb for verb in ("edit", "drop", "expect", "accept", "return", "look-again") if f"{address}{verb}/" in html
        }

    assert offered() == {"edit", "drop"}
    actions.drop_deliverable(deliverable, reason="Ya no.")
    assert offered() == {"expect"}
    actions.expect_again(deliverable)
    actions.hand_in(deliverable, text="La propuesta", by=None, now=NOW)
    assert offered() == {"accept", "return"}
    actions.accept_deliverable(deliverable, now=NOW)
    assert offered() == {"look-again"}
    ActionPlan.objects.update(status="closed")
    assert offered() == set()


def test_late_word_to_the_city_comes_back(deliverable: Deliverable, coordinator: User) -> None:
    actions.hand_in(deliverable, text="La propuesta", by=None, now=NOW)
    actions.accept_deliverable(deliverable, now=NOW)

    answer = signed_in(coordinator).post(
        f"{deliverable.get_absolute_url()}return/", {"reason": "Falta el presupuesto."}
    )

    assert answer.status_code == 409
    assert "Falta el presupuesto.</textarea>" in answer.content.decode()
