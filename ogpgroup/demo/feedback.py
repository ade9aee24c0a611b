"""What members of the demonstration's group write about the plan, and what its city answers. Days count from today."""

from dataclasses import dataclass

from feedback.models import Answer, Note

Kind, Visibility, Decision = Note.Kind, Note.Visibility, Answer.Decision

ONE, TWO, THREE = "integrante@demo.example", "persona2@demo.example", "persona3@demo.example"
FOUR, FIVE, PACIFIC = "persona4@demo.example", "person5@demo.example", "enlace.pacifico@demo.example"
SOUTHEAST = "enlace.sureste@demo.example"


@dataclass(frozen=True, kw_only=True)
class DemoAnswer:
    day: int
    decision: str
    reason: str
    change: str = ""
    change_by: int | None = None
    settles: bool | None = None  # what the author says of it
    reaction: str = ""
    changed: tuple[int, str] | None = None  # when the change was made, and what it was


@dataclass(frozen=True, kw_only=True)
class DemoNote:
    """`on`: the plan, a commitment (2) or a milestone (2, 1), by numbers."""

    on: tuple[int, ...]
    by: str
    day: int
    kind: str
    text: str
    visibility: str = Visibility.PUBLIC
    for_organization: bool = True
    answer: DemoAnswer | None = None


NOTES = (
    DemoNote(
        on=(),
        by=PACIFIC,
        day=-100,
        kind=Kind.STRENGTH,
        text="Que la convocatoria llegue a las doce zonas y no solo al centro es lo que **nos faltó** a nosotros.",
    ),
    DemoNote(
        on=(1,),
        by=FOUR,
        day=-95,
        kind=Kind.SUGGESTION,
        text="Publiquen desde ahora el calendario de la *segunda ronda*: si no, las personas sentirán que los foros "
        "terminaron ahí.\n\n- fecha y sede por zona\n- quién devuelve los resultados",
        answer=DemoAnswer(
            day=-88,
            decision=Decision.ACCEPTED,
            reason="Tienen razón: sin fecha, la devolución se pierde.",
            change="El calendario de la segunda ronda se publica junto con las relatorías.",
            change_by=-30,
            settles=True,
            reaction="Gracias; ya lo vimos en el portal.",
            changed=(-34, "El calendario está publicado, con sede y persona responsable por zona."),
        ),
    ),
    DemoNote(
        on=(2, 2),
        by=ONE,
        day=-38,
        kind=Kind.DOUBT,
        text="¿Qué significa que una propuesta no sea *viable*? Si es por costo, convendría decir el tope.",
        answer=DemoAnswer(
            day=-28,
            decision=Decision.IN_PART,
            reason="Se aclara el criterio de costo; el de competencia municipal depende de la ley y queda como está.",
            change="Nueva redacción del criterio de viabilidad, con tope de costo por zona.",
            change_by=12,
            settles=False,
            reaction="Falta decir quién decide cuando dos áreas no coinciden.",
        ),
    ),
    DemoNote(
        on=(2,),
        by=THREE,
        day=-45,
        kind=Kind.DIFFICULTY,
        text="Con 431 propuestas y dos personas, treinta días no alcanzan. ¿Hay plan para las que lleguen juntas?",
        answer=DemoAnswer(
            day=-36,
            decision=Decision.DECLINED,
            reason="Este año no hay presupuesto para más personal; se responderá por orden de llegada y por zona.",
        ),
    ),
    DemoNote(
        on=(3,),
        by=FIVE,
        day=-9,
        kind=Kind.SUGGESTION,
        text="Please publish the source of each indicator next to its value, and keep old versions of the file.",
    ),
    DemoNote(
        on=(1, 3),
        by=SOUTHEAST,
        day=-35,
        kind=Kind.DOUBT,
        text="¿Quién firma la relatoría cuando el comité y la facilitación no coinciden?",
        visibility=Visibility.GROUP,
    ),
    DemoNote(
        on=(1, 2),
        by=TWO,
        day=-31,
        kind=Kind.DIFFICULTY,
        text="En el foro de la zona sur no hubo intérprete de lengua de señas, aunque se había pedido.",
        visibility=Visibility.CITY,
        for_organization=False,
        answer=DemoAnswer(
            day=-27,
            decision=Decision.ACCEPTED,
            reason="Fue un error nuestro y ofrecimos una disculpa a quienes lo pidieron.",
            change="Intérprete contratado para las doce reuniones de devolución.",
            change_by=18,
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class DemoEvaluation:
    """`levels`: one position of each criterion's scale, or None where it does not apply; round and round if too few."""

    by: str
    levels: tuple[int | None, ...]
    words: str


# Closed and published: participation in the plan as a whole.
FIRST_OPENED, FIRST_DUE, FIRST_REPLY_DUE, FIRST_PUBLISHED = -75, -55, -45, -44
FIRST = (
    DemoEvaluation(by=ONE, levels=(3, 2, 2, 1, 1), words="La convocatoria y las listas de asistencia lo muestran."),
    DemoEvaluation(by=THREE, levels=(2, 2, 1, 1, 1), words="Se escuchó a las zonas; aún no se devuelve nada."),
    DemoEvaluation(by=FOUR, levels=(3, 1, 2, 0, 2), words="Visité dos foros."),
    DemoEvaluation(by=FIVE, levels=(3, 2, None, 1, 1), words="From the published minutes."),
    DemoEvaluation(by=SOUTHEAST, levels=(4, 2, 2, 1, 1), words="Comparado con lo que hacemos en nuestra ciudad."),
)
CONFLICTED, CONFLICT = TWO, "Asesoré a la ciudad en el diseño de los foros."
REPLIES = (
    "Coincidimos: los foros involucran, y la segunda ronda debe llegar a colaborar.",
    "Desde la próxima convocatoria, los materiales se publican diez días antes.",
    "La zona rural entra en la segunda ronda, con traslado.",
    "Es lo que más nos falta; por eso es el segundo compromiso del plan.",
    "El reglamento de participación está en revisión del Cabildo.",
)

# Open: the IRM's criteria on each commitment.
SECOND_OPENED, SECOND_DUE, SECOND_REPLY_DUE = -6, 12, 26
SECOND = (
    DemoEvaluation(by=THREE, levels=(1, 1, 1, 2, 2), words="Según el diario de avances."),
    DemoEvaluation(by=FOUR, levels=(1, 1, 2, 2, 2), words="Según las relatorías publicadas."),
)
SECOND_DRAFT = DemoEvaluation(by=ONE, levels=(1, 1, 1), words="")
