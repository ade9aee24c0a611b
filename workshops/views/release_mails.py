"""How far the mails of a release are, for the coordinators who have published it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required
from ogpgroup import htmx
from ogpgroup.mail import database_now
from workshops import actions
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


@coordinator_required
@require_POST
def release_send_now(request: HttpRequest, number: int) -> HttpResponse:
    """The coordinator corrects nothing more: what changed is told at once."""
    release = get_object_or_404(ScheduleRelease, number=number)
    if count := actions.send_now(release, now=database_now()):
        said = ngettext("%(count)s mail goes now.", "%(count)s mails go now.", count) % {"count": count}
        messages.success(request, said)
    else:
        messages.info(request, _("No mail of this version waits any more."))
    return redirect(f"{release.get_absolute_url()}#mails")
