"""What the tables of the world's sessions said: one hall at work, one that has published its diagnosis."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from tests.access.roles import EVERYBODY, GROUP, Role
from workshops.actions import diagnoses, themes, votes
from workshops.models import Session, TableNote, Theme, WorkTable

if TYPE_CHECKING:
    from tests.access.world import World


def add_halls(world: "World") -> None:
    """The member facilitates the table of the session that is on; the one that was held has its diagnosis published."""
    member = world.people[Role.MEMBER]
    table = WorkTable.objects.create(session=world.running, number=3, theme="Barrios", facilitator=member)
    notes = [
        TableNote.objects.create(table=table, kind="doubt", text=world.hide("Nota", seen_by=GROUP))
        for _note in range(2)
    ]
    world.voted_theme = _theme(world.running, "Votado", notes[:1])
    world.theme = _theme(world.running, "Por votar", notes[1:])
    _say(world.theme, "No llega el agua.")
    world.voting = votes.open_round(
        world.running, themes=[world.voted_theme], votes_each=3, form_id=uuid4(), by=member, now=timezone.now()
    )
    held = WorkTable.objects.create(session=world.past, number=1, theme="Barrios", facilitator=member)
    told = TableNote.objects.create(table=held, kind="doubt", text=world.hide("Nota publicada", seen_by=EVERYBODY))
    _say(_theme(world.past, "Agua", [told]), "Falta agua.")
    diagnoses.publish(world.past, note="", by=None, now=timezone.now())


def _theme(session: Session, title: str, notes: list[TableNote]) -> Theme:
    seen: dict[int, int | None] = {note.pk: None for note in notes}
    return themes.group(session, seen=seen, title=title, form_id=None, by=None, now=timezone.now())


def _say(theme: Theme, statement: str) -> None:
    fields = {"statement": statement, "rank": None, "rank_reason": "", "continues": None}
    diagnoses.save_statement(theme, fields=fields, edition=theme.edition, by=None, now=timezone.now())
