"""Who writes down who came, who checks in, and who is shown whose name."""

from typing import Final
from uuid import uuid4

from tests.access.door import Row
from tests.access.roles import (
    COORDINATORS,
    DONE,
    DONE_HERE,
    ELSEWHERE,
    LOGIN,
    NOBODY,
    Role,
    answers,
    only,
)
from tests.access.world import World
from workshops import join_links, sheets
from workshops.attendance import personal_code
from workshops.models import Session

COORDINATION: Final = only(COORDINATORS)
COORDINATION_DOES: Final = only(COORDINATORS, answer=DONE)
EXPECTED: Final = COORDINATORS | {Role.GUEST}


def _running(world: World) -> dict[str, object]:
    return {"slug": world.running.slug}


def _code(world: World) -> dict[str, object]:
    return _running(world) | {"code": world.running.check_in_code}


def _line(world: World) -> dict[str, object]:
    return _running(world) | {"pk": world.running.participations.get(user=world.people[Role.GUEST]).pk}


def _guest(world: World) -> dict[str, object]:
    return {"user": world.people[Role.GUEST].pk}


def _visitor(_world: World) -> dict[str, object]:
    return {"name": "Vera Vecina", "mode": "face_to_face", "form_id": str(uuid4())}


def _join_link(world: World, role: Role) -> dict[str, object]:
    own = world.running.participations.get(user=world.people[role])
    url = join_links.join_url(own, uid=world.running.uid.hex)
    return {"token": url.rstrip("/").rpartition("/")[2]}


def _shown(world: World) -> str:
    """What the preview gives to the button under it."""
    session = Session.objects.select_related("current_version").get(pk=world.running.pk)
    assert session.current_version
    return sheets.fingerprint(sheets.match(session, session.current_version, sheets.read("nombre\nVera Vecina")))


ATTENDANCE: Final = [
    Row("workshops:attendance", at=_running, GET=COORDINATION),
    Row("workshops:attendance", "searched", at=_running, query="?q=persona&show=missing", GET=COORDINATION),
    Row("workshops:attendance", "never published", lambda w: {"slug": w.draft.slug}, GET=only(NOBODY)),
    Row("workshops:mark_attendance", at=_line, data=lambda _: {"mark": "room"}, POST=COORDINATION_DOES),
    Row("workshops:walk_in", at=_running, data=_visitor, GET=COORDINATION, POST=COORDINATION_DOES),
    Row("workshops:known_person", at=_running, data=_guest, POST=COORDINATION_DOES),
    Row("workshops:rest_absent", at=_running, POST=COORDINATION_DOES),
    Row("workshops:attendance_sheet", at=_running, GET=COORDINATION),
    Row("workshops:attendance_file", at=lambda w: _running(w) | {"kind": "xlsx"}, GET=COORDINATION),
    Row("workshops:took_part_file", "before its end", lambda w: _running(w) | {"kind": "csv"}, GET=answers(404)),
    Row(
        "workshops:attendance_import",
        "to look at",
        _running,
        data=lambda _: {"text": "nombre\nVera Vecina"},
        GET=COORDINATION,
        POST=COORDINATION,
    ),
    Row(
        "workshops:attendance_import",
        "to record",
        _running,
        data=lambda w: {"text": "nombre\nVera Vecina", "shown": _shown(w)},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "workshops:door",
        "with its code",
        at=_running,
        data=lambda _: {"anew": "1"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row("workshops:door", "without", lambda w: {"slug": w.open.slug}, GET=COORDINATION, POST=COORDINATION_DOES),
    Row(
        "workshops:person_check_in",
        at=lambda w: {"token": personal_code(w.running, w.people[Role.GUEST])},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row("workshops:person_check_in", "forged", lambda _: {"token": "1-2:forged"}, GET=only(NOBODY), POST=only(NOBODY)),
    # Whoever holds the code of the door is at the door; a GET only asks.
    Row("workshops:short_check_in", at=lambda w: {"code": w.running.check_in_code}, GET=answers(ELSEWHERE)),
    Row("workshops:short_check_in", "made up", lambda _: {"code": "abcd2345"}, GET=answers(404)),
    Row("workshops:check_in", at=_code, data=_visitor, GET=answers(200), POST=answers(DONE)),
    Row(
        "workshops:check_in",
        "with another session's code",
        lambda w: {"slug": w.open.slug, "code": w.running.check_in_code},
        data=_visitor,
        GET=answers(404),
        POST=answers(404),
    ),
    Row("workshops:my_code", "public", _running, GET=answers(200, outside=LOGIN)),
    Row("workshops:my_code", "for those invited", lambda w: {"slug": w.invited.slug}, GET=only(EXPECTED)),
    Row(
        "workshops:may_be_named",
        at=_running,
        data=lambda _: {"may_be_named": "on"},
        POST=only(frozenset({Role.GUEST}), answer=DONE),
    ),
    # Whoever holds the link of a mail joins as its person, who is put on the list; a GET only asks.
    Row(
        "workshops:join_link",
        "now",
        lambda w: _join_link(w, Role.GUEST),
        GET=answers(200),
        POST=answers(DONE_HERE),
        opens=lambda w: {w.running.join_url},
    ),
    Row("workshops:join_link", "forged", lambda _: {"token": "1:forged"}, GET=answers(404), POST=answers(404)),
    Row(
        "workshops:join",
        "now",
        _running,
        GET=answers(ELSEWHERE, outside=LOGIN),
        POST=only(EXPECTED, answer=DONE_HERE),
    ),
    Row(
        "workshops:join",
        "in days",
        lambda w: {"slug": w.open.slug},
        GET=answers(ELSEWHERE, outside=LOGIN),
        POST=only(EXPECTED),
    ),
]
