"""What the work tables of two sessions of the demonstration said, and the diagnoses that came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from ogpgroup.models import User
from workshops.actions import diagnoses, themes, votes
from workshops.models import Session, TableNote, Theme

Kind = TableNote.Kind


@dataclass(frozen=True, kw_only=True)
class DemoTheme:
    """A theme with its notes (kind, table, words), or how those begin that the tables wrote; its hands; its origin."""

    title: str
    statement: str
    notes: tuple[tuple[str, int, str], ...] = ()
    begins: tuple[str, ...] = ()
    hands: int
    continues: str = ""


INTRODUCTION = (
    "Las mesas trabajaron sobre el primer avance de Ciudad Demo Norte. Este es el orden que dieron a lo que oyeron, "
    "con las notas tal como se dijeron."
)
EARLIER, LAST = "demo-actores", "demo-primer-avance"
THEMES: Mapping[str, tuple[DemoTheme, ...]] = {
    EARLIER: (
        DemoTheme(
            title="A la periferia no le llega la convocatoria",
            statement="Las colonias de la periferia se enteran tarde o no se enteran de los foros.",
            notes=(
                (Kind.DIFFICULTY, 1, "Los avisos se ponen en la presidencia y allá casi nadie va."),
                (Kind.DOUBT, 1, "¿Quién avisa en las colonias que no tienen comité?"),
                (Kind.PROPOSAL, 2, "Que la escuela mande el aviso con las tareas."),
            ),
            hands=14,
        ),
        DemoTheme(
            title="Faltan las juventudes",
            statement="Sin horarios y temas para jóvenes, los foros los hacen siempre las mismas personas.",
            notes=(
                (Kind.DIFFICULTY, 2, "Los foros son a la hora de clases."),
                (Kind.PROPOSAL, 2, "Un foro en la preparatoria, con sus preguntas."),
            ),
            hands=9,
        ),
    ),
    LAST: (
        DemoTheme(
            title="Cada propuesta merece respuesta",
            statement="La gente vuelve si sabe qué pasó con lo que propuso, aunque la respuesta sea que todavía no.",
            begins=(
                "¿Quién firma",
                "¿Qué hacemos",
                "Llegan doscientas",
                "Publicar un plazo",
                "Responder por",
                "Una resp",
            ),
            hands=17,
        ),
        DemoTheme(
            title="La convocatoria sigue sin llegar a todas partes",
            statement="Hubo más avisos, pero las localidades sin señal y quienes trabajan en el campo siguen fuera.",
            begins=("En las localidades", "El horario", "Que las bibliotecas"),
            hands=12,
            continues="A la periferia no le llega la convocatoria",
        ),
        DemoTheme(
            title="Lo que se entrega en papel vale igual",
            statement="Papel y pantalla necesitan un mismo formato, con folio, y alguien que lo capture completo.",
            begins=("¿Cuenta igual", "Quien captura", "Un solo formato", "Capturar el papel", "Nadie guarda"),
            hands=8,
        ),
    ),
}


def add_diagnoses(sessions: Mapping[str, Session], *, by: User) -> None:
    """Themes, a vote by hands and a published diagnosis for each of the two, the earlier one first."""
    made: dict[str, Theme] = {}
    for slug, told in THEMES.items():
        _add(Session.objects.select_related("current_version").get(pk=sessions[slug].pk), told, made, by=by)


def _add(session: Session, told: tuple[DemoTheme, ...], made: dict[str, Theme], *, by: User) -> None:
    assert session.current_version is not None
    now = session.current_version.finishes_at
    for one in told:
        notes = [_note(session, *said, now=now) for said in one.notes] or _begin(session, one.begins)
        seen: dict[int, int | None] = {note.pk: None for note in notes}
        made[one.title] = themes.group(session, seen=seen, title=one.title, form_id=uuid4(), by=by, now=now)
    chosen = [made[one.title] for one in told]
    vote = votes.open_round(session, themes=chosen, votes_each=3, form_id=uuid4(), by=by, now=now)
    votes.count_hands(vote, hands={made[one.title].pk: one.hands for one in told}, table=None, by=by, now=now)
    votes.close(vote, now=now)
    votes.reveal(vote, now=now)
    for one in told:
        continues = made.get(one.continues)
        fields = {"statement": one.statement, "rank": None, "rank_reason": "", "continues": continues}
        diagnoses.save_statement(made[one.title], fields=fields, edition=1, by=by, now=now)
    if session.slug == LAST:
        diagnoses.save_introduction(session, introduction=INTRODUCTION, edition=1, by=by, now=now)
    diagnoses.publish(session, note="", by=by, now=now)


def _begin(session: Session, words: tuple[str, ...]) -> list[TableNote]:
    standing = TableNote.objects.standing().filter(table__session=session)
    return [standing.get(text__startswith=one) for one in words]


def _note(session: Session, kind: str, table: int, text: str, *, now: datetime) -> TableNote:
    where = session.tables.get(number=table)
    return TableNote.objects.create(
        table=where, kind=kind, text=text, received_at=now, written_at=now, written_by=where.rapporteur
    )
