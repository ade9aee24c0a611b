"""Halls of the site: one at work, with a vote that is open, and one whose diagnosis is published, in two versions."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from ogpgroup.models import User
from workshops.actions import diagnoses, themes, votes, walls
from workshops.models import Participation, Session, TableNote, Theme, WorkTable

SPOKEN = (
    ("doubt", "¿Quién invita a las colonias que no tienen comité?"),
    ("difficulty", "No hay transporte para llegar a los foros desde las localidades"),
    ("priority", "Publicar los resultados en papel, en la escuela y en la clínica"),
    ("proposal", "Que cada foro tenga cuidado de niñas y niños"),
    ("difficulty", "Falta información clara sobre el presupuesto"),
    ("doubt", "Falta informacion clara sobre el presupuesto participativo"),
)


def diagnosed(people: dict[str, User], *, running: str, attended: str) -> dict[str, Any]:
    """Their slugs are known; here is the code of the vote and the themes."""
    now = timezone.now()
    at_work, over = Session.objects.get(slug=running), Session.objects.get(slug=attended)
    theme = _hall(at_work, people["coordinator"])
    walls.start_timer(at_work, minutes=20, label="Dudas y dificultades", now=now)
    one = votes.open_round(at_work, themes=[theme], votes_each=3, form_id=uuid4(), by=people["coordinator"], now=now)
    Participation.objects.update_or_create(
        session=at_work, user=people["member"], defaults={"attended": "present", "mode": "face_to_face"}
    )
    told = _hall(over, people["coordinator"])
    _say(told, "Las colonias no saben quién convoca ni con cuánto tiempo.")
    diagnoses.publish(over, note="", by=None, now=now)
    told.refresh_from_db()
    _say(told, "Las colonias no saben quién convoca, ni con qué anticipación.")
    diagnoses.publish(over, note="Se corrigió un enunciado.", by=None, now=now)
    return {"vote_code": one.code, "theme": theme.pk}


def _hall(session: Session, leader: User) -> Theme:
    now = timezone.now()
    notes = []
    for number in (1, 2, 3):
        given = {"theme": f"Tema {number}", "facilitator": leader}
        table, _is_new = WorkTable.objects.get_or_create(session=session, number=number, defaults=given)
        for kind, text in SPOKEN:
            notes.append(TableNote.objects.create(table=table, kind=kind, text=text))
    seen: dict[int, int | None] = {note.pk: None for note in notes[:4]}
    themes.group(session, seen={}, title="Información clara", form_id=uuid4(), by=leader, now=now)
    return themes.group(session, seen=seen, title="Convocar a tiempo", form_id=uuid4(), by=leader, now=now)


def _say(theme: Theme, statement: str) -> None:
    fields = {"statement": statement, "rank": None, "rank_reason": "", "continues": None}
    diagnoses.save_statement(theme, fields=fields, edition=theme.edition, by=None, now=timezone.now())
