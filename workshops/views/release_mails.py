"""How far the mails of a release are, for the coordinators who have published it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cities.access import coordinator_required
from ogpgroup import htmx
from ogpgroup.mail import database_now
from workshops.models import ScheduleRelease
from workshops.reports import telling


@coordinator_required
@never_cache
@require_safe
def release_mails(request: HttpRequest, number: int) -> HttpResponse:
    """The panel of the release's page, which asks for it anew while mails wait; without HTMX the page itself."""
    release = get_object_or_404(ScheduleRelease, number=number)
    if not htmx.wants_part(request):
        return redirect(f"{release.get_absolute_url()}#mails")
    context = {"release": release, "mails": telling.progress(release, now=database_now())}
    return render(request, "workshops/_release_mails.html", context)
