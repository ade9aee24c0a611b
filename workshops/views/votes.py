"""Facilitators open a vote, count hands, close it and reveal it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cities.access import roles_of
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops import qr
from workshops.actions import votes as actions
from workshops.forms.facilitating import HandsForm, OpenVoteForm
from workshops.models import HandCount, Participation, Session, VotingRound
from workshops.reports import votes as reports
from workshops.views.walls import about, led

TEMPLATE = "workshops/diagnosis/votes.html"


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@never_cache
def votes(request: HttpRequest, slug: str) -> HttpResponse:
    """The vote that goes on, those before, and the form that opens one."""
    session = led(request, slug)
    standing = session.themes.standing().order_by("pk")
    form = OpenVoteForm(request.POST or None, themes=standing)
    if request.method == "POST" and form.is_valid():
        actions.open_round(session, **form.cleaned_data, by=_person(request), now=database_now())
        messages.success(request, _("The vote is open."))
        return redirect("workshops:votes", slug=slug)
    return _page(request, session, form=form)


def _page(
    request: HttpRequest, session: Session, *, form: OpenVoteForm | None = None, hands: HandsForm | None = None
) -> HttpResponse:
    rounds = list(session.voting_rounds.order_by("-number"))
    current = next((one for one in rounds if one.status != VotingRound.Status.REVEALED), None)
    revealed = [one for one in rounds if one.status == VotingRound.Status.REVEALED]
    totals = reports.totals_of_rounds(revealed)
    standing = session.themes.standing().order_by("pk")
    context = about(session) | {
        "current": current,
        "form": form or OpenVoteForm(themes=standing),
        "has_themes": standing.exists(),
        "revealed": [(one, totals[one.pk], reports.turnout_of(one)) for one in revealed],
        "may_strike": roles_of(request.user).is_coordinator,
        **(_going_on(session, current, hands) if current else {}),
    }
    return render(request, TEMPLATE, context)


def _going_on(session: Session, current: VotingRound, hands: HandsForm | None) -> dict[str, Any]:
    address = settings.PUBLIC_URL + reverse("workshops:vote", args=[current.code])
    here = Participation.objects.filter(session=session, attended=Participation.Attended.PRESENT)
    counted = (
        HandCount.objects.filter(round=current).select_related("theme", "table").order_by("table__number", "theme")
    )
    return {
        "address": address.partition("://")[2],
        "drawing": qr.drawn(address),
        "turnout": reports.turnout_by_way(current),
        "here": here.count(),
        "hands": hands or HandsForm(themes=_themes(current), tables=session.tables.all()),
        "counted": counted.order_by("table__number", "theme"),
    }


def _themes(one: VotingRound) -> list[Any]:
    return list(one.themes.order_by("pk"))


def _round(request: HttpRequest, slug: str, number: int) -> VotingRound:
    return get_object_or_404(led(request, slug).voting_rounds, number=number)


@require_POST
def vote_close(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actions.close(_round(request, slug, number), now=database_now())
    messages.success(request, _("The vote is closed. The totals are still secret."))
    return redirect("workshops:votes", slug=slug)


@require_POST
def vote_reopen(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actions.reopen(_round(request, slug, number))
    messages.success(request, _("The vote is open again."))
    return redirect("workshops:votes", slug=slug)


@require_POST
def vote_reveal(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actions.reveal(_round(request, slug, number), now=database_now())
    messages.success(request, _("The totals are revealed."))
    return redirect("workshops:votes", slug=slug)


@require_POST
def vote_hands(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Write down the hands of a room without devices."""
    session, one = led(request, slug), _round(request, slug, number)
    form = HandsForm(request.POST, themes=_themes(one), tables=session.tables.all())
    if not form.is_valid():
        return _page(request, session, hands=form)
    table = form.cleaned_data["table"]
    actions.count_hands(one, hands=form.by_theme(), table=table, by=_person(request), now=database_now())
    messages.success(request, _("The hands are counted in."))
    return redirect("workshops:votes", slug=slug)
