"""What sessions of the table's world have left behind. See also `tests.access.world`."""

from typing import TYPE_CHECKING

from django.utils import timezone

from tests.access.roles import Role
from tests.factories_schedule import create_agreement

if TYPE_CHECKING:
    from tests.access.world import World


def add_records(world: "World") -> None:
    """An agreement for which the council of Reynosa answers, and a choice that names no city yet."""
    government = world.people[Role.OFFICIAL].memberships.get().organization
    world.agreement = create_agreement(session=world.past, text="Publicar el calendario.", due_on=timezone.localdate())
    world.agreement.responsible.set([government])
    world.choice = create_agreement(session=world.next_session, kind="fellow_city", text="Elegir a la ciudad.")
