"""The reader's language and clock, and a way back where something is not possible."""

from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import validate_time_zone

ZONE_COOKIE = "zone"


def zone_from(name: str) -> str | None:
    """The name if it is one of the IANA database; a cookie may hold anything."""
    try:
        validate_time_zone(name)
    except ValidationError:
        return None
    return name


class ReaderMiddleware:
    """Language: account, cookie, Accept-Language, es-MX. Clock: account, cookie, else each session's own (zone None).

    Django's LocaleMiddleware has settled cookie and header before; here a signed-in person's account wins.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
            request.zone = zone_from(request.user.time_zone)  # type: ignore[attr-defined]
        else:
            request.zone = zone_from(request.COOKIES.get(ZONE_COOKIE, ""))  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(request.zone) if request.zone else None):  # type: ignore[attr-defined]
            return self.get_response(request)


class NotPossibleMiddleware:
    """Tells people why something is not possible now, and leads them back to where they were."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ActionNotPossible):
            return None
        if getattr(request, "htmx", False):
            context = {"kind": "warm", "text": exception.sentence}
            return render(request, "components/notice.html", context, status=409)
        messages.warning(request, str(exception.sentence))
        return redirect(way_back(request))


def way_back(request: HttpRequest) -> str:
    """The page the person came from, if it is ours and not the one that has just failed; else the home page."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    if request.method in {"GET", "HEAD"} and urlsplit(referer).path == request.path:
        return "/"
    return referer
