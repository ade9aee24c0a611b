"""What happens in the demonstration: a year of sessions, told in days before and after today."""

from dataclasses import dataclass
from datetime import time, timedelta

from actionplans.models import Deliverable
from ogpgroup.demo.people import ABROAD, ASSOCIATION, COORDINATOR, MINISTRY, OFFICIAL, UNIVERSITY
from workshops.models import AgendaItem, Agreement, Session

Mode, Visibility, Kind = Session.Mode, Session.Visibility, Session.Kind
Part, Status = AgendaItem.Kind, Agreement.Status

CYCLE_SLUG = "demo"
CYCLE_STARTS, CYCLE_DAYS = -160, 365
CYCLE_PURPOSE = (
    "Demostración: las ciudades, las instituciones y las personas de este ciclo son ficticias. Durante un año, Ciudad "
    "Demo Norte abre su plan municipal de desarrollo a la participación, muestra sus avances al grupo y recibe su "
    "retroalimentación; las demás ciudades se miran en el mismo espejo."
)
FELLOW, FELLOW_REASON = (
    "ciudad-demo-norte",
    "Acuerdo de la primera sesión del ciclo: comienza este año su plan municipal de desarrollo, y el grupo puede "
    "acompañarla desde la convocatoria.",
)
STATEMENTS = {
    "ciudad-demo-norte": "Este año renovamos el plan municipal de desarrollo y queremos escribirlo con las colonias.",
    "ciudad-demo-sureste": "Tenemos un consejo ciudadano nuevo y buscamos que participe en el programa de movilidad.",
}

# The releases: how many days before today, what is noted, whether people are told. Only the newest tells anybody; the
# mails of the earlier ones would come months too late.
DELIVERABLES = (
    (Deliverable.Kind.SYNTHETIC_PROPOSAL, "Propuesta sintética", -110),
    (Deliverable.Kind.PROGRESS_REPORT, "Primer informe de avance", -6),
    (Deliverable.Kind.OTHER, "Guía de foros de colonia", 30),
    (Deliverable.Kind.FINAL_REPORT, "Informe final", CYCLE_STARTS + CYCLE_DAYS),
)

RELEASE_DAYS = (150, 70, 26, 0)
RELEASE_NOTES = (
    "Primer calendario del ciclo.",
    "Se mueve el seminario web sobre indicadores y se agregan dos sesiones.",
    "Se cancela el taller en Ciudad Demo Pacífico y se anuncia un seminario web más.",
    "Calendario de los próximos meses: se mueve la sesión en Ciudad Demo Sureste y se cancela un seminario web.",
)
NEWEST = len(RELEASE_DAYS) - 1


@dataclass(frozen=True, kw_only=True)
class DemoAgreement:
    text: str
    kind: Agreement.Kind = Agreement.Kind.TASK
    status: Agreement.Status = Status.OPEN
    due: int | None = None
    responsible: tuple[str, ...] = ()
    belongs_to_plan: bool = False
    told: str = ""  # what became of it


@dataclass(frozen=True, kw_only=True)
class DemoSession:
    slug: str
    title: str
    kind: str
    mode: str
    release: int
    day: int
    hour: time | None = time(10)
    length: timedelta = timedelta(hours=2)
    any_day: bool = False  # also on a Saturday or Sunday: it is to be tomorrow, whatever day that is
    city: str = ""
    venue: str = ""
    time_zone: str = "America/Mexico_City"
    purpose: str = ""
    bring: str = ""
    decisions: str = ""
    visibility: str = Visibility.PUBLIC
    organizations: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    moved: tuple[int, int] | None = None  # by which release, to which day
    cancelled: tuple[int, str] | None = None  # by which release, and why
    agenda: tuple[tuple[str, str, str], ...] = ()  # kind, title, organisation that presents
    tables: tuple[str, ...] = ()
    agreements: tuple[DemoAgreement, ...] = ()
    attendee_count: int | None = None
    report: str = ""

    @property
    def has_link(self) -> bool:
        return self.mode != Mode.FACE_TO_FACE


NORTE, SURESTE, CENTRO = (f"ayuntamiento-ciudad-demo-{name}" for name in ("norte", "sureste", "centro"))
PACIFICO, SIERRA = "ayuntamiento-ciudad-demo-pacifico", "ayuntamiento-ciudad-demo-sierra"

