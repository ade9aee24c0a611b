"""The planning board: drafts month by month, moved and repeated by keyboard, without JavaScript."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required
from cities.models import Cycle, group_day
from ogpgroup import dates
from ogpgroup.mail import database_now
from workshops import actions, pending, preparation
from workshops.actions import Every
from workshops.forms.planning import MoveForm, RepeatForm
from workshops.models import Session
from workshops.reports.board import board_of


def _editable(request: HttpRequest, slug: str) -> Session:
    if "\0" in slug:
        raise Http404
    sessions = Session.objects.editable_by(request.user).select_related("cycle", "city")
    return get_object_or_404(sessions.defer("report"), slug=slug)


def _on_board(session: Session) -> str:
    """Where the session stands on its board."""
    return f"{reverse('workshops:board', args=[session.cycle.slug])}#session-{session.pk}"


@coordinator_required
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The drafts of a cycle as cards under their months."""
    cycle, now = get_object_or_404(Cycle, slug=slug), database_now()
    months = board_of(cycle, now=now)
    context = {
        "cycle": cycle,
        "months": months,
        "count": sum(len(month.cards) for month in months),
        "this_month": next((month for month in months if month.first == group_day(now).replace(day=1)), None),
        "warnings": sum(bool(card.advice) for month in months for card in month.cards),
        "pending_count": pending.pending(Session.objects.filter(cycle=cycle)).count(),
        "other_cycles": Cycle.objects.exclude(pk=cycle.pk).newest_first(),
        "is_demo": cycle.is_demo,
    }
    return render(request, "workshops/coordination/board.html", context)


@coordinator_required
@require_POST
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a draft on another day, and go back to where it stands now."""
    session, form = _editable(request, slug), MoveForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("“%(title)s” stays where it was: please choose a day.") % {"title": session.title})
        return redirect(_on_board(session))
    moved = actions.move(
        session,
        to=form.day_from(session.local_day),
        by=request.user,  # type: ignore[arg-type]
        seen_edits=form.cleaned_data["edits"],
    )
    told = {"title": moved.title, "day": dates.spoken_day(moved.local_day)}
    messages.success(request, _("“%(title)s” is now on %(day)s. Nobody is told before you publish.") % told)
    return redirect(_on_board(moved))


@coordinator_required
def repeat(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a series of a session; each of its drafts is edited alone afterwards."""
    session = _editable(request, slug)
    form = RepeatForm(request.POST or None, initial={"edits": session.edits})
    if request.method == "POST" and form.is_valid():
        made = actions.repeat(
            session,
            every=Every(form.cleaned_data["every"]),
            times=form.cleaned_data["times"],
            by=request.user,  # type: ignore[arg-type]
            seen_edits=form.cleaned_data["edits"],
        )
        told = ngettext("%(n)s more draft is on the board.", "%(n)s more drafts are on the board.", len(made))
        messages.success(request, told % {"n": len(made)})
        return redirect(_on_board(session))
    context = {
        "form": form,
        "session": session,
        "when": preparation.when_of(session),
        "weekday": dates.spoken_weekday(session.local_day),
        "is_demo": session.is_demo,
    }
    return render(request, "workshops/coordination/repeat.html", context)
