"""What sessions of the table's world have left behind. See also `tests.access.world`."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from tests.access.roles import COORDINATORS, EVERYBODY, GROUP, Role
from tests.factories_schedule import create_agreement, create_session, in_days, publish
from workshops.models import Correction, Minutes, MinutesSection, Participation

if TYPE_CHECKING:
    from tests.access.world import World

SEEN_BY: Final = {
    "draft": COORDINATORS | {Role.MEMBER},
    "in correction": GROUP,
    "over": GROUP,
    "approved": EVERYBODY,
    "approved, for those invited": COORDINATORS | {Role.GUEST},
}


def add_records(world: "World") -> None:
    """An agreement for which the council of Reynosa answers, and a choice that names no city yet."""
    government = world.people[Role.OFFICIAL].memberships.get().organization
    world.agreement = create_agreement(session=world.past, text="Publicar el calendario.", due_on=timezone.localdate())
    world.agreement.responsible.set([government])
    world.choice = create_agreement(session=world.next_session, kind="fellow_city", text="Elegir a la ciudad.")
    _add_minutes(world)


def _add_minutes(world: "World") -> None:
    """In each state, of sessions of their own; one of them only those expected may see."""
    guest, member = world.people[Role.GUEST], world.people[Role.MEMBER]
    held = {
        "draft": create_session(cycle=world.cycle, title="Con borrador", starts_at=in_days(-30)),
        "in correction": create_session(cycle=world.cycle, title="En corrección", starts_at=in_days(-31)),
        "over": create_session(cycle=world.cycle, title="Corregida", starts_at=in_days(-32)),
        "approved": create_session(cycle=world.cycle, title="Con minuta", starts_at=in_days(-33)),
    }
    publish(world.cycle, by=world.people[Role.COORDINATOR], notify=False)
    held["approved, for those invited"] = world.invited
    now = timezone.now()
    for name, session in held.items():
        secret = world.hide("Dicho", seen_by=SEEN_BY[name])
        minutes = Minutes.objects.create(session=session, rapporteur=member)
        MinutesSection.objects.create(minutes=minutes, position=1, kind="opening", heading="Apertura", text=secret)
        if name != "draft":
            minutes.status, minutes.correct_by = "in_correction", timezone.localdate() + timedelta(days=3)
            minutes.save(update_fields=["status", "correct_by"])
        if name in {"over", "approved", "approved, for those invited"}:
            minutes.correct_by = timezone.localdate() - timedelta(days=1)
            minutes.save(update_fields=["correct_by"])
        if name.startswith("approved"):
            minutes.status, minutes.approved_at = "approved", now
            minutes.save(update_fields=["status", "approved_at"])
        world.minutes[name] = minutes
    corrected = world.minutes["in correction"]
    Participation.objects.update_or_create(
        session=corrected.session, user=guest, defaults={"attended": "present", "expected": False}
    )
    text = world.hide("Corrección", seen_by=COORDINATORS | {Role.MEMBER, Role.GUEST})
    Correction.objects.create(minutes=corrected, text=text, written_by=guest)
