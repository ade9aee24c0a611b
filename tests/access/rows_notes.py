"""Who reads, writes and answers notes."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import uuid4

from feedback.actions.notes import edition_of
from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, ELSEWHERE, EVERYBODY, GROUP, Answers, Role, only
from tests.access.world import World

AUTHOR: Final = frozenset({Role.MEMBER})
CITY: Final = frozenset({Role.OFFICIAL})
CITY_AND_AUTHOR: Final = COORDINATORS | AUTHOR | CITY
KEEPERS: Final = COORDINATORS | CITY
EXPECTED: Final = COORDINATORS | {Role.GUEST}
NOBODY: Final = frozenset[Role]()

READERS: Final = {
    "public": EVERYBODY,
    "group": GROUP,
    "city": CITY_AND_AUTHOR,
    "draft": KEEPERS,
    "withdrawn": frozenset({Role.GUEST}),
    "left": GROUP | {Role.EX_MEMBER},
    "answered": EVERYBODY,
    "answered to the city": CITY_AND_AUTHOR,
    "agenda": EXPECTED,
    "withheld": EVERYBODY,  # its words are hidden names
    "withheld answer": EVERYBODY,
}


def at(name: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"pk": world.notes[name].pk}


def note(_world: World, *, visibility: str = "public") -> dict[str, Any]:
    return {"kind": "doubt", "text": "¿Cuándo?", "visibility": visibility, "form_id": str(uuid4())}


def edited(world: World) -> dict[str, Any]:
    return note(world) | {"text": "Cambiada", "seen": edition_of(world.notes["public"])}


def answered(name: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"decision": "declined", "reason": "No.", "seen": edition_of(world.notes[name])}


def target(name: str, of: Callable[[World], Any]) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"target": name, "pk": of(world).pk}


def writing(
    about: str, where: Callable[[World], dict[str, Any]], allowed: frozenset[Role], asked: frozenset[Role]
) -> Row:
    """Whoever is asked is led back with a reason; who may not see the thing finds nothing."""
    led_back: Answers = dict.fromkeys(asked, ELSEWHERE)
    return Row(
        "feedback:note_create",
        about,
        where,
        data=note,
        GET=only(allowed) | led_back,
        POST=only(allowed, answer=DONE) | dict.fromkeys(led_back, 409),  # with what was typed
    )


def _answer(name: str, world: World) -> dict[str, Any]:
    return {"pk": world.answers[name].pk}


NOTES: Final = [
    Row("feedback:ledger", "in force", lambda w: {"slug": w.plan.slug}, GET=only(EVERYBODY, is_open=True)),
    Row(
        "feedback:ledger",
        "filtered",
        lambda w: {"slug": w.plan.slug},
        query="?state=open",
        GET=only(EVERYBODY, is_open=True),
    ),
    Row("feedback:ledger", "in preparation", lambda w: {"slug": w.draft_plan.slug}, GET=only(KEEPERS, is_open=True)),
    *(Row("feedback:note", name, at(name), GET=only(readers, is_open=True)) for name, readers in READERS.items()),
    writing("plan in force", target("plan", lambda w: w.plan), GROUP - CITY, CITY),
    writing("plan in preparation", target("plan", lambda w: w.draft_plan), COORDINATORS, CITY),
    writing("deliverable", target("deliverable", lambda w: w.deliverable), GROUP - CITY, CITY),
    writing("agenda of the session for those invited", target("agenda_item", lambda w: w.item), EXPECTED, NOBODY),
    writing("no such kind of thing", target("user", lambda w: w.people[Role.MEMBER]), NOBODY, NOBODY),
    Row("feedback:note_edit", "open", at("public"), data=edited, GET=only(AUTHOR), POST=only(AUTHOR, answer=DONE)),
    Row("feedback:note_edit", "of who has left", at("left"), data=edited, GET=only(NOBODY), POST=only(NOBODY)),
    Row("feedback:note_withdraw", "open", at("public"), GET=only(AUTHOR), POST=only(AUTHOR, answer=DONE)),
    Row("feedback:note_withdraw", "of who has left", at("left"), GET=only(NOBODY), POST=only(NOBODY)),
    *(
        Row(
            "feedback:note_answer",
            name,
            at(name),
            data=answered(name),
            GET=only(allowed),
            POST=only(allowed, answer=DONE),
        )
        for name, allowed in {"public": CITY, "group": CITY, "city": CITY, "draft": CITY, "withdrawn": NOBODY}.items()
    ),
    # Its organisation presents, but nobody of it is expected at that session.
    Row("feedback:note_answer", "agenda", at("agenda"), data=answered("agenda"), GET=only(NOBODY), POST=only(NOBODY)),
    Row(
        "feedback:note_settle",
        "answered",
        at("answered"),
        data=lambda w: {"settles": "yes", "answer": w.answers["public"].pk},
        GET=only(AUTHOR),
        POST=only(AUTHOR, answer=DONE),
    ),
    # Its author wrote for the organisation of the guest.
    Row(
        "feedback:note_settle",
        "of who has left",
        at("left"),
        data=lambda w: {"settles": "yes", "answer": w.answers["left"].pk},
        GET=only(frozenset({Role.GUEST})),
        POST=only(frozenset({Role.GUEST}), answer=DONE),
    ),
    *(
        Row(
            "feedback:answer_changed",
            name,
            partial(_answer, name),
            data=lambda w: {"changed_on": w.answers["public"].change_by, "report": "Convocado."},
            GET=only(CITY),
            POST=only(CITY, answer=DONE),
        )
        for name in ("public", "city")
    ),
]
