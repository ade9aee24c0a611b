"""Who reads and writes what a session leaves behind: agreements, minutes, the report, photos."""

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, DONE_HERE, ELSEWHERE, EVERYBODY, GROUP, NOBODY, Role, answers, only
from tests.access.world import World
from workshops import agreement_sheets
from workshops.models import Session

COORDINATION: Final = only(COORDINATORS)
COORDINATION_DOES: Final = only(COORDINATORS, answer=DONE)
EXPECTED: Final = COORDINATORS | {Role.GUEST}
SHEET: Final = "acuerdo;responsable\nPublicar el directorio;Colectivo"


def _past(world: World) -> dict[str, Any]:
    return {"slug": world.past.slug}


def _agreement(world: World) -> dict[str, Any]:
    """Of the session that was held; the group's council of Reynosa answers for it."""
    return _past(world) | {"number": world.agreement.number}


def _choice(world: World) -> dict[str, Any]:
    return {"slug": world.next_session.slug, "number": world.choice.number}


def _typed(_world: World) -> dict[str, Any]:
    return {"kind": "task", "text": "Publicar el directorio.", "form_id": str(uuid4())}


def _shown(world: World) -> str:
    return agreement_sheets.fingerprint(agreement_sheets.match(world.past, agreement_sheets.read(SHEET)))


def _only_one_of(name: str) -> Callable[[World], dict[str, Any]]:
    def at(world: World) -> dict[str, Any]:
        session: Session = getattr(world, name)
        return {"slug": session.slug, "number": session.agreements.get().number}

    return at


