"""Reminders that are not queued yet, as their planners would queue them later: derived when somebody looks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from ogpgroup.models import OutgoingMail


@dataclass(frozen=True)
class Coming:
    """Mails of one kind about one thing, due on one day: when the first goes, and to how many people."""

    kind: str
    title: str
    href: str
    due: datetime
    count: int


def counted(mails: Iterable[tuple[str, str, OutgoingMail]]) -> list[Coming]:
    """Mails that a planner would queue, each with the title and address of what it is about."""
    zone = ZoneInfo(settings.TIME_ZONE)
    together: dict[tuple[str, str, str, date], list[OutgoingMail]] = defaultdict(list)
    for title, href, one in mails:
        together[one.kind, title, href, one.due.astimezone(zone).date()].append(one)
    return [
        Coming(kind, title, href, min(one.due for one in those), len({one.user_id for one in those}))
        for (kind, title, href, _day), those in together.items()
    ]
