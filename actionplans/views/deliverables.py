"""What a city hands in: read by everybody, handed in by its officials, accepted or returned by coordinators."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actionplans import actions
from actionplans.forms.deliverables import HandInForm, ReturnForm
from actionplans.models import ActionPlan, Deliverable
from actionplans.reports import history
from actionplans.views.keeping import keeps, person, readable_plan, tried
from cities.access import coordinator_required, roles_of
from cities.models import group_day


@login_not_required
def deliverable(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What was handed in, and for the city's officials the form to do so."""
    plan = readable_plan(request, slug)
    found = _of_plan(plan, pk)
    if request.method == "POST":
        return _hand_in(request, plan, found)
    form = _hand_in_form(request, plan, found) if keeps(request, plan) and found.is_awaited else None
    return render(request, "actionplans/deliverable.html", _context(request, plan, found, form))


@login_required
def _hand_in(request: HttpRequest, plan: ActionPlan, found: Deliverable) -> HttpResponse:
    """The form is read whatever became of the deliverable meanwhile: a refusal brings back the text and its files."""
    get_object_or_404(Deliverable.objects.editable_by(request.user), pk=found.pk)
    form, status = _hand_in_form(request, plan, found), 200
    if form.is_valid():
        data = form.cleaned_data
        words = {"text": data["text"], "evidence": data["evidence"]}
        if tried(form, partial(actions.hand_in, found, **words, by=person(request), now=timezone.now())) is not None:
            messages.success(request, _("It is handed in, and anybody can read it."))
            return redirect(found)
        found, status = _of_plan(plan, found.pk), 409
    return render(request, "actionplans/deliverable.html", _context(request, plan, found, form), status=status)


def _hand_in_form(request: HttpRequest, plan: ActionPlan, found: Deliverable) -> HandInForm:
    """What was handed in before stands already, and takes its part of the room for files."""
    is_sent = request.method == "POST"
    return HandInForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        plan=plan,
        by=person(request),
        standing=len(found.evidence.all()),
        initial={"text": found.text},
    )


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
