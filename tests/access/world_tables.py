"""A table of the session that is on, with notes that some may read. See also `tests.access.world`."""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from tests.access.roles import COORDINATORS, GROUP, Role
from workshops.actions import table_notes
from workshops.actions.table_notes import Typed
from workshops.models import WorkTable

if TYPE_CHECKING:
    from tests.access.world import World


def add_tables(world: "World") -> None:
    """The official of Reynosa writes there; one note counts, one came late and one is struck out."""
    writers, official, now = COORDINATORS | {Role.OFFICIAL}, world.people[Role.OFFICIAL], timezone.now()
    link = f"https://sala.example.org/{secrets.token_hex(8)}"
    world.names[link] = writers | {Role.GUEST}
    world.table = WorkTable.objects.create(
        session=world.running, number=1, theme="Movilidad", rapporteur=official, join_url=link
    )
    standing = world.hide("Nota que cuenta", seen_by=GROUP)
    said_by = world.hide("Quien la dijo", seen_by=writers)
    late, struck = (world.hide(name, seen_by=writers) for name in ("Nota tardía", "Nota tachada"))
    for name, text, at in (
        ("standing", standing, now),
        ("late", late, now + timedelta(days=2)),
        ("struck", struck, now),
    ):
        typed = Typed(kind="doubt", text=text, said_by=said_by)
        world.table_notes[name] = table_notes.write_note(world.table, typed, by=official, now=at)
    table_notes.strike_out(world.table_notes["struck"], by=official, now=now)
