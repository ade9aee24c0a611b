"""Notes of the table's world: one for each kind of reader."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from cities.models import group_day
from feedback.actions import notes as actions
from feedback.actions.notes import edition_of
from feedback.models import Answer, Note
from feedback.targets import Target
from tests.access.roles import COORDINATORS, GROUP, Role
from workshops.models import AgendaItem

if TYPE_CHECKING:
    from tests.access.world import World


def add_notes(world: "World") -> None:
    """Before anybody leaves."""
    city_and_author = COORDINATORS | {Role.MEMBER, Role.OFFICIAL}
    write = _Writer(world)
    notes = world.notes
    notes["public"] = write(world.plan, Role.MEMBER, "Una duda")
    notes["group"] = write(world.plan, Role.MEMBER, world.hide("Para el grupo", seen_by=GROUP), visibility="group")
    text = world.hide("Para la ciudad", seen_by=city_and_author)
    notes["city"] = write(world.deliverable, Role.MEMBER, text, visibility="city")
    text = world.hide("Sobre el borrador", seen_by=COORDINATORS | {Role.OFFICIAL})
    notes["draft"] = write(world.draft_plan, Role.COORDINATOR, text)
    notes["withdrawn"] = write(world.plan, Role.GUEST, world.hide("Retirada", seen_by={Role.GUEST}))
    actions.withdraw_note(notes["withdrawn"])
    text = world.hide("De quien se fue", seen_by=GROUP | {Role.EX_MEMBER})
    notes["left"] = write(world.plan, Role.EX_MEMBER, text, visibility="group")
    world.answers["left"] = _answer(world, notes["left"], "Se verá")
    notes["answered"] = write(world.plan, Role.MEMBER, "Otra duda")
    world.answers["public"] = _answer(world, notes["answered"], "Se hará")
    notes["answered to the city"] = write(
        world.plan, Role.MEMBER, world.hide("Reservada", seen_by=city_and_author), visibility="city"
    )
    reason = world.hide("Respuesta reservada", seen_by=city_and_author)
    world.answers["city"] = _answer(world, notes["answered to the city"], reason)
    author = COORDINATORS | {Role.MEMBER}
    notes["withheld"] = write(world.plan, Role.MEMBER, world.hide("Nota retirada", seen_by=author))
    notes["withheld answer"] = write(world.plan, Role.MEMBER, "Una más")
    reason = world.hide("Respuesta retirada", seen_by=COORDINATORS | {Role.OFFICIAL})
    world.answers["withheld"] = _answer(world, notes["withheld answer"], reason)
    world.item = AgendaItem.objects.create(
        session=world.invited,
        position=2,
        kind="presentation",
        title=world.hide("Presentación", seen_by=COORDINATORS | {Role.GUEST}),
        presenter_organization=world.people[Role.OFFICIAL].memberships.get().organization,
    )
    text = world.hide("Sobre la presentación", seen_by=COORDINATORS | {Role.GUEST})
    notes["agenda"] = write(world.item, Role.GUEST, text)


class _Writer:
    def __init__(self, world: "World") -> None:
        self.world = world

    def __call__(self, target: Target, role: Role, text: str, *, visibility: str = "public") -> Note:
        by = self.world.people[role]
        return actions.write_note(
            target,
            kind="doubt",
            text=text,
            visibility=visibility,
            organization=by.memberships.get().organization,
            form_id=uuid4(),
            by=by,
            now=timezone.now(),
        )


def _answer(world: "World", note: Note, reason: str) -> Answer:
    now = timezone.now()
    return actions.answer_note(
        note,
        decision="accepted",
        reason=reason,
        change="Convocar",
        change_by=group_day(now),
        seen=edition_of(note),
        by=world.people[Role.OFFICIAL],
        now=now,
    )
