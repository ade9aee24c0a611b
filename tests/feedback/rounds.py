"""Rounds in every state, for tests that say only what matters to them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from actionplans.models import ActionPlan, Commitment
from cities.models import Organization
from feedback.actions import evaluations
from feedback.actions import rounds as actions
from feedback.actions.evaluations import Said
from feedback.models import Criterion, Evaluation, ReviewRound
from feedback.reports.evaluations import criteria_of
from ogpgroup.models import User
from tests import factories

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)  # a Monday noon in Mexico
DUE, REPLY_DUE = date(2026, 3, 20), date(2026, 4, 10)


def create_commitments(plan: ActionPlan, count: int) -> list[Commitment]:
    first = plan.commitments.count() + 1
    return Commitment.objects.bulk_create(
        Commitment(plan=plan, number=number, title=f"Compromiso {number}") for number in range(first, first + count)
    )


def open_round(
    *,
    plan: ActionPlan | None = None,
    rubric: str = "irm",
    organizations: Sequence[Organization] = (),
    commitments: int = 1,
    due_on: date = DUE,
    reply_due_on: date = REPLY_DUE,
    now: datetime = NOW,
) -> ReviewRound:
    """An open round; a plan that has no commitments gets some."""
    plan = plan or factories.create_plan()
    if not plan.commitments.exists():
        create_commitments(plan, commitments)
    return actions.open_round(
        plan,
        rubric=rubric,
        organizations=organizations or [factories.create_organization()],
        due_on=due_on,
        reply_due_on=reply_due_on,
        by=None,
        now=now,
    )


def evaluator_of(one: ReviewRound, organization: Organization | None = None) -> User:
    return factories.create_member(organization=organization or one.organizations.first())


def answer(criterion: Criterion, commitment: Commitment | None, level: str, evidence: str = "") -> Said:
    """`level` in English; "n/a" for not applicable."""
    target = commitment.pk if commitment else None
    if level == "n/a":
        return Said(criterion.pk, target, None, True, evidence or "No es el caso.")
    (chosen,) = (one for one in criterion.levels.all() if one.name_en == level)
    return Said(criterion.pk, target, chosen.pk, False, evidence)


def answers(one: ReviewRound, levels: Mapping[str, str] | None = None, evidence: str = "") -> list[Said]:
    """Everything answered: the levels named by criterion, else the highest."""
    said = []
    commitments: list[Commitment | None] = list(one.commitments.order_by("number"))
    criteria = criteria_of(one)  # with their levels
    for commitment in commitments or [None]:
        for criterion in criteria:
            last = list(criterion.levels.all())[-1].name_en
            words = evidence or ("Actas de los foros." if criterion.needs_evidence else "")
            said.append(answer(criterion, commitment, (levels or {}).get(criterion.slug, last), words))
    return said


def draft(
    one: ReviewRound, by: User, said: Sequence[Said], *, edition: int = 10_000, now: datetime = NOW
) -> Evaluation:
    return evaluations.save_draft(one, by=by, answers=said, edition=edition, now=now)


def submitted(
    one: ReviewRound, *, by: User | None = None, levels: Mapping[str, str] | None = None, evidence: str = ""
) -> Evaluation:
    by = by or evaluator_of(one)
    evaluation = draft(one, by, answers(one, levels, evidence))
    return evaluations.submit(one, by=by, edition=evaluation.edition, now=NOW)


def closed_round(*, evaluations: int = 1, evidence: str = "", **frame: object) -> ReviewRound:
    one = open_round(**frame)  # type: ignore[arg-type]
    for _each in range(evaluations):
        submitted(one, evidence=evidence)
    return actions.close_round(one, by=None, now=NOW)


def reply_to_all(
    one: ReviewRound, text: str = "Lo aceptamos.", *, but: Collection[str] = (), are_ready: bool = True
) -> None:
    """On every commitment, but for criteria to which somebody has replied already."""
    commitments: list[Commitment | None] = list(one.commitments.all())
    for commitment in commitments or [None]:
        for criterion in [each for each in criteria_of(one) if each.slug not in but]:
            actions.reply(one, criterion=criterion, commitment=commitment, text=text, seen="", by=None, now=NOW)
    if are_ready:
        actions.finish_replies(one, by=None, now=NOW)


def published_round(*, evaluations: int = 1, evidence: str = "", **frame: object) -> ReviewRound:
    one = closed_round(evaluations=evaluations, evidence=evidence, **frame)
    reply_to_all(one)
    return actions.publish_round(one, by=None, now=NOW + timedelta(days=1))