PAST = (
    DemoSession(
        slug="demo-arranque",
        title="Arranque del ciclo y elección de la ciudad fellow",
        kind=Kind.WORKING_SESSION,
        mode=Mode.FACE_TO_FACE,
        release=0,
        day=-140,
        length=timedelta(hours=4),
        city="ciudad-demo-centro",
        venue="Sala de cabildo (ficticia)",
        purpose="Conocer los proyectos de las ciudades que se proponen y elegir a la que el grupo acompañará este año.",
        decisions="Qué ciudad será la ciudad fellow y cómo le dará retroalimentación el grupo.",
        agenda=(
            (Part.PRESENTATION, "Ciudad Demo Norte: un plan escrito con las colonias", NORTE),
            (Part.PRESENTATION, "Ciudad Demo Sureste: movilidad con consejo ciudadano", SURESTE),
            (Part.DIRECT_FEEDBACK, "Retroalimentación directa a las dos ciudades", UNIVERSITY),
            (Part.WORK_TABLES, "Mesas: dudas y dificultades", ""),
            (Part.COMMENTS, "Comentarios finales", ""),
            (Part.AGREEMENTS, "Cierre con acuerdos", ""),
        ),
        tables=("Convocatoria y confianza", "Información clara para decidir", "Lo que pasa después de participar"),
        agreements=(
            DemoAgreement(
                kind=Agreement.Kind.FELLOW_CITY,
                text="Ciudad Demo Norte es la ciudad fellow del ciclo y presenta una propuesta sintética en un mes.",
                status=Status.DONE,
                due=-110,
                responsible=(NORTE,),
                belongs_to_plan=True,
                told="La ciudad entregó su propuesta sintética.",
            ),
            DemoAgreement(
                kind=Agreement.Kind.COMMITMENT,
                text="El grupo da retroalimentación por escrito en las dos semanas que siguen a cada entrega.",
            ),
        ),
        attendee_count=27,
        report="Dos ciudades se propusieron. Después de las mesas, el grupo eligió por consenso a Ciudad Demo Norte.",
    ),
    DemoSession(
        slug="demo-marco-legal",
        title="Qué dice la ley sobre participar en la planeación municipal",
        kind=Kind.WEBINAR,
        mode=Mode.REMOTE,
        release=0,
        day=-112,
        hour=time(17),
        length=timedelta(minutes=90),
        purpose="Distinguir el plan de desarrollo del plan de desarrollo urbano, y qué participación pide cada uno.",
        agenda=(
            (Part.PRESENTATION, "Dos planes, dos procedimientos", MINISTRY),
            (Part.COMMENTS, "Preguntas de las ciudades", ""),
        ),
        attendee_count=19,
        report="Se explicó en qué se distinguen los dos planes y en qué momento se consulta a la población.",
    ),
    DemoSession(
        slug="demo-actores",
        title="Mapa de actores para la propuesta sintética",
        kind=Kind.WORKSHOP,
        mode=Mode.HYBRID,
        release=0,
        day=-84,
        length=timedelta(hours=3),
        city="ciudad-demo-norte",
        venue="Casa de la Cultura (ficticia)",
        time_zone="America/Matamoros",
        purpose="Revisar con la ciudad a quiénes invita y a quiénes no ha invitado todavía.",
        bring="La lista de organizaciones y colonias con las que trabaja cada ciudad.",
        agenda=(
            (Part.PRESENTATION, "La propuesta sintética de Ciudad Demo Norte", NORTE),
            (Part.WORK_TABLES, "Mesas: quién falta", ""),
            (Part.AGREEMENTS, "Cierre con acuerdos", ""),
        ),
        tables=("Colonias de la periferia", "Juventudes y escuelas"),
        agreements=(
            DemoAgreement(
                text="Enviar a Ciudad Demo Norte la guía para convocar a colonias sin internet.",
                status=Status.DONE,
                due=-70,
                responsible=(UNIVERSITY,),
                belongs_to_plan=True,
                told="Se envió la guía y la ciudad la usó en dos colonias.",
            ),
            DemoAgreement(
                text="Traducir la convocatoria a la lengua que se habla en cada municipio.",
                status=Status.DROPPED,
                due=-60,
                responsible=(SIERRA, SURESTE),
                told="No hubo presupuesto para traducirla este año.",
            ),
        ),
        attendee_count=23,
        report="Según las mesas, en la convocatoria faltan las colonias de la periferia y las escuelas.",
    ),
    DemoSession(
        slug="demo-indicadores",
        title="Indicadores que una ciudad puede sostener",
        kind=Kind.WEBINAR,
        mode=Mode.REMOTE,
        release=0,
        day=-56,
        hour=time(16),
        length=timedelta(minutes=90),
        moved=(1, -49),
        purpose="Elegir pocos indicadores, con fuente y responsable, que sobrevivan al cambio de administración.",
        attendee_count=16,
        report="Cada ciudad salió con tres indicadores y la persona responsable de cada uno.",
    ),
    DemoSession(
        slug="demo-primer-avance",
        title="Ciudad Demo Norte presenta su primer avance",
        kind=Kind.WORKING_SESSION,
        mode=Mode.HYBRID,
        release=1,
        day=-28,
        length=timedelta(hours=3),
        city="ciudad-demo-sureste",
        venue="Centro de Convenciones (ficticio)",
        time_zone="America/Merida",
        purpose="Conocer el avance de la ciudad fellow y darle retroalimentación organizada.",
        bring="Una nota breve con lo que la ciudad hizo bien y lo que puede mejorar.",
        decisions="Qué debe incluir el primer informe de avance.",
        agenda=(
            (Part.PRESENTATION, "Avance de la convocatoria", NORTE),
            (Part.DIRECT_FEEDBACK, "Primera respuesta a la ciudad", ASSOCIATION),
            (Part.WORK_TABLES, "Mesas: dudas, dificultades y prioridades", ""),
            (Part.PLENARY, "Cada mesa presenta sus prioridades", ""),
            (Part.AGREEMENTS, "Cierre con acuerdos", ""),
        ),
        tables=("Respuesta a las propuestas", "Participación en línea y en papel"),
        agreements=(
            DemoAgreement(
                text="Publicar qué propuestas ciudadanas se aceptaron, cuáles no y por qué.",
                due=32,
                responsible=(NORTE,),
                belongs_to_plan=True,
            ),
            DemoAgreement(
                text="Compartir un formato en papel para recoger propuestas donde no hay conexión.",
                due=-9,
                responsible=(UNIVERSITY,),
            ),
            DemoAgreement(
                text="Responder el autodiagnóstico con las mismas preguntas que la ciudad fellow.",
                due=60,
                responsible=(PACIFICO, SURESTE, CENTRO, SIERRA),
            ),
        ),
        attendee_count=31,
        report="La ciudad mostró las primeras propuestas recibidas. El grupo pidió que cada una tenga respuesta.",
    ),
    DemoSession(
        slug="demo-taller-pacifico",
        title="Participar en un municipio extenso",
        kind=Kind.WORKSHOP,
        mode=Mode.FACE_TO_FACE,
        release=1,
        day=-20,
        city="ciudad-demo-pacifico",
        venue="Biblioteca municipal (ficticia)",
        time_zone="America/Mazatlan",
        purpose="Ver en el lugar cómo se convoca a localidades que están a horas de la cabecera.",
        cancelled=(
            2,
            "El camino a la sede quedó cerrado por las lluvias; el taller se reprogramará.",
        ),
    ),
)

