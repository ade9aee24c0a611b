"""A session that is on, with tables and people who write there."""

from typing import Any

from ogpgroup.models import User
from tests import factories
from tests.workshops.attending import NOW, session_on
from workshops.actions import table_notes as actions
from workshops.actions.table_notes import Typed
from workshops.models import Session, TableNote, WorkTable


def table_of(session: Session, number: int = 1, **given: Any) -> WorkTable:
    given = {"theme": "Movilidad"} | given
    return WorkTable.objects.create(session=session, number=number, **given)


def table_on(**given: Any) -> WorkTable:
    """The first table of a session that is on, with a rapporteur and a facilitator."""
    session = given.pop("session", None) or session_on()
    people = {"rapporteur": factories.create_member(), "facilitator": factories.create_member()}
    return table_of(session, **(people | given))


def rapporteur_of(table: WorkTable) -> User:
    assert table.rapporteur
    return table.rapporteur


def facilitator_of(table: WorkTable) -> User:
    assert table.facilitator
    return table.facilitator


def typed(text: str = "¿Quién invita a las colonias?", **given: Any) -> Typed:
    return Typed(**({"kind": "doubt", "text": text} | given))


def written(table: WorkTable, text: str = "¿Quién invita a las colonias?", **given: Any) -> TableNote:
    by, now = given.pop("by", None) or rapporteur_of(table), given.pop("now", NOW)
    return actions.write_note(table, typed(text, **given), by=by, now=now)
