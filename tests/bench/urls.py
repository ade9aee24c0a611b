"""The product's addresses and the view everything is measured against: one query behind our own middleware."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.html import format_html_join

from ogpgroup import parts
from workshops.models import SessionVersion
from workshops.reports import rows, schedule
from workshops.views import wholes

RESTARTED = "restarted"


class ForgetWhatIsKept:
    """Forgets what the process keeps when the request asks for it: as after a release or a change, or a restart.

    A release takes away the lists, the calendars and what stands above them; the rows of sessions that it leaves alone,
    and the form of the filters, stay. A change takes away the parts of pages, whose pieces stay.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cold = request.headers.get("X-Cold")
        if cold:
            schedule._fragments.clear()
            parts.forget_editions()
            for kept in (wholes.pages, wholes.heads, wholes.calendars):
                kept.clear()
        if cold == RESTARTED:
            wholes.forget()
            rows.forget()
            parts.forget()
        return self.get_response(request)


@login_not_required
def one_query(request: HttpRequest) -> HttpResponse:
    """A list of 200 titles from one query, compressed by the middleware as every page is."""
    titles = SessionVersion.objects.order_by("pk").values_list("title")[:200]
    return HttpResponse(format_html_join("\n", "<li>{}</li>", titles))


urlpatterns = [path("bench/one-query/", one_query), path("", include("ogpgroup.urls"))]
