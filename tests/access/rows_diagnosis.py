"""Who watches the wall, leads themes and votes, votes, and reads and writes the diagnosis."""

from typing import Any, Final
from uuid import uuid4

from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, ELSEWHERE, GROUP, NOBODY, Role, answers, only
from tests.access.world import World
from workshops import walls
from workshops.actions.themes import name_mark, whole_mark
from workshops.models import Session, Theme

ALL: Final = answers(200)
LEADERS: Final = COORDINATORS | {Role.MEMBER}  # the member facilitates a table of the session that is on
COORDINATION: Final = only(COORDINATORS)
COORDINATION_DOES: Final = only(COORDINATORS, answer=DONE)
LEADERS_READ: Final = only(LEADERS)
LEADERS_DO: Final = only(LEADERS, answer=DONE)
REFUSED: Final = only(LEADERS, answer=ELSEWHERE)  # told why it is not possible now


def _running(world: World) -> dict[str, Any]:
    return {"slug": world.running.slug}


def _past(world: World) -> dict[str, Any]:
    return {"slug": world.past.slug}


def _theme(world: World) -> dict[str, Any]:
    return _running(world) | {"pk": world.theme.pk}


def _voting(world: World) -> dict[str, Any]:
    return _running(world) | {"number": world.voting.number}


def _code(world: World) -> dict[str, Any]:
    return {"code": world.voting.code}


def _token(world: World) -> dict[str, Any]:
    session = Session.objects.select_related("current_version").get(pk=world.running.pk)
    return {"token": walls.token_of(session, None, is_inside=True), "language": "en"}


def _whole(theme: Theme) -> str:
    return whole_mark(theme, theme.notes.values_list("pk", flat=True))


def _statement(_world: World) -> dict[str, Any]:
    return {"statement": "Otra cosa.", "rank": "", "rank_reason": "", "continues": "", "edition": "2"}


def _group(_world: World) -> dict[str, Any]:
    return {"to": "new", "title": "Otro tema", "form_id": str(uuid4())}


def _merge(world: World) -> dict[str, Any]:
    return {"into": f"{world.voted_theme.pk}-{name_mark(world.voted_theme)}", "mark": _whole(world.theme)}


def _last(world: World) -> dict[str, Any]:
    return {"step": world.running.grouping_steps.order_by("-pk")[0].pk}


def _sheet(of: Any, kind: str) -> Any:
    return lambda world: of(world) | {"kind": kind}


SHEETS: Final = [
    Row(f"workshops:{name}", f"{about}, {kind}", _sheet(of, kind), GET=readers)
    for name in ("notes_sheet", "themes_sheet", "votes_sheet")
    for about, of, readers in (
        ("published", _past, ALL),
        ("at work", _running, only(NOBODY if name == "themes_sheet" else GROUP, is_open=True)),
    )
    for kind in ("csv", "xlsx", "json")
]

DIAGNOSIS: Final = [
    Row("workshops:wall", "of the group", _running, GET=only(GROUP, is_open=True)),
    Row("workshops:wall", "never published", lambda w: {"slug": w.draft.slug}, GET=only(NOBODY, is_open=True)),
    # Whoever holds the address was shown it on the page of the wall.
    Row(
        "workshops:wall_now", at=_token, GET=ALL, opens=lambda w: {name for name in w.names if name.startswith("Nota ")}
    ),
    Row("workshops:wall_now", "forged", lambda _: {"token": "1-1-public:x", "language": "en"}, GET=answers(404)),
    Row("workshops:wall_control", at=_running, GET=LEADERS_READ),
    Row("workshops:wall_timer", at=_running, data=lambda _: {"do": "start", "minutes": "5"}, POST=LEADERS_DO),
    Row("workshops:wall_freeze", at=_running, data=lambda _: {"do": "freeze"}, POST=LEADERS_DO),
    Row("workshops:wall_open", at=_running, data=lambda _: {"do": "open"}, POST=COORDINATION_DOES),
    Row("workshops:themes", at=_running, GET=LEADERS_READ),
    Row("workshops:theme_group", at=_running, data=_group, POST=LEADERS_DO),
    Row("workshops:theme_undo", at=_running, data=_last, POST=LEADERS_DO),
    Row("workshops:theme_duplicates", at=_running, GET=LEADERS_READ),
    Row("workshops:theme", at=_theme, GET=LEADERS_READ),
    Row(
        "workshops:theme_rename",
        at=_theme,
        data=lambda w: {"title": "Otro nombre", "mark": name_mark(w.theme)},
        POST=LEADERS_DO,
    ),
    Row("workshops:theme_merge", at=_theme, data=_merge, POST=LEADERS_DO),
    Row("workshops:theme_dissolve", at=_theme, data=lambda w: {"mark": _whole(w.theme)}, POST=LEADERS_DO),
    Row(
        "workshops:votes",
        "while one is open",
        _running,
        data=lambda w: {"themes": [w.theme.pk], "votes_each": "3", "form_id": str(uuid4())},
        GET=LEADERS_READ,
        POST=REFUSED,
    ),
    Row("workshops:vote_close", at=_voting, POST=LEADERS_DO),
    Row("workshops:vote_reopen", "that is open", _voting, POST=REFUSED),
    Row("workshops:vote_reveal", "that is open", _voting, POST=REFUSED),
    Row("workshops:vote_hands", at=_voting, data=lambda w: {f"theme-{w.voted_theme.pk}": "4"}, POST=LEADERS_DO),
    # Whoever holds the code sees the ballot or the way to the door; only who is checked in votes.
    Row("workshops:vote", at=_code, data=lambda w: {f"theme-{w.voted_theme.pk}": "1"}, GET=ALL, POST=ALL),
    Row("workshops:vote", "made up", lambda _: {"code": "abcd2345"}, GET=answers(404), POST=answers(404)),
    Row("workshops:vote_who", at=_code, data=lambda _: {"code": "forged"}, POST=ALL),
    Row("workshops:diagnosis", "published", _past, GET=ALL),
    Row(
        "workshops:diagnosis",
        "in preparation",
        _running,
        GET=only(NOBODY, is_open=True) | dict.fromkeys(COORDINATORS, ELSEWHERE),
    ),
    Row("workshops:diagnosis_version", at=lambda w: _past(w) | {"number": 1}, GET=ALL),
    Row(
        "workshops:diagnosis_edit",
        at=_running,
        data=lambda _: {"introduction": "Lo que oímos.", "edition": "1"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row("workshops:diagnosis_statement", at=_theme, data=_statement, GET=COORDINATION, POST=COORDINATION_DOES),
    Row("workshops:diagnosis_publish", at=_running, POST=COORDINATION_DOES),
    Row("workshops:diagnosis_withdraw", at=_past, POST=COORDINATION_DOES),
    *SHEETS,
]
