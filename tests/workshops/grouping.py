"""A session with tables and notes, for the tests of walls, themes, votes and diagnoses."""

from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ogpgroup.models import User
from tests import factories
from tests.workshops.attending import NOW, session_on
from tests.workshops.noting import facilitator_of, table_of, table_on
from workshops.actions import attendance, diagnoses, themes, votes
from workshops.actions.themes import name_mark, whole_mark
from workshops.models import Participation, Session, TableNote, Theme, VotingRound, WorkTable
from workshops.reports import themes as reports


def hall(*, tables: int = 2, **given: Any) -> Session:
    """A session that is on, with tables; the first has a facilitator and a rapporteur."""
    session = session_on(**given)
    table_on(session=session, number=1)
    for number in range(2, tables + 1):
        table_of(session, number, theme=f"Tema {number}")
    return session


def lead(session: Session) -> User:
    """The facilitator of the first table."""
    return facilitator_of(session.tables.get(number=1))


def note(session: Session, text: str = "Falta agua", *, table: int = 1, **given: Any) -> TableNote:
    """A note as a table's page leaves it; it has arrived, also in the first minutes of an hour."""
    where, received = session.tables.get(number=table), min(NOW, timezone.now())
    return TableNote.objects.create(table=where, text=text, **({"kind": "doubt", "received_at": received} | given))


def seen(*notes: TableNote) -> dict[int, int | None]:
    """The notes where they are now."""
    return {one.pk: TableNote.objects.get(pk=one.pk).theme_id for one in notes}


def theme(session: Session, title: str = "Agua", notes: list[TableNote] | None = None) -> Theme:
    """A theme of these notes, made by the facilitator."""
    return themes.group(session, seen=seen(*(notes or [])), title=title, form_id=uuid4(), by=lead(session), now=NOW)


def marks(one: Theme) -> tuple[str, str]:
    """What is seen of a theme's name, and of all of it."""
    one.refresh_from_db()
    return name_mark(one), whole_mark(one, [note.pk for note in reports.notes_of(one)])


def where(*notes: TableNote) -> list[str]:
    """The theme of each note, by name."""
    found = TableNote.objects.select_related("theme").in_bulk([one.pk for one in notes])
    return [its.title if (its := found[one.pk].theme) else "" for one in notes]


def standing(session: Session) -> list[str]:
    return list(session.themes.standing().order_by("pk").values_list("title", flat=True))


def vote_on(session: Session, *chosen: Theme, votes_each: int = 3) -> VotingRound:
    return votes.open_round(
        session, themes=list(chosen), votes_each=votes_each, form_id=uuid4(), by=lead(session), now=NOW
    )


def present(session: Session, user: User | None = None) -> Participation:
    """Somebody who is checked in."""
    user = user or factories.create_member()
    return attendance.check_in(session, user=user, how="list", mode="face_to_face", by=user, now=NOW)


def revealed(one: VotingRound) -> VotingRound:
    votes.close(one, now=NOW)
    return votes.reveal(one, now=NOW)


def say(one: Theme, statement: str = "Falta agua en las colonias.", **fields: Any) -> Theme:
    """What the group says of a theme."""
    one.refresh_from_db()
    fields = {"statement": statement, "rank": None, "rank_reason": "", "continues": None} | fields
    return diagnoses.save_statement(one, fields=fields, edition=one.edition, by=None, now=NOW)


def published(session: Session, **given: Any) -> Any:
    return diagnoses.publish(session, **({"note": "", "by": None, "now": NOW} | given))


def signed_in(user: User) -> Client:
    """Reads English."""
    user.language = "en"
    user.save(update_fields=["language"])
    client = Client()
    client.force_login(user)
    return client


def tables_of(session: Session) -> list[WorkTable]:
    return list(session.tables.all())


def address(session: Session, name: str, *more: Any) -> str:
    """Of a page of the session."""
    return reverse(f"workshops:{name}", args=[session.slug, *more])
