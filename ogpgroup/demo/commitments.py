"""What the demonstration's plan promises and what its city reports. Days count from today."""

from dataclasses import dataclass, field

from actionplans.models import Completion, OgpValue, PolicyArea

NOT_STARTED, LIMITED = Completion.NOT_STARTED, Completion.LIMITED
SUBSTANTIAL, COMPLETE = Completion.SUBSTANTIAL, Completion.COMPLETE


@dataclass(frozen=True, kw_only=True)
class DemoEntry:
    """An entry of the diary; `corrects` says what was wrong with the entry before it."""

    day: int
    status: str
    text: str
    picture: str = ""  # what it shows; the scene is drawn by `ogpgroup.demo.pictures`
    link: str = ""
    corrects: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoMilestone:
    title: str
    output: str
    lead: str
    starts: int
    ends: int
    entries: tuple[DemoEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoCommitment:
    short_title: str
    title: str
    title_en: str
    lead: str
    institutions: str
    problem: str
    status_quo: str
    action: str
    contribution: str
    values: tuple[str, ...]
    policy_area: str
    starts: int
    ends: int
    milestones: tuple[DemoMilestone, ...]
    entries: tuple[DemoEntry, ...] = field(default=())


PLANNING, PARTICIPATION = "Instituto Demo de Planeación", "Dirección Demo de Participación Ciudadana"

COMMITMENTS = (
    DemoCommitment(
        short_title="Foros de colonia con resultados",
        title="Realizar foros de colonia en las doce zonas del municipio y devolver a cada una lo acordado",
        title_en="Hold neighbourhood forums in the twelve areas of the city and report back to each",
        lead=PARTICIPATION,
        institutions="Instituto Demo de Planeación\nColegio Demo de Urbanistas\nComités de colonia",
        problem="El plan anterior se elaboró con cuatro foros en el centro; ocho de doce zonas no participaron.",
        status_quo="Existe un padrón de comités de colonia, sin actualizar desde hace dos años.",
        action="Doce foros en horario vespertino, con traslado y cuidado de niñas y niños, y una segunda ronda en la "
        "que se informa qué propuestas entraron al plan y cuáles no.",
        contribution="Quienes viven en cada zona influyen en el plan y saben qué pasó con lo que dijeron.",
        values=(OgpValue.CIVIC_PARTICIPATION, OgpValue.ACCESS_TO_INFORMATION),
        policy_area=PolicyArea.PUBLIC_PARTICIPATION,
        starts=-140,
        ends=60,
        milestones=(
            DemoMilestone(
                title="Mapa de actores y convocatoria pública",
                output="Mapa publicado y convocatoria en doce zonas",
                lead=PARTICIPATION,
                starts=-140,
                ends=-110,
                entries=(
                    DemoEntry(
                        day=-128,
                        status=LIMITED,
                        text="Terminó el mapa de actores de siete zonas; faltan las cinco del sur.",
                    ),
                    DemoEntry(
                        day=-112,
                        status=COMPLETE,
                        text="La convocatoria se publicó y se pegó en mercados, escuelas y centros de salud.",
                        link="https://ciudad-demo-norte.example/convocatoria",
                    ),
                ),
            ),
            DemoMilestone(
                title="Doce foros de colonia",
                output="Doce foros realizados, con lista de asistencia",
                lead=PARTICIPATION,
                starts=-100,
                ends=-40,
                entries=(
                    DemoEntry(
                        day=-80,
                        status=LIMITED,
                        text="Cuatro foros realizados. El de la zona poniente cambió de sede por la lluvia.",
                        picture="Mesas de trabajo bajo una carpa durante el foro de la zona poniente",
                    ),
                    DemoEntry(day=-46, status=COMPLETE, text="Doce foros realizados, con 418 asistentes."),
                    DemoEntry(
                        day=-46,
                        status=SUBSTANTIAL,
                        text="Once foros realizados, con 386 asistentes. El de la zona sur se hará la próxima semana.",
                        corrects="El foro de la zona sur aún no se realizaba; se contó por error.",
                    ),
                    DemoEntry(
                        day=-33,
                        status=COMPLETE,
                        text="Se realizó el foro de la zona sur. En total: doce foros y 431 asistentes.",
                        picture="Personas sentadas en círculo en el foro de la zona sur",
                    ),
                ),
            ),
            DemoMilestone(
                title="Relatoría pública de cada foro",
                output="Doce relatorías en el portal municipal",
                lead=PLANNING,
                starts=-90,
                ends=-20,
                entries=(
                    DemoEntry(
                        day=-25,
                        status=SUBSTANTIAL,
                        text="Están en línea nueve de las doce relatorías; tres esperan la revisión de sus comités.",
                        link="https://ciudad-demo-norte.example/relatorias",
                    ),
                ),
            ),
            DemoMilestone(
                title="Segunda ronda: lo que entró al plan y lo que no",
                output="Doce reuniones de devolución",
                lead=PARTICIPATION,
                starts=20,
                ends=60,
            ),
        ),
        entries=(
            DemoEntry(
                day=-20,
                status=SUBSTANTIAL,
                text="Los foros terminaron y las relatorías están por publicarse; falta la segunda ronda.",
            ),
        ),
    ),
    DemoCommitment(
        short_title="Respuesta fundada a cada propuesta",
        title="Registrar cada propuesta ciudadana y responderla por escrito, con razones",
        title_en="Record each citizen proposal and answer it in writing, with reasons",
        lead=PLANNING,
        institutions="Universidad Demo\nDirección Demo de Participación Ciudadana",
        problem="Quienes propusieron algo para el plan anterior nunca supieron qué pasó con su propuesta.",
        status_quo="Las propuestas se guardaban en papel, sin folio.",
        action="Registro público con folio, criterios para aceptar o declinar, y respuesta en treinta días.",
        contribution="Cada persona puede comprobar qué se hizo con su propuesta y por qué.",
        values=(OgpValue.CIVIC_PARTICIPATION, OgpValue.PUBLIC_ACCOUNTABILITY),
        policy_area=PolicyArea.SOCIAL_ACCOUNTABILITY,
        starts=-120,
        ends=45,
        milestones=(
            DemoMilestone(
                title="Registro público de propuestas",
                output="Registro en línea, con folio",
                lead=PLANNING,
                starts=-120,
                ends=-60,
                entries=(
                    DemoEntry(
                        day=-62,
                        status=COMPLETE,
                        text="El registro está en línea con 264 propuestas de los primeros foros.",
                        link="https://ciudad-demo-norte.example/propuestas",
                    ),
                ),
            ),
            DemoMilestone(
                title="Criterios para aceptar o declinar",
                output="Criterios publicados antes de responder",
                lead=PLANNING,
                starts=-80,
                ends=-30,
                entries=(
                    DemoEntry(
                        day=-40,
                        status=LIMITED,
                        text="Hay un borrador de criterios; la Universidad Demo pidió aclarar el de viabilidad.",
                        picture="Una pizarra con los criterios en discusión",
                    ),
                ),
            ),
            DemoMilestone(
                title="Respuesta a todas las propuestas",
                output="Todas las propuestas con respuesta publicada",
                lead=PLANNING,
                starts=-20,
                ends=45,
                entries=(
                    DemoEntry(day=-5, status=LIMITED, text="Respondidas 58 de 431 propuestas, por orden de llegada."),
                ),
            ),
        ),
    ),
    DemoCommitment(
        short_title="Metas del plan en datos abiertos",
        title="Publicar cada mes las metas del plan y su avance en formatos abiertos",
        title_en="Publish the targets of the plan and their progress every month as open data",
        lead=PLANNING,
        institutions="Secretaría Demo de Planeación Urbana",
        problem="Las metas del plan están en un documento escaneado y nadie puede comparar lo planeado con lo hecho.",
        status_quo="La tesorería publica un archivo anual.",
        action="Un inventario de indicadores, una publicación mensual y un tablero hecho con la ciudadanía.",
        contribution="Cualquier persona puede seguir el plan mes con mes y volver a usar los datos.",
        values=(OgpValue.ACCESS_TO_INFORMATION, OgpValue.TECHNOLOGY),
        policy_area=PolicyArea.OPEN_DATA,
        starts=-60,
        ends=180,
        milestones=(
            DemoMilestone(
                title="Inventario de indicadores",
                output="Inventario con fuente y periodicidad",
                lead=PLANNING,
                starts=-60,
                ends=10,
                entries=(
                    DemoEntry(
                        day=-12,
                        status=SUBSTANTIAL,
                        text="Inventariados 41 de 52 indicadores; once no tienen fuente y se propone retirarlos.",
                        picture="Gráfica de barras con los indicadores inventariados",
                    ),
                ),
            ),
            DemoMilestone(
                title="Primera publicación mensual",
                output="Archivo CSV en el portal municipal",
                lead=PLANNING,
                starts=15,
                ends=45,
            ),
            DemoMilestone(
                title="Tablero hecho con la ciudadanía",
                output="Tablero público, probado con tres comités",
                lead=PARTICIPATION,
                starts=60,
                ends=180,
            ),
        ),
    ),
)

PROPOSAL = (
    "Ciudad Demo Norte propone escribir su plan municipal de desarrollo con las doce zonas del municipio: foros de "
    "colonia con devolución, respuesta fundada a cada propuesta y metas en datos abiertos.\n\n"
    "Pide al grupo revisar los criterios de respuesta y compartir guías de facilitación."
)
GUIDE = "Versión para comentarios de la guía: cómo convocar, facilitar y devolver un foro de colonia."