AGREEMENTS: Final = [
    Row("workshops:agreements_sheet", "csv", lambda _: {"kind": "csv"}, GET=answers(200)),
    Row("workshops:agreements_sheet", "json", lambda _: {"kind": "json"}, GET=answers(200)),
    Row("workshops:agreement_detail", "of a public session", _agreement, GET=answers(200)),
    Row("workshops:agreement_detail", "of the group", _only_one_of("group"), GET=only(GROUP, is_open=True)),
    Row("workshops:agreement_detail", "for those invited", _only_one_of("invited"), GET=only(EXPECTED, is_open=True)),
    Row("workshops:agreement_detail", "nothing there", lambda w: _past(w) | {"number": 999}, GET=answers(404)),
    Row("workshops:agreement_create", at=_past, data=_typed, GET=COORDINATION, POST=COORDINATION_DOES),
    Row(
        "workshops:agreement_create",
        "never published",
        lambda w: {"slug": w.draft.slug},
        GET=only(NOBODY),
        POST=only(NOBODY),
    ),
    Row(
        "workshops:agreement_edit",
        at=_agreement,
        data=lambda w: _typed(w) | {"edition": "1"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "workshops:agreement_tell",
        at=_agreement,
        data=lambda _: {"status": "done", "text": "Hecho.", "form_id": str(uuid4())},
        POST=only(COORDINATORS | {Role.OFFICIAL}, answer=DONE),
    ),
    Row(
        "workshops:agreement_choose",
        at=_choice,
        data=lambda w: {"fellow_city": w.colima.pk, "fellow_reason": "La asamblea la eligió."},
        POST=COORDINATION_DOES,
    ),
    Row(
        "workshops:agreements_import",
        "to look at",
        _past,
        data=lambda _: {"text": SHEET},
        GET=COORDINATION,
        POST=COORDINATION,
    ),
    Row(
        "workshops:agreements_import",
        "to record",
        _past,
        data=lambda w: {"text": SHEET, "shown": _shown(w)},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
]


def _minutes(name: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"slug": world.minutes[name].session.slug}


def _section(name: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: _minutes(name)(world) | {"pk": world.minutes[name].sections.get(kind="opening").pk}


def _words(_world: World) -> dict[str, Any]:
    return {"heading": "Apertura", "text": "Se abrió.", "edition": "1"}


def _writing(name: str, allowed: frozenset[Role]) -> list[Row]:
    """What those do who complete minutes."""
    reads, does = only(allowed), only(allowed, answer=DONE)
    return [
        Row("workshops:section_edit", name, _section(name), data=_words, GET=reads, POST=does),
        Row("workshops:section_keep", name, _section(name), data=_words, POST=only(allowed, answer=DONE_HERE)),
        Row("workshops:section_refresh", name, _section(name), GET=reads, POST=reads),
        Row("workshops:section_add", name, _minutes(name), data=lambda _: {"heading": "Otra"}, POST=does),
    ]


RAPPORTEUR: Final = COORDINATORS | {Role.MEMBER}
CORRECTED_BY: Final = frozenset({Role.GUEST})
READERS_OF_MINUTES: Final = {
    "draft": RAPPORTEUR,
    "in correction": GROUP,
    "approved": EVERYBODY,
    "approved, for those invited": EXPECTED,
}

MINUTES: Final = [
    *(
        Row(f"workshops:{page}", about, _minutes(about), GET=only(readers, is_open=True))
        for about, readers in READERS_OF_MINUTES.items()
        for page in ("minutes", "minutes_docx")
    ),
    Row("workshops:minutes_pdf", "draft", _minutes("draft"), GET=only(RAPPORTEUR, is_open=True)),
    Row("workshops:minutes", "over", _minutes("over"), GET=only(GROUP, is_open=True)),
    Row("workshops:minutes", "to begin", lambda w: {"slug": w.running.slug}, GET=only(COORDINATORS, is_open=True)),
    Row("workshops:minutes_draft", at=lambda w: {"slug": w.running.slug}, POST=COORDINATION_DOES),
    Row("workshops:minutes_open", at=_minutes("draft"), POST=COORDINATION_DOES),
    Row("workshops:minutes_take_back", at=_minutes("in correction"), POST=COORDINATION_DOES),
    Row("workshops:minutes_approve", at=_minutes("over"), POST=COORDINATION_DOES),
    Row(
        "workshops:minutes_rapporteur",
        at=_minutes("draft"),
        data=lambda w: {"rapporteur": w.people[Role.GUEST].pk},
        POST=COORDINATION_DOES,
    ),
    *_writing("draft", RAPPORTEUR),
    *_writing("in correction", RAPPORTEUR),
    *_writing("approved", NOBODY),
    Row(
        "workshops:minutes_correct",
        at=_minutes("in correction"),
        data=lambda _: {"text": "Falta algo.", "form_id": str(uuid4())},
        POST=only(GROUP, answer=409) | dict.fromkeys(CORRECTED_BY, DONE),
    ),
    Row(
        "workshops:correction_decide",
        at=lambda w: _minutes("in correction")(w) | {"pk": w.minutes["in correction"].corrections.get().pk},
        data=lambda _: {"decision": "taken", "reply": ""},
        POST=only(RAPPORTEUR, answer=DONE),
    ),
]


def _photo(world: World) -> dict[str, Any]:
    return _past(world) | {"pk": world.photo.pk}


HELD: Final = [
    *(
        row
        for about, at, readers in (
            ("public", _past, EVERYBODY),
            ("of the group", lambda w: {"slug": w.held["of the group"].slug}, GROUP),
            ("to come", lambda w: {"slug": w.open.slug}, NOBODY),
        )
        for row in (
            Row("workshops:memoria", about, at, GET=only(readers, is_open=True)),
            Row("workshops:memoria_pdf", about, at, GET=only(readers, is_open=True)),
        )
    ),
    Row("workshops:photos", "public", _past, GET=answers(200)),
    Row(
        "workshops:photos",
        "of the group",
        lambda w: {"slug": w.held["of the group"].slug},
        GET=only(GROUP, is_open=True),
    ),
    Row("workshops:photos_add", at=_past, GET=COORDINATION, POST=COORDINATION),
    Row(
        "workshops:photo_edit",
        at=_photo,
        data=lambda _: {"alt": "Una mesa", "caption": "Mesa 1", "position": "1"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row("workshops:photos_describe", at=_past, GET=COORDINATION, POST=only(COORDINATORS, answer=ELSEWHERE)),
    # Whoever is on a photo needs no account to have it hidden; one of the group's is seen by the group alone.
    Row("workshops:photo_ask", at=_photo, GET=answers(200), POST=answers(DONE)),
    Row(
        "workshops:photo_keep",
        "that nobody asked for",
        _photo,
        data=lambda _: {"reason": "No."},
        POST=only(COORDINATORS, answer=ELSEWHERE),
    ),
    Row("workshops:photo_remove", at=_photo, data=lambda _: {"reason": "Lo pidió."}, POST=COORDINATION_DOES),
]

RECORDS: Final = [*AGREEMENTS, *MINUTES, *HELD]
