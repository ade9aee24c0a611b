"""Plans as the public reads them, and as coordinators and the fellow city keep them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actionplans import actions
from actionplans.forms.plans import FellowForm, PlanForm
from actionplans.models import ActionPlan, Deliverable
from actionplans.reports.progress import figures_of
from actionplans.views.keeping import keeps, kept_plan, person, readable_plan, save_edit, tried
from actionplans.views.pages import History, PlanDiary, PlanStanding
from cities.access import coordinator_required, roles_of
from cities.forms import free_slug
from cities.models import City, Cycle, group_day
from ogpgroup import parts
from ogpgroup.errors import ActionNotPossible


@login_not_required
def index(request: HttpRequest) -> HttpResponse:
    """All plans the reader may see, the newest first, each with how far it is and what it owes next."""
    waiting = Prefetch("deliverables", Deliverable.objects.waiting().order_by("due_on", "pk"), to_attr="waiting")
    plans = ActionPlan.objects.visible_to(request.user).select_related("city", "organization", "cycle")
    rows = list(plans.prefetch_related(waiting).order_by("-starts_on", "-pk"))
    today = group_day(timezone.now())
    figures = figures_of(rows, on=today)
    context = {
        "plans": [(plan, figures[plan.pk]) for plan in rows if not plan.is_reference],
        "references": [(plan, figures[plan.pk]) for plan in rows if plan.is_reference],
        "today": today,
        "is_demo": any(plan.is_demo for plan in rows),
    }
    return render(request, "actionplans/index.html", context)


@login_not_required
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One plan: how far it is, what is late, what is next, what moved, and all it promises."""
    parts.begin(request)
    plan = readable_plan(request, slug)
    roles = roles_of(request.user)
    is_keeper = keeps(request, plan)
    context = {
        "plan": plan,
        "standing": PlanStanding(plan, plan.today(timezone.now())),
        "moved": PlanDiary(plan, request.GET.get("page"), keeper=is_keeper),
        "may_withhold": roles.is_coordinator,
        "changed": History(plan, keeper=is_keeper),
        "is_keeper": is_keeper,
        "can_log": is_keeper and plan.is_running and plan.commitments.exists(),
        "can_write": is_keeper and _is_written(plan),
        "can_publish": roles.is_coordinator and plan.status == ActionPlan.Status.DRAFT,
        "can_close": roles.is_coordinator and plan.is_running,
        "can_reopen": roles.is_coordinator and plan.status == ActionPlan.Status.CLOSED and not plan.is_reference,
        "can_expect": roles.is_coordinator and plan.takes_in,
        "sees_contact": roles.in_group,
        "is_demo": plan.is_demo,
    }
    return render(request, "actionplans/detail.html", context)


@coordinator_required
def fellow(request: HttpRequest, slug: str) -> HttpResponse:
    """Name the fellow city of a cycle."""
    cycle = get_object_or_404(Cycle.objects.select_related("fellow_city"), slug=slug)
    today = group_day(timezone.now())
    cities = City.objects.in_group(today).filter(is_demo=cycle.is_demo).by_name()
    form = FellowForm(request.POST or None, cities=cities, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        actions.name_fellow(cycle, **form.cleaned_data, by=person(request))
        city = form.cleaned_data["city"]
        messages.success(
            request, _("%(city)s is the fellow city of %(cycle)s.") % {"city": city, "cycle": cycle.local_name}
        )
        return redirect(cycle)
    return render(request, "actionplans/fellow.html", {"form": form, "cycle": cycle})


@coordinator_required
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the plan of the cycle's fellow city."""
    cycle = get_object_or_404(Cycle.objects.select_related("fellow_city"), slug=slug)
    city = cycle.fellow_city
    if city is None:
        raise ActionNotPossible(_("Name the fellow city first: it is the one that opens a plan."))
    initial = {"starts_on": cycle.starts_on, "ends_on": cycle.ends_on}
    form = PlanForm(request.POST or None, city=city, by=person(request), initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        free = free_slug(ActionPlan.objects.all(), f"{city.slug}-{form.cleaned_data['starts_on'].year}")
        act = partial(actions.open_plan, cycle, city=city, slug=free, **form.content, by=person(request))
        if (plan := tried(form, act)) is not None:
            messages.success(request, _("The plan is open as a draft: the city and the coordinators see it."))
            return redirect(plan)
        status = 409
    return render(request, "actionplans/form.html", {"form": form, "cycle": cycle, "city": city}, status=status)


@login_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the frame of a plan: its city's officials and coordinators. See also `commitment_edit`."""
    plan = kept_plan(request, slug)
    if request.method != "POST" and not _is_written(plan):
        raise ActionNotPossible(_("The plan is closed."))

    def save(content: dict[str, Any], edition: int) -> None:
        actions.save_frame(plan, fields=content, edition=edition)

    form = PlanForm(request.POST or None, instance=kept_plan(request, slug), city=plan.city, by=person(request))
    context = {"cycle": plan.cycle, "city": plan.city, "plan": plan}
    return save_edit(request, form, save, "actionplans/form.html", context, plan)


def _is_written(plan: ActionPlan) -> bool:
    """Whether its text can be changed: a closed plan stays as it was read, but for the record of a reference."""
    return plan.status != ActionPlan.Status.CLOSED or plan.is_reference


@coordinator_required
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    plan = actions.publish_plan(get_object_or_404(ActionPlan, slug=slug))
    messages.success(request, _("The plan is in force and anybody may read it."))
    return redirect(plan)


@coordinator_required
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """End a plan; says first what that means."""
    plan = _of_a_city(slug)
    if request.method == "POST":
        actions.close_plan(plan)
        messages.success(request, _("The plan is closed. It stays readable, and it can be reopened."))
        return redirect(plan)
    if not plan.is_running:
        raise ActionNotPossible(
            _("The plan is %(status)s; this cannot be done now.") % {"status": plan.get_status_display()}
        )
    awaited = list(Deliverable.objects.awaited().filter(plan=plan).order_by("due_on", "pk"))
    context = {"plan": plan, "awaited": awaited, "is_demo": plan.is_demo}
    return render(request, "actionplans/close.html", context)


@coordinator_required
@require_POST
def reopen(request: HttpRequest, slug: str) -> HttpResponse:
    plan = actions.reopen_plan(_of_a_city(slug))
    messages.success(request, _("The plan is in force again."))
    return redirect(plan)


def _of_a_city(slug: str) -> ActionPlan:
    return get_object_or_404(ActionPlan.objects.filter(city__isnull=False).select_related("city"), slug=slug)
