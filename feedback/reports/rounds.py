"""What a round found: counts, medians and the weighted figure. The one place where they are worked out.

**Median** of named levels: those on the scale in order, the one in the middle; of two in the middle the lower one, so
that it always is a level somebody chose. "No evidence available" and "not applicable" are on no scale: they are counted
apart and move neither median nor figure.

**Figure** = Σ (weight · mean) / Σ weight, over the criteria that at least one evaluation placed on the scale; a mean is
that of the places (0 to 1) which the evaluations gave. So the weights are made to sum to one over what was answered, a
criterion nobody could judge drops out instead of counting as zero, and where nothing was answered there is no figure.
The figure of the plan is the same over all commitments and criteria.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from django.db.models import Count

from actionplans.models import Commitment
from cities.models import Organization
from feedback.models import Criterion, CriterionReply, Evaluation, Level, ReviewRound, Score, ScoreQuerySet
from feedback.reports.evaluations import Key, commitments_of, criteria_of

# Of one criterion and commitment: how often each level (by id) was chosen; None counts "not applicable".
Counts = Counter[int | None]


@dataclass(frozen=True)
class Word:
    """What an evaluation says in words: for which institution, never which person."""

    organization: str
    level: Level | None
    text: str

    @property
    def not_applicable(self) -> bool:
        return self.level is None


@dataclass(frozen=True)
class Found:
    """What the evaluations say on one criterion of one commitment, or of the plan."""

    criterion: Criterion
    commitment: Commitment | None
    counts: Counts
    words: list[Word] = field(default_factory=list)
    reply: CriterionReply | None = None

    @cached_property
    def levels(self) -> list[Level]:
        return list(self.criterion.levels.all())

    @cached_property
    def scale(self) -> list[tuple[Level, int]]:
        """The levels from low to high, each with how often it was chosen."""
        return [(level, self.counts[level.pk]) for level in self.levels if level.value is not None]

    @property
    def apart(self) -> list[tuple[Level, int]]:
        """Answers that are no step of the scale, such as “no evidence available”."""
        return [(level, self.counts[level.pk]) for level in self.levels if level.value is None]

    @cached_property
    def n(self) -> int:
        """How many placed it on the scale."""
        return sum(count for _level, count in self.scale)

    @property
    def not_applicable(self) -> int:
        return self.counts[None]

    @property
    def has_results(self) -> bool:
        return bool(self.counts.total())

    @property
    def median(self) -> Level | None:
        """The middle one; of two in the middle the lower."""
        return median([level for level, count in self.scale for _each in range(count)])

    @property
    def spread(self) -> tuple[Level, Level] | None:
        """The lowest and the highest level somebody chose."""
        chosen = [level for level, count in self.scale if count]
        return (chosen[0], chosen[-1]) if chosen else None

    @cached_property
    def mean(self) -> Fraction | None:
        """The mean place on the scale, exactly."""
        if not self.n:
            return None
        return sum((Fraction(level.value or 0) * count for level, count in self.scale), Fraction()) / self.n


def median[T](in_order: list[T]) -> T | None:
    """The middle one of a list in order; of two in the middle the lower; none of none."""
    return in_order[(len(in_order) - 1) // 2] if in_order else None


def figure(found: Iterable[Found]) -> Fraction | None:
    """Σ (weight · mean) / Σ weight over what was placed on a scale; nothing where nothing was. See above."""
    judged = [(Fraction(one.criterion.weight), one.mean) for one in found if one.mean is not None]
    if not judged:
        return None
    return sum((weight * mean for weight, mean in judged), Fraction()) / sum(weight for weight, _mean in judged)


def percent(share: Fraction | None) -> int | None:
    """Of a hundred, halves upwards."""
    return None if share is None else int(share * 100 + Fraction(1, 2))


@dataclass(frozen=True)
class Page:
    """The results on one commitment, or on the plan, with where they stand among the others."""

    commitment: Commitment | None
    found: list[Found]
    figure: int | None
    unreplied: int
    is_current: bool = False


@dataclass(frozen=True)
class Results:
    evaluations: int
    organizations: list[str]  # who evaluated
    conflicts: int
    figure: int | None
    pages: list[Page]
    current: Page

    @property
    def unreplied(self) -> int:
        return sum(page.unreplied for page in self.pages)


def results_of(one: ReviewRound, *, number: int | None = None) -> Results:
    """All figures, and the words and replies of one commitment; the same queries however many evaluations there are.

    The caller has asked whether the reader may know (`ReviewRound.objects.results_visible_to`).
    """
    criteria, commitments = criteria_of(one), commitments_of(one)
    wanted: list[Commitment | None] = [*commitments] or [None]
    current = next((each for each in wanted if each and each.number == number), wanted[0])
    counts, replied = _counts(one), _replied(one)
    words = _words(one, current, {level.pk: level for criterion in criteria for level in criterion.levels.all()})
    replies = {reply.criterion_id: reply for reply in one.replies.filter(commitment=current)}
    pages = []
    for commitment in wanted:
        here = commitment == current
        found = [
            Found(
                criterion,
                commitment,
                counts.get((criterion.pk, commitment.pk if commitment else None), Counter()),
                words.get(criterion.pk, []) if here else [],
                replies.get(criterion.pk) if here else None,
            )
            for criterion in criteria
        ]
        owed = [each for each in found if each.has_results and _key(each) not in replied]
        pages.append(Page(commitment, found, percent(figure(found)), len(owed), here))
    statuses = Counter(one.evaluations.values_list("status", flat=True))
    wrote = Organization.objects.filter(pk__in=one.evaluations.submitted().values("organization")).by_name()
    return Results(
        evaluations=statuses[Evaluation.Status.SUBMITTED],
        organizations=[each.local_name for each in wrote],
        conflicts=statuses[Evaluation.Status.CONFLICTED],
        figure=percent(figure(each for page in pages for each in page.found)),
        pages=pages,
        current=next(page for page in pages if page.is_current),
    )


def _key(found: Found) -> Key:
    return (found.criterion.pk, found.commitment.pk if found.commitment else None)


def _counts(one: ReviewRound) -> dict[Key, Counts]:
    """How often each level was chosen, for every criterion and commitment; one query."""
    rows = _submitted(one).values_list("criterion", "commitment", "level").annotate(Count("pk")).order_by()
    counts: dict[Key, Counts] = {}
    for criterion, commitment, level, count in rows:
        counts.setdefault((criterion, commitment), Counter())[level] += count
    return counts


def _submitted(one: ReviewRound) -> ScoreQuerySet:
    return Score.objects.filter(evaluation__round=one, evaluation__status=Evaluation.Status.SUBMITTED)


def _words(one: ReviewRound, commitment: Commitment | None, levels: dict[int, Level]) -> dict[int, list[Word]]:
    rows = _submitted(one).filter(commitment=commitment).exclude(evidence="")
    words: dict[int, list[Word]] = {}
    institutions: dict[tuple[str, str], str] = {}
    named = rows.order_by("evaluation__organization__name", "evaluation__pk")
    for criterion, level, text, name, name_en in named.values_list(
        "criterion", "level", "evidence", "evaluation__organization__name", "evaluation__organization__name_en"
    ):
        if (known := (name, name_en)) not in institutions:
            institutions[known] = Organization(name=name, name_en=name_en).local_name
        words.setdefault(criterion, []).append(Word(institutions[known], levels.get(level or 0), text))
    return words


def _replied(one: ReviewRound) -> set[Key]:
    return set(one.replies.values_list("criterion", "commitment"))


def replies_missing(one: ReviewRound) -> int:
    """How many criteria have results and no reply of the city."""
    return len(set(_counts(one)) - _replied(one))


def has_results(one: ReviewRound, *, criterion: Criterion, commitment: Commitment | None) -> bool:
    """Whether anybody who submitted has answered this."""
    return _submitted(one).filter(criterion=criterion, commitment=commitment).exists()
