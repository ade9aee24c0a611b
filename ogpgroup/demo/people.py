"""Who plays in the demonstration."""

from dataclasses import dataclass

from cities.models import Organization, Role

Kind = Organization.Kind

STATE, STATE_CODE = "Estado Demo", "MX-DEM"


@dataclass(frozen=True, kw_only=True)
class DemoCity:
    cvegeo: str
    slug: str
    name: str
    latitude: str
    longitude: str
    time_zone: str


# Inland and away from the nine, so that names on the map do not meet; each in the zone of the real city named.
CITIES = (
    DemoCity(
        cvegeo="D0001",
        slug="ciudad-demo-norte",
        name="Ciudad Demo Norte",
        latitude="28.350000",
        longitude="-100.950000",
        time_zone="America/Matamoros",  # as Reynosa
    ),
    DemoCity(
        cvegeo="D0002",
        slug="ciudad-demo-pacifico",
        name="Ciudad Demo Pacífico",
        latitude="26.750000",
        longitude="-112.900000",
        time_zone="America/Mazatlan",  # as Los Cabos
    ),
    DemoCity(
        cvegeo="D0003",
        slug="ciudad-demo-sureste",
        name="Ciudad Demo Sureste",
        latitude="18.200000",
        longitude="-90.300000",
        time_zone="America/Merida",  # as Mérida
    ),
    DemoCity(
        cvegeo="D0004",
        slug="ciudad-demo-centro",
        name="Ciudad Demo Centro",
        latitude="23.100000",
        longitude="-102.400000",
        time_zone="America/Mexico_City",
    ),
    DemoCity(
        cvegeo="D0005",
        slug="ciudad-demo-sierra",
        name="Ciudad Demo Sierra",
        latitude="16.950000",
        longitude="-96.250000",
        time_zone="America/Mexico_City",
    ),
)


@dataclass(frozen=True, kw_only=True)
class DemoOrganization:
    slug: str
    name: str
    name_en: str
    kind: str
    city: str = ""
    scope: str = ""
    coordinates_group: bool = False


COORDINATION, UNIVERSITY, MINISTRY = "coordinacion-demo", "universidad-demo", "secretaria-demo"
ASSOCIATION, ABROAD = "colegio-demo", "universidad-demo-europea"

ORGANIZATIONS = (
    DemoOrganization(
        slug=COORDINATION,
        name="Coordinación Demo, A. C.",
        name_en="Demo Coordination",
        kind=Kind.NGO,
        coordinates_group=True,
    ),
    *(
        DemoOrganization(
            slug=f"ayuntamiento-{city.slug}",
            name=f"Ayuntamiento de {city.name}",
            name_en=f"Municipal Government of {city.name}",
            kind=Kind.MUNICIPAL_GOVERNMENT,
            city=city.slug,
            scope=STATE_CODE,
        )
        for city in CITIES
    ),
    DemoOrganization(slug=UNIVERSITY, name="Universidad Demo", name_en="Demo University", kind=Kind.UNIVERSITY),
    DemoOrganization(
        slug=MINISTRY,
        name="Secretaría Demo de Planeación Urbana",
        name_en="Demo Ministry of Urban Planning",
        kind=Kind.FEDERAL_MINISTRY,
    ),
    DemoOrganization(
        slug=ASSOCIATION,
        name="Colegio Demo de Urbanistas",
        name_en="Demo Association of Planners",
        kind=Kind.ASSOCIATION,
    ),
    DemoOrganization(
        slug=ABROAD,
        name="Universidad Demo Europea",
        name_en="Demo European University",
        kind=Kind.UNIVERSITY,
    ),
)


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    email: str
    name: str
    role: Role
    organization: str
    position: str = ""
    language: str = "es-mx"
    time_zone: str = "America/Mexico_City"


# The first of each role is the one whose address and password `make run` shows.
COORDINATOR, OFFICIAL = "coordinacion@demo.example", "enlace.norte@demo.example"

PEOPLE = (
    DemoPerson(
        email=COORDINATOR,
        name="Coordinación Demo",
        role=Role.COORDINATOR,
        organization=COORDINATION,
        position="Coordinación del grupo",
    ),
    DemoPerson(
        email="coordinacion2@demo.example",
        name="Coordinación Demo Suplente",
        role=Role.COORDINATOR,
        organization=COORDINATION,
    ),
    *(
        DemoPerson(
            email=f"enlace.{city.slug.removeprefix('ciudad-demo-')}@demo.example",
            name=f"Enlace Demo {city.name.removeprefix('Ciudad Demo ')}",
            role=Role.OFFICIAL,
            organization=f"ayuntamiento-{city.slug}",
            position="Enlace de gobierno abierto",
            time_zone=city.time_zone,
        )
        for city in CITIES
    ),
    DemoPerson(email="integrante@demo.example", name="Persona Demo Uno", role=Role.MEMBER, organization=UNIVERSITY),
    DemoPerson(email="persona2@demo.example", name="Persona Demo Dos", role=Role.MEMBER, organization=UNIVERSITY),
    DemoPerson(email="persona3@demo.example", name="Persona Demo Tres", role=Role.MEMBER, organization=MINISTRY),
    DemoPerson(email="persona4@demo.example", name="Persona Demo Cuatro", role=Role.MEMBER, organization=ASSOCIATION),
    DemoPerson(
        email="person5@demo.example",
        name="Demo Person Five",
        role=Role.MEMBER,
        organization=ABROAD,
        language="en",
        time_zone="Europe/London",
    ),
)
INVITED = "invitada@demo.example"  # has not opened an account yet
