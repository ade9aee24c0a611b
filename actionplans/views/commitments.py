"""What a plan promises: read by everybody, kept by its city and the coordinators."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actionplans import actions
from actionplans.forms.commitments import CommitmentForm, MilestoneForm
from actionplans.models import ActionPlan, Commitment, Milestone
from actionplans.views.keeping import keeps, kept_plan, person, readable_plan, save_edit, tried
from actionplans.views.pages import CommitmentDiary, CommitmentStanding, History
from cities.access import roles_of
from ogpgroup import parts


@login_not_required
@require_safe
def commitment(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One commitment: how far it is, what it says, its milestones, its diary and who changed what."""
    parts.begin(request)
    plan = readable_plan(request, slug)
    found = _of_plan(plan, number)
    is_keeper = keeps(request, plan)
    context = {
        "plan": plan,
        "commitment": found,
        "standing": CommitmentStanding(found, plan.today(timezone.now())),
        "moved": CommitmentDiary(found, request.GET.get("page"), request.GET.get("entry"), keeper=is_keeper),
        "may_withhold": roles_of(request.user).is_coordinator,
        "changed": History(found, keeper=is_keeper),
        "can_log": is_keeper and plan.is_running,
        "can_write": is_keeper and (plan.status != ActionPlan.Status.CLOSED or plan.is_reference),
        "can_remove": is_keeper and plan.status == ActionPlan.Status.DRAFT,
        "is_demo": plan.is_demo,
    }
    return render(request, "actionplans/commitment.html", context)


@login_required
def commitment_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a commitment on the plan."""
    plan = kept_plan(request, slug)
    form = CommitmentForm(request.POST or None, instance=Commitment(plan=plan))
    status = 200
    if request.method == "POST" and form.is_valid():
        sent = {"fields": form.content, "form_id": form.cleaned_data["form_id"]}
        act = partial(actions.add_commitment, plan, **sent, by=person(request), now=timezone.now())
        if (found := tried(form, act)) is not None:
            messages.success(
                request, _("Commitment %(number)s is on the plan. Next: its milestones.") % {"number": found.number}
            )
            return redirect(found)
        status = 409
    return render(request, "actionplans/commitment_form.html", {"form": form, "plan": plan}, status=status)


@login_required
def commitment_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change a commitment; whoever saved meanwhile is not overwritten unseen."""
    plan = kept_plan(request, slug)
    found = _of_plan(plan, number)

    def save(content: dict[str, Any], edition: int) -> None:
        actions.save_commitment(found, fields=content, edition=edition, by=person(request), now=timezone.now())

    form = CommitmentForm(request.POST or None, instance=found)
    context = {"plan": plan, "commitment": _of_plan(plan, number)}
    return save_edit(request, form, save, "actionplans/commitment_form.html", context, found)


@login_required
@require_POST
def commitment_remove(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    plan = kept_plan(request, slug)
    actions.remove_commitment(_of_plan(plan, number))
    messages.success(request, _("The commitment is off the plan."))
    return redirect(plan)


@login_required
def milestone_create(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Put a milestone on a commitment."""
    plan = kept_plan(request, slug)
    found = _of_plan(plan, number)
    form = MilestoneForm(request.POST or None, instance=Milestone(commitment=found))
    status = 200
    if request.method == "POST" and form.is_valid():
        sent = {"fields": form.content, "form_id": form.cleaned_data["form_id"]}
        milestone = tried(form, partial(actions.add_milestone, found, **sent))
        if milestone is not None:
            messages.success(request, _("Milestone %(number)s is on the commitment.") % {"number": milestone.number})
            return redirect(milestone)
        status = 409
    context = {"form": form, "plan": plan, "commitment": found}
    return render(request, "actionplans/milestone_form.html", context, status=status)


@login_required
def milestone_edit(request: HttpRequest, slug: str, number: int, step: int) -> HttpResponse:
    """Change a milestone. See also `commitment_edit`."""
    plan = kept_plan(request, slug)
    milestone = _of_commitment(plan, number, step)

    def save(content: dict[str, Any], edition: int) -> None:
        actions.save_milestone(milestone, fields=content, edition=edition)

    form = MilestoneForm(request.POST or None, instance=milestone)
    context = {
        "plan": plan,
        "commitment": milestone.commitment,
        "milestone": _of_commitment(plan, number, step),
        "can_remove": plan.status == ActionPlan.Status.DRAFT,
    }
    return save_edit(request, form, save, "actionplans/milestone_form.html", context, milestone)


@login_required
@require_POST
def milestone_remove(request: HttpRequest, slug: str, number: int, step: int) -> HttpResponse:
    plan = kept_plan(request, slug)
    milestone = _of_commitment(plan, number, step)
    actions.remove_milestone(milestone)
    messages.success(request, _("The milestone is off the commitment."))
    return redirect(milestone.commitment)


def _of_plan(plan: ActionPlan, number: int) -> Commitment:
    found = get_object_or_404(Commitment.objects.filter(plan=plan), number=number)
    found.plan = plan
    return found


def _of_commitment(plan: ActionPlan, number: int, step: int) -> Milestone:
    commitment = _of_plan(plan, number)
    milestone = get_object_or_404(Milestone.objects.filter(commitment=commitment), number=step)
    milestone.commitment = commitment
    return milestone
