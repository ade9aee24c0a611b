"""What a city hands in: read by everybody, handed in by its officials, accepted or returned by coordinators."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actionplans import actions
from actionplans.forms.deliverables import HandInForm, ReturnForm
from actionplans.models import ActionPlan, Deliverable
from actionplans.reports import history
from actionplans.views.keeping import keeps, person, readable_plan
from cities.access import coordinator_required, roles_of
from cities.models import group_day


@login_not_required
def deliverable(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What was handed in, and for the city's officials the form to do so."""
    plan = readable_plan(request, slug)
    found = _of_plan(plan, pk)
    can_hand_in = (
        keeps(request, plan)
        and found.status == Deliverable.Status.EXPECTED
        and plan.status != ActionPlan.Status.CLOSED
        and not plan.is_reference
    )
    form = _hand_in_form(request, plan, found) if can_hand_in else None
    if request.method == "POST":
        if form is None:
            return _refused(request, plan, found)
        if form.is_valid():
            data = form.cleaned_data
            actions.hand_in(found, text=data["text"], evidence=data["evidence"], by=person(request), now=timezone.now())
            messages.success(request, _("It is handed in, and anybody can read it."))
            return redirect(found)
    return render(request, "actionplans/deliverable.html", _context(request, plan, found, form))


def _hand_in_form(request: HttpRequest, plan: ActionPlan, found: Deliverable) -> HandInForm:
    """What was handed in before stands already, and takes its part of the room for files."""
    return HandInForm(
        request.POST or None,
        request.FILES or None,
        plan=plan,
        by=person(request),
        standing=len(found.evidence.all()),
        initial={"text": found.text},
    )


def _refused(request: HttpRequest, plan: ActionPlan, found: Deliverable) -> HttpResponse:
    """Who does not keep the plan finds no form here; who does is told why it is gone."""
    get_object_or_404(Deliverable.objects.editable_by(request.user), pk=found.pk)
    messages.warning(
        request,
        _("This is %(status)s; that cannot be done now.") % {"status": found.get_status_display()},
    )
    return redirect(found)


def _context(request: HttpRequest, plan: ActionPlan, found: Deliverable, form: HandInForm | None) -> dict[str, Any]:
    today = group_day(timezone.now())
    is_read = found.status in {Deliverable.Status.HANDED_IN, Deliverable.Status.ACCEPTED}
    decides = roles_of(request.user).is_coordinator and found.status == Deliverable.Status.HANDED_IN
    return {
        "plan": plan,
        "deliverable": found,
        "form": form,
        "is_read": is_read,
        "evidence": list(found.evidence.all()) if is_read or form else [],
        "is_late": found.is_late(today),
        "returns": history.returns_of(found),
        "return_form": ReturnForm(auto_id="return_%s") if decides else None,
        "is_demo": plan.is_demo,
    }


@coordinator_required
@require_POST
def deliverable_accept(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = _of_plan(readable_plan(request, slug), pk)
    actions.accept_deliverable(found)
    messages.success(request, _("The deliverable is accepted."))
    return redirect(found)


@coordinator_required
@require_POST
def deliverable_return(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give it back to the city with a word."""
    plan = readable_plan(request, slug)
    found = _of_plan(plan, pk)
    form = ReturnForm(request.POST, auto_id="return_%s")
    if form.is_valid():
        actions.return_deliverable(found, reason=form.cleaned_data["reason"])
        messages.success(request, _("The deliverable is back with the city, with your words."))
        return redirect(found)
    context = _context(request, plan, found, None) | {"return_form": form}
    return render(request, "actionplans/deliverable.html", context)


def _of_plan(plan: ActionPlan, pk: int) -> Deliverable:
    found = get_object_or_404(Deliverable.objects.filter(plan=plan).prefetch_related("evidence"), pk=pk)
    found.plan = plan
    return found