AHEAD = (
    DemoSession(
        slug="demo-respuesta-razonada",
        title="Cómo responder a cada propuesta ciudadana",
        kind=Kind.WEBINAR,
        mode=Mode.REMOTE,
        release=NEWEST,
        day=1,
        any_day=True,
        hour=time(17),
        length=timedelta(minutes=90),
        purpose="Ver respuestas que explican por qué una propuesta se acepta, se acepta en parte o no se acepta.",
        bring="Una propuesta difícil de responder.",
        agenda=(
            (Part.PRESENTATION, "Tres respuestas que convencen", ABROAD),
            (Part.COMMENTS, "Casos de las ciudades", ""),
        ),
    ),
    DemoSession(
        slug="demo-foros-de-colonia",
        title="Revisión de los foros de colonia",
        kind=Kind.WORKING_SESSION,
        mode=Mode.HYBRID,
        release=NEWEST,
        day=3,
        any_day=True,
        length=timedelta(hours=3),
        city="ciudad-demo-norte",
        venue="Casa de la Cultura (ficticia)",
        time_zone="America/Matamoros",
        purpose="Revisar lo que dijeron las colonias y ordenar las dudas y dificultades en un diagnóstico colectivo.",
        bring="Las notas de los foros a los que asistió su institución.",
        decisions="Qué prioridades pasan al informe de avance.",
        # Its agenda is told in full in `ogpgroup.demo.agendas`.
        tables=("Espacio público", "Agua y drenaje", "Movilidad"),
    ),
    DemoSession(
        slug="demo-seguimiento",
        title="Seguimiento de acuerdos",
        kind=Kind.WORKING_SESSION,
        mode=Mode.REMOTE,
        release=NEWEST,
        day=8,
        hour=time(12),
        length=timedelta(hours=1),
        visibility=Visibility.GROUP,
        organizations=(NORTE, SURESTE, PACIFICO, UNIVERSITY),
        purpose="Ver qué acuerdos están atrasados y qué falta para cumplirlos.",
    ),
    DemoSession(
        slug="demo-localidades",
        title="Convocar a localidades alejadas",
        kind=Kind.WORKSHOP,
        mode=Mode.FACE_TO_FACE,
        release=NEWEST,
        day=14,
        hour=time(11),
        length=timedelta(hours=3),
        city="ciudad-demo-pacifico",
        venue="Biblioteca municipal (ficticia)",
        time_zone="America/Mazatlan",
        purpose="Ver en el lugar cómo se convoca a localidades que están a horas de la cabecera.",
        bring="El directorio de localidades de su municipio.",
        agenda=(
            (Part.PRESENTATION, "Rutas de convocatoria", PACIFICO),
            (Part.WORK_TABLES, "Mesas: qué funciona sin internet", ""),
            (Part.AGREEMENTS, "Cierre con acuerdos", ""),
        ),
        tables=("Radio y perifoneo", "Autoridades comunitarias"),
    ),
    DemoSession(
        slug="demo-revision-informe",
        title="Revisión del informe de avance con la ciudad fellow",
        kind=Kind.WORKING_SESSION,
        mode=Mode.REMOTE,
        release=NEWEST,
        day=16,
        hour=time(9),
        length=timedelta(hours=1),
        visibility=Visibility.INVITED,
        people=(COORDINATOR, OFFICIAL, "integrante@demo.example"),
        purpose="Leer juntos el borrador del informe antes de presentarlo al grupo.",
    ),
    DemoSession(
        slug="demo-segundo-avance",
        title="Segundo avance y evaluación intermedia",
        kind=Kind.WORKING_SESSION,
        mode=Mode.HYBRID,
        release=1,
        day=21,
        moved=(NEWEST, 28),
        length=timedelta(hours=4),
        city="ciudad-demo-sureste",
        venue="Centro de Convenciones (ficticio)",
        time_zone="America/Merida",
        purpose="Conocer el segundo avance de la ciudad fellow y evaluarlo con criterios comunes.",
        bring="El autodiagnóstico de su ciudad.",
        decisions="La evaluación intermedia del plan.",
    ),
    DemoSession(
        slug="demo-datos-abiertos",
        title="Datos abiertos para seguir un plan",
        kind=Kind.WEBINAR,
        mode=Mode.REMOTE,
        release=2,
        day=45,
        hour=time(16),
        length=timedelta(minutes=90),
        purpose="Ver qué datos necesita una persona para saber si el plan avanza.",
        cancelled=(NEWEST, "El tema pasa a la sesión del segundo avance, donde hay más tiempo."),
    ),
    DemoSession(
        slug="demo-encuentro",
        title="Encuentro anual de ciudades",
        kind=Kind.WORKSHOP,
        mode=Mode.FACE_TO_FACE,
        release=NEWEST,
        day=75,
        hour=None,
        city="ciudad-demo-sierra",
        purpose="Compartir lo aprendido y preparar las orientaciones del grupo. El horario está por definirse.",
    ),
)

# Never published: what the planning board has something to say about.
DRAFTS = (
    DemoSession(
        slug="demo-borrador-presupuesto",
        title="Presupuesto participativo: qué aprendimos",
        kind=Kind.WEBINAR,
        mode=Mode.REMOTE,
        release=NEWEST + 1,
        day=8,  # less than the group promises
        hour=time(19, 30),  # to 21:30, and an hour later still in summer at the border
        purpose="Comparar cómo cada ciudad abrió su presupuesto a las colonias.",
    ),
    DemoSession(
        slug="demo-borrador-indicadores",
        title="Taller de indicadores con las colonias",
        kind=Kind.WORKSHOP,
        mode=Mode.HYBRID,
        release=NEWEST + 1,
        day=28,  # beside the second progress: the same people, the same room
        hour=time(11),
        city="ciudad-demo-sureste",
        venue="Centro de Convenciones (ficticio)",
        time_zone="America/Merida",
        purpose="Escoger con las colonias qué se mide y cómo se publica.",
        bring="Los indicadores que su ciudad ya publica.",
    ),
)

SESSIONS = (*PAST, *AHEAD)
TOLD = "demo-primer-avance"  # the session of which most is on record
