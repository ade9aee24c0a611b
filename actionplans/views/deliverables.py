"""What a city hands in: read by everybody, handed in by its officials, asked for and judged by coordinators."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actionplans import actions, withholding
from actionplans.forms.deliverables import DeliverableForm, DropForm, HandInForm, ReturnForm
from actionplans.models import ActionPlan, Deliverable, Evidence
from actionplans.reports import history
from actionplans.views.keeping import keeps, person, readable_plan, save_edit, tried
from cities.access import coordinator_required, roles_of
from ogpgroup.errors import ActionNotPossible


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
        words = {"text": data["text"], "evidence": data["evidence"], "keep": data.get("keep", [])}
        if tried(form, partial(actions.hand_in, found, **words, by=person(request), now=timezone.now())) is not None:
            messages.success(request, _("It is handed in, and anybody can read it."))
            return redirect(found)
        found, status = _of_plan(plan, found.pk), 409
    return render(request, "actionplans/deliverable.html", _context(request, plan, found, form), status=status)


def _hand_in_form(request: HttpRequest, plan: ActionPlan, found: Deliverable) -> HandInForm:
    """With the files of what was returned last, to be kept or left behind."""
    is_sent = request.method == "POST"
    standing, before = _evidence_of(found)
    last = max((one.attempt for one in before), default=0)
    return HandInForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        plan=plan,
        by=person(request),
        standing=len(standing),
        evidence=[one for one in before if one.attempt == last],
        initial={"text": found.text},
    )


def _evidence_of(found: Deliverable) -> tuple[list[Evidence], list[Evidence]]:
    """What stands with it now, and what was handed in before and returned; for who keeps the plan, see `_context`."""
    evidence = list(found.evidence.all().with_withheld())
    return (
        [one for one in evidence if one.attempt == found.attempt],
        [one for one in evidence if one.attempt < found.attempt],
    )


def _context(request: HttpRequest, plan: ActionPlan, found: Deliverable, form: HandInForm | None) -> dict[str, Any]:
    today = plan.today(timezone.now())
    is_read = found.status in Deliverable.READ
    standing, before = _evidence_of(found)
    is_keeper = keeps(request, plan)
    decides = roles_of(request.user).is_coordinator and plan.takes_in
    decisions = history.decisions_of(found)
    newest = decisions[0] if decisions and not is_read else None
    return {
        "plan": plan,
        "deliverable": found,
        "form": form,
        "is_read": is_read,
        "evidence": withholding.as_read(standing, keeper=is_keeper) if is_read or form else [],
        "evidence_before": before if is_keeper else [],
        "may_withhold": roles_of(request.user).is_coordinator,
        "is_late": found.is_late(today),
        # What was decided last stands on top while it holds: returned and to be completed, or dropped.
        "decided": newest if newest and newest.is_drop == (found.status == Deliverable.Status.DROPPED) else None,
        "decisions": decisions,
        "decides": decides,
        "return_form": ReturnForm(auto_id="return_%s")
        if decides and found.status == Deliverable.Status.HANDED_IN
        else None,
        "is_demo": plan.is_demo,
    }


# --- What coordinators decide -----------------------------------------------------------------------------------------


@coordinator_required
def deliverable_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what the city hands in next."""
    plan = readable_plan(request, slug)
    form = DeliverableForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if tried(form, partial(actions.expect_deliverable, plan, **form.cleaned_data)) is not None:
            messages.success(request, _("The deliverable is on the plan."))
            return redirect(plan)
        status = 409
    return render(request, "actionplans/deliverable_form.html", {"form": form, "plan": plan}, status=status)


@coordinator_required
def deliverable_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change what is expected and by when, while it is."""
    plan = readable_plan(request, slug)
    found = _to_be_changed(request, plan, pk)

    def save(content: dict[str, Any], edition: int) -> None:
        actions.edit_deliverable(found, fields=content, edition=edition)

    form = DeliverableForm(request.POST or None, instance=_of_plan(plan, pk))
    context = {"plan": plan, "deliverable": found}
    return save_edit(request, form, save, "actionplans/deliverable_form.html", context, found)


@coordinator_required
def deliverable_drop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Expect it no longer, and say why."""
    plan = readable_plan(request, slug)
    found = _to_be_changed(request, plan, pk)
    form = DropForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if tried(form, partial(actions.drop_deliverable, found, reason=form.cleaned_data["reason"])) is not None:
            messages.success(request, _("It is no longer expected."))
            return redirect(found)
        status = 409
    context = {"form": form, "plan": plan, "deliverable": found}
    return render(request, "actionplans/deliverable_drop.html", context, status=status)


def _to_be_changed(request: HttpRequest, plan: ActionPlan, pk: int) -> Deliverable:
    """That it is too late is said before anybody types; what was typed is read whatever happened."""
    found = _of_plan(plan, pk)
    if request.method != "POST" and not plan.takes_in:
        raise ActionNotPossible(_("The plan is closed."))
    if request.method != "POST" and not found.is_awaited:
        raise ActionNotPossible(
            _("This is %(status)s; that cannot be done now.") % {"status": found.get_status_display()}
        )
    return found


@coordinator_required
@require_POST
def deliverable_expect(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = actions.expect_again(_of_plan(readable_plan(request, slug), pk))
    messages.success(request, _("It is expected again."))
    return redirect(found)


@coordinator_required
@require_POST
def deliverable_accept(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = _of_plan(readable_plan(request, slug), pk)
    actions.accept_deliverable(found, now=timezone.now())
    messages.success(request, _("The deliverable is accepted."))
    return redirect(found)


@coordinator_required
@require_POST
def deliverable_look_again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = actions.take_back_acceptance(_of_plan(readable_plan(request, slug), pk))
    messages.success(request, _("It is no longer accepted: accept it or return it."))
    return redirect(found)


@coordinator_required
@require_POST
def deliverable_return(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give it back to the city with a word."""
    plan = readable_plan(request, slug)
    found = _of_plan(plan, pk)
    form = ReturnForm(request.POST, auto_id="return_%s")
    status = 200
    if form.is_valid():
        give_back = partial(actions.return_deliverable, found, reason=form.cleaned_data["reason"], now=timezone.now())
        if tried(form, give_back) is not None:
            messages.success(request, _("The deliverable is back with the city, with your words."))
            return redirect(found)
        status = 409
    context = _context(request, plan, found, None) | {"return_form": form}
    return render(request, "actionplans/deliverable.html", context, status=status)


def _of_plan(plan: ActionPlan, pk: int) -> Deliverable:
    found = get_object_or_404(Deliverable.objects.filter(plan=plan).prefetch_related("evidence"), pk=pk)
    found.plan = plan
    return found
