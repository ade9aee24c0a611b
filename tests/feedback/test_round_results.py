"""The figures of a round, exactly."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from feedback.actions import evaluations
from feedback.actions import rounds as actions
from feedback.models import Criterion, Level, ReviewRound
from feedback.reports import rounds as reports
from feedback.reports.rounds import Found, figure, median, percent
from tests import factories
from tests.feedback import rounds
from tests.feedback.rounds import NOW, answer


def found(*values: str | None, weight: str = "1", counts: list[int] | None = None, not_applicable: int = 0) -> Found:
    """A criterion whose levels have these values, chosen so many times each."""
    criterion = Criterion(pk=1, weight=Decimal(weight))
    levels = [Level(pk=n, name=str(n), value=None if v is None else Decimal(v)) for n, v in enumerate(values, start=1)]
    criterion._prefetched_objects_cache = {"levels": levels}  # type: ignore[attr-defined]
    chosen: Counter[int | None] = Counter()
    chosen.update(dict(enumerate(counts or [1] * len(values), start=1)))
    chosen[None] = not_applicable
    return Found(criterion, None, chosen, list(criterion.levels.all()))


@pytest.mark.parametrize(
    ("in_order", "middle"),
    [([], None), ([1], 1), ([1, 2], 1), ([1, 2, 3], 2), ([1, 1, 2, 3], 1), ([1, 2, 2, 3], 2), ([1, 1, 3, 3, 3], 3)],
)
def test_median_is_the_middle_and_of_two_the_lower(in_order: list[int], middle: int | None):
    assert median(in_order) == middle


def test_mean_and_median_leave_out_what_is_on_no_scale():
    one = found(None, "0", "0.333", "0.667", "1", counts=[7, 0, 1, 1, 0], not_applicable=4)

    assert (one.n, one.not_applicable, [count for _level, count in one.apart]) == (2, 4, [7])
    assert one.mean == Fraction(1, 2)
    assert one.median
    assert one.median.value == Decimal("0.333")
    assert one.spread
    assert [level.value for level in one.spread] == [Decimal("0.333"), Decimal("0.667")]


def test_weights_are_normalised_over_what_was_answered():
    half = found("0", "1", counts=[1, 1])  # 1/2
    whole = found("0", "1", weight="2", counts=[0, 3])  # 1
    nobody = found("0", "1", weight="100", counts=[0, 0], not_applicable=5)
    nothing = found(None, "0", "1", weight="100", counts=[5, 0, 0])

    assert figure([half, whole]) == Fraction(5, 6)  # (1 · 1/2 + 2 · 1) / 3
    assert figure([half, whole, nobody, nothing]) == Fraction(5, 6)
    assert figure([half]) == Fraction(1, 2)
    assert figure([found("0", "1", weight="0.05", counts=[2, 1]), half]) == Fraction(
        Fraction(5, 100) * Fraction(1, 3) + Fraction(1, 2), Fraction(105, 100)
    )


def test_no_answer_is_no_figure_and_not_zero():
    assert figure([]) is None
    assert figure([found("0", "1", counts=[0, 0], not_applicable=3)]) is None
    assert figure([found("0", "1", counts=[1, 0])]) == 0
    assert (percent(None), percent(Fraction(0)), percent(Fraction(1, 200)), percent(Fraction(1))) == (None, 0, 1, 100)


def scale_of(one: Found) -> list[tuple[str, int]]:
    return [(level.name_en, count) for level, count in one.scale]


def test_results_count_what_was_submitted_alone(db: None):
    one = rounds.open_round(commitments=2)
    rounds.submitted(one, levels={"potential": "Modest", "completion": "No evidence available"})
    rounds.submitted(one, levels={"potential": "Unclear", "opened": "n/a"})
    rounds.draft(one, rounds.evaluator_of(one), rounds.answers(one))
    stepped_back = rounds.evaluator_of(one)
    rounds.draft(one, stepped_back, rounds.answers(one))
    evaluations.declare_conflict(one, by=stepped_back, words="Asesoré a la ciudad.", now=NOW)
    actions.close_round(one, by=None, now=NOW)

    results = reports.results_of(one)

    by_slug = {each.criterion.slug: each for each in results.current.found}
    assert (results.evaluations, results.conflicts, len(results.pages)) == (2, 1, 2)
    assert scale_of(by_slug["potential"]) == [("Unclear", 1), ("Modest", 1), ("Substantial", 0)]
    assert by_slug["completion"].n == 1
    assert by_slug["completion"].apart[0][1] == 1
    assert (by_slug["opened"].n, by_slug["opened"].not_applicable) == (1, 1)
    # verifiability 1, lens 1, potential 1/4, completion 1, opened 1
    assert (results.current.figure, results.figure) == (85, 85)
    assert (results.current.unreplied, results.unreplied) == (5, 10)


def test_figure_of_the_plan_is_over_all_commitments(db: None):
    one = rounds.open_round(commitments=2)
    first, second = one.commitments.order_by("number")
    criteria = {criterion.slug: criterion for criterion in one.rubric.criteria.all()}
    person = rounds.evaluator_of(one)
    said = [answer(criteria["verifiability"], first, "Yes")]
    said += [answer(criteria[slug], first, "n/a") for slug in criteria if slug != "verifiability"]
    said += [answer(criteria["verifiability"], second, "No"), answer(criteria["lens"], second, "No")]
    said += [answer(criteria[slug], second, "n/a") for slug in ("potential", "completion", "opened")]
    evaluation = rounds.draft(one, person, said)
    evaluations.submit(one, by=person, edition=evaluation.edition, now=NOW)

    results = reports.results_of(one, number=2)

    assert [page.figure for page in results.pages] == [100, 0]
    assert results.figure == 33
    assert (results.current.commitment, results.current.is_current) == (second, True)


def test_round_without_evaluations_has_no_figure(db: None):
    one = rounds.open_round()
    actions.close_round(one, by=None, now=NOW)

    results = reports.results_of(one)

    assert (results.evaluations, results.figure, results.unreplied) == (0, None, 0)
    assert reports.replies_missing(one) == 0


def test_words_stand_with_the_institution_and_replies_with_their_criterion(db: None):
    organization = factories.create_organization(name="Observatorio")
    one = rounds.open_round(organizations=[organization])
    rounds.submitted(one, evidence="Lo vimos.")
    one = actions.close_round(one, by=None, now=NOW)
    criterion, commitment = one.rubric.criteria.get(slug="lens"), one.commitments.get()
    actions.reply(one, criterion=criterion, commitment=commitment, text="Gracias.", seen="", by=None, now=NOW)

    page = reports.results_of(one).current

    by_slug = {each.criterion.slug: each for each in page.found}
    assert [(word.organization, word.text) for word in by_slug["lens"].words] == [("Observatorio", "Lo vimos.")]
    assert by_slug["lens"].reply
    assert by_slug["lens"].reply.text == "Gracias."
    assert by_slug["completion"].reply is None
    assert page.unreplied == 4


def test_results_cost_the_same_however_many_evaluate(
    django_assert_num_queries, django_assert_max_num_queries, db: None
):
    def cost(evaluations: int) -> int:
        one = rounds.closed_round(evaluations=evaluations, commitments=3, evidence="Sí.")
        one = ReviewRound.objects.select_related("plan", "rubric").get(pk=one.pk)
        with django_assert_max_num_queries(20) as seen:
            reports.results_of(one, number=2)
        return len(seen)

    assert cost(1) == cost(4) == 8
