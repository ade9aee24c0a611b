"""Coordinators put a line of “Is it ready?” aside, and take it up again; the page they were on shows it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cities.access import coordinator_required
from ogpgroup.mail import database_now
from workshops.actions import readiness as actions
from workshops.models import Session


def _session(request: HttpRequest, slug: str) -> Session:
    return get_object_or_404(Session.objects.editable_by(request.user).defer("report"), slug=slug)


def _back(request: HttpRequest, session: Session) -> HttpResponse:
    name = "workshops:edit" if request.POST.get("at") == "edit" else "workshops:session_detail"
    return redirect(f"{reverse(name, args=[session.slug])}#ready")


@coordinator_required
@require_POST
def gap_put_aside(request: HttpRequest, slug: str) -> HttpResponse:
    """This is not needed at this session."""
    session, by = _session(request, slug), request.user
    put_aside: Any = actions.put_aside(session, request.POST.get("gap", ""), by=by, now=database_now())  # type: ignore[arg-type]
    messages.success(request, _("Not needed at this session: %(what)s") % {"what": put_aside.what})
    return _back(request, session)


@coordinator_required
@require_POST
def gap_take_up(request: HttpRequest, slug: str) -> HttpResponse:
    """It is needed after all."""
    session, by = _session(request, slug), request.user
    actions.take_up(session, request.POST.get("gap", ""), by=by, now=database_now())  # type: ignore[arg-type]
    messages.success(request, _("It is needed again."))
    return _back(request, session)
