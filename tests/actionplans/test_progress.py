"""Logging progress: once however often it is sent, never rewritten, only while the plan is in force."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from actionplans import actions
from actionplans.models import ActionPlan, Commitment, Milestone, ProgressEntry
from cities.models import City
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.actionplans.test_views import signed_in

NOW = datetime(2017, 9, 1, 18, tzinfo=UTC)
NEW = "/plans/plan/progress/new/"


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa, slug="plan")


@pytest.fixture
def milestone(plan: ActionPlan) -> Milestone:
    return factories.create_milestone(commitment=factories.create_commitment(plan=plan))


def log(about: Commitment | Milestone, **facts: Any) -> ProgressEntry:
    given: dict[str, Any] = {
        "text": "Se hizo.",
        "status": "limited",
        "happened_on": date(2017, 8, 1),
        "form_id": uuid.uuid4(),
        "by": None,
        "now": NOW,
    }
    return actions.log_progress(about, **(given | facts))


def correct(entry: ProgressEntry, **facts: Any) -> ProgressEntry:
    given: dict[str, Any] = {
        "about": entry.milestone or entry.commitment,
        "reason": "La fecha era otra.",
        "text": "Se hizo.",
        "status": "limited",
        "happened_on": date(2017, 8, 2),
        "form_id": uuid.uuid4(),
        "by": None,
        "now": NOW,
    }
    return actions.correct_progress(entry, **(given | facts))


# --- Verbs ----------------------------------------------------------------------------------------------------------


def test_entry_is_about_a_milestone_or_the_whole(milestone: Milestone) -> None:
    one, whole = log(milestone), log(milestone.commitment)

    assert (one.commitment, one.milestone) == (milestone.commitment, milestone)
    assert (whole.commitment, whole.milestone) == (milestone.commitment, None)


def test_form_sent_twice_is_one_entry(milestone: Milestone, official_reynosa: User) -> None:
    form_id = uuid.uuid4()

    one, again = (log(milestone, form_id=form_id, by=official_reynosa, text=text) for text in ("A", "B"))

    assert one == again
    assert ProgressEntry.objects.get().text == "A"


def test_form_of_somebody_else_is_not_sent_again(milestone: Milestone, official_reynosa: User) -> None:
    form_id = uuid.uuid4()
    log(milestone, form_id=form_id, by=official_reynosa)
    elsewhere = factories.create_milestone()

    with pytest.raises(ActionNotPossible):
        log(milestone, form_id=form_id)
    with pytest.raises(ActionNotPossible):
        log(elsewhere, form_id=form_id, by=official_reynosa)


@pytest.mark.django_db(transaction=True)
def test_form_sent_twice_at_once_is_one_entry() -> None:
    milestone = factories.create_milestone()
    form_id = uuid.uuid4()
    barrier = threading.Barrier(3)
    made: list[int] = []

    def send() -> None:
        barrier.wait()
        try:
            made.append(log(milestone, form_id=form_id).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(made), len(set(made)), ProgressEntry.objects.count()) == (3, 1, 1)


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_nothing_is_logged_unless_the_plan_is_in_force(milestone: Milestone, status: str) -> None:
    entry = log(milestone)
    ActionPlan.objects.update(status=status)

    with pytest.raises(ActionNotPossible):
        log(milestone)
    with pytest.raises(ActionNotPossible):
        correct(entry)


def test_nothing_is_logged_on_a_reference_plan(db: None) -> None:
    commitment = factories.create_commitment(plan=factories.create_reference_plan())

    with pytest.raises(ActionNotPossible):
        log(commitment)


def test_day_is_the_plans_own_today_at_most(milestone: Milestone) -> None:
    late = datetime(2017, 9, 2, 5, 30, tzinfo=UTC)  # half past eleven of the day before on the Pacific, not in Cancún
    City.objects.update(time_zone="America/Mazatlan")
    with pytest.raises(ActionNotPossible):
        log(milestone, happened_on=date(2017, 9, 2), now=late)
    City.objects.update(time_zone="America/Cancun")

    assert log(milestone, happened_on=date(2017, 9, 2), now=late).pk


def test_correction_stands_in_place_and_both_stay(milestone: Milestone) -> None:
    entry = log(milestone)

    correction = correct(entry, status="substantial")

    assert list(ProgressEntry.objects.standing()) == [correction]
    assert (correction.corrects, entry.correction) == (entry, correction)


def test_entry_is_corrected_once_and_its_correction_again(milestone: Milestone) -> None:
    entry = log(milestone)
    correction = correct(entry)

    with pytest.raises(ActionNotPossible):
        correct(entry)
    again = correct(correction)

    assert list(ProgressEntry.objects.standing()) == [again]


def test_correction_needs_a_reason_and_stays_in_the_plan(milestone: Milestone) -> None:
    entry = log(milestone)

    with pytest.raises(ActionNotPossible):
        correct(entry, reason=" ")
    with pytest.raises(ValueError, match="within its plan"):
        correct(entry, about=factories.create_milestone())


@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_at_once_one_is_told() -> None:
    entry = log(factories.create_milestone())
    barrier = threading.Barrier(2)
    results: list[str] = []

    def send() -> None:
        barrier.wait()
        try:
            correct(ProgressEntry.objects.select_related("commitment", "milestone__commitment").get(pk=entry.pk))
            results.append("stands")
        except ActionNotPossible:
            results.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["stands", "told"]


def test_kept_evidence_stands_with_both(milestone: Milestone) -> None:
    entry = log(milestone)
    kept, left = factories.create_link(entry=entry), factories.create_link(entry=entry)

    correction = correct(entry, keep=[kept])

    assert [(one.url, one.name) for one in correction.evidence.all()] == [(kept.url, kept.name)]
    assert set(entry.evidence.all()) == {kept, left}
    with pytest.raises(ValueError, match="another entry"):
        correct(correction, keep=[left])


# --- Pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def now_plan(reynosa: City) -> ActionPlan:
    """In force today."""
    today = timezone.localdate()
    return factories.create_plan(
        city=reynosa, slug="plan", starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=275)
    )


def step(plan: ActionPlan, *, ends_in: int, commitment: Commitment | None = None) -> Milestone:
    today = timezone.localdate()
    return factories.create_milestone(
        commitment=commitment or plan.commitments.first() or factories.create_commitment(plan=plan),
        starts_on=today - timedelta(days=80),
        ends_on=today + timedelta(days=ends_in),
    )


def sent(milestone: Milestone, **changes: Any) -> dict[str, Any]:
    return {
        "about": f"m{milestone.pk}",
        "status": "substantial",
        "text": "Nueve mesas.",
        "happened_on": timezone.localdate().isoformat(),
        "form_id": str(uuid.uuid4()),
        **changes,
    }


def test_form_opens_with_the_milestone_due_next_and_today(now_plan: ActionPlan, official_reynosa: User) -> None:
    step(now_plan, ends_in=-10)
    step(now_plan, ends_in=60)
    due = step(now_plan, ends_in=20)

    answer = signed_in(official_reynosa).get(NEW)

    choice = answer.context["choice"]
    assert [card.value for card in choice.near if card.is_chosen] == [f"m{due.pk}"]
    assert choice.near[0].value == f"m{due.pk}"
    assert not choice.is_further
    assert answer.context["form"]["happened_on"].value() == now_plan.today(timezone.now())


def test_form_opens_with_the_milestone_asked_for(now_plan: ActionPlan, official_reynosa: User) -> None:
    step(now_plan, ends_in=20)
    done = step(now_plan, ends_in=60)
    factories.create_entry(milestone=done, status="complete")

    answer = signed_in(official_reynosa).get(f"{NEW}?milestone={done.pk}")

    assert answer.context["choice"].is_further  # it is complete, so it stands among the others
    assert f'value="m{done.pk}" required checked' in answer.content.decode()


@pytest.mark.parametrize("asked", ["", "x", "999999999999999999999", "-1"])
def test_form_opens_whatever_the_address_asks(now_plan: ActionPlan, official_reynosa: User, asked: str) -> None:
    step(now_plan, ends_in=20)

    assert signed_in(official_reynosa).get(f"{NEW}?milestone={asked}").status_code == 200


def test_official_logs_progress_once(now_plan: ActionPlan, official_reynosa: User, stranger: Client) -> None:
    milestone = step(now_plan, ends_in=20)
    client = signed_in(official_reynosa)
    data = sent(milestone)

    answers = [client.post(NEW, data) for _ in range(2)]

    entry = ProgressEntry.objects.get()
    assert {answer["Location"] for answer in answers} == {entry.get_absolute_url()}
    assert (entry.milestone, entry.reported_by, entry.status) == (milestone, official_reynosa, "substantial")
    html = stranger.get("/plans/plan/").content.decode()
    assert "Nueve mesas." in html
    assert official_reynosa.name not in html


def test_form_with_a_mistake_keeps_what_was_typed(now_plan: ActionPlan, official_reynosa: User) -> None:
    milestone = step(now_plan, ends_in=20)
    tomorrow = (timezone.localdate() + timedelta(days=2)).isoformat()
    data = sent(milestone, happened_on=tomorrow, links="https://ejemplo.org/minuta La minuta")

    answer = signed_in(official_reynosa).post(NEW, data)

    form = answer.context["form"]
    assert set(form.errors) == {"happened_on"}
    assert (form["form_id"].value(), form["text"].value()) == (data["form_id"], "Nueve mesas.")
    assert "https://ejemplo.org/minuta" in answer.content.decode()
    assert not ProgressEntry.objects.exists()


def test_link_given_as_evidence_stands_with_the_entry(now_plan: ActionPlan, official_reynosa: User) -> None:
    milestone = step(now_plan, ends_in=20)

    signed_in(official_reynosa).post(NEW, sent(milestone, links="https://ejemplo.org/minuta La minuta"))

    evidence = ProgressEntry.objects.get().evidence.get()
    assert (evidence.url, evidence.name) == ("https://ejemplo.org/minuta", "La minuta")


def test_milestone_of_another_plan_is_no_choice(now_plan: ActionPlan, official_reynosa: User) -> None:
    step(now_plan, ends_in=20)

    answer = signed_in(official_reynosa).post(NEW, sent(factories.create_milestone()))

    assert set(answer.context["form"].errors) == {"about"}
    assert not ProgressEntry.objects.exists()


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_form_is_not_opened_unless_the_plan_is_in_force(
    now_plan: ActionPlan, official_reynosa: User, status: str
) -> None:
    milestone = step(now_plan, ends_in=20)
    ActionPlan.objects.update(status=status)
    client = signed_in(official_reynosa)

    assert client.get(NEW)["Location"] == "/"
    assert client.post(NEW, sent(milestone)).status_code == 409
    assert not ProgressEntry.objects.exists()


def test_plan_without_commitments_says_so(now_plan: ActionPlan, official_reynosa: User) -> None:
    assert signed_in(official_reynosa).get(NEW).status_code == 302


def test_strangers_and_other_cities_find_no_form(now_plan: ActionPlan, official_colima: User, member: User) -> None:
    milestone = step(now_plan, ends_in=20)
    entry = factories.create_entry(milestone=milestone)

    for user in (official_colima, member):
        client = signed_in(user)
        for path in (NEW, f"/plans/plan/progress/{entry.pk}/correct/"):
            assert client.get(path).status_code == 404
            assert client.post(path, sent(milestone)).status_code == 404
    assert ProgressEntry.objects.count() == 1


def test_correction_is_prefilled_and_needs_a_reason(
    now_plan: ActionPlan, official_reynosa: User, stranger: Client
) -> None:
    milestone = step(now_plan, ends_in=20)
    entry = factories.create_entry(milestone=milestone, text="Dijo 931", happened_on=timezone.localdate())
    link = factories.create_link(entry=entry)
    client = signed_in(official_reynosa)
    address = f"/plans/plan/progress/{entry.pk}/correct/"

    form = client.get(address).context["form"]
    assert (form["text"].value(), form["about"].value(), form["status"].value()) == (
        "Dijo 931",
        f"m{milestone.pk}",
        "limited",
    )
    refused = client.post(address, sent(milestone))
    assert set(refused.context["form"].errors) == {"reason"}

    client.post(address, sent(milestone, reason="Eran 391.", keep=[link.pk]))

    correction = ProgressEntry.objects.get(corrects=entry)
    assert (correction.correction_reason, correction.evidence.count()) == ("Eran 391.", 1)
    html = stranger.get(milestone.commitment.get_absolute_url()).content.decode()
    assert "Dijo 931" in html
    assert "Eran 391." in html
    assert correction.get_absolute_url().replace("&", "&amp;") in html


def test_corrected_entry_cannot_be_corrected_again(now_plan: ActionPlan, official_reynosa: User) -> None:
    milestone = step(now_plan, ends_in=20)
    entry = factories.create_entry(milestone=milestone)
    factories.create_entry(milestone=milestone, corrects=entry)
    client = signed_in(official_reynosa)
    address = f"/plans/plan/progress/{entry.pk}/correct/"

    assert client.get(address).status_code == 302
    assert client.post(address, sent(milestone, reason="Otra vez.")).status_code == 409

    assert ProgressEntry.objects.count() == 2


def test_correction_sent_twice_is_one(now_plan: ActionPlan, official_reynosa: User) -> None:
    milestone = step(now_plan, ends_in=20)
    entry = factories.create_entry(milestone=milestone)
    data = sent(milestone, reason="Eran 391.")
    client = signed_in(official_reynosa)

    answers = [client.post(f"/plans/plan/progress/{entry.pk}/correct/", data) for _ in range(2)]

    correction = ProgressEntry.objects.get(corrects=entry)
    assert {answer["Location"] for answer in answers} == {correction.get_absolute_url()}


def test_address_of_an_entry_leads_to_its_page_of_the_diary(now_plan: ActionPlan, stranger: Client) -> None:
    milestone = step(now_plan, ends_in=20)
    entries = [
        factories.create_entry(milestone=milestone, happened_on=timezone.localdate() - timedelta(days=day))
        for day in range(25)
    ]

    for entry in (entries[0], entries[9], entries[10], entries[24]):
        shown = stranger.get(entry.get_absolute_url()).context["moved"].diary.items
        assert entry in [item.entry for item in shown]
    assert stranger.get(f"{milestone.commitment.get_absolute_url()}?entry=99999999999999999999").status_code == 200


def test_day_long_before_the_plan_is_refused(plan: ActionPlan, milestone: Milestone, official_reynosa: User) -> None:
    ActionPlan.objects.update(starts_on=date(2017, 6, 29))
    assert log(milestone, happened_on=date(2016, 6, 28)).happened_on == date(2016, 6, 28)

    with pytest.raises(ActionNotPossible) as refused:
        log(milestone, happened_on=date(2016, 6, 27))

    assert str(refused.value.sentence) == (
        "Eso es más de un año antes del plan, que comienza el 29 de junio de 2017. Por favor revise el año."
    )
    sent = {"about": f"m{milestone.pk}", "status": "limited", "text": "Se hizo.", "happened_on": "2016-06-27"}
    form = signed_in(official_reynosa).post(NEW, sent | {"form_id": str(uuid.uuid4())}).context["form"]
    assert (set(form.errors), form["text"].value()) == ({"happened_on"}, "Se hizo.")


@pytest.mark.parametrize(("reported", "times"), [(8, 0), (9, 1)])
def test_diary_says_when_it_was_reported_long_after(
    milestone: Milestone, stranger: Client, reported: int, times: int
) -> None:
    log(milestone, happened_on=date(2017, 8, 1), now=datetime(2017, 8, reported, 18, tzinfo=UTC))

    page = stranger.get("/plans/plan/").content.decode()

    assert page.count(f"reportado el {reported} de agosto de 2017") == times


def test_diary_says_when_a_correction_was_reported(milestone: Milestone, stranger: Client) -> None:
    now = datetime(2017, 8, 3, 18, tzinfo=UTC)
    correct(log(milestone, now=now), now=now)

    assert stranger.get("/plans/plan/").content.decode().count("reportado el 3 de agosto de 2017") == 1
