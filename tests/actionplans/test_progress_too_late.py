"""Progress sent too late: what was typed and what was uploaded come back with the refusal."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from actionplans.models import ActionPlan, Evidence, Milestone, ProgressEntry
from cities.models import City
from ogpgroup.models import User
from tests import factories
from tests.actionplans.test_progress import NEW, sent
from tests.actionplans.test_views import signed_in
from tests.ogpgroup.upload_documents import pdf


@pytest.fixture(autouse=True)
def _empty_storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    today = timezone.localdate()
    return factories.create_plan(
        city=reynosa, slug="plan", starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=275)
    )


@pytest.fixture
def milestone(plan: ActionPlan) -> Milestone:
    return factories.create_milestone(commitment=factories.create_commitment(plan=plan))


def file(number: int = 0) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"acta{number}.pdf", pdf(body=f"% {number}\n".encode()))


@pytest.mark.parametrize("status", ["closed", "draft"])
def test_entry_comes_back_when_the_plan_is_no_longer_in_force(
    plan: ActionPlan, milestone: Milestone, official_reynosa: User, status: str
) -> None:
    ActionPlan.objects.update(status=status)

    answer = signed_in(official_reynosa).post(NEW, sent(milestone, files=file(), links="https://ejemplo.org/minuta"))

    form = answer.context["form"]
    assert answer.status_code == 409
    assert len(form.non_field_errors()) == 1
    assert (form["text"].value(), form["links"].value()) == ("Nueve mesas.", "https://ejemplo.org/minuta")
    assert [one.name for one in form.kept] == ["acta0.pdf"]
    assert "Nueve mesas.</textarea>" in answer.content.decode()
    assert not ProgressEntry.objects.exists()


def test_entry_on_a_reference_plan_comes_back(coordinator: User, db: None) -> None:
    plan = factories.create_reference_plan(slug="plan")
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))

    assert signed_in(coordinator).post(NEW, sent(milestone)).status_code == 409


def test_nothing_sent_to_a_plan_without_commitments_breaks_nothing(plan: ActionPlan, official_reynosa: User) -> None:
    answer = signed_in(official_reynosa).post(NEW, {"text": "Nueve mesas."})

    assert answer.status_code == 200
    assert answer.context["form"]["text"].value() == "Nueve mesas."


def test_second_of_two_corrections_comes_back_and_goes_on_with_the_first(
    milestone: Milestone, official_reynosa: User
) -> None:
    entry = factories.create_entry(milestone=milestone)
    factories.create_link(entry=entry)
    theirs = factories.create_entry(milestone=milestone, corrects=entry, text="La de mi colega")
    stays = factories.create_link(entry=theirs)
    client = signed_in(official_reynosa)
    address = f"/plans/plan/progress/{entry.pk}/correct/"

    answer = client.post(address, sent(milestone, reason="Eran 391.", files=file()))

    form, html = answer.context["form"], answer.content.decode()
    assert answer.status_code == 409
    assert (form["text"].value(), form["reason"].value()) == ("Nueve mesas.", "Eran 391.")
    assert "La de mi colega" in html
    assert f'action="/plans/plan/progress/{theirs.pk}/correct/"' in html
    assert form["keep"].value() == [str(stays.pk)]

    kept = str(form.kept[0].uuid)
    client.post(
        f"/plans/plan/progress/{theirs.pk}/correct/", sent(milestone, reason="Eran 391.", kept=kept, keep=[stays.pk])
    )
    mine = ProgressEntry.objects.get(corrects=theirs)
    assert (mine.text, [one.name for one in mine.evidence.order_by("name")]) == (
        "Nueve mesas.",
        ["Minuta", "acta0.pdf"],
    )


def test_correction_comes_back_when_the_plan_was_closed(
    plan: ActionPlan, milestone: Milestone, official_reynosa: User
) -> None:
    entry = factories.create_entry(milestone=milestone)
    ActionPlan.objects.update(status="closed")

    answer = signed_in(official_reynosa).post(
        f"/plans/plan/progress/{entry.pk}/correct/", sent(milestone, reason="Eran 391.", files=file())
    )

    assert answer.status_code == 409
    assert answer.context["form"]["text"].value() == "Nueve mesas."
    assert [one.name for one in answer.context["form"].kept] == ["acta0.pdf"]


def test_evidence_that_stays_takes_its_part_of_the_room(milestone: Milestone, official_reynosa: User) -> None:
    entry = factories.create_entry(milestone=milestone)
    links = [factories.create_link(entry=entry).pk for _ in range(Evidence.MOST)]
    client = signed_in(official_reynosa)
    address = f"/plans/plan/progress/{entry.pk}/correct/"

    full = client.post(address, sent(milestone, reason="Eran 391.", keep=links, files=file()))

    assert set(full.context["form"].errors) == {"files"}
    assert full.context["form"]["text"].value() == "Nueve mesas."
    client.post(address, sent(milestone, reason="Eran 391.", keep=links[1:], files=file()))
    assert ProgressEntry.objects.get(corrects=entry).evidence.count() == Evidence.MOST


def test_more_kept_from_before_than_there_is_room_for_is_told(milestone: Milestone, official_reynosa: User) -> None:
    entry = factories.create_entry(milestone=milestone)
    links = [factories.create_link(entry=entry).pk for _ in range(Evidence.MOST)]
    client = signed_in(official_reynosa)
    address = f"/plans/plan/progress/{entry.pk}/correct/"
    first = client.post(address, sent(milestone, keep=links[1:], files=file()))  # without a reason
    kept = str(first.context["form"].kept[0].uuid)

    answer = client.post(address, sent(milestone, reason="Eran 391.", keep=links, kept=kept))

    assert set(answer.context["form"].errors) == {"files"}
    assert [str(one.uuid) for one in answer.context["form"].kept] == [kept]


def test_entry_with_a_kept_file_sent_twice_is_one(
    plan: ActionPlan, milestone: Milestone, official_reynosa: User
) -> None:
    client = signed_in(official_reynosa)
    first = client.post(NEW, sent(milestone, text="", files=file()))
    data = sent(milestone, kept=str(first.context["form"].kept[0].uuid))

    answers = [client.post(NEW, data) for _ in range(2)]

    entry = ProgressEntry.objects.get()
    assert {answer["Location"] for answer in answers} == {entry.get_absolute_url()}
    assert [one.name for one in entry.evidence.all()] == ["acta0.pdf"]


def test_file_that_went_with_another_form_is_told(
    plan: ActionPlan, milestone: Milestone, official_reynosa: User
) -> None:
    client = signed_in(official_reynosa)
    kept = str(client.post(NEW, sent(milestone, text="", files=file())).context["form"].kept[0].uuid)
    client.post(NEW, sent(milestone, kept=kept))

    answer = client.post(NEW, sent(milestone, text="Otra entrada", kept=kept))

    assert (answer.status_code, answer.context["form"]["text"].value()) == (409, "Otra entrada")
    assert ProgressEntry.objects.count() == 1
