"""Rounds of the world: one open with a draft, one closed with a reply, one published."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from cities.models import Organization
from feedback.actions import evaluations
from feedback.actions import rounds as actions
from feedback.models import ReviewRound
from ogpgroup.models import User
from tests.access.roles import COORDINATORS, EVERYBODY, Role
from tests.feedback import rounds

if TYPE_CHECKING:
    from tests.access.world import World


def build_rounds(world: "World") -> None:
    """On the plan in force: the member and the guest are asked."""
    member, guest, official = (world.people[role] for role in (Role.MEMBER, Role.GUEST, Role.OFFICIAL))
    if not world.plan.commitments.exists():
        rounds.create_commitments(world.plan, 1)
    asked = [member.memberships.get().organization, guest.memberships.get().organization]
    world.open_round, world.closed_round, world.published_round = (_open(world, asked) for _ in range(3))
    draft = world.hide("Borrador de evaluación", seen_by={Role.GUEST})
    _answer(world.open_round, guest, draft, submits=False)
    not_public = world.hide("Aún no publicado", seen_by=COORDINATORS | {Role.OFFICIAL, Role.MEMBER})
    _answer(world.closed_round, member, not_public)
    withheld = world.hide("Evaluación retirada", seen_by=COORDINATORS | {Role.MEMBER})
    _answer(world.published_round, member, world.hide("Publicado", seen_by=EVERYBODY), first=withheld)
    words = world.hide("Conflicto", seen_by=COORDINATORS | {Role.OTHER_OFFICIAL})
    actions.close_round(world.published_round, by=None, now=timezone.now())
    _reply(world.published_round, official, world.hide("Réplica retirada", seen_by=COORDINATORS | {Role.OFFICIAL}))
    rounds.reply_to_all(
        world.published_round, world.hide("Respuesta publicada", seen_by=EVERYBODY), but=("verifiability",)
    )
    actions.publish_round(world.published_round, by=None, now=timezone.now())
    actions.close_round(world.closed_round, by=None, now=timezone.now())
    _reply(world.closed_round, official, world.hide("Respuesta", seen_by=COORDINATORS | {Role.OFFICIAL}))
    other = world.people[Role.OTHER_OFFICIAL]
    evaluations.declare_conflict(world.open_round, by=other, words=words, now=timezone.now())


def _open(world: "World", asked: list[Organization]) -> ReviewRound:
    today = timezone.localdate()
    colima = world.people[Role.OTHER_OFFICIAL].memberships.get().organization
    return actions.open_round(
        world.plan,
        rubric="irm",
        organizations=[*asked, colima],
        due_on=today + timedelta(days=30),
        reply_due_on=today + timedelta(days=60),
        by=world.people[Role.COORDINATOR],
        now=timezone.now(),
    )


def _answer(one: ReviewRound, by: User, evidence: str, *, first: str = "", submits: bool = True) -> None:
    said = rounds.answers(one, evidence=evidence)[: None if submits else 2]
    if first:
        said[0] = replace(said[0], evidence=first)
    evaluation = rounds.draft(one, by, said)
    if submits:
        evaluations.submit(one, by=by, edition=evaluation.edition, now=timezone.now())


def _reply(one: ReviewRound, by: User, text: str) -> None:
    criterion = one.rubric.criteria.get(slug="verifiability")
    commitment = one.commitments.order_by("number")[0]
    actions.reply(one, criterion=criterion, commitment=commitment, text=text, seen="", by=by, now=timezone.now())
