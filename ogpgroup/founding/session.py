"""The cycle, the session of 29 June 2017 and what was agreed, in our own words, from the article."""

from dataclasses import dataclass
from datetime import date

from workshops.models import AgendaItem, Agreement

SOURCE = "https://www.opengovpartnership.org/stories/progress-on-ogp-group-work-in-mexico/"

DAY = date(2017, 6, 29)
YEAR_LATER = date(2018, 6, 29)  # "to work for a year"
MONTH_LATER = date(2017, 7, 29)  # "a synthetic proposal in a month"

FELLOW = "reynosa"
HOST = "puebla"

JOINED_REMARK = "Participó en la sesión del 29 de junio de 2017; la fuente no dice desde cuándo integra el grupo."
COORDINATOR_REMARK = "Fecha de la primera sesión del ciclo; la fuente no dice desde cuándo coordina el grupo."

# --- The cycle --------------------------------------------------------------------------------------------------------

CYCLE_SLUG = "2017-2018"
CYCLE_NAME = "Ciclo 2017–2018"
CYCLE_NAME_EN = "Cycle 2017–2018"
CYCLE_PURPOSE = (
    "Durante un año, el grupo acompaña a una ciudad fellow, Reynosa, que desarrolla una estrategia de participación "
    "ciudadana en el marco de un programa local de desarrollo. Gobiernos y organizaciones evalúan su avance y le dan "
    "retroalimentación; las demás ciudades se miran en el mismo espejo para analizar su propia situación. De ese "
    "aprendizaje salen orientaciones metodológicas comunes para que la participación ciudadana en la elaboración de "
    "planes y programas, en distintos temas urbanos y escalas territoriales, sea más eficiente e incluyente."
)
FELLOW_REASON = (
    "Por acuerdo de la sesión de trabajo del 29 de junio de 2017, Reynosa desarrollará una estrategia de participación "
    "ciudadana en el marco de un programa local de desarrollo, y el grupo la evaluará. La fuente no da otros motivos "
    "de la elección."
)

# --- The session ------------------------------------------------------------------------------------------------------

SESSION_SLUG = "2017-06-29-puebla"
SESSION_TITLE = "Procesos de participación ciudadana y construcción de agenda para Ciudades Abiertas"
SESSION_PURPOSE = (
    "Generar ideas, compartir experiencias y fortalecer a un equipo de ciudades comprometidas con el gobierno abierto, "
    "y llegar a acuerdos de mediano plazo."
)
VENUE = "Smart City Expo LATAM Congress 2017"
ATTENDEE_COUNT = 34
REPORT = """\
Con este taller comenzaron las sesiones de trabajo del ciclo. Primero se presentó Jalisco, líder mexicano del programa \
Subnacional de la Alianza para el Gobierno Abierto (OGP). Después, Reynosa y Colima expusieron su contexto y sus ideas \
sobre el proceso para elaborar su instrumento de planeación municipal. Luis Alberto Ramírez, del Secretariado Técnico \
Local de Gobierno Abierto de Jalisco, les dio retroalimentación directa; enseguida lo hizo la asamblea.

En tres mesas de trabajo se preparó un marco para identificar dudas y dificultades, que servirá a un diagnóstico \
colectivo. Cada mesa describió las prioridades que identificó, hubo una última ronda de comentarios y la sesión \
terminó con acuerdos.

Participaron activamente 34 personas. La fuente nombra a las instituciones que aquí aparecen y dice que hubo más; no \
indica el horario, los temas de las mesas ni quiénes eran las demás personas."""
RELEASE_NOTE = (
    "Se incorpora al calendario la primera sesión de trabajo del ciclo, con los datos que publicó la Alianza para el "
    "Gobierno Abierto. Es un registro histórico, cargado después de la sesión: no se avisó a nadie por correo."
)
TABLE_COUNT = 3


@dataclass(frozen=True, kw_only=True)
class AgendaFacts:
    kind: AgendaItem.Kind
    title: str
    presenter_organization: str = ""
    respondent_name: str = ""
    respondent_organization: str = ""


