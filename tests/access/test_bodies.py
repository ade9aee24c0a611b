"""What a form may not be talked into: ids of somebody else's rows, and fields it does not show."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.db import models
from django.forms.models import model_to_dict
from django.urls import reverse

from tests import factories
from tests.access.door import Answered, knock
from tests.access.roles import DONE, ELSEWHERE, Answer, Role
from tests.access.world import World

FRAME = {
    "edition": "1",
    "title": "Otro",
    "instrument": "pmd",
    "aim": "Abrir.",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
}

# Each form with an id that a real one could not hold: address, body, the field with the foreign id.
SWAPPED: dict[str, Callable[[World], tuple[str, dict[str, Any], str]]] = {
    "a contact from another city": lambda w: (
        reverse("actionplans:edit", args=[w.plan.slug]),
        {**FRAME, "contact": w.people[Role.OTHER_OFFICIAL].pk},
        "contact",
    ),
    "a fellow city outside the group": lambda w: (
        reverse("actionplans:fellow", args=[w.next_cycle.slug]),
        {"city": factories.create_city().pk, "on": "2026-01-31", "reason": "Así se acordó."},
        "city",
    ),
    "an institution outside the group": lambda w: (
        reverse("cities:invitation_create"),
        {
            "email": "nueva@ejemplo.mx",
            "organization": factories.create_organization(in_group_since=None).pk,
            "role": "member",
            "language": "es-mx",
        },
        "organization",
    ),
    "a person whose account is closed": lambda w: (
        reverse("cities:membership_create", args=[w.organization.slug]),
        {"user": w.people[Role.DEACTIVATED].pk, "role": "member", "since": "2026-01-31"},
        "user",
    ),
    "a successor from another institution": lambda w: (
        reverse("end_membership", args=[w.membership.pk]),
        {"until": "2026-01-31", "successor": w.people[Role.OFFICIAL].pk},
        "successor",
    ),
}


@pytest.mark.parametrize("name", SWAPPED)
def test_an_id_that_the_form_did_not_offer_is_refused(name: str, world: World):
    address, body, field = SWAPPED[name](world)

    refused = knock(world, Role.COORDINATOR, "POST", address, body)

    assert (refused.answer, refused.changed) == (200, 0)
    assert f'id="id_{field}_error"' in refused.body


def test_the_same_form_without_the_foreign_id_is_taken(world: World):
    address, body, _field = SWAPPED["a contact from another city"](world)

    taken = knock(world, Role.COORDINATOR, "POST", address, {**body, "contact": world.people[Role.OFFICIAL].pk})

    assert taken.answer == DONE


def state_of(row: models.Model, *, but: set[str]) -> dict[str, Any]:
    row.refresh_from_db()
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in but}


def everything_else(other: models.Model) -> dict[str, Any]:
    """Every field of the table, with another row's value, as a forged form would send it."""
    values = model_to_dict(other) | {"id": other.pk, "is_demo": "on", "is_staff": "on", "is_superuser": "on"}
    return {name: value for name, value in values.items() if value not in (None, []) and name != "password"}


def test_an_official_changes_of_the_plan_only_what_the_form_shows(world: World):
    allowed = {"title", "instrument", "instrument_name", "aim", "vision", "starts_on", "ends_on", "source", "edition"}
    plan, other = world.plan, factories.create_plan(status="closed", contact=world.people[Role.MEMBER])
    before = state_of(plan, but=allowed)

    response = world.client(Role.OFFICIAL).post(
        reverse("actionplans:edit", args=[plan.slug]), everything_else(other) | FRAME
    )

    assert response.status_code == 302
    assert state_of(plan, but=allowed) == before
    assert plan.title == FRAME["title"]


def test_a_person_changes_of_the_account_only_what_the_form_shows(world: World):
    allowed = {"name", "language", "time_zone", "wants_reminders"}
    member, other = world.people[Role.MEMBER], world.people[Role.COORDINATOR]
    before = state_of(member, but=allowed)

    response = world.client(Role.MEMBER).post(
        reverse("account_profile"),
        everything_else(other) | {"name": "Otra", "language": "en", "time_zone": "America/Cancun"},
    )

    assert response.status_code == 302
    assert state_of(member, but=allowed) == before
    assert member.name == "Otra"


@dataclass(frozen=True)
class Forged:
    """A request that nobody's page offers, and how it is refused: nothing changes, and nothing of it is told."""

    role: Role
    address: str
    answer: Answer
    data: dict[str, Any] = field(default_factory=dict)
    method: str = "POST"
    untold: str = ""

    def is_refused(self, world: World) -> bool:
        met: Answered = knock(world, self.role, self.method, self.address, self.data)
        is_told = bool(self.untold) and self.untold in met.body
        return (met.answer, met.changed, is_told) == (self.answer, 0, False)


def _logged(world: World, **other: Any) -> dict[str, Any]:
    entry = {"about": f"m{world.milestone.pk}", "status": "limited", "text": "Se hizo.", "happened_on": "2017-09-01"}
    return {**entry, "form_id": str(uuid4()), **other}


def _remove(name: str, *args: Any) -> Forged:
    return Forged(Role.OFFICIAL, reverse(f"actionplans:{name}_remove", args=args), ELSEWHERE)


def _promised_commitment(world: World) -> Forged:
    return _remove("commitment", world.plan.slug, factories.create_commitment(plan=world.plan, number=77).number)


def _promised_milestone(world: World) -> Forged:
    step = factories.create_milestone(commitment=world.milestone.commitment, number=77)
    return _remove("milestone", world.plan.slug, step.commitment.number, step.number)


def _with_two_hats(world: World) -> Forged:
    """Nobody is asked to judge their own city, not even for another organisation."""
    factories.create_membership(user=world.people[Role.OFFICIAL], organization=world.organization)
    address = reverse("feedback:evaluate", args=[world.plan.slug, world.open_round.number])
    return Forged(Role.OFFICIAL, address, 404, method="GET")


FORGED: dict[str, Callable[[World], Forged]] = {
    # Without a text the form comes back, with the files that it has kept.
    "a file that waits for somebody else's form": lambda w: Forged(
        Role.COORDINATOR,
        reverse("actionplans:progress_create", args=[w.plan.slug]),
        200,
        _logged(w, text="", kept=str(w.waiting_file.uuid)),
        untold=str(w.waiting_file.uuid),
    ),
    "a form of progress that somebody else has sent": lambda w: Forged(
        Role.COORDINATOR,
        reverse("actionplans:progress_create", args=[w.plan.slug]),
        409,
        _logged(w, form_id=str(w.entry.form_id)),
        untold=w.entry.get_absolute_url(),
    ),
    "a form of a note that somebody else has sent": lambda w: Forged(
        Role.GUEST,
        reverse("feedback:note_create", args=["plan", w.plan.pk]),
        409,
        {"kind": "doubt", "text": "Mía.", "visibility": "public", "form_id": str(w.notes["public"].form_id)},
    ),
    "a commitment that was promised in public": _promised_commitment,
    "a milestone that was promised in public": _promised_milestone,
    "an evaluation of the own city": _with_two_hats,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_request_is_refused(name: str, world: World):
    assert FORGED[name](world).is_refused(world)
