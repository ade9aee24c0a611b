"""An entry logged by mistake is taken back: it counts no more, and stays readable with the reason."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actionplans import actions
from actionplans.models import ActionPlan, Evidence, Milestone, ProgressEntry, Retraction
from actionplans.reports.diary import diary_of_commitment
from actionplans.reports.picture import picture_of
from actionplans.reports.progress import figures_of, progress_of
from cities.models import City
from ogpgroup import moderation, parts
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2018, 3, 5, 18, 0, tzinfo=UTC)
TODAY = date(2018, 3, 5)
REASON = "El foro fue de otra ciudad."


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa)


@pytest.fixture
def milestone(plan: ActionPlan) -> Milestone:
    return factories.create_milestone(commitment=factories.create_commitment(plan=plan), title="Convocar")


def logged(milestone: Milestone, status: str, on: date, text: str = "Se hizo.") -> ProgressEntry:
    return factories.create_entry(milestone=milestone, status=status, happened_on=on, text=text)


def retract(entry: ProgressEntry, by: User | None = None, reason: str = REASON) -> Retraction:
    return actions.retract_progress(entry, reason=reason, by=by, now=NOW)


def correct(entry: ProgressEntry) -> ProgressEntry:
    said: dict[str, Any] = {"text": "Otra cosa.", "status": "limited", "happened_on": entry.happened_on}
    about = entry.milestone or entry.commitment
    return actions.correct_progress(entry, about=about, reason="Mal.", form_id=uuid4(), by=None, now=NOW, **said)


def test_what_was_said_before_counts_again(plan: ActionPlan, milestone: Milestone) -> None:
    logged(milestone, "limited", date(2017, 9, 1))
    mistake = logged(milestone, "complete", date(2017, 10, 1))
    factories.create_link(entry=mistake)
    later = logged(milestone, "limited", date(2017, 11, 1))

    retract(mistake)

    [track] = progress_of(plan, on=TODAY).tracks
    facts = track.facts
    assert (facts.status, facts.said_on, facts.finished_on, facts.with_evidence) == (
        "limited",
        later.happened_on,
        None,
        0,
    )
    retract(later)
    [track] = progress_of(plan, on=TODAY).tracks
    assert (track.facts.status, track.facts.said_on) == ("limited", date(2017, 9, 1))


def test_no_way_of_counting_counts_it(plan: ActionPlan, milestone: Milestone) -> None:
    mistake = logged(milestone, "complete", date(2017, 9, 1))
    factories.create_link(entry=mistake)
    whole = factories.create_entry(commitment=milestone.commitment, status="complete")
    day = milestone.ends_on + timedelta(days=1)
    assert not Milestone.objects.late(day).exists()

    retract(mistake)
    retract(whole)

    found = progress_of(plan, on=day)
    assert found.figures == figures_of([plan], on=day)[plan.pk]
    assert (found.figures.computed.reported, found.figures.reported.reported, found.figures.late_count) == (0, 0, 1)
    assert list(Milestone.objects.late(day)) == list(Milestone.objects.unfinished()) == [milestone]
    picture = picture_of(found)
    assert picture
    assert [facts.marks for group in picture.groups for facts in group.rows] == [()]
    assert not ProgressEntry.objects.standing().exists()


def test_diary_strikes_it_out_and_says_why_and_who(
    plan: ActionPlan, milestone: Milestone, official_reynosa: User
) -> None:
    logged(milestone, "limited", date(2017, 9, 1))
    mistake = logged(milestone, "complete", date(2017, 10, 1), "Foro en Matamoros.")
    logged(milestone, "substantial", date(2017, 11, 1))
    retract(mistake, official_reynosa)

    newest, struck, _oldest = diary_of_commitment(milestone.commitment, page=None).items

    assert newest.moved == "Pasó de limitado a sustancial."
    assert (struck.is_struck, struck.correction, struck.retracted_by) == (
        True,
        None,
        "Ayuntamiento de Reynosa (enlace municipal)",
    )
    assert struck.retraction
    assert (struck.retraction.reason, struck.retraction.retracted_at) == (REASON, NOW)
    page = Client(headers={"Accept-Language": "es-mx"}).get(milestone.commitment.get_absolute_url()).content.decode()
    assert "<del" in page
    assert "Foro en Matamoros." in page
    assert REASON in page
    assert "anuló este registro el 5 de marzo de 2018" in page


def test_entry_is_corrected_or_taken_back_once(milestone: Milestone, official_reynosa: User) -> None:
    first, second = logged(milestone, "limited", TODAY), logged(milestone, "limited", TODAY)
    done = retract(first, official_reynosa)

    assert retract(first, official_reynosa) == done  # the same form, sent twice
    with pytest.raises(ActionNotPossible, match="ya se anuló"):
        retract(first, official_reynosa, "Otro motivo.")
    with pytest.raises(ActionNotPossible, match="ya se anuló"):
        correct(first)
    correction = correct(second)
    with pytest.raises(ActionNotPossible, match="ya se corrigió"):
        retract(second)
    retract(correction)
    assert not ProgressEntry.objects.standing().exists()


def test_reason_is_needed_and_the_plan_in_force(milestone: Milestone, plan: ActionPlan) -> None:
    entry = logged(milestone, "limited", TODAY)

    with pytest.raises(ActionNotPossible, match="diga por qué"):
        retract(entry, reason="  ")
    ActionPlan.objects.filter(pk=plan.pk).update(status="closed")
    with pytest.raises(ActionNotPossible, match="cerrado"):
        retract(entry)
    assert not Retraction.objects.exists()


def test_database_keeps_it(milestone: Milestone) -> None:
    row = retract(logged(milestone, "limited", TODAY))

    for forbidden in (lambda: Retraction.objects.update(reason="Otro."), row.delete):
        with pytest.raises(ProgrammingError), transaction.atomic():
            forbidden()


def test_official_takes_an_entry_back_on_its_page(
    milestone: Milestone, plan: ActionPlan, official_reynosa: User
) -> None:
    entry = logged(milestone, "complete", TODAY, "Foro en Matamoros.")
    client = Client()
    client.force_login(official_reynosa)
    address = reverse("actionplans:progress_retract", args=[plan.slug, entry.pk])
    assert address in client.get(entry.commitment.get_absolute_url()).content.decode()

    asked, refused = client.get(address), client.post(address, {"reason": ""})
    done = client.post(address, {"reason": REASON})

    assert "Foro en Matamoros." in asked.content.decode()
    assert list(refused.context["form"].errors) == ["reason"]
    assert done.headers["Location"] == entry.get_absolute_url()
    assert address not in client.get(entry.commitment.get_absolute_url()).content.decode()
    late = client.post(address, {"reason": "Otro motivo."})
    assert (late.status_code, "Otro motivo." in late.content.decode()) == (409, True)
    assert Retraction.objects.get().reason == REASON


def test_reason_is_withheld_with_its_entry(milestone: Milestone, coordinator: User, official_reynosa: User) -> None:
    entry = logged(milestone, "limited", TODAY)
    retract(entry, official_reynosa, "Lo escribió Juan Pérez.")
    page = milestone.commitment.get_absolute_url()
    assert "Juan Pérez" in Client().get(page).content.decode()
    thing = moderation.find("entry", entry.pk)
    assert thing
    assert [text for _label, text in thing.words] == ["Se hizo.", "Lo escribió Juan Pérez."]

    moderation.withhold(thing, reason="personal", words="", by=coordinator, now=NOW)

    assert "Juan Pérez" not in Client().get(page).content.decode()
    keeper = Client()
    keeper.force_login(official_reynosa)
    assert "Juan Pérez" in keeper.get(page).content.decode()


def test_diary_asks_the_same_for_any_number(milestone: Milestone, official_reynosa: User) -> None:
    def asked() -> int:
        parts.forget()
        with CaptureQueriesContext(connection) as queries:
            Client().get(milestone.commitment.get_absolute_url())
        return len(queries)

    retract(logged(milestone, "limited", TODAY), official_reynosa)
    first = asked()
    for _each in range(3):
        retract(logged(milestone, "limited", TODAY), official_reynosa)
    assert asked() == first


def test_evidence_stays_with_it(milestone: Milestone) -> None:
    entry = logged(milestone, "limited", TODAY)
    link = factories.create_link(entry=entry)

    retract(entry)

    assert list(Evidence.objects.filter(entry=entry)) == [link]
    assert link.url in Client().get(milestone.commitment.get_absolute_url()).content.decode()
