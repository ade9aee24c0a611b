"""Calendars of one's own, and what the schedule was."""

from typing import Final

from tests.access.door import Row
from tests.access.roles import DONE, DONE_HERE, LOGIN, Role, answers, only
from workshops.own_calendar import address_of

CALENDARS: Final = [
    Row("workshops:releases_atom", GET=answers(200)),
    Row("workshops:release_schedule", at=lambda w: {"number": w.release.number}, GET=answers(200)),
    Row("workshops:release_schedule", "not yet", at=lambda w: {"number": w.release.number + 1}, GET=answers(404)),
    Row(
        "my_calendars",
        GET=answers(200, outside=LOGIN),
        POST=answers(DONE, outside=LOGIN),
        data=lambda _w: {"scope": "all"},
    ),
    Row(
        "my_calendar_edit",
        "an ex-member's",
        at=lambda w: {"pk": w.feed.pk},
        data=lambda _w: {"scope": "all"},
        GET=only(frozenset({Role.EX_MEMBER})),
        POST=only(frozenset({Role.EX_MEMBER}), answer=DONE),
    ),
    Row(
        "my_calendar_revoke",
        "an ex-member's",
        at=lambda w: {"pk": w.feed.pk},
        POST=only(frozenset({Role.EX_MEMBER}), answer=DONE),
    ),
    # Whoever has the address reads it, which is written down once a day.
    Row(
        "own_calendar",
        "an ex-member's",
        at=lambda w: {"token": address_of(w.feed).rpartition("/")[2].removesuffix(".ics")},
        GET=answers(DONE_HERE),
        POST=answers(405),
    ),
    Row("own_calendar", "forged", at=lambda w: {"token": w.feed.uid.hex + ".forged"}, GET=answers(404)),
]
