"""Where places and their names stand on the map of Mexico."""

from itertools import combinations

import pytest

from ogpgroup import map as country
from ogpgroup.map import HEIGHT, LABEL_SIZE, WIDTH, Place, PlacedPlace, arrange, project

NINE = [
    ("reynosa", "Reynosa", 26.092350, -98.278129),
    ("colima", "Colima", 19.242922, -103.728119),
    ("culiacan", "Culiacán", 24.808808, -107.393756),
    ("merida", "Mérida", 20.967537, -89.624392),
    ("morelia", "Morelia", 19.703384, -101.192046),
    ("los-cabos", "Los Cabos", 23.061591, -109.694749),
    ("puebla", "Puebla", 19.043990, -98.197495),
    ("toluca", "Toluca", 19.293488, -99.657317),
    ("melchor-ocampo", "Melchor Ocampo", 19.710414, -99.143458),
]


def places() -> list[Place]:
    return [
        Place(slug=slug, name=name, href=f"/cities/{slug}/", latitude=lat, longitude=lon, fellow=slug == "reynosa")
        for slug, name, lat, lon in NINE
    ]


def boxes(placed: list[PlacedPlace]) -> list[tuple[float, float, float, float]]:
    """The room each name takes, reckoned here a second time."""
    found = []
    for spot in placed:
        if spot.label:
            width = len(spot.place.name) * LABEL_SIZE * 0.54
            left = spot.label.x - {"start": 0, "middle": width / 2, "end": width}[spot.label.anchor]
            found.append((left, spot.label.y - LABEL_SIZE * 0.8, left + width, spot.label.y + LABEL_SIZE * 0.25))
    return found


def overlaps(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(32.53, -117.12), (21.17, -86.82), (14.54, -92.22), (32.7, -114.7)]
)
def test_the_corners_of_mexico_are_inside_the_picture(latitude: float, longitude: float) -> None:
    x, y = project(latitude, longitude)

    assert 0 <= x <= WIDTH
    assert 0 <= y <= HEIGHT


def test_the_nine_cities_all_have_a_name_and_no_two_names_meet() -> None:
    placed = arrange(places())

    found = boxes(placed)

    assert len(found) == 9
    assert [pair for pair in combinations(found, 2) if overlaps(*pair)] == []


def test_the_fellow_city_is_arranged_first() -> None:
    assert [spot.place.slug for spot in arrange(reversed(places()))][0] == "reynosa"


def test_crowded_places_keep_their_dot_and_lose_their_name_rather_than_cover_another() -> None:
    crowd = [
        Place(slug=f"place-{number}", name="Ciudad Demo Norte", href="#", latitude=20 + number / 50, longitude=-100.0)
        for number in range(40)
    ]

    placed = arrange(crowd)

    assert len(placed) == 40
    assert 0 < len(boxes(placed)) < 40
    assert [pair for pair in combinations(boxes(placed), 2) if overlaps(*pair)] == []


def test_the_hand_placed_names_belong_to_the_founding_nine() -> None:
    assert set(country._BY_HAND) == {slug for slug, *_ in NINE}
