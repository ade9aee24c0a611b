"""When people are reminded, of one session and of each kind, for those who coordinate."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cities.access import coordinator_required
from ogpgroup.mail import database_now
from ogpgroup.mail.nights import QUIET_FROM, QUIET_UNTIL, is_quiet
from workshops import actions
from workshops.forms.leads import LeadTimesForm, UsualLeadsForm, as_typed
from workshops.models import Session


@dataclass(frozen=True)
class Reminding:
    """One reminder of a session: how long before, when, and whether the night puts it off."""

    lead: str
    due: datetime
    is_past: bool
    is_quiet: bool


@coordinator_required
def reminders(request: HttpRequest, slug: str) -> HttpResponse:
    if "\0" in slug:
        raise Http404
    now = database_now()
    session = get_object_or_404(Session.objects.editable_by(request.user).select_related("current_version"), slug=slug)
    form = LeadTimesForm(request.POST or None, session=session, now=now)
    if request.method == "POST" and form.is_valid():
        actions.set_lead_hours(session, hours=form.cleaned_data["leads"], by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The reminders are set."))
        return redirect("workshops:reminders", slug=session.slug)
    context = {
        "session": session,
        "is_demo": session.is_demo,
        "form": form,
        "planned": _planned(session, now),
        "quiet_from": QUIET_FROM,
        "quiet_until": QUIET_UNTIL,
    }
    return render(request, "workshops/coordination/reminders.html", context)


@coordinator_required
def usual_reminders(request: HttpRequest) -> HttpResponse:
    """Of all sessions of a kind, where a session has no lead times of its own."""
    form = UsualLeadsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_usual_leads(form.cleaned_data, by=request.user, now=database_now())  # type: ignore[arg-type]
        messages.success(request, _("The reminders are set."))
        return redirect("workshops:usual_reminders")
    return render(request, "workshops/coordination/usual_reminders.html", {"form": form})


def _planned(session: Session, now: datetime) -> list[Reminding]:
    """By the clock of the session: of the published one, of which people are reminded, where there is one."""
    version = session.current_version
    if version is not None:
        version.session = session
    known = version or session
    return [
        Reminding(
            as_typed([round(lead.total_seconds() / 3600)]),
            known.due_of(lead),
            known.due_of(lead) <= now,
            is_quiet(known.due_of(lead), known.time_zone) and lead.total_seconds() >= 12 * 3600,
        )
        for lead in known.lead_times()
    ]
