"""The wall of a session: for the projector, for people at home, and its controls for a phone."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required, roles_of
from ogpgroup.mail import database_now
from workshops import walls
from workshops.actions import walls as actions
from workshops.forms.facilitating import TimerForm
from workshops.models import Participation, Session, SessionVersion, Wall
from workshops.reports import walls as reports
from workshops.views.answering import visible_version


def led(request: HttpRequest, slug: str) -> Session:
    """The session, for who leads its wall, themes and votes; 404 for the others."""
    sessions = Session.objects.facilitated_by(request.user).select_related("current_version", "cycle")
    return get_object_or_404(sessions, slug=slug)


def about(session: Session) -> dict[str, Any]:
    """What every page of the session's notes says above."""
    return {"session": session, "version": session.current_version, "is_demo": session.is_demo}


@login_not_required
@never_cache
@require_safe
def wall(request: HttpRequest, slug: str) -> HttpResponse:
    """All tables live, for the group and those expected; for everybody once the wall of a public session was opened."""
    version = visible_version(request, slug)
    session, row = version.session, Wall.objects.filter(session=version.session_id).first()
    is_public = version.visibility == SessionVersion.Visibility.PUBLIC
    expected = Participation.objects.open_to(request.user).filter(session=version.session_id)
    is_inside = roles_of(request.user).in_group or (request.user.is_authenticated and expected.exists())
    if not (is_inside or (row and row.is_open and is_public)):
        raise Http404
    session.current_version = version
    language = get_language() if get_language() in walls.LANGUAGES else walls.LANGUAGES[0]
    context = about(session) | {
        "wall": reports.on_wall(session, timezone.now(), is_inside=is_inside),
        "address": walls.address_of(session, row, language=language or "", is_inside=is_inside),
        "may_lead": Session.objects.facilitated_by(request.user).filter(pk=session.pk).exists(),
    }
    return render(request, "workshops/diagnosis/wall.html", context)


@login_not_required
@require_safe
def wall_now(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """What is on the wall now. `WallMiddleware` answers before this; here is the address that it answers for."""
    return walls.answer(request, token, language)


@never_cache
@require_safe
def wall_control(request: HttpRequest, slug: str) -> HttpResponse:
    """The controls, for a phone in the hand."""
    session, now = led(request, slug), database_now()
    row = Wall.objects.filter(session=session).first()
    assert session.current_version is not None
    context = about(session) | {
        "row": row,
        "timer": reports.timer_of(row, now),
        "seen": actions.told_timer(row),
        "form": TimerForm(initial={"minutes": 15}),
        "can_open": session.current_version.visibility == SessionVersion.Visibility.PUBLIC,
    }
    return render(request, "workshops/diagnosis/wall_control.html", context)


@require_POST
def wall_timer(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the time of a task, let it stand still, go on, last longer, or take it off."""
    session, now = led(request, slug), database_now()
    what = request.POST.get("do", "")
    if what == "start":
        form = TimerForm(request.POST)
        if not form.is_valid():
            row = Wall.objects.filter(session=session).first()
            context = about(session) | {"row": row, "timer": reports.timer_of(row, now), "form": form}
            return render(request, "workshops/diagnosis/wall_control.html", context)
        actions.start_timer(session, **form.cleaned_data, now=now)
    elif what == "more":
        actions.give_more_time(session, seen=request.POST.get("seen", ""), now=now)
    elif what in {"stop", "go_on", "clear"}:
        _turn(session, what, now)
    else:
        return HttpResponseBadRequest()
    return redirect("workshops:wall_control", slug=slug)


def _turn(session: Session, what: str, now: Any) -> None:
    if what == "clear":
        actions.clear_timer(session)
    elif what == "stop":
        actions.stop_timer(session, now=now)
    else:
        actions.go_on_with_timer(session, now=now)


@require_POST
def wall_freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Let the wall stand still while a table reports, or go on."""
    session = led(request, slug)
    if request.POST.get("do") == "go_on":
        actions.go_on(session)
        messages.success(request, _("The wall goes on; what waited is on it."))
    else:
        actions.freeze(session, now=database_now())
        messages.success(request, _("The wall stands still; what comes now waits."))
    return redirect("workshops:wall_control", slug=slug)


@require_POST
@coordinator_required
def wall_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Let everybody watch, or the group alone; a decision of coordinators."""
    session = led(request, slug)
    if request.POST.get("do") == "close":
        actions.close_to_group(session)
        messages.success(request, _("Only the group watches now; the address of before shows nothing any more."))
    else:
        actions.open_to_everybody(session)
        messages.success(request, _("Everybody may watch the wall now."))
    return redirect("workshops:wall_control", slug=slug)
