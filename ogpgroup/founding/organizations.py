"""The institutions of the article, each with how sure we are of what is said about it."""

from dataclasses import dataclass

from cities.models import Organization
from ogpgroup.founding.cities import CITIES

Kind, Certainty = Organization.Kind, Organization.Certainty


@dataclass(frozen=True, kw_only=True)
class OrganizationFacts:
    slug: str
    name: str
    name_en: str
    kind: str
    certainty: str
    acronym: str = ""
    scope: str = ""
    website: str = ""
    remark: str = ""
    city: str = ""
    coordinates_group: bool = False
    in_group: bool = True
    took_part: bool = True  # named by the article among those who took part on 29 June 2017


WRI = OrganizationFacts(
    slug="wri-mexico",
    name="WRI México (World Resources Institute México)",
    name_en="WRI Mexico (World Resources Institute Mexico)",
    acronym="WRI",
    kind=Kind.NGO,
    certainty=Certainty.SURE,
    scope="MX",
    website="https://wrimexico.org",
    remark="Coordina el grupo. Desde 2015 documenta las acciones y los avances de las ciudades mexicanas.",
    coordinates_group=True,
    took_part=False,  # it coordinates the group; the article does not list it among those present
)

OGP = OrganizationFacts(
    slug="ogp",
    name="Alianza para el Gobierno Abierto",
    name_en="Open Government Partnership",
    acronym="OGP",
    kind=Kind.PARTNERSHIP,
    certainty=Certainty.SURE,
    scope="INT",
    website="https://www.opengovpartnership.org",
    remark="Los métodos del grupo se alinean con su programa Subnacional, hoy OGP Local. No es integrante del grupo.",
    in_group=False,
    took_part=False,
)

JALISCO = OrganizationFacts(
    slug="stl-jalisco",
    name="Secretariado Técnico Local de Gobierno Abierto de Jalisco",
    name_en="Local Technical Secretariat of Open Government of Jalisco",
    acronym="STL Jalisco",
    # The article writes "Secretariat" and "Ministry"; it is a forum of government, society, academia and business.
    kind=Kind.FORUM,
    certainty=Certainty.SURE,
    scope="MX-JAL",
    remark="Foro de varios sectores creado el 15 de octubre de 2015; no es una dependencia del gobierno estatal.",
)

OTHERS = (
    OrganizationFacts(
        slug="sedatu",
        name="Secretaría de Desarrollo Agrario, Territorial y Urbano",
        name_en="Ministry of Agrarian, Territorial and Urban Development",
        acronym="SEDATU",
        kind=Kind.FEDERAL_MINISTRY,
        certainty=Certainty.SURE,
        scope="MX",
        website="https://www.gob.mx/sedatu",
    ),
    OrganizationFacts(
        slug="inegi",
        name="Instituto Nacional de Estadística y Geografía",
        name_en="National Institute of Statistics and Geography",
        acronym="INEGI",
        kind=Kind.AUTONOMOUS_BODY,
        certainty=Certainty.SURE,
        scope="MX",
        website="https://www.inegi.org.mx",
    ),
    OrganizationFacts(
        slug="c3-city",
        name="C3 City",
        name_en="C3 City",
        kind=Kind.UNVERIFIED,
        certainty=Certainty.UNSURE,
        remark="No se ha encontrado otra fuente que diga qué tipo de organización es.",
    ),
    OrganizationFacts(
        slug="blanquerna",
        name="Blanquerna – Universitat Ramon Llull",
        name_en="Blanquerna – Ramon Llull University",
        kind=Kind.UNIVERSITY,
        certainty=Certainty.GENERAL_KNOWLEDGE,
        scope="ES",
        website="https://www.blanquerna.edu",
        remark="La fuente la nombra «University of Blanquerna Spain».",
    ),
    OrganizationFacts(
        slug="anedup",
        name="ANEDUP (nombre completo por confirmar)",
        name_en="ANEDUP (full name to be confirmed)",
        acronym="ANEDUP",
        kind=Kind.ASSOCIATION,
        certainty=Certainty.UNSURE,
        scope="MX",
        remark="La fuente la sitúa en el urbanismo y la planeación; no se ha encontrado qué significa la sigla.",
    ),
    OrganizationFacts(
        slug="revitaliza",
        name="Revitaliza Constructores",
        name_en="Revitaliza Constructores",
        kind=Kind.COMPANY,
        certainty=Certainty.UNSURE,
        scope="MX",
        remark="Que es una empresa privada se deduce de su nombre; falta confirmarlo.",
    ),
    OrganizationFacts(
        slug="ucl",
        name="University College London",
        name_en="University College London",
        acronym="UCL",
        kind=Kind.UNIVERSITY,
        certainty=Certainty.GENERAL_KNOWLEDGE,
        scope="GB",
        website="https://www.ucl.ac.uk",
        remark="La fuente la nombra «University College of London».",
    ),
)

# The article names the cities; their governments are what takes part in a group of institutions.
GOVERNMENTS = tuple(
    OrganizationFacts(
        slug=f"ayuntamiento-{city.slug}",
        name=f"Ayuntamiento de {city.name}",
        name_en=f"Municipal Government of {city.name}",
        kind=Kind.MUNICIPAL_GOVERNMENT,
        certainty=Certainty.SURE,
        scope=city.state_code,
        city=city.slug,
    )
    for city in CITIES
)

ORGANIZATIONS = (WRI, OGP, JALISCO, *GOVERNMENTS, *OTHERS)
