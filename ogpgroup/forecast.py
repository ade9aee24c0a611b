"""The reminders to come, of every app, in one list: what coordinators read below the outbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from actionplans import emails as plans
from feedback.emails import direct, rounds
from ogpgroup.coming import Coming
from ogpgroup.mailings import KINDS
from workshops.emails import agreements
from workshops.reports import forecast as sessions

WITHIN: Final = timedelta(days=60)
AT_MOST: Final = 30
LATER: Final[list[Callable[..., list[Coming]]]] = [plans.later, agreements.later, rounds.later, direct.later]


@dataclass(frozen=True)
class Forecast:
    """The soonest, each with its kind in words, and how many more there are within `WITHIN`."""

    reminders: list[tuple[str, Coming]]
    more: int


def forecast(now: datetime) -> Forecast:
    """What would be queued within 60 days as things are now, soonest first; constant queries.

    What is due within a day is queued already and stands in the outbox.
    """
    until = now + WITHIN
    of_sessions, session_count = sessions.later(now, until=until, at_most=AT_MOST)
    others = [one for later in LATER for one in later(now, until=until)]
    soonest = sorted([*of_sessions, *others], key=lambda one: (one.due, one.kind, one.title))[:AT_MOST]
    labels = {kind.name: str(kind.label or kind.name) for kind in KINDS}
    return Forecast([(labels[one.kind], one) for one in soonest], session_count + len(others) - len(soonest))
