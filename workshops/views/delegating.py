"""Sending somebody else."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ogpgroup.mail import database_now
from workshops.actions import delegates
from workshops.forms.answers import DelegateForm
from workshops.models import Participation, SessionVersion
from workshops.preparation import when_of
from workshops.views.answering import takes_answers, visible_version


def _own(request: HttpRequest, version: SessionVersion) -> Participation:
    own = Participation.objects.open_to(request.user).filter(session=version.session_id).first()
    if own is None or not delegates.may_send(own):
        raise Http404
    return own


def delegate(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose who comes instead; the person's own answer becomes no."""
    now, version = database_now(), visible_version(request, slug)
    own = _own(request, version)
    sends = Participation.objects.in_place_of_others().filter(delegated_by=own)
    if not takes_answers(version, now) or sends.exists():
        return redirect(version)
    people = delegates.possible_delegates(version, sender=request.user, now=now)  # type: ignore[arg-type]
    form = DelegateForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["person"]
        delegates.send_delegate(version.session, sender=request.user, delegate=sent, now=now)  # type: ignore[arg-type]
        messages.success(request, _("%(name)s is invited in your place.") % {"name": sent})
        return redirect(version)
    context = {
        "form": form,
        "version": version,
        "when": when_of(version),
        "nobody": not people.exists(),
        "is_demo": version.is_demo,
    }
    return render(request, "workshops/delegate.html", context)


@require_POST
def delegate_take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Come oneself after all, or send somebody else."""
    version = visible_version(request, slug)
    _own(request, version)
    delegates.take_back_delegate(version.session, sender=request.user, now=database_now())  # type: ignore[arg-type]
    messages.success(request, _("Nobody comes in your place any more. Please say whether you come yourself."))
    return redirect(version)
