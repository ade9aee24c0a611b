"""Who may do what with review rounds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from django.utils import timezone

from cities.models import group_day
from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, ELSEWHERE, EVERYBODY, GROUP, Answers, Role, only
from tests.access.world import World

ASKED: Final = frozenset({Role.MEMBER, Role.GUEST})  # who acts for the organisations invited
STEPPED_BACK: Final = frozenset({Role.OTHER_OFFICIAL})  # asked as well; their evaluation is locked
CITY: Final = frozenset({Role.OFFICIAL})


def _away() -> Answers:
    """Who has stepped back is led to the round, which says so."""
    return dict.fromkeys(STEPPED_BACK, ELSEWHERE)


def _days(_world: World) -> dict[str, str]:
    """A month to evaluate and one to reply; a round lasts a year at most."""
    today = group_day(timezone.now())
    return {"due_on": str(today + timedelta(days=30)), "reply_due_on": str(today + timedelta(days=60))}


def at(name: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"slug": world.plan.slug, "number": getattr(world, name).number}


def _answers(world: World, role: Role = Role.MEMBER) -> dict[str, Any]:
    """What a member answers; sent by anybody else it is refused as somebody else's."""
    criterion = world.open_round.rubric.criteria.order_by("position")[0]
    level = criterion.levels.order_by("-position")[0]
    return {
        "edition": 0,
        "person": world.people[role].pk,
        "commitment": 1,
        f"level-{criterion.pk}": level.pk,
        f"evidence-{criterion.pk}": "Lo vimos.",
    }


ROUNDS: Final = [
    Row("feedback:rounds", at=lambda w: {"slug": w.plan.slug}, GET=only(EVERYBODY, is_open=True)),
    Row(
        "feedback:rounds",
        "of a plan in preparation",
        at=lambda w: {"slug": w.draft_plan.slug},
        GET=only(COORDINATORS | CITY, is_open=True),
    ),
    Row(
        "feedback:round_create",
        at=lambda w: {"slug": w.plan.slug},
        data=lambda w: {
            "rubric": "participation",
            "organizations": w.organization.pk,
            **_days(w),
            "form_id": str(uuid4()),
        },
        GET=only(COORDINATORS),
        POST=only(COORDINATORS, answer=DONE),
    ),
    Row("feedback:round", "open", at("open_round"), GET=only(GROUP, is_open=True)),
    Row("feedback:round", "closed", at("closed_round"), GET=only(GROUP, is_open=True)),
    Row("feedback:round", "published", at("published_round"), GET=only(EVERYBODY, is_open=True)),
    Row(
        "feedback:round",
        "not there",
        lambda w: {"slug": w.plan.slug, "number": 99},
        GET=only(frozenset(), is_open=True),
    ),
    Row("feedback:evaluate", "open", at("open_round"), GET=only(ASKED | STEPPED_BACK)),
    # Who has evaluated goes on reading it.
    Row("feedback:evaluate", "closed", at("closed_round"), GET=only(frozenset({Role.MEMBER}))),
    Row("feedback:evaluate", "published", at("published_round"), GET=only(frozenset({Role.MEMBER}))),
    Row("feedback:evaluate", "no such page", at("open_round"), query="?commitment=77", GET=only(frozenset())),
    Row(
        "feedback:draft",
        "open",
        at("open_round"),
        data=_answers,
        POST=only(frozenset({Role.MEMBER}), answer=DONE) | dict.fromkeys([Role.GUEST, *STEPPED_BACK], 403),
    ),
    Row(
        "feedback:draft",
        "closed",
        at("closed_round"),
        data=_answers,
        POST=only(frozenset({Role.MEMBER}), answer=409),
    ),
    Row(
        "feedback:submit",
        "not whole",
        at("open_round"),
        data=lambda _: {"edition": 1},
        GET=only(ASKED) | _away(),
        POST=only(ASKED | STEPPED_BACK, answer=ELSEWHERE),
    ),
    Row(
        "feedback:submit",
        "closed",
        at("closed_round"),
        data=lambda _: {"edition": 1},
        GET=only(frozenset({Role.MEMBER}), answer=ELSEWHERE),
        POST=only(frozenset({Role.MEMBER}), answer=ELSEWHERE),
    ),
    Row(
        "feedback:conflict",
        "open",
        at("open_round"),
        data=lambda _: {"conflict": "Asesoré a la ciudad."},
        GET=only(ASKED) | _away(),
        POST=only(ASKED, answer=DONE) | dict.fromkeys(STEPPED_BACK, 409),
    ),
    Row(
        "feedback:conflict",
        "closed",
        at("closed_round"),
        data=lambda _: {"conflict": "Asesoré a la ciudad."},
        GET=only(frozenset({Role.MEMBER}), answer=ELSEWHERE),
        POST=only(frozenset({Role.MEMBER}), answer=409),
    ),
    Row("feedback:remind", at=at("open_round"), POST=only(COORDINATORS, answer=DONE)),
    Row("feedback:close", "open", at("open_round"), GET=only(COORDINATORS), POST=only(COORDINATORS, answer=DONE)),
    Row(
        "feedback:close",
        "published",
        at("published_round"),
        GET=only(COORDINATORS),
        POST=only(COORDINATORS, answer=ELSEWHERE),
    ),
    Row(
        "feedback:days",
        at=at("open_round"),
        data=_days,
        GET=only(COORDINATORS),
        POST=only(COORDINATORS, answer=DONE),
    ),
    Row(
        "feedback:reopen",
        "closed, with a reply",
        at("closed_round"),
        data=_days,
        GET=only(COORDINATORS),
        POST=only(COORDINATORS, answer=ELSEWHERE),
    ),
    Row("feedback:cancel", at=at("open_round"), GET=only(COORDINATORS), POST=only(COORDINATORS, answer=DONE)),
    Row(
        "feedback:publish",
        "replies missing",
        at("closed_round"),
        GET=only(COORDINATORS),
        POST=only(COORDINATORS, answer=ELSEWHERE),
    ),
    Row(
        "feedback:reply",
        "closed",
        at("closed_round"),
        query="?criterion=lens&commitment=1",
        data=lambda _: {"text": "Lo aceptamos.", "seen": ""},
        GET=only(CITY),
        POST=only(CITY, answer=DONE),
    ),
    Row(
        "feedback:reply",
        "published",
        at("published_round"),
        query="?criterion=lens&commitment=1",
        data=lambda _: {"text": "Otra cosa.", "seen": ""},
        GET=only(CITY),
        POST=only(CITY, answer=ELSEWHERE),
    ),
    Row("feedback:finish_replies", "replies missing", at("closed_round"), POST=only(CITY, answer=ELSEWHERE)),
    Row("feedback:reply", "no such criterion", at("closed_round"), query="?criterion=nada", GET=only(frozenset())),
]
