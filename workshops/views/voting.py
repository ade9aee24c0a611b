"""People vote from their phones: with an account, their own code, or the phone on which they checked in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from workshops import attendance as hours
from workshops import voters
from workshops.actions import votes as actions
from workshops.forms.facilitating import BallotForm, VoterForm
from workshops.models import Vote, VotingRound

TEMPLATE = "workshops/diagnosis/vote.html"


def _round(code: str) -> VotingRound:
    rounds = VotingRound.objects.select_related("session__current_version").filter(
        session__current_version__isnull=False
    )
    return get_object_or_404(rounds, code=code.lower())


@login_not_required
@never_cache
def vote(request: HttpRequest, code: str) -> HttpResponse:
    """The ballot, for who is checked in; the others are led to the door. What somebody voted is shown to nobody, not to
    themselves either: whoever looks over their shoulder learns nothing.
    """
    one = _round(code)
    person = voters.voter(request, one)
    form = BallotForm(request.POST or None, themes=list(one.themes.order_by("pk")), votes_each=one.votes_each)
    if request.method == "POST" and person is not None and form.is_valid():
        try:
            count = actions.cast(one, person, given=form.given(), now=database_now())
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            told = ngettext("Your %(count)s vote counts.", "Your %(count)s votes count.", count) % {"count": count}
            messages.success(request, told)
            return redirect(one)
    return _page(request, one, person, form=form)


def _page(
    request: HttpRequest, one: VotingRound, person: Any, *, form: BallotForm, who: VoterForm | None = None
) -> HttpResponse:
    session, now = one.session, database_now()
    assert session.current_version is not None
    door = ""
    if session.check_in_code and hours.is_open(session.current_version, now):
        door = reverse("workshops:check_in", args=[session.slug, session.check_in_code]) + f"?vote={one.code}"
    context: dict[str, Any] = {
        "round": one,
        "version": session.current_version,
        "is_demo": session.is_demo,
        "is_open": one.status == VotingRound.Status.OPEN,
        "is_revealed": one.status == VotingRound.Status.REVEALED,
        "person": person,
        "name": (person.user or person.name) if person is not None else "",
        "has_voted": person is not None and Vote.objects.filter(round=one, participation=person).exists(),
        "form": form,
        "who": who or VoterForm(),
        "door": door,
    }
    return render(request, TEMPLATE, context)


@login_not_required
@never_cache
@require_POST
def vote_who(request: HttpRequest, code: str) -> HttpResponse:
    """Say who one is by one's own code of the session; this phone remembers it for the day."""
    one = _round(code)
    who = VoterForm(request.POST)
    person = voters.voter_by_code(who.cleaned_data["code"], one) if who.is_valid() else None
    if person is None:
        if who.is_valid():
            who.add_error("code", _("This is no code of somebody who is checked in at this session."))
        form = BallotForm(themes=list(one.themes.order_by("pk")), votes_each=one.votes_each)
        return _page(request, one, None, form=form, who=who)
    response = redirect(one)
    voters.remember(response, person)
    return response
