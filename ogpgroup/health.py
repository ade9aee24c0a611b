"""Health for whoever watches the platform: `/healthz` (this process) and `/readyz` (may traffic come here)."""

import time
from datetime import timedelta

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from ogpgroup.models import Heartbeat

SEEN_WITHIN = timedelta(minutes=5)
REDIS_SEEN_FOR = 30  # seconds

_migrated = False
_redis_seen = (float("-inf"), True)  # when this process asked last, and whether there was an answer


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else: a restart would not cure a database that is down."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 only where pages cannot work; what merely delays mail is said in the body."""
    try:
        if has_unapplied_migrations():
            return JsonResponse({"status": "unavailable", "troubles": ["migrations"]}, status=503)
        troubles = background_troubles()
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "troubles": ["database"]}, status=503)
    return JsonResponse({"status": "degraded" if troubles else "ok", "troubles": troubles})


def has_unapplied_migrations() -> bool:
    global _migrated  # once all are applied they stay so for this process, and the look costs 20 ms
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return not _migrated


def background_troubles() -> list[str]:
    """Parts that work in the background and are not seen: planner, sender, reader of replies where there is a mailbox,
    redis. The database's clock decides.
    """
    parts = [Heartbeat.PLANNER, Heartbeat.SENDER, *([Heartbeat.READER] if settings.REPLY_MAILBOX_URL else [])]
    seen = set(Heartbeat.objects.filter(seen_at__gt=Now() - SEEN_WITHIN).values_list("name", flat=True))
    troubles = [name for name in parts if name not in seen]
    return troubles if redis_answers() else [*troubles, "redis"]


def redis_answers(*, patience: float = 1) -> bool:
    """Whether the broker and the cache answer, each within the seconds of patience."""
    return all(_answers(url, patience) for url in {settings.REDIS_URL, str(settings.CACHES["default"]["LOCATION"])})


def _answers(url: str, patience: float) -> bool:
    try:
        once = Retry(NoBackoff(), 0)  # the client's own retries would take longer than whoever asks will wait
        with redis.from_url(url, socket_connect_timeout=patience, socket_timeout=patience, retry=once) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def redis_answered_lately() -> bool:
    """What this process saw within half a minute: a page may ask, and now and then it costs a fifth of a second."""
    global _redis_seen
    now = time.monotonic()
    if now >= _redis_seen[0] + REDIS_SEEN_FOR:
        _redis_seen = (now, redis_answers(patience=0.1))
    return _redis_seen[1]
