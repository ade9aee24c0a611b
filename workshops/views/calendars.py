"""Calendars to subscribe to and to take along; for everybody, so they hold what is public alone."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from workshops import ical
from workshops.models import SessionVersion
from workshops.reports import schedule as schedule_reports
from workshops.views import wholes
from workshops.views.wholes import Bytes

FRESH_FOR = 300  # seconds


def _calendar(
    request: HttpRequest, key: tuple[object, ...], make: Callable[[], bytes], *, changed: datetime | None, filename: str
) -> HttpResponseBase:
    """A calendar for anybody, whoever asks; or word that the reader's copy is still right."""
    kept = wholes.calendars.get(key, lambda: Bytes.of(make()), size=lambda calendar: calendar.size)
    # RFC 5545, 3.7.2: where the calendar names a method, its media type does too.
    response = wholes.send(request, kept, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    _set_who_may_keep_it(request, response)
    last_modified = int(changed.timestamp()) if changed else None
    if last_modified is not None:
        response["Last-Modified"] = http_date(last_modified)
    answer = get_conditional_response(request, etag=kept.etag, last_modified=last_modified, response=response)
    return answer if answer is not None else response


def _set_who_may_keep_it(request: HttpRequest, response: HttpResponse) -> None:
    """Anybody on the way may keep it for the next reader, unless a cookie came along.

    To a reader with a session other parts may add a cookie, which must not be kept with the calendar and handed on.
    """
    who = "private" if request.COOKIES else "public"
    response["Cache-Control"] = f"{who}, max-age={FRESH_FOR}"
    patch_vary_headers(response, ["Cookie"])


@login_not_required
@require_safe
def schedule_ics(request: HttpRequest) -> HttpResponseBase:
    """All public sessions, past, to come and cancelled: a calendar to subscribe to."""
    now = schedule_reports.stamp()
    public = SessionVersion.objects.current().visible_to(AnonymousUser()).order_by("begins_at", "pk")

    def make() -> bytes:
        versions = public.only("vevent", "time_zone", "starts_at", "begins_at")
        return ical.feed(list(versions), name=settings.GROUP_NAME, url=settings.PUBLIC_URL + request.path)

    return _calendar(request, ("schedule", now), make, changed=now.released_at, filename="calendario.ics")


@login_not_required
@require_safe
def session_ics(request: HttpRequest, slug: str) -> HttpResponseBase:
    public = SessionVersion.objects.current().visible_to(AnonymousUser()).select_related("release")
    version = get_object_or_404(public, session__slug=slug)
    key = ("session", version.pk, version.release.released_at)
    return _calendar(
        request, key, lambda: ical.single(version), changed=version.release.released_at, filename=f"{version.slug}.ics"
    )
