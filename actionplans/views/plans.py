"""Plans as the public reads them, and as coordinators and the fellow city keep them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actionplans import actions
from actionplans.forms.plans import DeliverableForm, FellowForm, PlanForm
from actionplans.models import ActionPlan, Deliverable
from cities.access import coordinator_required, roles_of
from cities.forms import free_slug
from cities.models import City, Cycle, group_day
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


@login_not_required
def index(request: HttpRequest) -> HttpResponse:
    """All plans the reader may see, the newest first, each with what it owes next."""
    waiting = Prefetch("deliverables", Deliverable.objects.waiting().order_by("due_on", "pk"), to_attr="waiting")
    plans = ActionPlan.objects.visible_to(request.user).select_related("city", "cycle").prefetch_related(waiting)
    rows = list(plans.order_by("-starts_on", "-pk"))
    context = {"plans": rows, "today": group_day(timezone.now()), "is_demo": any(plan.is_demo for plan in rows)}
    return render(request, "actionplans/index.html", context)


@login_not_required
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One plan: where it stands, its frame, what is next."""
    plans = ActionPlan.objects.visible_to(request.user).select_related("city", "cycle", "contact")
    plan = get_object_or_404(plans, slug=slug)
    prefetch_related_objects([plan], "deliverables")
    roles = roles_of(request.user)
    today = group_day(timezone.now())
    deliverables = list(plan.deliverables.all())
    context = {
        "plan": plan,
        "today": today,
        "deliverables": [(deliverable, deliverable.is_late(today)) for deliverable in deliverables],
        "next": next((deliverable for deliverable in deliverables if deliverable.is_due(today)), None),
        "can_edit": roles.is_coordinator or plan.city_id in roles.official_city_ids,
        "can_publish": roles.is_coordinator and plan.status == ActionPlan.Status.DRAFT,
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
        actions.name_fellow(cycle, **form.cleaned_data, by=_user(request))
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
    form = PlanForm(request.POST or None, city=city, by=_user(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        free = free_slug(ActionPlan.objects.all(), f"{city.slug}-{form.cleaned_data['starts_on'].year}")
        plan = actions.open_plan(cycle, city=city, slug=free, **form.cleaned_data, by=_user(request))
        messages.success(request, _("The plan is open as a draft: the city and the coordinators see it."))
        return redirect(plan)
    return render(request, "actionplans/form.html", {"form": form, "cycle": cycle, "city": city})


@login_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the frame of a plan: its city's officials and coordinators."""
    plan = get_object_or_404(ActionPlan.objects.editable_by(request.user).select_related("city", "cycle"), slug=slug)
    form = PlanForm(request.POST or None, instance=plan, city=plan.city, by=_user(request))
    if request.method == "POST" and form.is_valid():
        form.instance.save(update_fields=list(form.cleaned_data))
        messages.success(request, _("The changes are saved."))
        return redirect(plan)
    return render(
        request, "actionplans/form.html", {"form": form, "cycle": plan.cycle, "city": plan.city, "plan": plan}
    )


@coordinator_required
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    plan = actions.publish_plan(get_object_or_404(ActionPlan, slug=slug))
    messages.success(request, _("The plan is in force and anybody may read it."))
    return redirect(plan)


@coordinator_required
def deliverable_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what the city hands in next."""
    plan = get_object_or_404(ActionPlan.objects.select_related("city"), slug=slug)
    form = DeliverableForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.expect_deliverable(plan, **form.cleaned_data)
        messages.success(request, _("The deliverable is on the plan."))
        return redirect(plan)
    return render(request, "actionplans/deliverable_form.html", {"form": form, "plan": plan})


def _user(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user
