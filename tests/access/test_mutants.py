"""The table against code with one check taken out: it must notice every time, or it proves nothing."""

import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from actionplans.actions import commitments as commitment_actions
from actionplans.actions import progress as progress_actions
from actionplans.forms.evidence import EvidenceForm
from actionplans.models import ActionPlan, ActionPlanQuerySet, DeliverableQuerySet
from actionplans.models.progress import EvidenceQuerySet
from actionplans.views import commitments as commitment_views
from actionplans.views import keeping
from actionplans.views import progress as progress_views
from cities import access
from cities import actions as cities_actions
from cities.models import AccountInvitation, AccountInvitationQuerySet
from feedback import targets
from feedback.actions import notes as note_actions
from feedback.models import NoteQuerySet
from feedback.models.rounds import EvaluationQuerySet, ReviewRoundQuerySet
from feedback.views import evaluations as evaluation_views
from feedback.views import notes as note_views
from feedback.views import pages as feedback_pages
from feedback.views import rounds as round_views
from ogpgroup import mail as outgoing
from ogpgroup.mail import unsubscribe
from ogpgroup.models import OutgoingMail, User
from tests.access.door import Row, complaints, walk
from tests.access.roles import LOGIN, Role
from tests.access.table import TABLE
from tests.access.test_bodies import FORGED
from tests.access.world import World
from tests.workshops.published import forget_what_is_kept
from workshops.models import Participation
from workshops.models.agenda import AgendaItemQuerySet, MaterialQuerySet
from workshops.models.agreements import AgreementQuerySet
from workshops.models.minutes import MinutesQuerySet
from workshops.models.participations import ParticipationQuerySet
from workshops.models.sessions import SessionQuerySet, SessionVersionQuerySet
from workshops.views import public, wholes

pytestmark = pytest.mark.slow

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


OTHERS_OF_THE_GROUP = (Role.MEMBER, Role.GUEST, Role.OFFICIAL, Role.OTHER_OFFICIAL)
# Ours, not allauth's.
OURS = ("cities:", "actionplans:", "feedback:", "workshops:", "desk", "coordination", "outbox", "end_membership")
FOR_COORDINATORS = [
    row
    for row in first_rows(404, Role.EX_MEMBER, namespaces=OURS)
    if all(answers_of(each, role) == {404} for each in rows_of(row.url) for role in OTHERS_OF_THE_GROUP)
    and any(answers_of(each, Role.COORDINATOR) != {404} for each in rows_of(row.url))
    and row.url != "workshops:material_create"  # presenters do the same with their points: one check for both
]
# Pages that are open and ask for a sign-in before they write do so by themselves.
FOR_THE_SIGNED_IN = [
    *(row for row in first_rows(LOGIN, Role.ANONYMOUS, namespaces=OURS) if answers_of(row, Role.ANONYMOUS) == {LOGIN}),
    *rows_of("account_profile"),
]


def test_a_page_that_forgets_to_ask_for_a_coordinator_is_noticed(world: World, subtests: pytest.Subtests):
    for row in FOR_COORDINATORS:
        with subtests.test(row.url):
            assert is_noticed(world, rows_of(row.url), without_guard(row.url), roles=[Role.EX_MEMBER])


def without_guard(url: str) -> Callable[[pytest.MonkeyPatch], None]:
    def plant(patch: pytest.MonkeyPatch) -> None:
        pattern = pattern_of(url)
        layers = list(unguarded(pattern.callback))  # under the one that asks for a sign-in
        guard = next((layer for layer in layers if layer.__code__.co_name == "guarded"), layers[0])
        patch.setattr(pattern, "callback", next(unguarded(guard)))
        patch.setattr(MinutesQuerySet, "visible_to", everything)  # some are guarded twice
        patch.setattr(SessionQuerySet, "editable_by", everything)
        patch.setattr(SessionQuerySet, "facilitated_by", everything)
        patch.setattr(ActionPlanQuerySet, "visible_to", everything)

    return plant


def test_a_page_that_forgets_to_ask_for_a_sign_in_is_noticed(world: World, subtests: pytest.Subtests):
    for row in FOR_THE_SIGNED_IN:
        with subtests.test(row.url):
            pattern = pattern_of(row.url)
            view = [pattern.callback, *unguarded(pattern.callback)][-1]
            opened = swapped(pattern, "callback", open_to_all(view))

            assert is_noticed(world, [row], opened, roles=[Role.ANONYMOUS], own_guard=AssertionError)


