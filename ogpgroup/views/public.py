"""The home page, and the way out of reminders."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("soon")


@login_not_required
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse("soon")
