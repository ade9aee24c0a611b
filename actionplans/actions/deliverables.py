"""Verbs on what a city hands in: expect, change, drop, hand in, accept, return."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from actionplans import emails
from actionplans.actions.commitments import changed
from actionplans.actions.evidence import attach, stand_again
from actionplans.models import ActionPlan, Deliverable, Evidence
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


@transaction.atomic
def hand_in(
    deliverable: Deliverable,
    *,
    text: str,
    evidence: Iterable[UUID] = (),
    keep: Iterable[Evidence] = (),
    by: User | None,
    now: datetime,
) -> Deliverable:
    """Hand in a text, files or both; from now on the text stands and anybody may read it. Coordinators are told.

    `keep` is evidence handed in before that stands with this text too; the rest stays with what was returned.

    Raises ActionNotPossible when it was handed in already, is no longer expected, or nothing is handed in.
    """
    deliverable = _locked(deliverable)
    evidence, keep = list(evidence), list(keep)
    standing = deliverable.evidence.filter(attempt=deliverable.attempt)
    if not text.strip() and not evidence and not keep and not standing.exists():
        raise ActionNotPossible(_("Please write a text or add a file: there is nothing to hand in yet."))
    _move(deliverable, Deliverable.Status.HANDED_IN, refuse_from={Deliverable.Status.ACCEPTED})
    deliverable.text, deliverable.handed_in_at, deliverable.handed_in_by = text, now, by
    deliverable.outcome_unknown = False
    for one in keep:
        if one.deliverable_id != deliverable.pk:
            raise ValueError("evidence of another deliverable")
        stand_again(one, deliverable=deliverable, attempt=deliverable.attempt)
    attach(deliverable=deliverable, uuids=evidence, by=by)
    deliverable.save(update_fields=["status", "text", "handed_in_at", "handed_in_by", "outcome_unknown"])
    emails.queue_handed_in(deliverable, by=by, now=now)
    return deliverable


@transaction.atomic
def accept_deliverable(deliverable: Deliverable, *, now: datetime) -> Deliverable:
    """Say that it is what was asked for; the city is told. Raises ActionNotPossible on a closed plan."""
    deliverable = _locked(deliverable)
    _move(deliverable, Deliverable.Status.ACCEPTED)
    deliverable.save(update_fields=["status"])
    emails.queue_accepted(deliverable, now=now)
    return deliverable


@transaction.atomic
def take_back_acceptance(deliverable: Deliverable) -> Deliverable:
    """Look at it once more: what was accepted is handed in again, to be accepted or returned."""
    deliverable = _locked(deliverable)
    _move(deliverable, Deliverable.Status.HANDED_IN, refuse_from={Deliverable.Status.EXPECTED})
    deliverable.save(update_fields=["status"])
    return deliverable


@transaction.atomic
def return_deliverable(deliverable: Deliverable, *, reason: str, now: datetime) -> Deliverable:
    """Give it back with a word; the city is told and hands it in anew. Text and files stay for it to go on with.

    The reason stands in the history, from where the page reads it. See also `actionplans.reports.history`. Raises
    ActionNotPossible on a closed plan, where nobody could hand it in anew.
    """
    if not reason.strip():
        raise ActionNotPossible(_("Please say what is missing; the city will read it."))
    deliverable = _locked(deliverable)
    _move(deliverable, Deliverable.Status.EXPECTED, refuse_from={Deliverable.Status.DROPPED})
    deliverable.handed_in_at = deliverable.handed_in_by = None
    deliverable.attempt += 1
    with pghistory.context(reason=reason.strip()):
        deliverable.save(update_fields=["status", "attempt", "handed_in_at", "handed_in_by"])
    emails.queue_returned(deliverable, now=now)
    return deliverable


@transaction.atomic
def edit_deliverable(deliverable: Deliverable, *, fields: Mapping[str, Any], edition: int) -> Deliverable:
    """Change what is expected and by when; the plan's history shows the change. See also `save_commitment`.

    Raises ActionNotPossible once it is handed in: what a city has met is not changed behind its back.
    """
    deliverable = _locked(deliverable)
    if deliverable.status != Deliverable.Status.EXPECTED:
        raise _not_now(deliverable)
    if changed(deliverable, fields, edition):
        deliverable.save(update_fields=[*fields, "edition"])
    return deliverable


@transaction.atomic
def drop_deliverable(deliverable: Deliverable, *, reason: str) -> Deliverable:
    """Expect it no longer, for a reason that anybody reads; nobody is late with it or reminded of it any more."""
    if not reason.strip():
        raise ActionNotPossible(_("Please say why it is no longer expected; anybody will read it."))
    deliverable = _locked(deliverable)
    _move(deliverable, Deliverable.Status.DROPPED)
    with pghistory.context(reason=reason.strip()):
        deliverable.save(update_fields=["status"])
    return deliverable


@transaction.atomic
def expect_again(deliverable: Deliverable) -> Deliverable:
    """Take back that it was dropped."""
    deliverable = _locked(deliverable)
    _move(deliverable, Deliverable.Status.EXPECTED, refuse_from={Deliverable.Status.HANDED_IN})
    deliverable.save(update_fields=["status"])
    return deliverable


def _locked(deliverable: Deliverable) -> Deliverable:
    """The deliverable for a change; a plan that is closed or read as a reference takes none."""
    plan = ActionPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=deliverable.plan_id)
    if plan.is_reference:
        raise ActionNotPossible(_("This plan is read as a reference: nothing is handed in on it here."))
    if plan.status == ActionPlan.Status.CLOSED:
        raise ActionNotPossible(_("The plan is closed."))
    deliverable = Deliverable.objects.select_for_update().get(pk=deliverable.pk)
    deliverable.plan = plan
    return deliverable


def _move(deliverable: Deliverable, status: str, *, refuse_from: frozenset[str] | set[str] = frozenset()) -> None:
    """Change the status if the table allows it; `refuse_from` are ways the table knows and this verb does not go."""
    if status not in Deliverable.TRANSITIONS[deliverable.status] or deliverable.status in refuse_from:
        raise _not_now(deliverable)
    deliverable.status = status


def _not_now(deliverable: Deliverable) -> ActionNotPossible:
    return ActionNotPossible(
        _("This is %(status)s; that cannot be done now.") % {"status": deliverable.get_status_display()}
    )
