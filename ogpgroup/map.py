"""Where a place stands on our map of Mexico, and where its name goes. Pure: no database, no templates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, log, pi, radians, sin, tan

# Lambert's conformal conic with the parallels that INEGI uses for the whole country, so that the shape looks familiar.
_SOUTH, _NORTH, _ORIGIN, _MERIDIAN = (radians(degrees) for degrees in (17.5, 29.5, 12.0, -102.0))


def _steepness(latitude: float) -> float:
    return tan(pi / 4 + latitude / 2)


_CONE = log(cos(_SOUTH) / cos(_NORTH)) / log(_steepness(_NORTH) / _steepness(_SOUTH))
_FACTOR = cos(_SOUTH) * _steepness(_SOUTH) ** _CONE / _CONE
_ORIGIN_RADIUS = _FACTOR / _steepness(_ORIGIN) ** _CONE

# The picture: Mexico's mainland and peninsulas fill these units; the sea beside them leaves room for names.
WIDTH, HEIGHT = 1000, 672
_SCALE, _LEFT, _TOP = 2050.0, 472.3, 766.6

LABEL_SIZE = 40.0  # the size on a phone; wider screens draw names smaller in the same places
_LETTER = 0.54
_DOT = 12.0


@dataclass(frozen=True, kw_only=True)
class Place:
    slug: str
    name: str
    href: str
    latitude: float
    longitude: float
    fellow: bool = False


@dataclass(frozen=True, kw_only=True)
class PlacedLabel:
    x: float
    y: float
    anchor: str
    leader: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class PlacedPlace:
    place: Place
    x: float
    y: float
    label: PlacedLabel | None


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def is_inside_picture(self) -> bool:
        return self.left >= 0 and self.top >= 0 and self.right <= WIDTH and self.bottom <= HEIGHT


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return x and y in the picture of WIDTH by HEIGHT units."""
    radius = _FACTOR / _steepness(radians(latitude)) ** _CONE
    angle = _CONE * (radians(longitude) - _MERIDIAN)
    east = radius * sin(angle)
    north = _ORIGIN_RADIUS - radius * cos(angle)
    return round(_LEFT + _SCALE * east, 1), round(_TOP - _SCALE * north, 1)


# The founding nine, placed by eye: where the name stands seen from the dot (dx, dy), its anchor, whether a line
# leads there.
_BY_HAND = {
    "reynosa": (32, 13, "start", False),
    "culiacan": (20, 13, "start", False),
    "los-cabos": (-20, 13, "end", False),
    "colima": (-20, 15, "end", False),
    "morelia": (-62, 104, "end", True),
    "toluca": (-36, 146, "end", True),
    "puebla": (122, 12, "start", True),
    "melchor-ocampo": (92, -102, "start", True),
    "merida": (-20, 14, "end", False),
}


def _width_of(name: str) -> float:
    return len(name) * LABEL_SIZE * _LETTER


def _box_of(name: str, label: PlacedLabel) -> _Box:
    width = _width_of(name)
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return _Box(left, label.y - LABEL_SIZE * 0.8, left + width, label.y + LABEL_SIZE * 0.25)


def _dot_box(x: float, y: float) -> _Box:
    return _Box(x - _DOT, y - _DOT, x + _DOT, y + _DOT)


def _by_hand(slug: str, x: float, y: float) -> PlacedLabel | None:
    if slug not in _BY_HAND:
        return None
    dx, dy, anchor, has_leader = _BY_HAND[slug]
    label_x, label_y = round(x + dx, 1), round(y + dy, 1)
    end = label_x - 8 if anchor == "start" else label_x + 8
    return PlacedLabel(x=label_x, y=label_y, anchor=anchor, leader=(end, label_y - 9) if has_leader else None)


def _candidates(x: float, y: float) -> list[PlacedLabel]:
    """Return the places a name may take, best first: right, left, then the corners, above and below."""
    near, middle, above, below = 20.0, LABEL_SIZE * 0.28, -18.0, LABEL_SIZE * 0.8 + 16
    offsets = [
        (near, middle, "start"),
        (-near, middle, "end"),
        (near, above, "start"),
        (near, below, "start"),
        (-near, above, "end"),
        (-near, below, "end"),
        (0.0, above, "middle"),
        (0.0, below, "middle"),
    ]
    return [PlacedLabel(x=round(x + dx, 1), y=round(y + dy, 1), anchor=anchor) for dx, dy, anchor in offsets]


def _fitting_label(place: Place, x: float, y: float, taken: Sequence[_Box]) -> PlacedLabel | None:
    for label in _candidates(x, y):
        box = _box_of(place.name, label)
        if box.is_inside_picture() and not any(box.meets(other) for other in taken):
            return label
    return None


def arrange(places: Iterable[Place]) -> list[PlacedPlace]:
    """Put each place on the map with a name that covers no other name and no other dot.

    The fellow city and the places arranged by hand come first. A name without room is left out: the list beneath the
    map has it.
    """
    ordered = sorted(places, key=lambda place: (not place.fellow, place.slug not in _BY_HAND, place.name))
    spots = {place.slug: project(place.latitude, place.longitude) for place in ordered}
    taken: list[_Box] = []
    placed = []
    for place in ordered:
        x, y = spots[place.slug]
        others = [_dot_box(*spot) for slug, spot in spots.items() if slug != place.slug]
        label = _by_hand(place.slug, x, y) or _fitting_label(place, x, y, [*taken, *others])
        if label:
            taken.append(_box_of(place.name, label))
        placed.append(PlacedPlace(place=place, x=x, y=y, label=label))
    return placed
