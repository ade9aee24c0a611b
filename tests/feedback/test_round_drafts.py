"""Drafts: what is kept, what is never overwritten, what happens when two things happen at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from cities.models import City, Role
from feedback.actions import evaluations
from feedback.actions import rounds as actions
from feedback.actions.evaluations import ChangedElsewhere, Said
from feedback.models import Evaluation, ReviewRound, Score
from feedback.reports import evaluations as reports
from feedback.reports.evaluations import criteria_of
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.feedback import rounds
from tests.feedback.rounds import NOW, answer

pytestmark = pytest.mark.slow


def save(one: ReviewRound, by: User, *said: Said, edition: int) -> Evaluation:
    return rounds.draft(one, by, said, edition=edition)


def test_draft_begins_with_the_first_answer_and_rises_with_each_change(db: None):
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    criterion, commitment = criteria_of(one)[0], one.commitments.get()

    first = save(one, person, answer(criterion, commitment, "Yes"), edition=0)
    again = save(one, person, answer(criterion, commitment, "Yes"), edition=1)
    other = save(one, person, answer(criterion, commitment, "No", "Falta la meta."), edition=1)

    assert (first.edition, again.edition, other.edition) == (1, 1, 2)
    score = Score.objects.get()
    assert (score.level and score.level.name_en, score.evidence, score.edition) == ("No", "Falta la meta.", 2)
    assert (other.organization, other.evaluator) == (one.organizations.get(), person)


def test_answer_changed_elsewhere_is_not_overwritten(db: None):
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    (first, second, *_), commitment = criteria_of(one), one.commitments.get()
    save(one, person, answer(first, commitment, "Yes"), edition=0)

    with pytest.raises(ChangedElsewhere) as caught:
        save(one, person, answer(first, commitment, "No"), answer(second, commitment, "Yes"), edition=0)

    assert [score.level.name_en for score in caught.value.theirs if score.level] == ["Yes"]
    assert [score.level.name_en for score in Score.objects.all() if score.level] == ["Yes"]
    # Chosen: mine.
    save(one, person, answer(first, commitment, "No"), edition=caught.value.evaluation.edition)
    assert [score.level.name_en for score in Score.objects.all() if score.level] == ["No"]


def test_window_on_another_criterion_stands_in_nobodys_way(db: None):
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    (first, second, *_), commitment = criteria_of(one), one.commitments.get()
    save(one, person, answer(first, commitment, "Yes"), edition=0)

    assert save(one, person, answer(second, commitment, "No"), edition=0).edition == 2


def test_answer_can_be_taken_back(db: None):
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    criterion, commitment = criteria_of(one)[0], one.commitments.get()
    save(one, person, answer(criterion, commitment, "Yes"), edition=0)

    save(one, person, Said(criterion.pk, commitment.pk), edition=1)

    assert len(reports.unanswered(one, Evaluation.objects.get())) == 5


@pytest.mark.parametrize(
    ("level", "evidence", "is_answer"),
    [("n/a", "Aún no comienza.", True), ("Yes", "", True), ("", "Solo palabras.", False)],
)
def test_what_counts_as_an_answer(level: str, evidence: str, is_answer: bool, db: None):  # noqa: FBT001
    one = rounds.open_round()
    criterion, commitment = criteria_of(one)[0], one.commitments.get()
    said = (
        answer(criterion, commitment, level, evidence)
        if level
        else Said(criterion.pk, commitment.pk, evidence=evidence)
    )

    evaluation = save(one, rounds.evaluator_of(one), said, edition=0)

    assert (len(reports.unanswered(one, evaluation)) == 4) == is_answer
    assert evaluation.scores.get().is_answer(criterion) == is_answer
    assert evaluation.scores.answered().exists() == is_answer


@pytest.mark.parametrize(
    ("level", "evidence", "is_answer"),
    [("Involve", "Actas de los foros.", True), ("Involve", "", False), ("n/a", "No hubo plan.", True)],
)
def test_level_of_influence_needs_evidence(level: str, evidence: str, is_answer: bool, db: None):  # noqa: FBT001
    one = rounds.open_round(rubric="participation")
    influence, *others = criteria_of(one)

    evaluation = save(one, rounds.evaluator_of(one), answer(influence, None, level, evidence), edition=0)

    assert (influence.slug, influence.needs_evidence, {other.needs_evidence for other in others}) == (
        "influence",
        True,
        {False},
    )
    assert ((influence.pk, None) not in reports.unanswered(one, evaluation)) == is_answer
    assert evaluation.scores.get().is_answer(influence) == is_answer
    assert evaluation.scores.answered().exists() == is_answer


def test_not_applicable_needs_its_reason(db: None):
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    commitment = one.commitments.get()
    said = [answer(criterion, commitment, "n/a") for criterion in criteria_of(one)]
    said[2] = Said(said[2].criterion_id, commitment.pk, None, True, "")
    evaluation = rounds.draft(one, person, said)

    with pytest.raises(ActionNotPossible, match="1"):
        evaluations.submit(one, by=person, edition=evaluation.edition, now=NOW)


def test_submitted_is_what_was_seen(db: None):
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    seen = rounds.draft(one, person, rounds.answers(one))
    save(one, person, answer(criteria_of(one)[0], one.commitments.get(), "No"), edition=seen.edition)

    with pytest.raises(ActionNotPossible):
        evaluations.submit(one, by=person, edition=seen.edition, now=NOW)
    assert evaluations.submit(one, by=person, edition=seen.edition + 1, now=NOW).submitted_at == NOW


@pytest.mark.parametrize("end", ["submitted", "conflicted"])
def test_after_the_end_nothing_is_saved(end: str, db: None):
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    if end == "submitted":
        rounds.submitted(one, by=person)
    else:
        evaluations.declare_conflict(one, by=person, words="Trabajé en el plan.", now=NOW)

    for step in (
        lambda: rounds.draft(one, person, rounds.answers(one)),
        lambda: evaluations.submit(one, by=person, edition=1, now=NOW),
        lambda: evaluations.declare_conflict(one, by=person, words="Otra vez.", now=NOW),
    ):
        with pytest.raises(ActionNotPossible):
            step()


def test_people_of_the_city_and_those_not_invited_cannot_evaluate(reynosa: City, official_reynosa: User, member: User):
    one = rounds.open_round(plan=factories.create_plan(city=reynosa))
    both = rounds.evaluator_of(one)
    factories.create_membership(user=both, organization=factories.create_organization(city=reynosa))
    was = factories.create_user()
    factories.create_membership(user=was, organization=one.organizations.get(), until=NOW.date() - timedelta(days=400))

    for person in (official_reynosa, both, member, was):
        with pytest.raises(ActionNotPossible):
            rounds.draft(one, person, rounds.answers(one))
    assert not Evaluation.objects.exists()


def test_who_acts_for_two_says_for_which(db: None):
    ours, theirs, stranger = (factories.create_organization() for _ in range(3))
    one = rounds.open_round(organizations=[ours, theirs])
    person = factories.create_member(organization=ours)
    factories.create_membership(user=person, organization=theirs, role=Role.MEMBER)
    said = rounds.answers(one)[:1]

    def keep(organization):
        return evaluations.save_draft(one, by=person, answers=said, edition=9, now=NOW, organization=organization)

    for wrong in (None, stranger):
        with pytest.raises(ActionNotPossible):
            keep(wrong)
    assert keep(ours).organization == ours
    assert keep(None).organization == ours
    assert keep(theirs).organization == theirs
    assert Evaluation.objects.get().edition == 2


# --- Two at once ------------------------------------------------------------------------------------------------------


def together(*steps: Callable[[], object]) -> list[object]:
    """Run them at the same moment, each on its own connection; an error is a result."""
    start = Barrier(len(steps))

    def run(step: Callable[[], object]) -> object:
        start.wait()
        try:
            return step()
        except ActionNotPossible as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return [future.result() for future in [pool.submit(run, step) for step in steps]]


def fresh(user: User) -> User:
    """Roles are kept on the object."""
    return User.objects.get(pk=user.pk)


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_begin_at_once_make_one_evaluation():
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    said = rounds.answers(one)

    together(*[partial(rounds.draft, one, fresh(person), [said[n]], edition=0) for n in range(4)])

    assert Evaluation.objects.get().edition == 4
    assert Score.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_close_and_submit_at_once_end_one_way_or_the_other():
    for _ in range(6):
        one = rounds.open_round()
        people = [rounds.evaluator_of(one) for _ in range(3)]
        drafts = {person.pk: rounds.draft(one, person, rounds.answers(one)) for person in people}

        submits = [
            partial(evaluations.submit, one, by=fresh(person), edition=drafts[person.pk].edition, now=NOW)
            for person in people
        ]
        outcomes = together(partial(actions.close_round, one, by=None, now=NOW), *submits)

        one.refresh_from_db()
        done = sum(isinstance(outcome, Evaluation) for outcome in outcomes)
        assert one.status == "closed"
        assert one.evaluations.submitted().count() == done
        assert sum(isinstance(outcome, ActionNotPossible) for outcome in outcomes) == 3 - done


@pytest.mark.django_db(transaction=True)
def test_submit_and_save_at_once_lose_and_smuggle_nothing():
    for _ in range(6):
        one = rounds.open_round()
        person = rounds.evaluator_of(one)
        edition = rounds.draft(one, person, rounds.answers(one)).edition
        change = answer(criteria_of(one)[0], one.commitments.get(), "No")

        submitted, saved = together(
            partial(evaluations.submit, one, by=fresh(person), edition=edition, now=NOW),
            partial(rounds.draft, one, fresh(person), [change], edition=edition),
        )

        evaluation = Evaluation.objects.get(round=one)
        first = evaluation.scores.get(criterion_id=change.criterion_id)
        outcome = (isinstance(submitted, Evaluation), isinstance(saved, Evaluation))
        assert outcome in {(True, False), (False, True)}
        assert evaluation.status == ("submitted" if outcome[0] else "draft")
        assert first.level
        assert first.level.name_en == ("Yes" if outcome[0] else "No")
