"""The planning board: drafts month by month, moved and repeated by keyboard, without JavaScript."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required
from cities.models import Cycle
from ogpgroup import dates, htmx
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from workshops import actions, pending, preparation
from workshops.actions import Every
from workshops.forms.planning import MoveForm, RepeatForm
from workshops.models import Session
from workshops.reports.board import board_of

BOARD: Final = "workshops/coordination/board.html"


def _editable(request: HttpRequest, slug: str) -> Session:
    if "\0" in slug:
        raise Http404
    sessions = Session.objects.editable_by(request.user).select_related("cycle", "city")
    return get_object_or_404(sessions.defer("report"), slug=slug)


@coordinator_required
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The drafts of a cycle as cards under their months, from this month on unless the past ones are asked for."""
    return render(request, BOARD, _board(request, get_object_or_404(Cycle, slug=slug)))


def _board(request: HttpRequest, cycle: Cycle) -> dict[str, Any]:
    months = board_of(cycle, now=database_now())
    shows_past = "past" in request.GET or all(month.is_past for month in months)
    past = [month for month in months if month.is_past and not month.is_owed_a_date]
    return {
        "cycle": cycle,
        "months": months if shows_past else [month for month in months if month not in past],
        "past": past,
        "shows_past": shows_past,
        "past_count": sum(len(month.cards) for month in past),
        "weekdays": dates.short_weekdays(),
        "count": sum(len(month.cards) for month in months),
        "warnings": sum(bool(card.advice) for month in months for card in month.cards),
        "pending_count": pending.pending(Session.objects.filter(cycle=cycle)).count(),
        "other_cycles": Cycle.objects.exclude(pk=cycle.pk).newest_first(),
        "is_demo": cycle.is_demo,
    }


def _moved(request: HttpRequest, session: Session) -> tuple[str, bool]:
    """Move it as the form says; what happened in words, and whether it did."""
    form, title = MoveForm(request.POST), {"title": session.title}
    if not form.is_valid():
        return _("“%(title)s” stays where it was: please choose a day.") % title, False
    to, seen = form.day_from(session.local_day), form.cleaned_data["edits"]
    try:
        moved = actions.move(session, to=to, by=request.user, seen_edits=seen)  # type: ignore[arg-type]
    except ActionNotPossible as refusal:
        return str(refusal.sentence), False
    title |= {"day": dates.spoken_day(moved.local_day)}
    return _("“%(title)s” is now on %(day)s. Nobody is told before you publish.") % title, True


@coordinator_required
@require_POST
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a draft on another day, by button or by drag, and go back to where it stands now.

    HTMX gets the months back, with what happened in words that are read aloud.
    """
    session = _editable(request, slug)
    said, is_moved = _moved(request, session)
    session.refresh_from_db(fields=["slug", "starts_at", "ends_at", "day"])
    if htmx.wants_part(request):
        told = {"said": said, "is_moved": is_moved, "open_pk": session.pk if "days" in request.POST else None}
        return render(request, f"{BOARD}#moved", _board(request, session.cycle) | told)
    (messages.success if is_moved else messages.warning)(request, said)
    return redirect(preparation.on_board(session, now=database_now()))


def _tell_repeated(request: HttpRequest, *, made: int, left_out: int) -> None:
    if made or not left_out:
        told = ngettext("%(n)s more draft is on the board.", "%(n)s more drafts are on the board.", made)
        messages.success(request, told % {"n": made})
    if left_out:
        told = ngettext(
            "%(n)s day was left out: the series has a session there already.",
            "%(n)s days were left out: the series has a session there already.",
            left_out,
        )
        messages.warning(request, told % {"n": left_out})


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
        _tell_repeated(request, made=len(made), left_out=form.cleaned_data["times"] - 1 - len(made))
        return redirect(preparation.on_board(session, now=database_now()))
    context = {
        "form": form,
        "session": session,
        "board": preparation.on_board(session, now=database_now()),
        "when": preparation.when_of(session),
        "weekday": dates.spoken_weekday(session.local_day),
        "is_demo": session.is_demo,
    }
    return render(request, "workshops/coordination/repeat.html", context)
