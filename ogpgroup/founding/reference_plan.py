"""Jalisco's local action plan of 2016-2018, which the group read as its reference; titles, areas and counts alone."""

from dataclasses import dataclass
from datetime import date

from actionplans.models import PolicyArea

# Titles, identifiers and policy areas are as on this page of the OGP; its titles are in English.
SOURCE = "https://www.opengovpartnership.org/members/jalisco-mexico/"

HOLDER = "stl-jalisco"
SLUG = "jalisco-2016-2018"
TITLE = "Plan de Acción Local de Jalisco 2016–2018"
# Seven commitments by subject and how long the consultation took: press of April 2017 on the plan.
AIM = (
    "Jalisco fue uno de los quince gobiernos pioneros del piloto subnacional de la OGP. Este plan tuvo siete "
    "compromisos: dos de educación, tres de trabajo, uno de planeación y finanzas y uno de Guadalajara; se prepararon "
    "en cinco a seis meses de consulta. Jalisco abrió las presentaciones de la sesión del 29 de junio de 2017. "
    "Aquí figuran los seis compromisos cuyo título se conoce; la página consultada muestra incompleto el séptimo."
)
# Only the years are known.
STARTS_ON = date(2016, 1, 1)
ENDS_ON = date(2018, 12, 31)

OUR_TRANSLATION = "El título en español es traducción nuestra."
INFERRED = f"{OUR_TRANSLATION} La clave se infiere de su lugar en la lista."


@dataclass(frozen=True)
class CommitmentFacts:
    """What the source says of one commitment."""

    code: str
    title: str
    title_en: str
    policy_area: str = ""
    source_note: str = OUR_TRANSLATION


COMMITMENTS = (
    CommitmentFacts(
        "JAL0001",
        "Proyecto de intervención en Lomas de Polanco, en coordinación con la policía local y los espacios abiertos "
        "del municipio de Guadalajara",
        "Intervention Project in the Lomas De Polanco Through Coordination with Local Police and Open Spaces of the "
        "Municipality of Guadalajara",
        PolicyArea.JUSTICE,
    ),
    CommitmentFacts(
        "JAL0002",
        "Reducción de la brecha salarial entre mujeres y hombres en el estado de Jalisco",
        "Reducing the Wage Gap Between Men and Women in the State of Jalisco",
        PolicyArea.GENDER,
    ),
    CommitmentFacts(
        "JAL0003",
        "Padrón estatal de competencias de las personas con discapacidad",
        "State Register of Skills for People with Disabilities",
        PolicyArea.MARGINALIZED_COMMUNITIES,
    ),
    CommitmentFacts(
        "JAL0004",
        "Padrón estatal de personas jornaleras agrícolas",
        "State Register of Farm Workers",
        PolicyArea.LABOR,
    ),
    CommitmentFacts(
        "JAL0005",
        "Plataforma tecnológica para la formación continua del personal docente",
        "Technological Platform for Continuous Training of Teachers",
        PolicyArea.EDUCATION,
    ),
    CommitmentFacts(
        "JAL0006",
        "Ampliación de la cobertura de la educación media superior según las necesidades regionales y las vocaciones "
        "productivas",
        "Expanded Coverage of Upper Secondary Education Based on Regional Needs and Productive Vocations",
        source_note=INFERRED,
    ),
)
