"""Who arranges tables, who writes there, and who reads what was said."""

from typing import Any, Final
from uuid import uuid4

from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, ELSEWHERE, GROUP, LOGIN, NOBODY, Role, answers, only
from tests.access.world import World
from workshops.actions.tables import edition_of
from workshops.models import WorkTable

COORDINATION: Final = only(COORDINATORS)
COORDINATION_DOES: Final = only(COORDINATORS, answer=DONE)
WRITERS: Final = COORDINATORS | {Role.OFFICIAL}
EXPECTED: Final = COORDINATORS | {Role.GUEST}


def _session(world: World) -> dict[str, Any]:
    return {"slug": world.running.slug}


def _table(world: World) -> dict[str, Any]:
    return _session(world) | {"number": 1}


def _empty(world: World) -> dict[str, Any]:
    """A table at which nothing was said."""
    WorkTable.objects.get_or_create(session=world.running, number=2)
    return _session(world) | {"number": 2}


def _note(world: World) -> dict[str, Any]:
    return _table(world) | {"pk": world.table_notes["standing"].pk}


def _late(world: World) -> dict[str, Any]:
    return _table(world) | {"pk": world.table_notes["late"].pk}


def _guest(world: World) -> dict[str, Any]:
    return _session(world) | {"pk": world.running.participations.get(user=world.people[Role.GUEST]).pk}


def _typed(_world: World) -> dict[str, Any]:
    return {"kind": "doubt", "text": "¿Quién invita?", "client_id": str(uuid4())}


TABLES: Final = [
    Row("service_worker", GET=answers(200)),
    Row("offline", GET=answers(200)),
    Row("queue_ticket", GET=answers(200, outside=LOGIN)),
    Row("workshops:tables", at=_session, GET=COORDINATION),
    Row("workshops:tables", "never published", lambda w: {"slug": w.draft.slug}, GET=only(NOBODY)),
    Row("workshops:table_lists", at=_session, GET=COORDINATION),
    Row(
        "workshops:table_create",
        at=_session,
        data=lambda _: {"number": "7", "theme": "Agua"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "workshops:table_edit",
        at=_table,
        data=lambda w: {"number": "1", "theme": "Agua", "seen": edition_of(w.running.tables.get(number=1))},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row("workshops:table_remove", at=_empty, POST=COORDINATION_DOES),
    Row("workshops:tables_draw", at=_session, data=lambda _: {"whom": "expected"}, POST=COORDINATION_DOES),
    Row("workshops:seat", at=_guest, data=lambda _: {"step": "down"}, POST=COORDINATION_DOES),
    Row(
        "workshops:table",
        "of a public session",
        _table,
        data=_typed,
        GET=answers(200),
        POST=answers(200) | dict.fromkeys(WRITERS, DONE),
    ),
    *(
        Row("workshops:table", about, at, GET=only(readers, is_open=True))
        for about, at, readers in (
            ("of the group", lambda w: {"slug": w.group.slug, "number": 1}, GROUP),
            ("for those invited", lambda w: {"slug": w.invited.slug, "number": 1}, EXPECTED),
            ("that is not there", lambda w: {"slug": w.running.slug, "number": 77}, NOBODY),
        )
    ),
    # A body that is no batch of ours is refused, whoever may send one.
    Row("workshops:table_notes", at=_table, GET=only(WRITERS), POST=only(WRITERS, answer=400)),
    Row(
        "workshops:table_note",
        at=_note,
        data=lambda _: {"kind": "doubt", "text": "Otra", "edition": "1"},
        GET=only(WRITERS),
        POST=only(WRITERS, answer=DONE),
    ),
    Row(
        "workshops:table_note_mark",
        "struck out",
        _note,
        data=lambda _: {"mark": "strike"},
        POST=only(WRITERS, answer=DONE),
    ),
    Row(
        "workshops:table_note_mark",
        "late, let count",
        _late,
        data=lambda _: {"mark": "accept"},
        POST=COORDINATION_DOES | {Role.OFFICIAL: ELSEWHERE},
    ),
    Row("workshops:table_paper", at=_table, GET=only(WRITERS)),
    Row("workshops:attendance_queue", at=_session, POST=only(COORDINATORS, answer=400)),
]
