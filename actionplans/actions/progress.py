"""Logging progress: entries are added, never rewritten.

A correction is one more entry that says what was wrong; what was logged by mistake is taken back, with the reason.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from actionplans.actions.evidence import attach, stand_again
from actionplans.models import ActionPlan, Commitment, Evidence, Milestone, ProgressEntry, Retraction
from ogpgroup.dates import spoken_day
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


@transaction.atomic
def log_progress(
    about: Commitment | Milestone,
    *,
    text: str,
    status: str,
    happened_on: date,
    form_id: UUID,
    by: User | None,
    now: datetime,
    evidence: Iterable[UUID] = (),
) -> ProgressEntry:
    """Record what happened on a milestone, or on a commitment as a whole, with the evidence already accepted.

    Guarantees one entry per `form_id`: who sends a form twice gets the entry of the first time. Raises
    ActionNotPossible unless the plan is in force, for a day that has not come yet where the plan is carried out, or for
    one more than a year before the plan.
    """
    commitment, milestone = _place(about)
    _running_plan(commitment, happened_on=happened_on, now=now)
    if sent := _sent_before(form_id, commitment=commitment, by=by):
        return sent
    entry = ProgressEntry.objects.create(
        commitment=commitment,
        milestone=milestone,
        text=text,
        status=status,
        happened_on=happened_on,
        form_id=form_id,
        reported_by=by,
        reported_at=now,
    )
    attach(entry=entry, uuids=evidence, by=by)
    return entry


@transaction.atomic
def correct_progress(
    entry: ProgressEntry,
    *,
    about: Commitment | Milestone,
    reason: str,
    text: str,
    status: str,
    happened_on: date,
    form_id: UUID,
    by: User | None,
    now: datetime,
    evidence: Iterable[UUID] = (),
    keep: Iterable[Evidence] = (),
) -> ProgressEntry:
    """Put a new entry in the place of one, with what was wrong; both stay readable, and the new one counts.

    `keep` is evidence of the old entry that stands with the new one too. Guarantees one correction per entry: whoever
    comes second is told, and may correct the correction. About `form_id` and refusals see `log_progress`.
    """
    commitment, milestone = _place(about)
    _running_plan(commitment, happened_on=happened_on, now=now)
    if sent := _sent_before(form_id, commitment=commitment, by=by):
        return sent
    if entry.commitment.plan_id != commitment.plan_id:
        raise ValueError("an entry is corrected within its plan")
    if sentence := why_settled(entry):
        raise ActionNotPossible(sentence)
    if not reason.strip():
        raise ActionNotPossible(_("Please say what was wrong."))
    correction = ProgressEntry.objects.create(
        commitment=commitment,
        milestone=milestone,
        text=text,
        status=status,
        happened_on=happened_on,
        corrects=entry,
        correction_reason=reason.strip(),
        form_id=form_id,
        reported_by=by,
        reported_at=now,
    )
    for one in keep:
        if one.entry_id != entry.pk:
            raise ValueError("evidence of another entry")
        stand_again(one, entry=correction)
    attach(entry=correction, uuids=evidence, by=by)
    return correction


@transaction.atomic
def retract_progress(entry: ProgressEntry, *, reason: str, by: User | None, now: datetime) -> Retraction:
    """Take back an entry that was logged by mistake: it counts no more, and stays readable with the reason.

    Guarantees that an entry is corrected or taken back, once: whoever comes second is told; the same form sent twice
    is one. Raises ActionNotPossible unless the plan is in force.
    """
    reason = reason.strip()
    if not reason:
        raise ActionNotPossible(_("Please say why it was a mistake."))
    _locked_running(entry.commitment)
    if same := Retraction.objects.filter(entry=entry, reason=reason, retracted_by=by).first():
        return same
    if sentence := why_settled(entry):
        raise ActionNotPossible(sentence)
    return Retraction.objects.create(entry=entry, reason=reason, retracted_at=now, retracted_by=by)


def why_settled(entry: ProgressEntry) -> str:
    """Why an entry can be neither corrected nor taken back any more; empty where it can."""
    if ProgressEntry.objects.filter(corrects=entry).exists():
        return _("This entry was corrected already; correct the correction instead.")
    if Retraction.objects.filter(entry=entry).exists():
        return _("This entry was taken back already, as logged by mistake.")
    return ""


def _place(about: Commitment | Milestone) -> tuple[Commitment, Milestone | None]:
    return (about.commitment, about) if isinstance(about, Milestone) else (about, None)


def _locked_running(commitment: Commitment) -> ActionPlan:
    """The plan, locked, so that forms about it come in one after the other."""
    plan = ActionPlan.objects.select_for_update(of=("self",)).select_related("city").get(pk=commitment.plan_id)
    if plan.is_reference:
        raise ActionNotPossible(_("This plan is read as a reference: nobody logs progress on it here."))
    if not plan.is_running:
        raise ActionNotPossible(
            _("The plan is %(status)s: progress is logged while it is in force.")
            % {"status": plan.get_status_display()}
        )
    return plan


def _running_plan(commitment: Commitment, *, happened_on: date, now: datetime) -> None:
    plan = _locked_running(commitment)
    if happened_on < plan.first_day_of_progress:
        raise ActionNotPossible(too_early(plan))
    today = plan.today(now)
    if happened_on > today:
        raise ActionNotPossible(
            _("That day has not come yet; today is %(day)s.") % {"day": spoken_day(today, weekday=False)}
        )


def too_early(plan: ActionPlan) -> str:
    """Why nothing of the plan can have happened on such a day."""
    return _("That is more than a year before the plan, which begins on %(day)s. Please look at the year.") % {
        "day": spoken_day(plan.starts_on, weekday=False)
    }


def _sent_before(form_id: UUID, *, commitment: Commitment, by: User | None) -> ProgressEntry | None:
    """The entry that this form already made. Anybody else's form is not for sending again."""
    entry = ProgressEntry.objects.filter(form_id=form_id).select_related("commitment__plan").first()
    if entry is None:
        return None
    if entry.commitment.plan_id != commitment.plan_id or entry.reported_by != by:
        raise ActionNotPossible(_("This form was already sent by somebody else. Please open a new one."))
    return entry
