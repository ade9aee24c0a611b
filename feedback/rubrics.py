"""The rubrics that come with the platform. A change of words, weights or levels is a new version, never an edit.

Criteria and names of the first are those of the OGP's Independent Reporting Mechanism (IRM): glossary of the OGP
(`/glossary/verifiability`, `/glossary/relevance`, `/glossary/ambition`, `/glossary/completion`) and the IRM's
procedures manual; "did it open government" was judged in reports on plans up to 2020 and still is in the
end-of-commitment reports of OGP Local. [GK] marks Spanish names in general use that were not checked against a source.
The second takes the IAP2 Spectrum of Public Participation, paraphrased; its other criteria recur in the OECD's
guidelines for citizen participation (2022), the Métrica de Gobierno Abierto and the OGP's participation standards, and
their levels are ours.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction

from feedback.models import Criterion, Level, Rubric


@dataclass(frozen=True)
class LevelText:
    """A named step: Spanish, English, where it lies between 0 and 1 (empty: no step), and what it means."""

    name: str
    name_en: str
    value: str
    description: str = ""
    description_en: str = ""


@dataclass(frozen=True)
class CriterionText:
    slug: str
    name: str
    name_en: str
    question: str
    question_en: str
    levels: tuple[LevelText, ...]
    weight: str = "1"
    needs_evidence: bool = False


@dataclass(frozen=True)
class RubricText:
    slug: str
    version: int
    about: str
    title: str
    title_en: str
    introduction: str
    introduction_en: str
    source: str
    source_url: str
    criteria: tuple[CriterionText, ...]


NO_EVIDENCE: Final = LevelText(
    "Sin evidencia disponible",  # [GK]
    "No evidence available",
    "",
    "No hay con qué juzgarlo. No cuenta como cero.",
    "There is nothing to judge it by. It does not count as zero.",
)

IRM: Final = RubricText(
    slug="irm",
    version=1,
    about=Rubric.About.COMMITMENTS,
    title="Criterios del MRI",
    title_en="IRM criteria",
    introduction=(
        "Cada compromiso se juzga con los criterios y las escalas del Mecanismo de Revisión Independiente (MRI) de la "
        "Alianza para el Gobierno Abierto. Los nombres en inglés son los oficiales. En español, “Incierto”, "
        "“Modesto”, “Sin evidencia disponible”, “Empeoró”, “No cambió”, “Significativo” y “Excepcional” son "
        "traducciones de uso general, no verificadas en la fuente."
    ),
    introduction_en=(
        "Each commitment is judged by the criteria and scales of the Independent Reporting Mechanism (IRM) of the Open "
        "Government Partnership. The English names are the official ones; some of the Spanish names are translations "
        "in general use that were not checked against the source."
    ),
    source=(
        "OGP: glossary (verifiability, relevance, ambition, completion); IRM procedures; "
        "OGP Local end-of-commitment report"
    ),
    source_url="https://www.opengovpartnership.org/irm-guidance-overview/",
    criteria=(
        CriterionText(
            "verifiability",
            "Verificabilidad",
            "Verifiability",
            "¿Lo que el compromiso dice y hará se puede comprobar con objetividad?",
            "Is what the commitment states and will do clear enough to be checked objectively?",
            (
                LevelText(
                    "No",
                    "No",
                    "0",
                    "Así como está escrito no se puede revisar; los demás criterios pueden no aplicar.",
                    "As it is written it cannot be reviewed; the other criteria may not apply.",
                ),
                LevelText(
                    "Sí",
                    "Yes",
                    "1",
                    "Metas y acciones son lo bastante claras para comprobar si se cumplieron.",
                    "Aims and actions are clear enough to check whether they were completed.",
                ),
            ),
        ),
        CriterionText(
            "lens",
            "Perspectiva de gobierno abierto",
            "Open government lens",
            "¿Hace más transparente, participativa o responsable una materia, una institución o una decisión?",
            "Does it make an area, an institution or a decision more transparent, participatory or accountable?",
            (
                LevelText("No", "No", "0", "No abre nada a la ciudadanía.", "It opens nothing to the public."),
                LevelText(
                    "Sí",
                    "Yes",
                    "1",
                    "Abre información, participación o rendición de cuentas.",
                    "It opens information, participation or accountability.",
                ),
            ),
        ),
        CriterionText(
            "potential",
            "Potencial de resultados",
            "Potential for results",
            "Si se cumple por completo, ¿qué tanto cambiaría reglas, prácticas o instituciones?",
            "If carried out in full, how far would it change rules, practices or institutions?",
            (
                LevelText(
                    "Incierto",  # [GK]
                    "Unclear",
                    "0",
                    "Continúa lo que ya se hace; no se ve qué agrega.",
                    "It continues an ongoing practice; no added value is visible.",
                ),
                LevelText(
                    "Modesto",  # [GK]
                    "Modest",
                    "0.5",
                    "Un cambio positivo pero aislado, que no obliga a nadie: un sitio, datos, un curso, un piloto.",
                    "A positive but stand-alone change that binds nobody: a website, data, a course, a pilot.",
                ),
                LevelText(
                    "Sustancial",
                    "Substantial",
                    "1",
                    "Puede cambiar las reglas del juego, con carácter vinculante o institucional.",
                    "A possible game changer to rules, practices or institutions, binding or institutionalised.",
                ),
            ),
        ),
        CriterionText(
            "completion",
            "Nivel de cumplimiento",
            "Completion",
            "¿Cuánto de lo comprometido se ha hecho, según la evidencia?",
            "How much of what was committed has been done, by the evidence?",
            (
                NO_EVIDENCE,
                LevelText("No iniciado", "Not started", "0", "Nada ha comenzado.", "Nothing has begun."),
                LevelText(
                    "Limitado",
                    "Limited",
                    "0.333",
                    "Algunas actividades; falta lo principal.",
                    "Some activities; the main part is missing.",
                ),
                LevelText(
                    "Sustancial",
                    "Substantial",
                    "0.667",
                    "La mayor parte está hecha; falta algo.",
                    "Most of it is done; something is missing.",
                ),
                LevelText("Completo", "Complete", "1", "Todo lo comprometido está hecho.", "All of it is done."),
            ),
        ),
        CriterionText(
            "opened",
            "¿Contribuyó a la apertura del gobierno?",
            "Did it open government?",
            "¿Cómo cambió la práctica del gobierno en información, participación o rendición de cuentas?",
            "How did government practice change in information, participation or accountability?",
            (
                LevelText(
                    "Empeoró", "Worsened", "0", "La práctica es menos abierta.", "Practice is less open."
                ),  # [GK]
                LevelText("No cambió", "Did not change", "0.25", "Todo sigue igual.", "Practice is as it was."),  # [GK]
                LevelText(
                    "Marginal",
                    "Marginal",
                    "0.5",
                    "Algo mejoró, con alcance o escala menores.",
                    "Some improvement, small in scope or scale.",
                ),
                LevelText(
                    "Significativo",  # [GK]
                    "Major",
                    "0.75",
                    "Un paso claro, aunque con alcance o escala limitados.",
                    "A clear step, though limited in scope or scale.",
                ),
                LevelText(
                    "Excepcional",  # [GK]
                    "Outstanding",
                    "1",
                    "Transformó la práctica en esa materia.",
                    "It transformed practice in that area.",
                ),
            ),
        ),
    ),
)

PARTICIPATION: Final = RubricText(
    slug="participation",
    version=2,  # the first asked for no evidence of the level of influence
    about=Rubric.About.PLAN,
    title="Participación",
    title_en="Participation",
    introduction=(
        "El plan en su conjunto se juzga por la influencia que tuvo la ciudadanía al hacerlo y cumplirlo. Los niveles "
        "de influencia son los del espectro de IAP2, parafraseados: cada uno puede ser el adecuado según el caso; la "
        "OGP pide al menos “Involucrar” mientras se elabora un plan. La cifra lee más influencia como más. Los demás "
        "criterios se repiten en las guías del sector; sus niveles son de este grupo."
    ),
    introduction_en=(
        "The plan as a whole is judged by the influence people had while it was made and carried out. The levels of "
        "influence are those of the IAP2 spectrum, paraphrased: each can be right for its case; the OGP asks for at "
        "least “Involve” while a plan is developed. The figure reads more influence as more. The other criteria recur "
        "in the guidelines of the field; their levels are this group's."
    ),
    source=(
        "IAP2 Spectrum of Public Participation (International Association for Public Participation), paraphrased; OECD "
        "Guidelines for Citizen Participation Processes (2022); OGP Participation and Co-creation Standards (2021)"
    ),
    source_url="https://www.iap2.org/page/pillars",
    criteria=(
        CriterionText(
            "influence",
            "Nivel de influencia",
            "Level of public influence",
            "¿Hasta dónde llegó la influencia de la ciudadanía en las decisiones del plan?",
            "How far did people's influence on the decisions of the plan reach?",
            (
                LevelText(
                    "Sin consulta", "No consultation", "0", "No se informó ni se preguntó.", "Nobody was told or asked."
                ),  # [GK]
                LevelText(
                    "Informar",
                    "Inform",
                    "0.2",
                    "Información equilibrada para entender el problema y las opciones. Promesa: mantener al tanto.",
                    "Balanced information to understand problem and options. Promise: to keep people informed.",
                ),
                LevelText(
                    "Consultar",
                    "Consult",
                    "0.4",
                    "Se pidió opinión sobre análisis y opciones. Promesa: escuchar y decir cómo contó.",
                    "Feedback on analysis and options. Promise: to listen and say how input counted.",
                ),
                LevelText(
                    "Involucrar",
                    "Involve",
                    "0.6",
                    "Trabajo directo durante todo el proceso. Promesa: las inquietudes aparecen en las opciones.",
                    "Direct work all along. Promise: concerns show up in the options.",
                ),
                LevelText(
                    "Colaborar",
                    "Collaborate",
                    "0.8",
                    "Alianza en cada parte de la decisión. Promesa: su consejo se usa hasta donde sea posible.",
                    "Partnership in each part of the decision. Promise: advice is used as far as possible.",
                ),
                LevelText(
                    "Empoderar",
                    "Empower",
                    "1",
                    "La decisión final queda en manos de la ciudadanía. Promesa: se hace lo que decida.",
                    "The final decision lies with the public. Promise: what it decides is done.",
                ),
            ),
            weight="2",
            needs_evidence=True,
        ),
        CriterionText(
            "information",
            "Información previa",
            "Information given",
            "¿La gente recibió a tiempo y de forma comprensible lo que necesitaba para opinar?",
            "Did people get what they needed to take part, in time and in words they understand?",
            (
                NO_EVIDENCE,
                LevelText("Ninguna", "None", "0", "No se publicó nada antes.", "Nothing was published before."),
                LevelText(
                    "Parcial o tardía",
                    "Partial or late",
                    "0.333",
                    "Faltaba lo principal o llegó cuando ya se había decidido.",
                    "The main part was missing, or it came once things were decided.",
                ),
                LevelText(
                    "Completa, poco accesible",
                    "Complete, hard to reach",
                    "0.667",
                    "Estaba todo, pero costaba encontrarlo o entenderlo.",
                    "It was all there, but hard to find or to understand.",
                ),
                LevelText(
                    "Completa y accesible",
                    "Complete and accessible",
                    "1",
                    "A tiempo, en lenguaje claro y por varios medios.",
                    "In time, in plain language and by several means.",
                ),
            ),
        ),
        CriterionText(
            "inclusion",
            "Quiénes participaron",
            "Who is included",
            "¿Participaron quienes viven los efectos del plan y suelen quedar fuera?",
            "Did those take part whom the plan affects and who are usually left out?",
            (
                NO_EVIDENCE,
                LevelText(
                    "Sin convocatoria abierta", "No open call", "0", "Solo por invitación interna.", "Insiders only."
                ),
                LevelText(
                    "Los de siempre",
                    "The usual ones",
                    "0.333",
                    "La convocatoria fue abierta; llegaron quienes ya participaban.",
                    "The call was open; those came who take part anyway.",
                ),
                LevelText(
                    "Se buscó a quienes faltan",
                    "The absent were sought",
                    "0.667",
                    "Hubo medidas para llegar a grupos que suelen quedar fuera.",
                    "Steps were taken to reach groups usually left out.",
                ),
                LevelText(
                    "Participaron quienes faltaban",
                    "The absent took part",
                    "1",
                    "Participaron de hecho, y está documentado quiénes.",
                    "They did take part, and it is on record who.",
                ),
            ),
        ),
        CriterionText(
            "feedback",
            "Respuesta por escrito",
            "Written feedback on input",
            "¿Se respondió por escrito qué se hizo con cada aportación y por qué?",
            "Was it said in writing what was done with each contribution, and why?",
            (
                NO_EVIDENCE,
                LevelText("Ninguna", "None", "0", "Nadie recibió respuesta.", "Nobody got an answer."),
                LevelText(
                    "Resumen general",
                    "General summary",
                    "0.333",
                    "Un resumen de lo recibido, sin razones.",
                    "A summary of what came in, without reasons.",
                ),
                LevelText(
                    "Con razones, en parte",
                    "With reasons, in part",
                    "0.667",
                    "Razones para la mayoría de las aportaciones.",
                    "Reasons for most of the contributions.",
                ),
                LevelText(
                    "Razonada y pública",
                    "Reasoned and public",
                    "1",
                    "Cada aportación con su respuesta y su razón, publicadas.",
                    "Each contribution with its answer and reason, published.",
                ),
            ),
        ),
        CriterionText(
            "permanence",
            "Permanencia institucional",
            "Institutional permanence",
            "¿La participación seguirá cuando cambie la administración?",
            "Will participation go on when the administration changes?",
            (
                NO_EVIDENCE,
                LevelText("Ocasión única", "One occasion", "0", "Un evento aislado.", "A single event."),
                LevelText(
                    "Costumbre",
                    "Habit",
                    "0.333",
                    "Se repite porque esta administración quiere.",
                    "It is repeated because this administration wants it.",
                ),
                LevelText(
                    "Órgano o programa",
                    "Body or programme",
                    "0.667",
                    "Hay un órgano que sesiona o un programa con presupuesto.",
                    "There is a body that meets or a programme with a budget.",
                ),
                LevelText(
                    "Norma vigente",
                    "Binding rule",
                    "1",
                    "Un reglamento publicado obliga también a la siguiente administración.",
                    "A published rule binds the next administration too.",
                ),
            ),
        ),
    ),
)

BUILT_IN: Final = (IRM, PARTICIPATION)


def ensure_builtin_rubrics() -> dict[str, Rubric]:
    """The built-in rubrics by slug, written where they are missing; two that run at once write them once.

    The unique slug and version make the second wait for the first and then find its rubric whole.
    """
    return {text.slug: _ensure(text) for text in BUILT_IN}


@transaction.atomic
def _ensure(text: RubricText) -> Rubric:
    rubric, is_new = Rubric.objects.get_or_create(
        slug=text.slug,
        version=text.version,
        defaults={
            "about": text.about,
            "title": text.title,
            "title_en": text.title_en,
            "introduction": text.introduction,
            "introduction_en": text.introduction_en,
            "source": text.source,
            "source_url": text.source_url,
        },
    )
    if is_new:
        for position, criterion in enumerate(text.criteria, start=1):
            _write(rubric, position, criterion)
    return rubric


def _write(rubric: Rubric, position: int, text: CriterionText) -> None:
    criterion = Criterion.objects.create(
        rubric=rubric,
        position=position,
        slug=text.slug,
        name=text.name,
        name_en=text.name_en,
        question=text.question,
        question_en=text.question_en,
        weight=Decimal(text.weight),
        needs_evidence=text.needs_evidence,
    )
    Level.objects.bulk_create(
        Level(
            criterion=criterion,
            position=number,
            name=level.name,
            name_en=level.name_en,
            description=level.description,
            description_en=level.description_en,
            value=Decimal(level.value) if level.value else None,
        )
        for number, level in enumerate(text.levels, start=1)
    )
