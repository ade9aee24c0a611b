"""A table of the session that is on, where a member writes, with notes of every state."""

from datetime import timedelta
from typing import Any

from ogpgroup.models import User
from workshops.actions import table_notes
from workshops.actions import tables as table_actions
from workshops.actions.table_notes import Typed
from workshops.models import Session, WorkTable


def table_with_notes(session: Session, people: dict[str, User]) -> dict[str, Any]:
    """Its number, and a note of it."""
    member, coordinator = people["member"], people["coordinator"]
    assert session.starts_at
    now = session.starts_at + timedelta(minutes=10)
    table = WorkTable(session=session, number=1, theme="Movilidad", seats=8, rapporteur=member)
    table.join_url = "https://sala.example.org/mesa"
    table_actions.save_table(table, co_rapporteurs=[coordinator])
    kinds = ("doubt", "difficulty", "priority", "proposal", "comment")
    batch = [Typed(kind=kind, text=f"Lo que se dijo, {kind}", said_by="Vera Vecina") for kind in kinds]
    kept = [one.note for one in table_notes.write_notes(table, batch, by=member, now=now) if one.note]
    table_notes.strike_out(kept[1], by=member, now=now)
    table_notes.write_note(table, Typed(kind="doubt", text="Tarde"), by=member, now=now + timedelta(days=2))
    table_actions.draw_places(session, seed="uno", whom="expected", keep=False)
    return {"table": table.number, "table_note": kept[0].pk}
