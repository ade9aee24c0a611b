"""The table against code with one check taken out: it must notice every time, or it proves nothing."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from actionplans.models import ActionPlan, ActionPlanQuerySet
from actionplans.models.progress import EvidenceQuerySet
from cities import actions as cities_actions
from cities.models import AccountInvitation, AccountInvitationQuerySet, MembershipQuerySet
from feedback import targets
from feedback.models import NoteQuerySet
from feedback.views import notes as note_views
from ogpgroup import mail as outgoing
from ogpgroup.models import OutgoingMail, User
from tests.access.door import Row, complaints, walk
from tests.access.roles import LOGIN, Role
from tests.access.table import TABLE
from tests.access.world import World
from workshops.models import Participation
from workshops.models.records import AgreementQuerySet
from workshops.models.sessions import ParticipationQuerySet, SessionQuerySet, SessionVersionQuerySet
from workshops.views import public, wholes

pytestmark = pytest.mark.slow

PATTERNS: dict[str, URLPattern] = {}
ROLES = (Role.ANONYMOUS, Role.EX_MEMBER, Role.OTHER_OFFICIAL, Role.DEACTIVATED, Role.COORDINATOR)


def everything(rows: Any, _user: object) -> Any:
    return rows


def is_noticed(world: World, rows: Iterable[Row], roles: Iterable[Role] = ROLES) -> bool:
    roles = tuple(roles)
    try:
        return any(complaints(world, row, role) for row in rows for role in roles)
    except Exception:  # a view that breaks without its guard would break the table's test as well
        return True


def rows_of(*urls: str) -> list[Row]:
    return [row for row in TABLE if row.url in urls]


def pattern_of(url: str) -> URLPattern:
    if not PATTERNS:
        PATTERNS.update(walk())
    return PATTERNS[url]


def unguarded(view: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """The view under its decorators, layer by layer."""
    while (inner := getattr(view, "__wrapped__", None)) is not None:
        view = inner
        yield view


def answers_of(row: Row, role: Role) -> set[object]:
    return {expected[role] for expected in (row.GET, row.POST) if expected}


def first_rows(answer: object, role: Role, *, namespaces: tuple[str, ...]) -> list[Row]:
    found = {row.url: row for row in reversed(TABLE) if answer in answers_of(row, role)}
    return [row for row in found.values() if row.url.startswith(namespaces)]


# Ours, not allauth's.
OURS = ("cities:", "actionplans:", "workshops:", "desk", "coordination", "outbox", "end_membership")
FOR_COORDINATORS = [
    row
    for row in first_rows(404, Role.EX_MEMBER, namespaces=OURS)
    if row.url not in {"cities:detail", "workshops:release_detail", "workshops:session_detail", "workshops:session_ics"}
    and row.url not in {"actionplans:detail", "actionplans:edit", "actionplans:file", "workshops:answer"}  # ask a query
]
FOR_THE_SIGNED_IN = [
    *first_rows(LOGIN, Role.ANONYMOUS, namespaces=OURS),
    *rows_of("account_profile", "account_email", "mfa_index", "usersessions_list"),
]


def test_a_page_that_forgets_to_ask_for_a_coordinator_is_noticed(world: World, subtests: pytest.Subtests):
    for row in FOR_COORDINATORS:
        with subtests.test(row.url), pytest.MonkeyPatch.context() as patch:
            pattern = pattern_of(row.url)
            guard = next(unguarded(pattern.callback))  # under the one that asks for a sign-in
            patch.setattr(pattern, "callback", next(unguarded(guard)))
            patch.setattr(SessionQuerySet, "editable_by", everything)  # some are guarded twice

            assert is_noticed(world, rows_of(row.url), [Role.EX_MEMBER])


def test_a_page_that_forgets_to_ask_for_a_sign_in_is_noticed(world: World, subtests: pytest.Subtests):
    for row in FOR_THE_SIGNED_IN:
        with subtests.test(row.url), pytest.MonkeyPatch.context() as patch:
            pattern = pattern_of(row.url)
            view = [pattern.callback, *unguarded(pattern.callback)][-1]
            patch.setattr(pattern, "callback", open_to_all(view))

            assert is_noticed(world, [row], [Role.ANONYMOUS])


def open_to_all(view: Callable[..., Any]) -> Callable[..., Any]:
    def opened(request: HttpRequest, **details: Any) -> HttpResponse:
        return view(request, **details)  # type: ignore[no-any-return]

    opened.login_required = False  # type: ignore[attr-defined]
    return opened


SCHEDULE = rows_of("home", "workshops:schedule", "workshops:session_detail", "workshops:session_ics")

MUTANTS: dict[str, tuple[object, str, Any, list[Row]]] = {
    "every version is everybody's": (SessionVersionQuerySet, "visible_to", everything, SCHEDULE),
    "every session is everybody's": (SessionQuerySet, "visible_to", everything, rows_of("workshops:agreements")),
    "every agreement is everybody's": (AgreementQuerySet, "visible_to", everything, rows_of("workshops:agreements")),
    "every plan is everybody's": (ActionPlanQuerySet, "visible_to", everything, rows_of("actionplans:detail")),
    "every plan is anybody's to edit": (ActionPlanQuerySet, "editable_by", everything, rows_of("actionplans:edit")),
    "every file is everybody's": (EvidenceQuerySet, "visible_to", everything, rows_of("actionplans:file")),
    "what waits for a form is everybody's": (
        EvidenceQuerySet,
        "visible_to",
        lambda rows, user: rows.filter(plan__in=ActionPlan.objects.visible_to(user)),
        rows_of("actionplans:file"),
    ),
    "a place on a list outlives the membership": (
        ParticipationQuerySet,
        "open_to",
        lambda rows, user: rows.expected().filter(user=user.pk),
        SCHEDULE,
    ),
    "everybody may join": (Participation, "may_join", lambda _self, *, in_group: True, SCHEDULE),
    "the link to join is on the page of a stranger": (
        public,
        "_answering",
        lambda _request, version, _now: {"join_url": version.join_url, "may_answer": True},
        rows_of("workshops:session_detail"),
    ),
    "memberships do not end": (MembershipQuerySet, "on", lambda rows, _day: rows, SCHEDULE),
    "a closed account goes on": (ModelBackend, "user_can_authenticate", lambda _self, _user: True, rows_of("desk")),
    "the outbox shows account mail": (
        OutgoingMail,
        "is_account_mail",
        property(lambda _self: False),
        rows_of("outbox_detail"),
    ),
    "the outbox shows whole links": (outgoing, "mask_links", lambda text: text, rows_of("outbox_detail")),
    "a link need not be signed": (
        AccountInvitationQuerySet,
        "with_token",
        lambda rows, _token: rows.first(),
        rows_of("account_invitation"),
    ),
    "an invitation is for who comes first": (
        cities_actions,
        "has_address",
        lambda _user, _email: True,
        rows_of("invitation_accept"),
    ),
    "anybody may stop anybody's reminders": (
        signing,
        "loads",
        lambda *_args, **_options: User.objects.latest("pk").pk,
        rows_of("unsubscribe"),
    ),
    "every note is everybody's": (NoteQuerySet, "visible_to", everything, rows_of("feedback:note")),
    "anybody answers any note": (NoteQuerySet, "answerable_by", everything, rows_of("feedback:note_answer")),
    "anybody has the author's word": (
        note_views,
        "_is_writing_author",
        lambda _request, _note: True,
        rows_of("feedback:note_edit", "feedback:note_withdraw"),
    ),
    "notes are written on what nobody shows": (
        targets,
        "choices_for",
        lambda _kind, _user: ActionPlan.objects.all(),
        rows_of("feedback:note_create"),
    ),
    "an invitation never closes": (
        AccountInvitation,
        "is_open",
        lambda _self, _now: False,
        rows_of("account_invitation"),
    ),
}


def test_a_check_taken_out_is_noticed(world: World, subtests: pytest.Subtests):
    for name, (owner, attribute, mutant, rows) in MUTANTS.items():
        with subtests.test(name), pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, attribute, mutant)

            assert is_noticed(world, rows)


def test_a_page_that_writes_when_read_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch):
    pattern = pattern_of("home")
    home = pattern.callback

    def nosy(request: HttpRequest) -> HttpResponse:
        User.objects.filter(pk=world.people[Role.MEMBER].pk).update(language="en")
        return home(request)  # type: ignore[no-any-return]

    monkeypatch.setattr(pattern, "callback", open_to_all(nosy))

    assert is_noticed(world, rows_of("home"), [Role.ANONYMOUS])


def test_a_kept_page_that_goes_to_whoever_comes_next_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wholes, "is_for_nobody_in_particular", lambda _request: True)
    monkeypatch.setattr(World, "forget", staticmethod(lambda: None))

    assert is_noticed(world, rows_of("workshops:schedule")[:1], [Role.COORDINATOR, Role.EX_MEMBER])  # by one clock
