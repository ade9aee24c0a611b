"""One person's evaluation as they fill it in: page by page, with what is still missing."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch

from actionplans.models import Commitment
from feedback import evaluators
from feedback.models import Criterion, Evaluation, Level, ReviewRound, Score
from ogpgroup.models import User

Key = tuple[int, int | None]


def criteria_of(one: ReviewRound) -> list[Criterion]:
    """The criteria with their levels, in order; two queries."""
    levels = Prefetch("levels", Level.objects.order_by("position"))
    return list(one.rubric.criteria.order_by("position").prefetch_related(levels))


def commitments_of(one: ReviewRound) -> list[Commitment]:
    """The commitments as the round keeps them; none where it judges the plan as a whole."""
    return list(one.commitments.order_by("number"))


def pairs_of(one: ReviewRound) -> list[Key]:
    """Everything that a whole evaluation answers, in order."""
    criteria = list(one.rubric.criteria.order_by("position").values_list("pk", flat=True))
    commitments: list[int | None] = list(one.commitments.order_by("number").values_list("pk", flat=True))
    return [(criterion, commitment) for commitment in commitments or [None] for criterion in criteria]


def unanswered(one: ReviewRound, evaluation: Evaluation | None) -> list[Key]:
    """What is missing before the evaluation can be submitted, in order."""
    answered = set[Key]()
    if evaluation is not None:
        answered = set(evaluation.scores.answered().values_list("criterion", "commitment"))
    return [pair for pair in pairs_of(one) if pair not in answered]


@dataclass
class Step:
    """One page of the evaluation: a commitment, or the plan."""

    commitment: Commitment | None
    total: int
    answered: int = 0
    missing: list[Criterion] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return self.answered == self.total


@dataclass
class Progress:
    """How far an evaluation is."""

    criteria: list[Criterion]
    steps: list[Step]
    scores: dict[Key, Score]

    @property
    def answered(self) -> int:
        return sum(step.answered for step in self.steps)

    @property
    def total(self) -> int:
        return sum(step.total for step in self.steps)

    @property
    def is_whole(self) -> bool:
        return self.answered == self.total


def progress_of(one: ReviewRound, evaluation: Evaluation | None) -> Progress:
    """All pages with what is answered on each; four queries whatever their number."""
    criteria, commitments = criteria_of(one), commitments_of(one)
    scores: dict[Key, Score] = {}
    if evaluation is not None:
        scores = {(score.criterion_id, score.commitment_id): score for score in evaluation.scores.all().with_withheld()}
    steps = []
    pages: list[Commitment | None] = [*commitments] or [None]
    for commitment in pages:
        step = Step(commitment, total=len(criteria))
        for criterion in criteria:
            score = scores.get((criterion.pk, commitment.pk if commitment else None))
            if score is not None and score.is_answer(criterion):
                step.answered += 1
            else:
                step.missing.append(criterion)
        steps.append(step)
    return Progress(criteria, steps, scores)


@dataclass(frozen=True)
class Turnout:
    """Whom a round has asked and who has answered; names are for coordinators alone."""

    submitted: int
    conflicted: int
    asked: int  # people
    missing: list[tuple[str, list[str]]]  # organisation, names of people
    missing_count: int  # people; one may act for two organisations
    nobody: list[str]  # invited organisations for which nobody acts
    conflicts: list[tuple[str, str]]  # who has stepped back, and why


def turnout_of(one: ReviewRound, on: date) -> Turnout:
    """Constant queries, however many are asked."""
    expected, waiting = evaluators.expected([one], on)[one.pk], evaluators.waiting([one], on)[one.pk]
    names = dict(User.objects.filter(pk__in=waiting).values_list("pk", "name"))
    missing, nobody = [], []
    for organization in one.organizations.by_name():
        people = sorted(names[user] for user, speaks_for in waiting.items() if organization.pk in speaks_for)
        if people:
            missing.append((organization.local_name, people))
        if not any(organization.pk in speaks_for for speaks_for in expected.values()):
            nobody.append(organization.local_name)
    statuses = Counter(one.evaluations.values_list("status", flat=True))
    return Turnout(
        submitted=statuses[Evaluation.Status.SUBMITTED],
        conflicted=statuses[Evaluation.Status.CONFLICTED],
        asked=len(expected),
        missing=missing,
        missing_count=len(waiting),
        nobody=nobody,
        conflicts=conflicts_of(one),
    )


def conflicts_of(one: ReviewRound) -> list[tuple[str, str]]:
    """Who stepped back, and why; for coordinators alone."""
    stepped_back = one.evaluations.filter(status=Evaluation.Status.CONFLICTED, evaluator__isnull=False)
    return list(stepped_back.order_by("evaluator__name", "pk").values_list("evaluator__name", "conflict"))
