"""What everybody reads: schedule, sessions, releases, agreements, calendars."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST


@login_not_required
def schedule(request: HttpRequest) -> HttpResponse:
    return HttpResponse("soon")


@login_not_required
def schedule_ics(request: HttpRequest) -> HttpResponse:
    return HttpResponse("soon")


@login_not_required
def releases(request: HttpRequest) -> HttpResponse:
    return HttpResponse("soon")


@login_not_required
def release_detail(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse("soon")


@login_not_required
def session_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse("soon")


@login_not_required
def session_ics(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse("soon")


@require_POST
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse("soon")


@login_not_required
def agreements(request: HttpRequest) -> HttpResponse:
    return HttpResponse("soon")
