"""Who withholds what was published, lets it be read again, and sees what is withheld now."""

from collections.abc import Callable
from typing import Any, Final

from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, ELSEWHERE, Role, only
from tests.access.world import World

WITHHOLD: Final[dict[str, Callable[[World], int]]] = {
    "evidence": lambda w: w.file.pk,
    "entry": lambda w: w.entry.pk,
    "note": lambda w: w.notes["public"].pk,
    "answer": lambda w: w.answers["public"].pk,
    "score": lambda w: w.published_round.evaluations.get().scores.order_by("-pk")[0].pk,
    "reply": lambda w: w.published_round.replies.order_by("-pk")[0].pk,
}
NOT_TO_BE_WITHHELD: Final[dict[str, Callable[[World], int]]] = {
    "evidence": lambda w: w.waiting_file.pk,
    "note": lambda w: w.notes["withdrawn"].pk,
    "reaction": lambda w: w.answers["public"].pk,  # nobody has said anything on it
    "score": lambda w: w.open_round.evaluations.get(status="draft").scores.order_by("pk")[0].pk,
    "user": lambda w: w.people[Role.MEMBER].pk,
}


def reason(_world: World) -> dict[str, Any]:
    return {"reason": "minor", "words": "Se pidió retirarla."}


def _of(kind: str, pk: Callable[[World], int]) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"kind": kind, "pk": pk(world)}


def _already(kind: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"kind": kind, "pk": world.withheld[kind].subject_id}


def _lifting(kind: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"pk": world.withheld[kind].pk}


COORDINATION: Final = only(COORDINATORS)
LED_BACK: Final = only(COORDINATORS, answer=ELSEWHERE)

WITHHELD: Final = [
    Row("withheld", GET=COORDINATION),
    *(
        Row("withhold", kind, _of(kind, pk), data=reason, GET=COORDINATION, POST=only(COORDINATORS, answer=DONE))
        for kind, pk in WITHHOLD.items()
    ),
    Row(
        "withhold",
        "without a reason",
        _of("note", WITHHOLD["note"]),
        data=lambda _world: {"words": "Sin motivo."},
        GET=COORDINATION,
        POST=COORDINATION,
    ),
    *(
        Row("withhold", f"{kind} that nobody published", _of(kind, pk), data=reason, GET=only(frozenset()))
        for kind, pk in NOT_TO_BE_WITHHELD.items()
    ),
    *(
        Row("withhold", f"{kind} that is withheld", _already(kind), data=reason, GET=LED_BACK, POST=LED_BACK)
        for kind in ("entry", "evidence", "reaction")
    ),
    *(
        Row("withholding_lift", kind, _lifting(kind), GET=COORDINATION, POST=only(COORDINATORS, answer=DONE))
        for kind in ("entry", "evidence", "note", "answer", "reaction", "score", "reply")
    ),
    Row("withholding_lift", "nothing there", lambda _world: {"pk": 999_999}, GET=only(frozenset())),
    Row(
        "file",
        "withheld",
        lambda w: {"uuid": w.withheld_file.uuid, "name": w.withheld_file.name},
        GET=only(COORDINATORS | {Role.OFFICIAL}, is_open=True),
    ),
]