def open_to_all(view: Callable[..., Any]) -> Callable[..., Any]:
    def opened(request: HttpRequest, **details: Any) -> HttpResponse:
        return view(request, **details)  # type: ignore[no-any-return]

    opened.login_required = False  # type: ignore[attr-defined]
    return opened


SCHEDULE = rows_of("home", "workshops:schedule", "workshops:session_detail", "workshops:session_ics")

LOADS = signing.loads  # sessions are read by it as well

MUTANTS: dict[str, tuple[object, str, Any, list[Row]]] = {
    "every version is everybody's": (SessionVersionQuerySet, "visible_to", everything, SCHEDULE),
    "every session is everybody's": (SessionQuerySet, "visible_to", everything, rows_of("workshops:agreements")),
    "every agreement is everybody's": (AgreementQuerySet, "visible_to", everything, rows_of("workshops:agreements")),
    "every plan is everybody's": (ActionPlanQuerySet, "visible_to", everything, rows_of("actionplans:detail")),
    "every plan is anybody's to edit": (ActionPlanQuerySet, "editable_by", everything, rows_of("actionplans:edit")),
    "every file is everybody's": (EvidenceQuerySet, "visible_to", everything, rows_of("file")),
    "what waits for a form is everybody's": (
        EvidenceQuerySet,
        "visible_to",
        lambda rows, user: rows.filter(plan__in=ActionPlan.objects.visible_to(user)),
        rows_of("file"),
    ),
    "a place on a list outlives the membership": (
        ParticipationQuerySet,
        "open_to",
        lambda rows, user: rows.expected().filter(user=user.pk),
        SCHEDULE,
    ),
    "everybody may join": (Participation, "opens", lambda _self, *, in_group: True, SCHEDULE),
    "the link to join is on the page of a stranger": (
        public,
        "answering",
        lambda _request, version, _now: {"join_url": version.join_url, "may_answer": True},
        rows_of("workshops:session_detail"),
    ),
    "memberships do not end": (
        access,
        "IN_FORCE",
        re.sub(r"(membership|belongs)\.until", "NULL::date", access.IN_FORCE),
        SCHEDULE,
    ),
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
        lambda text, **options: (
            User.objects.latest("pk").pk if options.get("salt") == unsubscribe.SALT else LOADS(text, **options)
        ),
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
        with subtests.test(name):
            assert is_noticed(world, rows, swapped(owner, attribute, mutant))


NOTE_READERS, NOTE_ANSWERERS = NoteQuerySet.visible_to, NoteQuerySet.answerable_by
ROUND_READERS, RESULT_READERS = ReviewRoundQuerySet.visible_to, ReviewRoundQuerySet.results_visible_to
EVALUATORS = ReviewRoundQuerySet.open_for
OF_THE_OWN_CITY = "plan__city__in=roles.official_city_ids"

# One line of a rule taken out, and the rows that are about that line.
PLANTED: dict[str, tuple[object, str, Any, list[Row]]] = {
    "a note that was withdrawn is still read": (
        NoteQuerySet,
        "visible_to",
        without(NOTE_READERS, "meant &= ~Q(status=Note.Status.WITHDRAWN)"),
        rows_of("feedback:note", about="withdrawn"),
    ),
    "notes on a plan in preparation are read": (
        NoteQuerySet,
        "visible_to",
        without(NOTE_READERS, "ledger__in=ActionPlan.objects.visible_to(user)", "ledger__isnull=False"),
        rows_of("feedback:note", about="draft"),
    ),
    "notes on any session are read": (
        NoteQuerySet,
        "visible_to",
        without(NOTE_READERS, "agenda_item__in=AgendaItem.objects.visible_to(user)", "agenda_item__isnull=False"),
        rows_of("feedback:note", about="agenda"),
    ),
    "an agenda is read before it is published": (
        AgendaItemQuerySet,
        "visible_to",
        without(AgendaItemQuerySet.visible_to, "return seen.filter(ready)", "return seen"),
        rows_of("workshops:agenda", about="in preparation"),
    ),
    "materials for the group are had by all": (
        MaterialQuerySet,
        "visible_to",
        without(MaterialQuerySet.visible_to, "if roles.in_group:", "if True:"),
        rows_of("file", about="material for the group"),
    ),
    "notes for the group are read by all": (
        NoteQuerySet,
        "visible_to",
        without(NOTE_READERS, "if roles.in_group:", "if True:"),
        rows_of("feedback:note", about="group"),
    ),
    "notes to a city are read by any city": (
        NoteQuerySet,
        "visible_to",
        without(NOTE_READERS, "ledger__city__in=roles.official_city_ids", "ledger__city__isnull=False"),
        rows_of("feedback:note", about="city"),
    ),
    "any member of the group answers for the city": (
        NoteQuerySet,
        "answerable_by",
        without(NOTE_ANSWERERS, "ledger__city__in=roles.official_city_ids", "ledger__isnull=False"),
        rows_of("feedback:note_answer", about="public"),
    ),
    "whoever is expected answers for who presents": (
        NoteQuerySet,
        "answerable_by",
        without(
            NOTE_ANSWERERS,
            "agenda_item__presenter_organization__in=roles.organization_ids",
            "agenda_item__isnull=False",
        ),
        rows_of("feedback:note_answer", about="agenda"),
    ),
    "who has left has the author's word": (
        note_views,
        "_is_writing_author",
        without(note_views._is_writing_author, " and roles_of(request.user).in_group"),
        rows_of("feedback:note_edit", about="of who has left"),
    ),
    "anybody of the group has the word of who has left": (
        NoteQuerySet,
        "settled_by",
        without(NoteQuerySet.settled_by, "organization__in=roles.organization_ids", "organization__isnull=False"),
        rows_of("feedback:note_settle", about="of who has left"),
    ),
    "deliverables of any plan are written about": (
        targets,
        "choices_for",
        without(targets.choices_for, "ActionPlan.objects.visible_to(user)", "ActionPlan.objects"),
        rows_of("feedback:note_create", about="plan in preparation"),
    ),
    "every round is everybody's": (
        ReviewRoundQuerySet,
        "visible_to",
        without(ROUND_READERS, "rounds if roles_of(user).in_group else", "rounds if True else"),
        rows_of("feedback:round", about="open"),
    ),
    "results are read by any city before they are published": (
        ReviewRoundQuerySet,
        "results_visible_to",
        without(RESULT_READERS, OF_THE_OWN_CITY, "pk__isnull=False"),
        rows_of("feedback:round", about="closed"),
    ),
    "results are read while people evaluate": (
        ReviewRoundQuerySet,
        "results_visible_to",
        everything,
        rows_of("feedback:round", about="closed"),
    ),
    "whoever is not asked evaluates": (
        ReviewRoundQuerySet,
        "open_for",
        without(EVALUATORS, ", organizations__in=roles.organization_ids"),
        rows_of("feedback:submit", about="not whole"),
    ),
    "a closed round is evaluated": (
        ReviewRoundQuerySet,
        "open_for",
        without(EVALUATORS, "status=ReviewRound.Status.OPEN, "),
        rows_of("feedback:evaluate", about="closed"),
    ),
    "anybody's evaluation is read once the round is closed": (
        ReviewRoundQuerySet,
        "begun_by",
        without(ReviewRoundQuerySet.begun_by, "Evaluation.objects.of(user)", "Evaluation.objects"),
        rows_of("feedback:draft", about="closed"),
    ),
    "somebody else's draft is opened": (
        EvaluationQuerySet,
        "of",
        everything,
        rows_of("feedback:evaluate", about="open"),
    ),
    "a plan that is read is kept": (
        commitment_views,
        "kept_plan",
        keeping.readable_plan,
        rows_of("actionplans:commitment_edit", about="in force"),
    ),
    "who reads a plan logs progress on it": (
        progress_views,
        "kept_plan",
        keeping.readable_plan,
        rows_of("actionplans:progress_create", about="in force"),
    ),
    "any plan is read by its address": (
        commitment_views,
        "readable_plan",
        without(keeping.readable_plan, ".visible_to(request.user)"),
        rows_of("actionplans:commitment", about="in preparation"),
    ),
    "who cannot hand in is told why": (
        DeliverableQuerySet,
        "editable_by",
        everything,
        rows_of("actionplans:deliverable", about="handed in"),
    ),
    "a file is had by who has the plan's keys": (
        EvidenceQuerySet,
        "visible_to",
        without(EvidenceQuerySet.visible_to, "plan__in=ActionPlan.objects.visible_to(user)", "plan__isnull=False"),
        rows_of("file", about="of a plan in preparation"),
    ),
}

# The same in pages, which their address holds.
PLANTED_IN_PAGES: dict[str, tuple[str, Any, list[Row]]] = {
    "anybody who sees the round replies for the city": (
        "feedback:reply",
        without(round_views.reply, ".filter(plan__city__in=cities)"),
        rows_of("feedback:reply", about="closed"),
    ),
    "a draft of who was signed in before is kept as one's own": (
        "feedback:draft",
        without(evaluation_views.draft, 'request.POST.get("person") != str(desk.user.pk)', "False"),
        rows_of("feedback:draft", about="open"),
    ),
}

# What no address shows: for requests that no page offers.
PLANTED_FOR_FORGERS: dict[str, tuple[object, str, Any]] = {
    "a file that waits for somebody else's form": (
        EvidenceForm,
        "_take_back",
        without(EvidenceForm._take_back, ", uploaded_by=self._by"),
    ),
    "a form of progress that somebody else has sent": (
        progress_actions,
        "_sent_before",
        without(progress_actions._sent_before, " or entry.reported_by != by"),
    ),
    "a form of a note that somebody else has sent": (
        note_actions,
        "write_note",
        without(note_actions.write_note, "if note.author_id != by.pk:", "if False:"),
    ),
    "a commitment that was promised in public": (commitment_actions, "_draft_plan", commitment_actions._open_plan),
    "a milestone that was promised in public": (commitment_actions, "_draft_plan", commitment_actions._open_plan),
    "an evaluation of the own city": (
        ReviewRoundQuerySet,
        "open_for",
        without(EVALUATORS, ".exclude(plan__city__in=own_city)"),
    ),
}


def test_a_line_taken_out_of_a_rule_is_noticed(world: World, subtests: pytest.Subtests):
    for name, (owner, attribute, mutant, rows) in PLANTED.items():
        with subtests.test(name):
            assert is_noticed(world, rows, swapped(owner, attribute, mutant))
    for name, (url, mutant, rows) in PLANTED_IN_PAGES.items():
        with subtests.test(name):
            assert is_noticed(world, rows, swapped(pattern_of(url), "callback", mutant))


def test_a_check_that_stops_forgers_is_noticed_when_taken_out(world: World, subtests: pytest.Subtests):
    for name, (owner, attribute, mutant) in PLANTED_FOR_FORGERS.items():
        with subtests.test(name), pytest.MonkeyPatch.context() as patch, transaction.atomic():
            forged = FORGED[name](world)
            assert forged.is_refused(world)
            patch.setattr(owner, attribute, mutant)

            assert not forged.is_refused(world)
            transaction.set_rollback(True)


def test_a_page_that_writes_when_read_is_noticed(world: World):
    pattern = pattern_of("home")
    home = pattern.callback

    def nosy(request: HttpRequest) -> HttpResponse:
        User.objects.filter(pk=world.people[Role.MEMBER].pk).update(language="en")
        return home(request)  # type: ignore[no-any-return]

    assert is_noticed(world, rows_of("home"), swapped(pattern, "callback", open_to_all(nosy)), roles=[Role.ANONYMOUS])


def test_a_kept_page_that_goes_to_whoever_comes_next_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch):
    schedule = rows_of("workshops:schedule")[0]
    monkeypatch.setattr(wholes, "is_for_nobody_in_particular", lambda _request: True)
    monkeypatch.setattr(World, "forget", staticmethod(lambda: None))

    assert not any(complaints(world, schedule, Role.COORDINATOR))
    assert any(complaints(world, schedule, Role.EX_MEMBER))  # by one clock


def test_a_kept_part_that_goes_to_whoever_comes_next_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch):
    ledger = rows_of("feedback:ledger")[0]
    forget_what_is_kept()
    monkeypatch.setattr(feedback_pages, "eyes_of", lambda _user: None)

    assert not any(complaints(world, ledger, Role.COORDINATOR))
    assert any(complaints(world, ledger, Role.ANONYMOUS))
    forget_what_is_kept()
