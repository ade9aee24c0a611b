"""Coordinators say which hours count where the clock rules of a zone changed; the page they were on shows it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cities.access import coordinator_required
from ogpgroup.mail import database_now
from workshops import actions, preparation
from workshops.models import Session


def _editable(request: HttpRequest, slug: str) -> Session:
    sessions = Session.objects.editable_by(request.user).select_related("cycle")
    return get_object_or_404(sessions.defer("report"), slug=slug)


def _done(request: HttpRequest, session: Session) -> HttpResponse:
    told = {"title": session.title, "when": preparation.when_of(session)}
    said = _("“%(title)s” is on %(when)s. People are told when you publish.")
    messages.success(request, (said if session.current_version_id else _("“%(title)s” is on %(when)s.")) % told)
    match request.POST.get("at"):
        case "coordination":
            return redirect("coordination")
        case "board":
            return redirect(preparation.on_board(session, now=database_now()))
    return redirect("workshops:edit", slug=session.slug)


@coordinator_required
@require_POST
def keep_clock(request: HttpRequest, slug: str) -> HttpResponse:
    """The hours on the clock of the place count."""
    return _done(request, actions.keep_clock(_editable(request, slug), by=request.user))  # type: ignore[arg-type]


@coordinator_required
@require_POST
def keep_moment(request: HttpRequest, slug: str) -> HttpResponse:
    """The moment counts, whatever the clock of the place shows."""
    return _done(request, actions.keep_moment(_editable(request, slug), by=request.user))  # type: ignore[arg-type]
