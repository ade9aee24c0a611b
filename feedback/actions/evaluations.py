"""Verbs of who evaluates: keep a draft, submit it, declare a conflict of interest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.access import roles_of
from cities.models import Organization
from feedback.models import Evaluation, ReviewRound, Score
from feedback.reports import evaluations as reports
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


@dataclass(frozen=True)
class Said:
    """What a person says on one criterion, of one commitment or of the plan."""

    criterion_id: int
    commitment_id: int | None
    level_id: int | None = None
    not_applicable: bool = False
    evidence: str = ""

    @property
    def key(self) -> tuple[int, int | None]:
        return (self.criterion_id, self.commitment_id)

    def says_the_same_as(self, score: Score | None) -> bool:
        if score is None:
            return self.level_id is None and not self.not_applicable and not self.evidence
        return (self.level_id, self.not_applicable, self.evidence) == (
            score.level_id,
            score.not_applicable,
            score.evidence,
        )


class ChangedElsewhere(ActionNotPossible):
    """The same criterion was changed in another tab or on another device; `theirs` is what stands there now."""

    def __init__(self, evaluation: Evaluation, theirs: list[Score]) -> None:
        super().__init__(_("This was changed in another window since you opened it. Nothing was overwritten."))
        self.evaluation = evaluation
        self.theirs = theirs


def takes_none() -> str:
    """Why nothing of the person is kept any more."""
    return _("This round takes no evaluation of yours: it is closed, or you are not invited.")


def organizations_for(one: ReviewRound, user: User) -> list[Organization]:
    """The invited organisations the person may speak for, by name."""
    return list(one.organizations.filter(pk__in=roles_of(user).organization_ids).by_name())


@transaction.atomic
def save_draft(
    one: ReviewRound,
    *,
    by: User,
    answers: Sequence[Said],
    edition: int,
    now: datetime,
    organization: Organization | None = None,
) -> Evaluation:
    """Keep what a person has answered so far; the first time begins their evaluation.

    `edition` is the one their window was opened on. An answer that was changed since, to something else, is not
    overwritten: ChangedElsewhere tells which, and nothing at all is saved. Other criteria stand in nobody's way.
    """
    evaluation = _own(one, by=by, organization=organization)
    known = {(score.criterion_id, score.commitment_id): score for score in evaluation.scores.all()}
    changed = [said for said in answers if not said.says_the_same_as(known.get(said.key))]
    theirs = [known[said.key] for said in changed if said.key in known and known[said.key].edition > edition]
    if theirs:
        raise ChangedElsewhere(evaluation, theirs)
    moved = organization is not None and evaluation.organization_id != organization.pk
    if moved and organization is not None:
        evaluation.organization = organization
    if changed or moved:
        evaluation.edition += 1
        evaluation.saved_at = now
        evaluation.save(update_fields=["organization", "edition", "saved_at"])
        _keep(evaluation, changed, known)
    return evaluation


def _keep(evaluation: Evaluation, changed: Iterable[Said], known: dict[tuple[int, int | None], Score]) -> None:
    fresh: list[Score] = []
    other: list[Score] = []
    for said in changed:
        score = known.get(said.key) or Score(
            evaluation=evaluation, criterion_id=said.criterion_id, commitment_id=said.commitment_id
        )
        score.level_id, score.not_applicable, score.evidence = said.level_id, said.not_applicable, said.evidence
        score.edition = evaluation.edition
        (other if score.pk else fresh).append(score)
    Score.objects.bulk_create(fresh)
    Score.objects.bulk_update(other, ["level", "not_applicable", "evidence", "edition"])


@transaction.atomic
def submit(one: ReviewRound, *, by: User, edition: int, now: datetime) -> Evaluation:
    """Hand the evaluation in: from now on it counts, and the database lets nobody change it.

    Guarantees that every criterion has a level or the reason why it does not apply, and that what is handed in is what
    the person last saw: a draft saved meanwhile by another window stops it.
    """
    if not Evaluation.objects.filter(round=one, evaluator=by).exists():
        raise ActionNotPossible(_("You have not answered anything yet."))
    evaluation = _own(one, by=by)
    if evaluation.edition != edition:
        raise ActionNotPossible(_("Your answers were changed in another window meanwhile. Look at them once more."))
    missing = len(reports.unanswered(one, evaluation))
    if missing:
        sentence = ngettext("%(count)s criterion has no answer yet.", "%(count)s criteria have no answer yet.", missing)
        raise ActionNotPossible(sentence % {"count": missing})
    evaluation.status, evaluation.submitted_at = Evaluation.Status.SUBMITTED, now
    evaluation.save(update_fields=["status", "submitted_at"])
    return evaluation


@transaction.atomic
def declare_conflict(
    one: ReviewRound, *, by: User, words: str, now: datetime, organization: Organization | None = None
) -> Evaluation:
    """Step back from evaluating, with the reason; what was drafted counts for nothing and is shown to nobody."""
    evaluation = _own(one, by=by, organization=organization)
    evaluation.status, evaluation.conflict, evaluation.saved_at = Evaluation.Status.CONFLICTED, words, now
    evaluation.save(update_fields=["status", "conflict", "saved_at"])
    return evaluation


def _own(one: ReviewRound, *, by: User, organization: Organization | None = None) -> Evaluation:
    """The person's draft in an open round, held until the end of the transaction; begun where there is none.

    The round is held first, so that it cannot be closed before this is done; many may hold it so at once.
    """
    _hold(one)
    if not ReviewRound.objects.open_for(by).filter(pk=one.pk).exists():
        raise ActionNotPossible(takes_none())
    mine = Evaluation.objects.filter(round=one, evaluator=by)
    speaks_for = organization or _spoken_for(one, by=by, known=mine.first())
    if speaks_for not in organizations_for(one, by):
        raise ActionNotPossible(_("You do not act for this organisation, or it is not invited."))
    Evaluation.objects.get_or_create(round=one, evaluator=by, defaults={"organization": speaks_for})
    evaluation = mine.select_for_update().get()
    if evaluation.status == Evaluation.Status.SUBMITTED:
        raise ActionNotPossible(_("Your evaluation is submitted and can no longer be changed."))
    if evaluation.status == Evaluation.Status.CONFLICTED:
        raise ActionNotPossible(_("You have declared a conflict of interest in this round."))
    return evaluation


def _spoken_for(one: ReviewRound, *, by: User, known: Evaluation | None) -> Organization:
    """For whom the person evaluates who does not say so: as before, or for the only one there is."""
    may_speak_for = organizations_for(one, by)
    if known is None and len(may_speak_for) == 1:
        return may_speak_for[0]
    if known is None:
        raise ActionNotPossible(_("Say first for which organisation you evaluate."))
    if known.organization not in may_speak_for:
        raise ActionNotPossible(_("You no longer act for whom you evaluated. Say first for which organisation you do."))
    return known.organization


def _hold(one: ReviewRound) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM feedback_reviewround WHERE id = %s FOR SHARE", [one.pk])