AGENDA = (
    AgendaFacts(
        kind=AgendaItem.Kind.PRESENTATION,
        title="Jalisco, líder mexicano del programa Subnacional de OGP",
        presenter_organization="stl-jalisco",
    ),
    AgendaFacts(
        kind=AgendaItem.Kind.PRESENTATION,
        title="Reynosa: contexto e ideas sobre el proceso para elaborar su instrumento de planeación municipal",
        presenter_organization="ayuntamiento-reynosa",
    ),
    AgendaFacts(
        kind=AgendaItem.Kind.PRESENTATION,
        title="Colima: contexto e ideas sobre el proceso para elaborar su instrumento de planeación municipal",
        presenter_organization="ayuntamiento-colima",
    ),
    AgendaFacts(
        kind=AgendaItem.Kind.DIRECT_FEEDBACK,
        title="Retroalimentación directa a Reynosa y Colima",
        respondent_name="Luis Alberto Ramírez",
        respondent_organization="stl-jalisco",
    ),
    AgendaFacts(kind=AgendaItem.Kind.PLENARY, title="Retroalimentación de la asamblea a Reynosa y Colima"),
    AgendaFacts(
        kind=AgendaItem.Kind.WORK_TABLES,
        title="Tres mesas de trabajo: dudas y dificultades para un diagnóstico colectivo",
    ),
    AgendaFacts(kind=AgendaItem.Kind.PLENARY, title="Cada mesa describe las prioridades que identificó"),
    AgendaFacts(kind=AgendaItem.Kind.COMMENTS, title="Comentarios finales"),
    AgendaFacts(kind=AgendaItem.Kind.AGREEMENTS, title="Cierre con los acuerdos del grupo"),
)


# --- Agreements and plan ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AgreementFacts:
    kind: Agreement.Kind
    text: str
    responsible: tuple[str, ...] = ()
    responsible_group: bool = False
    due_on: date | None = None
    due_is_computed: bool = False


# What became of them the article does not say, so none is open or done: their outcome is not recorded. That goes for
# the first one too. The choice it holds was made there and then, and stands on the cycle; but the agreement also binds
# the city for a year and to a proposal, and of these nothing is known.
AGREEMENTS = (
    AgreementFacts(
        kind=Agreement.Kind.FELLOW_CITY,
        text=(
            "Se elige a Reynosa como ciudad fellow. La ciudad se compromete a trabajar durante un año en un plan de "
            "acción, a exponer sus avances y a recibir la evaluación y la retroalimentación del grupo de trabajo. "
            "Procurará incorporar mecanismos de participación ciudadana en la elaboración de sus instrumentos de "
            "planeación y presentará una propuesta sintética en un mes."
        ),
        responsible=("ayuntamiento-reynosa",),
        due_on=MONTH_LATER,
        due_is_computed=True,
    ),
    AgreementFacts(
        kind=Agreement.Kind.COMMITMENT,
        text=(
            "El grupo de trabajo se compromete a dar a la ciudad fellow una retroalimentación organizada, por medio de "
            "notas, seminarios web y sesiones de trabajo."
        ),
        responsible_group=True,
    ),
    AgreementFacts(
        kind=Agreement.Kind.TASK,
        text=(
            "Definir un calendario general de sesiones a distancia y presenciales, así como sus alcances, para que la "
            "retroalimentación colectiva sea eficiente."
        ),
        responsible_group=True,
    ),
)

PLAN_SLUG = "reynosa-2017-2018"
PLAN_TITLE = "Estrategia de participación ciudadana de Reynosa"
# Which instrument is meant stays open: the article speaks of a local development programme here and of city planning
# instruments there, and the law keeps the PMD and the PMDU apart.
PLAN_AIM = (
    "Incorporar mecanismos de participación ciudadana en la elaboración de los instrumentos de planeación de la "
    "ciudad, como una estrategia en el marco de un programa local de desarrollo. Durante un año, la ciudad trabaja en "
    "el plan de acción, expone sus avances ante el grupo y recibe su evaluación y su retroalimentación."
)
PROPOSAL_TITLE = "Propuesta sintética"
