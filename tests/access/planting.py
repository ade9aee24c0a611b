"""How a check is taken out of the code, and whether the table notices."""

import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from tests.access.door import Row, complaints, walk
from tests.access.roles import Role
from tests.access.table import TABLE
from tests.access.world import World
from tests.workshops.published import forget_what_is_kept

PATTERNS: dict[str, URLPattern] = {}
ROLES = (Role.ANONYMOUS, Role.EX_MEMBER, Role.OTHER_OFFICIAL, Role.DEACTIVATED, Role.COORDINATOR)


def everything(rows: Any, _user: object) -> Any:
    return rows


def is_noticed(
    world: World,
    rows: Iterable[Row],
    plant: Callable[[pytest.MonkeyPatch], None],
    *,
    roles: Iterable[Role] = ROLES,
    own_guard: type[Exception] | tuple[()] = (),
) -> bool:
    """Whether the table complains of what is planted, at a place where it does not without. Then it is no accident.

    A mutant that breaks the page by itself is a bad one, and fails. `own_guard` is what a page raises on its own where
    it was let come to somebody it is not for.
    """
    forget_what_is_kept()
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        places = ((row, role) for role in tuple(roles) for row in rows)
        place = next((place for place in places if _complains(world, *place, own_guard)), None)
    forget_what_is_kept()  # pages that the mutant drew
    return place is not None and not any(complaints(world, *place))


def _complains(world: World, row: Row, role: Role, own_guard: type[Exception] | tuple[()]) -> bool:
    try:
        return any(complaints(world, row, role))
    except own_guard:
        return True


def swapped(owner: object, attribute: str, mutant: object) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(owner, attribute, mutant)


def rows_of(*urls: str, about: str = "") -> list[Row]:
    return [row for row in TABLE if row.url in urls and about in ("", row.about)]


def pattern_of(url: str) -> URLPattern:
    if not PATTERNS:
        PATTERNS.update(walk())
    return PATTERNS[url]


def unguarded(view: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """The view under its decorators, layer by layer; under a view made of a class there is but a method."""
    while (inner := getattr(view, "__wrapped__", None)) is not None and inner.__name__ != "dispatch":
        view = inner
        yield view


def answers_of(row: Row, role: Role) -> set[object]:
    return {expected[role] for expected in (row.GET, row.POST) if expected}


def first_rows(answer: object, role: Role, *, namespaces: tuple[str, ...]) -> list[Row]:
    found = {row.url: row for row in reversed(TABLE) if answer in answers_of(row, role)}
    return [row for row in found.values() if row.url.startswith(namespaces)]


def without(check: Callable[..., Any], line: str, instead: str = "") -> Callable[..., Any]:
    """The function as it would be with one piece of it written otherwise; it lives in the same module."""
    source = textwrap.dedent(inspect.getsource(check))
    assert source.count(line) == 1, f"{check.__qualname__} has changed: plant the mutant anew"
    planted: dict[str, Any] = {}
    exec(source.replace(line, instead), vars(sys.modules[check.__module__]), planted)  # noqa: S102  our own source
    return planted[check.__name__]  # type: ignore[no-any-return]


def open_to_all(view: Callable[..., Any]) -> Callable[..., Any]:
    def opened(request: HttpRequest, **details: Any) -> HttpResponse:
        return view(request, **details)  # type: ignore[no-any-return]

    opened.login_required = False  # type: ignore[attr-defined]
    return opened
