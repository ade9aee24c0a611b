"""What sessions of the table's world have left behind. See also `tests.access.world`."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from tests.access.roles import COORDINATORS, EVERYBODY, GROUP, Role
from tests.factories_schedule import create_agreement, create_session, in_days
from workshops.models import Correction, Minutes, MinutesSection, Participation, Photo

if TYPE_CHECKING:
    from tests.access.world import World

SEEN_BY: Final = {
    "draft": COORDINATORS | {Role.MEMBER},
    "in correction": GROUP,
    "over": GROUP,
    "approved": EVERYBODY,
    "approved, for those invited": COORDINATORS | {Role.GUEST},
}


def hold_sessions(world: "World") -> None:
    """What was held, before the schedule is published."""
    for days, name in enumerate(("draft", "in correction", "over", "approved"), start=30):
        world.held[name] = create_session(cycle=world.cycle, title=f"Realizada {days}", starts_at=in_days(-days))
    title = world.hide("Del grupo, realizada", seen_by=GROUP)
    world.held["of the group"] = create_session(
        cycle=world.cycle, title=title, visibility="group", starts_at=in_days(-25)
    )


def add_records(world: "World") -> None:
    """An agreement for which the council of Reynosa answers, and a choice that names no city yet."""
    government = world.people[Role.OFFICIAL].memberships.get().organization
    world.agreement = create_agreement(session=world.past, text="Publicar el calendario.", due_on=timezone.localdate())
    world.agreement.responsible.set([government])
    world.choice = create_agreement(session=world.next_session, kind="fellow_city", text="Elegir a la ciudad.")
    world.photo = Photo.objects.create(
        session=world.past,
        name="foto.jpg",
        file="sessions/foto.jpg",
        medium="sessions/medium.jpg",
        small="sessions/small.jpg",
        content_type="image/jpeg",
        alt="Una mesa",
        caption="Mesa 1",
        described_at=timezone.now(),
        people_agree=True,
        width=60,
        height=40,
        size=1,
    )
    world.held["approved, for those invited"] = world.invited
    _add_minutes(world)


def _add_minutes(world: "World") -> None:
    """In each state, of sessions of their own; one of them only those expected may see."""
    guest, member = world.people[Role.GUEST], world.people[Role.MEMBER]
    now = timezone.now()
    for name, seen_by in SEEN_BY.items():
        session = world.held[name]
        secret = world.hide("Dicho", seen_by=seen_by)
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
