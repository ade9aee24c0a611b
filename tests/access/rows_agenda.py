"""Who writes an agenda, who reads it before it is published, who hands out, and who has what was handed out."""

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, ELSEWHERE, EVERYBODY, GROUP, NOBODY, Role, only
from tests.access.world import World

COORDINATION: Final = only(COORDINATORS)
COORDINATION_DOES: Final = only(COORDINATORS, answer=DONE)
PRESENTS: Final = COORDINATORS | {Role.OFFICIAL}  # at the open session
EXPECTED: Final = COORDINATORS | {Role.GUEST}


def _open(world: World) -> dict[str, Any]:
    return {"slug": world.open.slug}


def _point(world: World) -> dict[str, Any]:
    return _open(world) | {"pk": world.planned.pk}


def _typed(_world: World) -> dict[str, Any]:
    return {"title": "Un punto más", "kind": "plenary", "form_id": str(uuid4())}


def _changed(world: World) -> dict[str, Any]:
    return {"title": "Otro título", "kind": "presentation", "edition": world.planned.edition}


def _link(_world: World) -> dict[str, Any]:
    return {
        "url": "https://example.org/grabacion",
        "kind": "recording",
        "title": "Grabación",
        "visibility": "public",
        "form_id": str(uuid4()),
    }


def _material(visibility: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: _open(world) | {"pk": world.materials[visibility].pk}


def _file(visibility: str) -> Callable[[World], dict[str, Any]]:
    def at(world: World) -> dict[str, Any]:
        version = world.materials[visibility].versions.earliest("number")
        return {"uuid": version.uuid, "name": version.name}

    return at


def _described(_world: World) -> dict[str, Any]:
    return {"kind": "document", "title": "Otro nombre", "visibility": "public"}


AGENDA: Final = [
    Row("workshops:agenda_edit", at=_open, GET=COORDINATION),
    Row("workshops:agenda_edit", "never published", lambda w: {"slug": w.draft.slug}, GET=COORDINATION),
    Row("workshops:agenda_item_create", at=_open, data=_typed, GET=COORDINATION, POST=COORDINATION_DOES),
    Row("workshops:agenda_item_edit", at=_point, data=_changed, GET=COORDINATION, POST=COORDINATION_DOES),
    Row(
        "workshops:agenda_item_edit",
        "under another session",
        lambda w: {"slug": w.past.slug, "pk": w.planned.pk},
        GET=only(NOBODY),
        POST=only(NOBODY),
    ),
    Row(
        "workshops:agenda_item_move",
        "alone",
        _point,
        data=lambda _: {"direction": "up"},
        POST=only(COORDINATORS, answer=ELSEWHERE),
    ),
    Row("workshops:agenda_item_delete", at=_point, POST=COORDINATION_DOES),
    Row(
        "workshops:agenda_copy",
        at=lambda w: {"slug": w.past.slug},
        data=lambda w: {"source": w.group.pk},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row("workshops:agenda_publish", at=_open, POST=COORDINATION_DOES),
    Row(
        "workshops:agenda_unpublish",
        "of the group",
        lambda w: {"slug": w.group.slug},
        data=lambda _: {"reason": "Faltan personas."},
        POST=COORDINATION_DOES,
    ),
    Row("workshops:agenda", "in preparation", _open, GET=only(PRESENTS, is_open=True)),
    Row("workshops:agenda", "of the group", lambda w: {"slug": w.group.slug}, GET=only(GROUP, is_open=True)),
    Row("workshops:agenda", "reserved", lambda w: {"slug": w.invited.slug}, GET=only(EXPECTED, is_open=True)),
    Row("workshops:agenda", "without points", lambda w: {"slug": w.past.slug}, GET=only(NOBODY, is_open=True)),
    Row("workshops:agenda_pdf", "in preparation", _open, GET=only(PRESENTS, is_open=True)),
    Row("workshops:agenda_pdf", "reserved", lambda w: {"slug": w.invited.slug}, GET=only(EXPECTED, is_open=True)),
    Row(
        "workshops:point_material_create",
        "with a point",
        lambda w: _open(w) | {"item": w.planned.pk},
        data=_link,
        GET=only(PRESENTS),
        POST=only(PRESENTS, answer=DONE),
    ),
    Row("workshops:material_create", "with the session", _open, data=_link, GET=COORDINATION, POST=COORDINATION_DOES),
    Row(
        "workshops:material_edit",
        at=_material("group"),
        data=_described,
        GET=only(PRESENTS),
        POST=only(PRESENTS, answer=DONE),
    ),
    Row("workshops:material_withdraw", at=_material("public"), POST=only(PRESENTS, answer=DONE)),
    Row(
        "feedback:ask",
        "reserved",
        lambda w: {"slug": w.invited.slug},
        data=lambda w: {"item": w.item.pk, "text": "¿Cuándo?", "kind": "doubt", "form_id": str(uuid4())},
        GET=only(EXPECTED),
        POST=only(EXPECTED, answer=DONE),
    ),
    Row("feedback:ask", "agenda in preparation", _open, GET=only(COORDINATORS), POST=only(COORDINATORS, answer=200)),
    Row("file", "material for everybody", _file("public"), GET=only(EVERYBODY, is_open=True)),
    Row("file", "material for the group", _file("group"), GET=only(GROUP, is_open=True)),
    Row("file", "material for those expected", _file("invited"), GET=only(PRESENTS | EXPECTED, is_open=True)),
]
