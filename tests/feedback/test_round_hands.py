"""For whom somebody evaluates, who may not, and until when: where people move between institutions."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cities.models import GroupMembership, Membership
from feedback import evaluators
from feedback.actions import evaluations, rounds
from feedback.forms.rounds import RoundDaysForm
from feedback.models import Evaluation, ReviewRound
from feedback.reports.rounds import results_of
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.feedback.rounds import NOW, answers, draft, evaluator_of, open_round, submitted

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


def again(person: User) -> User:
    """As in the next request: roles are read once for each."""
    return User.objects.get(pk=person.pk)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_evaluation_counts_for_whom_the_person_acts_when_it_is_handed_in() -> None:
    before, after = factories.create_organization(name="Antes"), factories.create_organization(name="Después")
    one = open_round(organizations=[before, after])
    person = factories.create_member(organization=before)
    begun = draft(one, person, answers(one))
    Membership.objects.filter(user=person).update(until=date(2020, 1, 1))
    factories.create_membership(user=person, organization=after)
    person = again(person)

    with pytest.raises(ActionNotPossible, match="Ya no representa"):
        evaluations.submit(one, by=person, edition=begun.edition, now=NOW)
    page = client_of(person).get(reverse("feedback:evaluate", args=[one.plan.slug, one.number])).content.decode()
    moved = evaluations.save_draft(
        one, by=person, answers=answers(one), edition=begun.edition, now=NOW, organization=after
    )
    evaluations.submit(one, by=person, edition=moved.edition, now=NOW)

    assert f'name="organization" value="{after.pk}"' in page
    assert f'value="{before.pk}"' not in page
    assert results_of(one).organizations == ["Después"]


def test_who_belongs_to_an_institution_of_the_city_outside_the_group_does_not_evaluate_it() -> None:
    one = open_round()
    person = evaluator_of(one)
    planning = factories.create_organization(city=one.plan.city)
    GroupMembership.objects.filter(organization=planning).delete()
    assert ReviewRound.objects.open_for(person).exists()

    factories.create_membership(user=person, organization=planning)

    assert not ReviewRound.objects.open_for(again(person)).exists()
    assert person.pk not in evaluators.expected([one], TODAY())[one.pk]


@pytest.mark.parametrize(
    ("due", "reply", "errors"),
    [
        (5, 366, set()),
        (5, 367, {"reply_due_on"}),
        (367, 368, {"due_on"}),
        (-1, 5, {"due_on"}),
        (5, 4, {"reply_due_on"}),
    ],
)
def test_round_lasts_a_year_at_most(due, reply, errors) -> None:
    today = TODAY()
    form = RoundDaysForm({"due_on": today + timedelta(due), "reply_due_on": today + timedelta(reply)}, on=today)

    assert set(form.errors) == errors


def test_round_that_nobody_answered_asks_the_city_for_nothing_and_is_not_published() -> None:
    one = open_round(due_on=TODAY(), reply_due_on=TODAY())
    factories.create_official(city=one.plan.city)

    rounds.close_round(one, by=None, now=timezone.now())

    assert not OutgoingMail.objects.filter(kind="round_closed").exists()
    with pytest.raises(ActionNotPossible, match="Nadie ha evaluado"):
        rounds.publish_round(one, by=None, now=timezone.now() + timedelta(days=2))
    one.refresh_from_db()
    assert one.status == ReviewRound.Status.CLOSED


def test_round_closed_meanwhile_says_so_and_keeps_the_reason_of_a_conflict() -> None:
    one = open_round()
    person = evaluator_of(one)
    begun = draft(one, person, answers(one))
    rounds.close_round(one, by=None, now=NOW)
    client = client_of(person)

    handed_in = client.post(
        reverse("feedback:submit", args=[one.plan.slug, one.number]), {"edition": begun.edition}, follow=True
    )
    stepped_back = client.post(
        reverse("feedback:conflict", args=[one.plan.slug, one.number]), {"conflict": "Trabajé en este plan"}
    )

    closed = "Esta ronda no admite"
    assert closed in handed_in.content.decode()
    assert (stepped_back.status_code, closed in stepped_back.content.decode()) == (409, True)
    assert "Trabajé en este plan" in stepped_back.content.decode()
    assert Evaluation.objects.get().status == Evaluation.Status.DRAFT


def test_conflicts_can_be_read_by_coordinators_after_the_round(coordinator) -> None:
    one = open_round()
    person = evaluator_of(one)
    evaluations.declare_conflict(one, by=person, words="Trabajé en este plan", now=NOW)
    submitted(one)
    rounds.close_round(one, by=None, now=NOW)

    read = client_of(coordinator).get(one.get_absolute_url()).content.decode()
    by_others = client_of(factories.create_official(city=one.plan.city)).get(one.get_absolute_url()).content.decode()

    assert "Trabajé en este plan" in read
    assert "Trabajé en este plan" not in by_others


@pytest.mark.parametrize("is_evaluated", [True, False])
def test_closed_round_offers_the_step_that_is_possible(is_evaluated, coordinator) -> None:
    one = open_round()
    if is_evaluated:
        submitted(one)
    rounds.close_round(one, by=None, now=NOW)

    page = client_of(coordinator).get(one.get_absolute_url()).content.decode()

    offered = [f"{one.get_absolute_url()}{step}/" in page for step in ("publish", "reopen")]
    assert offered == [is_evaluated, not is_evaluated]
