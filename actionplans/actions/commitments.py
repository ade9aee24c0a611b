"""Verbs on what a plan promises. Of two people at one text neither loses what they wrote."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Model, QuerySet
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Commitment, Deliverable, Milestone
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User

type Kept = ActionPlan | Commitment | Milestone | Deliverable


class EditedMeanwhile(ActionNotPossible):
    """Somebody else saved the same thing since the form was opened; `current` is what is stored now."""

    def __init__(self, current: Kept) -> None:
        super().__init__(
            _("Somebody else changed this meanwhile. Your text is still here; compare before you save again.")
        )
        self.current = current


@transaction.atomic
def save_frame(plan: ActionPlan, *, fields: Mapping[str, Any], edition: int) -> ActionPlan:
    """Store an edit of the plan's own text and days, made on the edition given. See also `save_commitment`."""
    current = _open_plan(plan)
    if changed(current, fields, edition):
        current.save(update_fields=[*fields, "edition"])
    return current


@transaction.atomic
def add_commitment(
    plan: ActionPlan, *, fields: Mapping[str, Any], form_id: UUID | None = None, by: User | None, now: datetime
) -> Commitment:
    """Put a commitment on the plan, under the next number. Raises ActionNotPossible on a closed plan.

    Guarantees one commitment per `form_id`: who sends a form twice gets the one of the first time.
    """
    plan = _open_plan(plan)
    if sent := sent_before(Commitment, form_id, plan=plan):
        return sent
    number = (plan.commitments.aggregate(last=Max("number"))["last"] or 0) + 1
    return Commitment.objects.create(plan=plan, number=number, form_id=form_id, **fields, edited_by=by, edited_at=now)


@transaction.atomic
def save_commitment(
    commitment: Commitment, *, fields: Mapping[str, Any], edition: int, by: User | None, now: datetime
) -> Commitment:
    """Store an edit made on the edition given, and count the edition up.

    Raises EditedMeanwhile when that is no longer the newest one and what is stored differs from what was typed.
    """
    _open_plan(commitment.plan)
    current = Commitment.objects.select_for_update().get(pk=commitment.pk)
    if changed(current, fields, edition):
        current.edited_by, current.edited_at = by, now
        current.save(update_fields=[*fields, "edition", "edited_by", "edited_at"])
    return current


@transaction.atomic
def remove_commitment(commitment: Commitment) -> None:
    """Take a commitment and its milestones off a plan in preparation; the numbers of the others stay.

    Raises ActionNotPossible once the plan is in force, or where anybody has written about the commitment or a milestone
    of it.
    """
    _draft_plan(commitment.plan)
    milestones = list(commitment.milestones.select_for_update())
    if commitment.entries.exists() or any(_is_written_about(one) for one in [commitment, *milestones]):
        raise ActionNotPossible(_("Somebody has written about this commitment; it stays."))
    commitment.delete()


@transaction.atomic
def add_milestone(commitment: Commitment, *, fields: Mapping[str, Any], form_id: UUID | None = None) -> Milestone:
    """Put a milestone on the commitment, under the next number. See also `add_commitment`."""
    _open_plan(commitment.plan)
    if sent := sent_before(Milestone, form_id, commitment=commitment):
        sent.commitment = commitment
        return sent
    number = (commitment.milestones.aggregate(last=Max("number"))["last"] or 0) + 1
    return Milestone.objects.create(commitment=commitment, number=number, form_id=form_id, **fields)


@transaction.atomic
def save_milestone(milestone: Milestone, *, fields: Mapping[str, Any], edition: int) -> Milestone:
    """Store an edit made on the edition given. See also `save_commitment`.

    Raises ActionNotPossible where the last day of a plan in force is moved without a reason of its own, or that reason
    is cleared; the day first promised is kept. A reason where no day was ever moved is not stored.
    """
    plan = _open_plan(milestone.commitment.plan)
    current = Milestone.objects.select_for_update().get(pk=milestone.pk)
    stored, reason = current.ends_on, current.moved_because
    if "moved_because" in fields and not current.first_ends_on and fields.get("ends_on", stored) == stored:
        fields = {**fields, "moved_because": ""}
    if changed(current, fields, edition):
        if plan.is_running and current.ends_on != stored:
            if current.moved_because in {"", reason}:
                raise ActionNotPossible(_("The plan is in force: say why the last day is moved."))
            current.first_ends_on = current.first_ends_on or stored
        elif current.first_ends_on and not current.moved_because:
            raise ActionNotPossible(_("The plan is in force: say why the last day is moved."))
        current.save(update_fields=[*fields, "first_ends_on", "edition"])
    return current


@transaction.atomic
def remove_milestone(milestone: Milestone) -> None:
    """Take a milestone off a plan in preparation. See also `remove_commitment`."""
    _draft_plan(milestone.commitment.plan)
    if _is_written_about(milestone):
        raise ActionNotPossible(_("Somebody has written about this milestone; it stays."))
    milestone.delete()


def sent_before[T: Commitment | Milestone | Deliverable](model: type[T], form_id: UUID | None, **of: Model) -> T | None:
    """What this form already made there; a form that made something elsewhere is not for sending again."""
    rows: QuerySet[Any] = model._default_manager.filter(form_id=form_id)
    found: T | None = rows.first() if form_id else None
    if found is not None and any(getattr(found, name) != thing for name, thing in of.items()):
        raise ActionNotPossible(_("This form was already sent by somebody else. Please open a new one."))
    return found


def changed(current: Kept, fields: Mapping[str, Any], edition: int) -> bool:
    """Put the fields on the row just locked, and say whether that makes a new edition of it."""
    if all(getattr(current, name) == value for name, value in fields.items()):
        return False  # sent twice, or nothing changed: no new edition, and no quarrel about the old one
    if current.edition != edition:
        raise EditedMeanwhile(current)
    for name, value in fields.items():
        setattr(current, name, value)
    current.edition += 1
    return True


def _is_written_about(thing: Model) -> bool:
    """Whether entries or notes are about it. Notes belong to a higher app, so the model is asked what refers to it."""
    own = {"milestones"}
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: thing.pk}).exists()
        for relation in thing._meta.related_objects
        if relation.get_accessor_name() not in own and "pgh" not in relation.field.name
    )


def _open_plan(plan: ActionPlan) -> ActionPlan:
    """Lock the plan; a closed one is not edited, unless it is a reference, which only records what others did."""
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.status == ActionPlan.Status.CLOSED and not plan.is_reference:
        raise ActionNotPossible(_("The plan is closed."))
    return plan


def _draft_plan(plan: ActionPlan) -> None:
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.status != ActionPlan.Status.DRAFT:
        raise ActionNotPossible(
            _("The plan is %(status)s: what it promised in public can be changed, not taken away.")
            % {"status": plan.get_status_display()}
        )
