"""Parts of pages that a process draws once and keeps, until something they show is written or the day is over.

A part is a template that sees nothing but what its key names: what is drawn, by its key, and facts about the reader
such as "may log progress". It has no request and no user, so it cannot show one person what is another's. To the key
belongs the edition: the stamp of all that is counted (`ogpgroup.changes`), the group's day, the language and the zone.

Whatever is written begins another edition, in which every part is drawn anew. Much of what it shows has not changed:
the rows of a part are pieces, kept by the very facts they are written from. So a change costs what it touches.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final, NamedTuple, Protocol

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ogpgroup import changes
from ogpgroup.dates import zone_info
from ogpgroup.kept import Kept

_parts: Kept[SafeString] = Kept(megabytes=32)
_pieces: Kept[SafeString] = Kept(megabytes=32)


class Drawn(Protocol):
    """Something that parts show. Asked for its context only when a part of it is not there yet."""

    @property
    def key(self) -> Hashable:
        """All that the context depends on, but for the database and the edition."""

    def context(self) -> Mapping[str, Any]:
        """What the template reads; best in a form that reads nothing until it is asked (`lazily`)."""


class Edition(NamedTuple):
    """One state of everything, in the words and by the clock of one kind of reader."""

    stamp: changes.Stamp
    day: date
    language: str
    zone: str


def begin(request: HttpRequest) -> Edition:
    """To be called before the view reads anything that a part shows: what was read before may be older than its stamp.

    The view takes its day from here, so that no page of yesterday is kept as one of today.
    """
    day = timezone.localdate(timezone.now(), zone_info(settings.TIME_ZONE))
    language = get_language() or settings.LANGUAGE_CODE
    edition = Edition(changes.stamp(), day, language, timezone.get_current_timezone_name())
    request._edition = edition  # type: ignore[attr-defined]
    return edition


def edition_of(request: HttpRequest | None) -> Edition | None:
    """The one that the view has begun; none where it has not, and then nothing is kept."""
    return getattr(request, "_edition", None)


def part(template: str, drawn: Drawn, edition: Edition | None, **facts: Hashable) -> SafeString:
    """The part as it was drawn in this edition for readers of whom the same is true; drawn now where it is not kept."""

    def draw() -> SafeString:
        return render_to_string(template, {**drawn.context(), **facts})

    if edition is None:
        return draw()
    key = (edition, template, drawn.key, tuple(sorted(facts.items())))
    return _parts.get(key, draw, size=lambda html: 2 * len(html) + 1000)


class Facts(Hashable, Protocol):
    """All that a piece is written from: a tuple of plain values. A thing of the database would not do as a key, for it
    is the same thing after it was changed.
    """

    def context(self) -> Mapping[str, Any]:
        """What the template reads, worked out from these facts alone: asks neither the database nor the clock."""


def pieces(template: str, several: Iterable[Facts], **more: Hashable) -> list[SafeString]:
    """Each as the template draws it; drawn now where it is not kept."""

    def draw(facts: Facts) -> SafeString:
        return render_to_string(template, {**facts.context(), **more})

    shared = tuple(sorted(more.items()))
    return _kept((template, shared), draw, several, of=_weight(more.values()))


def written[F: Hashable](write: Callable[[F], SafeString], several: Iterable[F]) -> list[SafeString]:
    """Each as the function, which sees nothing but the facts, writes it; for rows of which there are hundreds."""
    return _kept(write, write, several, of=0)


def _kept[F: Hashable](
    by: Hashable, draw: Callable[[F], SafeString], several: Iterable[F], *, of: int
) -> list[SafeString]:
    reader = (by, get_language(), timezone.get_current_timezone_name())

    def size(facts: F, html: SafeString) -> int:
        return 2 * (of + _weight((facts,)) + len(html)) + 1000

    return [_pieces.get((reader, facts), partial(draw, facts), size=partial(size, facts)) for facts in several]


# Of a text marked as safe and one that is not, a key does not know which it is; so neither of both but plain text.
PLAIN: Final = frozenset({int, bool, Decimal, date, datetime, type(None)})


def _weight(values: Iterable[object]) -> int:
    """How many characters there are in a key. Refuses one by which nothing can be kept, before anything is."""
    weight = 0
    for value in values:
        if type(value) is str:
            weight += len(value)
        elif isinstance(value, tuple):
            weight += _weight(value)
        elif type(value) in PLAIN:
            weight += 1
        else:
            raise TypeError(f"A piece is kept by plain values alone, not by {value!r}")
    return weight


def lazily(thing: object, *names: str) -> dict[str, Any]:
    """Attributes for a template that are worked out when it comes to them."""
    return {name: partial(getattr, thing, name) for name in names}


def forget() -> None:
    """As after a restart; only tests and measurements need this."""
    forget_editions()
    _pieces.clear()


def forget_editions() -> None:
    """As after a change: the pieces stay. Only tests and measurements need this."""
    _parts.clear()
