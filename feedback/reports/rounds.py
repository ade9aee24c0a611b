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
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, NamedTuple

from django.db import connection

from actionplans.models import Commitment
from cities.models import Organization
from feedback.models import Criterion, CriterionReply, Evaluation, Level, ReviewRound, Score, ScoreQuerySet
from feedback.reports.evaluations import Key, criteria_of
from ogpgroup import withholding
from ogpgroup.withholding import Withheld

# Of one criterion and commitment: how often each level (by id) was chosen; None counts "not applicable".
Counts = Counter[int | None]


@dataclass(frozen=True)
class Word:
    """What an evaluation says in words: for which institution, never which person."""

    organization: str
    level: Level | None
    text: str
    score: int
    withheld_as: str | None = None  # see `ogpgroup.withholding.read`

    @property
    def withheld(self) -> Withheld | None:
        """What is read in the place of the text."""
        return withholding.read(self.withheld_as)

    @property
    def not_applicable(self) -> bool:
        return self.level is None


@dataclass(frozen=True)
class Found:
    """What the evaluations say on one criterion of one commitment, or of the plan."""

    criterion: Criterion
    commitment: Commitment | None
    counts: Counts
    levels: list[Level]  # of the criterion, in order
    words: list[Word] = field(default_factory=list)
    reply: CriterionReply | None = None

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


class Facts(NamedTuple):
    """All that the results on one criterion are drawn from, by which they are kept (`ogpgroup.parts`)."""

    plan: str  # its slug
    holder: str
    round: int  # its number
    commitment: int | None  # its number
    slug: str
    name: str
    question: str
    levels: tuple[tuple[int, str, Decimal | None], ...]
    counts: tuple[tuple[int | None, int], ...]
    words: tuple[tuple[str, int | None, str, int, str | None], ...]
    reply: tuple[int, str, datetime, str | None] | None

    @classmethod
    def of(cls, found: Found, one: ReviewRound) -> "Facts":
        criterion, commitment, reply = found.criterion, found.commitment, found.reply
        return cls(
            one.plan.slug,
            str(one.plan.holder),
            one.number,
            commitment.number if commitment else None,
            criterion.slug,
            criterion.local_name,
            criterion.local_question,
            tuple((level.pk, level.local_name, level.value) for level in found.levels),
            tuple(sorted(found.counts.items(), key=lambda one: one[0] or 0)),
            tuple(
                (word.organization, word.level.pk if word.level else None, word.text, word.score, word.withheld_as)
                for word in found.words
            ),
            (reply.pk, reply.text, reply.replied_at, reply.withheld_as) if reply else None,
        )

    @property
    def found(self) -> Found:
        """As it was, under names in the reader's language alone."""
        names = {"name": self.name, "name_en": self.name, "question": self.question, "question_en": self.question}
        levels = {pk: Level(pk=pk, name=name, name_en=name, value=value) for pk, name, value in self.levels}
        return Found(
            Criterion(slug=self.slug, **names),
            None,
            Counter(dict(self.counts)),
            list(levels.values()),
            [
                Word(organization, levels.get(level or 0), text, score, withheld)
                for organization, level, text, score, withheld in self.words
            ],
            _reply(*self.reply) if self.reply else None,
        )

    def context(self) -> dict[str, Any]:
        return {"facts": self, "found": self.found}


def _reply(pk: int, text: str, replied_at: datetime, withheld_as: str | None) -> CriterionReply:
    reply = CriterionReply(pk=pk, text=text, replied_at=replied_at)
    reply.withheld_as = withheld_as
    return reply


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


@dataclass(frozen=True)
class Sees:
    """What a reader gets of what coordinators withhold: they all of it, the city its own replies."""

    words: bool = False
    replies: bool = False


PUBLIC: Final = Sees()


def results_of(one: ReviewRound, *, number: int | None = None, sees: Sees = PUBLIC) -> Results:
    """All figures, and the words and replies of one commitment; the same queries however many evaluations there are.

    The caller has asked whether the reader may know (`ReviewRound.objects.results_visible_to`).
    """
    criteria, commitments = criteria_of(one), _commitments(one)
    wanted: list[Commitment | None] = [*commitments] or [None]
    current = next((each for each in wanted if each and each.number == number), wanted[0])
    counts = _counts(one)
    levels = {criterion.pk: list(criterion.levels.all()) for criterion in criteria}
    words = _words(one, current, {level.pk: level for each in levels.values() for level in each}, sees)
    replied, replies = _replies(one, current, sees)
    pages = []
    for commitment in wanted:
        here = commitment == current
        found = [
            Found(
                criterion,
                commitment,
                counts.get((criterion.pk, commitment.pk if commitment else None), Counter()),
                levels[criterion.pk],
                words.get(criterion.pk, []) if here else [],
                replies.get(criterion.pk) if here else None,
            )
            for criterion in criteria
        ]
        owed = [each for each in found if each.has_results and _key(each) not in replied]
        pages.append(Page(commitment, found, percent(figure(found)), len(owed), here))
    submitted, conflicts, organizations = _turnout(one)
    return Results(
        evaluations=submitted,
        organizations=organizations,
        conflicts=conflicts,
        figure=percent(figure(each for page in pages for each in page.found)),
        pages=pages,
        current=next(page for page in pages if page.is_current),
    )


