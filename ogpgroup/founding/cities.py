"""The nine cities of the article. Codes are text, because two of them begin with a zero."""

from dataclasses import dataclass

CENSUS_YEAR = 2020


@dataclass(frozen=True, kw_only=True)
class CityFacts:
    cvegeo: str
    slug: str
    name: str
    state: str
    state_code: str
    seat: str
    latitude: str
    longitude: str
    population: int
    time_zone: str


# INEGI calls the state of Toluca and Melchor Ocampo "México"; beside a city's name that reads as the country.
STATE_OF_MEXICO = "Estado de México"

CITIES = (
    CityFacts(
        cvegeo="28032",
        slug="reynosa",
        name="Reynosa",
        state="Tamaulipas",
        state_code="MX-TAM",
        seat="Reynosa",
        latitude="26.092350",
        longitude="-98.278129",
        population=704_767,
        # A border municipality: it follows the summer time of the United States.
        time_zone="America/Matamoros",
    ),
    CityFacts(
        cvegeo="06002",
        slug="colima",
        name="Colima",
        state="Colima",
        state_code="MX-COL",
        seat="Colima",
        latitude="19.242922",
        longitude="-103.728119",
        population=157_048,
        time_zone="America/Mexico_City",
    ),
    CityFacts(
        cvegeo="25006",
        slug="culiacan",
        name="Culiacán",
        state="Sinaloa",
        state_code="MX-SIN",
        seat="Culiacán Rosales",
        latitude="24.808808",
        longitude="-107.393756",
        # Still with Eldorado (25019), a municipality of its own since after the census.
        population=1_003_530,
        time_zone="America/Mazatlan",
    ),
    CityFacts(
        cvegeo="31050",
        slug="merida",
        name="Mérida",
        state="Yucatán",
        state_code="MX-YUC",
        seat="Mérida",
        latitude="20.967537",
        longitude="-89.624392",
        population=995_129,
        time_zone="America/Merida",
    ),
    CityFacts(
        cvegeo="16053",
        slug="morelia",
        name="Morelia",
        state="Michoacán de Ocampo",
        state_code="MX-MIC",
        seat="Morelia",
        latitude="19.703384",
        longitude="-101.192046",
        population=849_053,
        time_zone="America/Mexico_City",
    ),
    CityFacts(
        cvegeo="03008",
        slug="los-cabos",
        name="Los Cabos",
        state="Baja California Sur",
        state_code="MX-BCS",
        # The municipality's seat is not Cabo San Lucas.
        seat="San José del Cabo",
        latitude="23.061591",
        longitude="-109.694749",
        population=351_111,
        time_zone="America/Mazatlan",
    ),
    CityFacts(
        cvegeo="21114",
        slug="puebla",
        name="Puebla",
        state="Puebla",
        state_code="MX-PUE",
        seat="Heroica Puebla de Zaragoza",
        latitude="19.043990",
        longitude="-98.197495",
        population=1_692_181,
        time_zone="America/Mexico_City",
    ),
    CityFacts(
        cvegeo="15106",
        slug="toluca",
        name="Toluca",
        state=STATE_OF_MEXICO,
        state_code="MX-MEX",
        seat="Toluca de Lerdo",
        latitude="19.293488",
        longitude="-99.657317",
        population=910_608,
        time_zone="America/Mexico_City",
    ),
    CityFacts(
        cvegeo="15053",
        slug="melchor-ocampo",
        name="Melchor Ocampo",
        # There are two more of this name, in Nuevo León and Zacatecas.
        state=STATE_OF_MEXICO,
        state_code="MX-MEX",
        seat="Melchor Ocampo",
        latitude="19.710414",
        longitude="-99.143458",
        population=61_220,
        time_zone="America/Mexico_City",
    ),
)
