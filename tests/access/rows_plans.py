"""Who reads what a plan promises and how far it is, and who writes it."""

from typing import Any, Final

from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, ELSEWHERE, NOBODY, Role, answers, only
from tests.access.world import World

KEEPERS: Final = COORDINATORS | {Role.OFFICIAL}  # of the plan
DECIDING: Final = only(COORDINATORS)
REFUSED: Final = only(COORDINATORS, answer=ELSEWHERE)
READ: Final = answers(200)
READ_BY_KEEPERS: Final = only(KEEPERS, is_open=True)
KEEP: Final = only(KEEPERS)
KEEPING: Final = only(KEEPERS, answer=DONE)
NOT_NOW: Final = only(KEEPERS, answer=ELSEWHERE)
DECIDED: Final = only(COORDINATORS, answer=DONE)
OFTEN_SENT: Final = "7d3a2c52-6d0f-4a57-93a1-1f0a5b0c9d10"


def _plan(world: World) -> dict[str, Any]:
    return {"slug": world.plan.slug}


def _draft_plan(world: World) -> dict[str, Any]:
    return {"slug": world.draft_plan.slug}


def _commitment(world: World) -> dict[str, Any]:
    return {**_plan(world), "number": world.milestone.commitment.number}


def _draft_commitment(world: World) -> dict[str, Any]:
    return {**_draft_plan(world), "number": world.draft_milestone.commitment.number}


def _milestone(world: World) -> dict[str, Any]:
    return {**_commitment(world), "step": world.milestone.number}


def _draft_milestone(world: World) -> dict[str, Any]:
    return {**_draft_commitment(world), "step": world.draft_milestone.number}


def _titled(_world: World) -> dict[str, Any]:
    return {"title": "Otro compromiso", "edition": "1"}


def _dated(_world: World) -> dict[str, Any]:
    return {"title": "Otro hito", "starts_on": "2017-07-01", "ends_on": "2017-08-01", "edition": "1"}


def _moved(world: World) -> dict[str, Any]:
    return {**_dated(world), "moved_because": "Llovió."}


def _logged(world: World) -> dict[str, Any]:
    return {
        "about": f"m{world.milestone.pk}",
        "status": "limited",
        "text": "Se hizo.",
        "happened_on": "2017-09-01",
        "form_id": OFTEN_SENT,
        "reason": "La fecha era otra.",
    }


COMMITMENTS: Final = [
    Row("actionplans:commitment", "in force", _commitment, GET=READ),
    Row("actionplans:commitment", "in preparation", _draft_commitment, GET=READ_BY_KEEPERS),
    Row(
        "actionplans:commitment",
        "at one of its entries",
        _commitment,
        query="?entry=1",
        GET=READ,
    ),
    Row(
        "actionplans:commitment",
        "of no such number",
        lambda w: {**_plan(w), "number": 999},
        GET=answers(404),
    ),
    Row("actionplans:commitment_create", "in force", _plan, data=_titled, GET=KEEP, POST=KEEPING),
    Row("actionplans:commitment_create", "in preparation", _draft_plan, data=_titled, GET=KEEP, POST=KEEPING),
    Row("actionplans:commitment_edit", "in force", _commitment, data=_titled, GET=KEEP, POST=KEEPING),
    Row("actionplans:commitment_edit", "in preparation", _draft_commitment, data=_titled, GET=KEEP, POST=KEEPING),
    Row(
        "actionplans:commitment_edit",
        "on another edition",
        _commitment,
        data=lambda w: {**_titled(w), "edition": "7"},
        GET=KEEP,
        POST=only(KEEPERS, answer=409),
    ),
    Row("actionplans:commitment_remove", "in force", _commitment, POST=NOT_NOW),
    Row("actionplans:commitment_remove", "in preparation", _draft_commitment, POST=KEEPING),
    Row("actionplans:milestone_create", "in force", _commitment, data=_dated, GET=KEEP, POST=KEEPING),
    Row("actionplans:milestone_create", "in preparation", _draft_commitment, data=_dated, GET=KEEP, POST=KEEPING),
    Row("actionplans:milestone_edit", "in force", _milestone, data=_moved, GET=KEEP, POST=KEEPING),
    Row("actionplans:milestone_edit", "in preparation", _draft_milestone, data=_dated, GET=KEEP, POST=KEEPING),
    Row("actionplans:milestone_remove", "in force", _milestone, POST=NOT_NOW),
    Row("actionplans:milestone_remove", "in preparation", _draft_milestone, POST=KEEPING),
]

PROGRESS: Final = [
    Row("actionplans:progress_create", "in force", _plan, data=_logged, GET=KEEP, POST=KEEPING),
    Row(
        "actionplans:progress_create",
        "in preparation",
        _draft_plan,
        data=lambda w: {**_logged(w), "about": f"m{w.draft_milestone.pk}"},
        GET=NOT_NOW,
        POST=only(KEEPERS, answer=409),
    ),
    Row(
        "actionplans:progress_create",
        "about another plan's milestone",
        _plan,
        data=lambda w: {**_logged(w), "about": f"m{w.draft_milestone.pk}"},
        GET=KEEP,
        POST=KEEP,
    ),
    Row(
        "actionplans:progress_correct",
        "standing",
        lambda w: {**_plan(w), "pk": w.entry.pk},
        data=_logged,
        GET=KEEP,
        POST=KEEPING,
    ),
    Row(
        "actionplans:progress_correct",
        "of another plan",
        lambda w: {**_draft_plan(w), "pk": w.entry.pk},
        data=_logged,
        GET=only(frozenset()),
        POST=only(frozenset()),
    ),
]