def _key(found: Found) -> Key:
    return (found.criterion.pk, found.commitment.pk if found.commitment else None)


# Each statement of which a page of results is made. Put together from what the models know of each other they took
# longer to write down than to answer.

_COMMITMENT: Final = ("id", "plan_id", "number", "title", "title_en", "short_title")
_COMMITMENTS: Final = """
SELECT commitment.id, plan_id, number, title, title_en, short_title
FROM feedback_reviewround_commitments JOIN actionplans_commitment AS commitment ON commitment.id = commitment_id
WHERE reviewround_id = %s ORDER BY number
"""
_COUNTS: Final = """
SELECT criterion_id, commitment_id, level_id, count(*)
FROM feedback_score JOIN feedback_evaluation AS evaluation ON evaluation.id = evaluation_id
WHERE round_id = %s AND status = 'submitted' GROUP BY criterion_id, commitment_id, level_id
"""
_WORDS: Final = f"""
SELECT criterion_id, level_id, CASE WHEN withheld.id IS NULL OR %s THEN evidence ELSE '' END, score.id,
    {withholding.told("withheld")}, organization.name, organization.name_en
FROM feedback_score AS score JOIN feedback_evaluation AS evaluation ON evaluation.id = evaluation_id
JOIN cities_organization AS organization ON organization.id = organization_id
{withholding.joined("score", "score.id", name="withheld")}
WHERE round_id = %s AND status = 'submitted' AND commitment_id IS NOT DISTINCT FROM %s AND evidence <> ''
ORDER BY organization.name, evaluation.id
"""  # noqa: S608  joins of our own
_REPLIES: Final = f"""
SELECT criterion_id, commitment_id, reply.id,
    CASE WHEN commitment_id IS DISTINCT FROM %s THEN NULL WHEN withheld.id IS NULL OR %s THEN text ELSE '' END,
    replied_at, {withholding.told("withheld")}
FROM feedback_criterionreply AS reply {withholding.joined("reply", "reply.id", name="withheld")}
WHERE round_id = %s
"""  # noqa: S608  joins of our own
_TURNOUT: Final = """
SELECT count(*) FILTER (WHERE status = 'submitted'), count(*) FILTER (WHERE status = 'conflicted')
FROM feedback_evaluation WHERE round_id = %s
"""
_WROTE: Final = """
SELECT name, name_en FROM cities_organization WHERE id IN (
    SELECT organization_id FROM feedback_evaluation WHERE round_id = %s AND status = 'submitted'
) ORDER BY sort_key(name)
"""


def _rows(statement: str, *values: int | bool | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _commitments(one: ReviewRound) -> list[Commitment]:
    """The commitments as the round keeps them, with their names."""
    return [Commitment.from_db(None, _COMMITMENT, row) for row in _rows(_COMMITMENTS, one.pk)]


def _counts(one: ReviewRound) -> dict[Key, Counts]:
    """How often each level was chosen, for every criterion and commitment; one query."""
    counts: dict[Key, Counts] = {}
    for criterion, commitment, level, count in _rows(_COUNTS, one.pk):
        counts.setdefault((criterion, commitment), Counter())[level] += count
    return counts


def _submitted(one: ReviewRound) -> ScoreQuerySet:
    return Score.objects.filter(evaluation__round=one, evaluation__status=Evaluation.Status.SUBMITTED)


def _words(
    one: ReviewRound, commitment: Commitment | None, levels: dict[int, Level], sees: Sees
) -> dict[int, list[Word]]:
    words: dict[int, list[Word]] = {}
    institutions: dict[tuple[str, str], str] = {}
    rows = _rows(_WORDS, sees.words, one.pk, commitment.pk if commitment else None)
    for criterion, level, text, score, withheld, *known in rows:
        name = institutions.get(tuple(known)) or institutions.setdefault(tuple(known), _local_name(*known))
        words.setdefault(criterion, []).append(Word(name, levels.get(level or 0), text, score, withheld))
    return words


def _local_name(name: str, name_en: str) -> str:
    return Organization(name=name, name_en=name_en).local_name


def _replies(one: ReviewRound, commitment: Commitment | None, sees: Sees) -> tuple[set[Key], dict[int, CriterionReply]]:
    """On what the city has replied, and by criterion what it replied on this commitment; one query."""
    current = commitment.pk if commitment else None
    rows = _rows(_REPLIES, current, sees.replies, one.pk)
    here = {row[0]: _reply(*row[2:]) for row in rows if row[1] == current}
    return {(criterion, each) for criterion, each, *_rest in rows}, here


def _turnout(one: ReviewRound) -> tuple[int, int, list[str]]:
    """How many have submitted, how many stepped back, and for which organisations was written; two queries."""
    [(submitted, conflicted)] = _rows(_TURNOUT, one.pk)
    return submitted, conflicted, [_local_name(*row) for row in _rows(_WROTE, one.pk)]


def _replied(one: ReviewRound) -> set[Key]:
    return set(one.replies.values_list("criterion", "commitment"))


def replies_missing(one: ReviewRound) -> int:
    """How many criteria have results and no reply of the city."""
    return len(set(_counts(one)) - _replied(one))


def has_results(one: ReviewRound, *, criterion: Criterion, commitment: Commitment | None) -> bool:
    """Whether anybody who submitted has answered this."""
    return _submitted(one).filter(criterion=criterion, commitment=commitment).exists()
