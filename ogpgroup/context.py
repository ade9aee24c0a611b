"""What every page knows about its reader."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest

from ogpgroup.dates import zone_choices
from ogpgroup.health import SEEN_WITHIN, redis_answered_lately
from ogpgroup.models import Heartbeat

_MAIL_HAS_STOPPED = """
SELECT
    count(*) FILTER (WHERE seen_at > statement_timestamp() - make_interval(secs => %(seconds)s))
        < cardinality(%(names)s::text[])
    OR EXISTS (SELECT 1 FROM ogpgroup_mailbreaker WHERE open_until > statement_timestamp())
FROM ogpgroup_heartbeat WHERE name = ANY(%(names)s::text[])
"""


def mail_has_stopped() -> bool:
    """Whether planner or sender were not seen lately or the breaker is open; one query. See also `mail.watch`."""
    with connection.cursor() as cursor:
        names = [Heartbeat.PLANNER, Heartbeat.SENDER]
        cursor.execute(_MAIL_HAS_STOPPED, {"seconds": SEEN_WITHIN.total_seconds(), "names": names})
        (stopped,) = cursor.fetchone()
    return bool(stopped)


def reader(request: HttpRequest) -> dict[str, object]:
    """Zones for who reads without an account (signed-in people set theirs in their profile); trouble for coordinators.

    A view that shows fictitious things says `is_demo` itself.
    """
    known: dict[str, object] = {"is_demo": False, "degraded": _degraded(request)}
    if hasattr(request, "zone") and not request.user.is_authenticated:
        known |= {"zones": zone_choices(), "zone": request.zone or ""}
    return known


def _degraded(request: HttpRequest) -> Callable[[], str]:
    """Asked by the template, and answered for coordinators alone: "mail", "redis", or nothing is wrong."""

    def degraded() -> str:
        roles = getattr(request, "roles", None)
        if not roles or not roles.is_coordinator:
            return ""
        if mail_has_stopped():
            return "mail"
        return "" if redis_answered_lately() else "redis"

    return degraded