RETRACTIONS: Final = [
    Row(
        "actionplans:progress_retract",
        "standing",
        lambda w: {**_plan(w), "pk": w.entry.pk},
        data=lambda _world: {"reason": "Era de otro plan."},
        GET=KEEP,
        POST=KEEPING,
    ),
    Row(
        "actionplans:progress_retract",
        "withheld",
        lambda w: {**_plan(w), "pk": w.withheld["entry"].subject_id},
        data=lambda _world: {"reason": ""},
        GET=KEEP,
        POST=KEEP,
    ),
    Row(
        "actionplans:progress_retract",
        "of another plan",
        lambda w: {**_draft_plan(w), "pk": w.entry.pk},
        data=lambda _world: {"reason": "Era de otro plan."},
        GET=only(frozenset()),
        POST=only(frozenset()),
    ),
]

DELIVERABLES: Final = [
    Row(
        "actionplans:deliverable",
        "expected",
        lambda w: {**_plan(w), "pk": w.deliverable.pk},
        data=lambda _: {"text": "La propuesta."},
        GET=READ,
        POST=KEEPING,
    ),
    Row(
        "actionplans:deliverable",
        "handed in",
        lambda w: {**_plan(w), "pk": w.handed_in.pk},
        data=lambda _: {"text": "Otra propuesta."},
        GET=READ,
        POST=only(KEEPERS, answer=409),
    ),
    Row(
        "actionplans:deliverable",
        "in preparation",
        lambda w: {**_draft_plan(w), "pk": w.draft_deliverable.pk},
        data=lambda _: {"text": "La propuesta."},
        GET=READ_BY_KEEPERS,
        POST=only(KEEPERS, answer=DONE, is_open=True),
    ),
    Row(
        "actionplans:deliverable",
        "under another plan",
        lambda w: {**_plan(w), "pk": w.draft_deliverable.pk},
        GET=answers(404),
        POST=answers(404),
    ),
    Row(
        "actionplans:deliverable_accept",
        "handed in",
        lambda w: {**_plan(w), "pk": w.handed_in.pk},
        POST=DECIDED,
    ),
    Row(
        "actionplans:deliverable_accept",
        "expected",
        lambda w: {**_plan(w), "pk": w.deliverable.pk},
        POST=only(COORDINATORS, answer=ELSEWHERE),
    ),
    Row(
        "actionplans:deliverable_return",
        "handed in",
        lambda w: {**_plan(w), "pk": w.handed_in.pk},
        data=lambda _: {"reason": "Falta el presupuesto."},
        POST=DECIDED,
    ),
    Row(
        "actionplans:deliverable_edit",
        "expected",
        lambda w: {**_plan(w), "pk": w.deliverable.pk},
        data=lambda _: {"kind": "other", "title": "Informe", "due_on": "2017-09-01", "edition": "1"},
        GET=DECIDING,
        POST=DECIDED,
    ),
    Row(
        "actionplans:deliverable_edit",
        "handed in",
        lambda w: {**_plan(w), "pk": w.handed_in.pk},
        data=lambda _: {"kind": "other", "title": "Informe", "due_on": "2017-09-01", "edition": "1"},
        GET=REFUSED,
        POST=only(COORDINATORS, answer=409),
    ),
    Row(
        "actionplans:deliverable_drop",
        "expected",
        lambda w: {**_plan(w), "pk": w.deliverable.pk},
        data=lambda _: {"reason": "Se fundió con el informe."},
        GET=DECIDING,
        POST=DECIDED,
    ),
    Row("actionplans:deliverable_expect", "dropped", lambda w: {**_plan(w), "pk": w.dropped.pk}, POST=DECIDED),
    Row("actionplans:deliverable_expect", "handed in", lambda w: {**_plan(w), "pk": w.handed_in.pk}, POST=REFUSED),
    Row("actionplans:deliverable_look_again", "accepted", lambda w: {**_plan(w), "pk": w.accepted.pk}, POST=DECIDED),
    Row("actionplans:deliverable_look_again", "expected", lambda w: {**_plan(w), "pk": w.deliverable.pk}, POST=REFUSED),
]

ENDS: Final = [
    Row(
        "actionplans:edit",
        "closed",
        lambda w: {"slug": w.closed_plan.slug},
        data=lambda _: {**_dated(_), "instrument": "pmd", "aim": "Abrir el plan."},
        GET=NOT_NOW,
        POST=only(KEEPERS, answer=409),
    ),
    Row("actionplans:close", "in force", _plan, GET=DECIDING, POST=DECIDED),
    Row("actionplans:close", "in preparation", _draft_plan, GET=REFUSED, POST=REFUSED),
    Row("actionplans:close", "a reference", lambda w: {"slug": w.reference.slug}, GET=only(NOBODY), POST=only(NOBODY)),
    Row("actionplans:reopen", "closed", lambda w: {"slug": w.closed_plan.slug}, POST=DECIDED),
    Row("actionplans:reopen", "in preparation", _draft_plan, POST=REFUSED),
]

PLAN_PARTS: Final = [
    Row("actionplans:detail", "a reference", lambda w: {"slug": w.reference.slug}, GET=answers(200)),
    *COMMITMENTS,
    *PROGRESS,
    *RETRACTIONS,
    *DELIVERABLES,
    *ENDS,
]
