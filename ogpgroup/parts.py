"""Parts of pages that a process draws once and keeps, until something they show is written or the day is over.

A part is a template that sees nothing but what its key names: what is drawn, by its key, and facts about the reader
such as "may log progress". It has no request and no user, so it cannot show one person what is another's. To the key
belongs the edition: the stamp of all that is counted (`ogpgroup.changes`), the group's day, the language and the zone.
"""

from collections.abc import Hashable, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple, Protocol

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


def lazily(thing: object, *names: str) -> dict[str, Any]:
    """Attributes for a template that are worked out when it comes to them."""
    return {name: partial(getattr, thing, name) for name in names}


def forget() -> None:
    """As after a restart; only tests and measurements need this."""
    _parts.clear()
