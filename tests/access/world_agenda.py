"""Agendas and materials that not everybody may see: one that is not published, and files for some alone."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.roles import COORDINATORS, GROUP, Role
from workshops.actions.materials import add_material
from workshops.models import AgendaItem, Material

if TYPE_CHECKING:
    from tests.access.world import World

PRESENTS = COORDINATORS | {Role.OFFICIAL}
EXPECTED = COORDINATORS | {Role.GUEST}


def add_agenda(world: "World") -> None:
    """The agenda of the open session, in preparation: the official presents. Its materials can be had already.

    Who has left the group is still named beside them, which opens nothing.
    """
    world.planned = AgendaItem.objects.create(
        session=world.open,
        position=1,
        kind="presentation",
        title=world.hide("Punto en preparación", seen_by=PRESENTS),
        presenter=world.people[Role.OFFICIAL],
        presenter_organization=world.people[Role.OFFICIAL].memberships.get().organization,
    )
    world.planned.co_presenters.add(world.people[Role.EX_MEMBER])
    for visibility, readers in (("public", None), ("group", GROUP), ("invited", PRESENTS | EXPECTED)):
        title = world.hide("Material", seen_by=readers) if readers else "Material"
        world.materials[visibility] = _material(world, title, visibility)


def _material(world: "World", title: str, visibility: str) -> Material:
    content = f"columna\n{title}\n".encode()
    return add_material(
        world.open,
        item=world.planned,
        kind=Material.Kind.DOCUMENT,
        title=title,
        visibility=visibility,
        upload=SimpleUploadedFile(f"{visibility}.csv", content),
        form_id=uuid4(),
        by=world.people[Role.OFFICIAL],
    )
