"""Verbs on what a city hands in: hand in, accept, return."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from actionplans.actions.evidence import attach
from actionplans.models import ActionPlan, Deliverable
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


@transaction.atomic
def hand_in(
    deliverable: Deliverable, *, text: str, evidence: Iterable[UUID] = (), by: User | None, now: datetime
) -> Deliverable:
    """Hand in a text, files or both; from now on the text stands and anybody may read it.

    Raises ActionNotPossible when it was handed in already, is no longer expected, or nothing is handed in.
    """
    deliverable = _locked(deliverable)
    if deliverable.plan.is_reference:
        raise ActionNotPossible(_("This plan is read as a reference: nothing is handed in on it here."))
    if deliverable.plan.status == ActionPlan.Status.CLOSED:
        raise ActionNotPossible(_("The plan is closed."))
    evidence = list(evidence)
    if not text.strip() and not evidence and not deliverable.evidence.exists():
        raise ActionNotPossible(_("Please write a text or add a file: there is nothing to hand in yet."))
    _move(deliverable, Deliverable.Status.HANDED_IN, refuse_from={Deliverable.Status.ACCEPTED})
    deliverable.text, deliverable.handed_in_at, deliverable.handed_in_by = text, now, by
    deliverable.outcome_unknown = False
    attach(deliverable=deliverable, uuids=evidence, by=by)
    deliverable.save(update_fields=["status", "text", "handed_in_at", "handed_in_by", "outcome_unknown"])
    return deliverable


@transaction.atomic
def accept_deliverable(deliverable: Deliverable) -> Deliverable:
    """Say that what was handed in is what was asked for."""
    deliverable = _locked(deliverable)
    _move(deliverable, Deliverable.Status.ACCEPTED)
    deliverable.save(update_fields=["status"])
    return deliverable


@transaction.atomic
def return_deliverable(deliverable: Deliverable, *, reason: str) -> Deliverable:
    """Give it back with a word; the city hands it in anew. The text stays for it to go on with.

    The reason stands in the history, from where the page reads it. See also `actionplans.reports.history`.
    """
    if not reason.strip():
        raise ActionNotPossible(_("Please say what is missing; the city will read it."))
    deliverable = _locked(deliverable)
    _move(deliverable, Deliverable.Status.EXPECTED, refuse_from={Deliverable.Status.DROPPED})
    deliverable.handed_in_at = deliverable.handed_in_by = None
    with pghistory.context(reason=reason.strip()):
        deliverable.save(update_fields=["status", "handed_in_at", "handed_in_by"])
    return deliverable


def _locked(deliverable: Deliverable) -> Deliverable:
    return Deliverable.objects.select_for_update(of=("self",)).select_related("plan").get(pk=deliverable.pk)


def _move(deliverable: Deliverable, status: str, *, refuse_from: frozenset[str] | set[str] = frozenset()) -> None:
    """Change the status if the table allows it; `refuse_from` are ways the table knows and this verb does not go."""
    if status not in Deliverable.TRANSITIONS[deliverable.status] or deliverable.status in refuse_from:
        raise ActionNotPossible(
            _("This is %(status)s; that cannot be done now.") % {"status": deliverable.get_status_display()}
        )
    deliverable.status = status
