"""Panels about plans for pages of cities and cycles."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from actionplans.models import ActionPlan, Deliverable
from actionplans.reports.progress import figures_of
from cities.models import City, Cycle, group_day
from ogpgroup.models import User

register = template.Library()


def _panel(plans: QuerySet[ActionPlan]) -> dict[str, Any]:
    waiting = Prefetch("deliverables", Deliverable.objects.waiting().order_by("due_on", "pk"), to_attr="waiting")
    related = plans.select_related("city", "organization", "cycle").prefetch_related(waiting)
    rows, today = list(related.order_by("-starts_on", "-pk")), group_day(timezone.now())
    figures = figures_of(rows, on=today)
    return {"plans": [(plan, figures[plan.pk]) for plan in rows], "today": today}


@register.inclusion_tag("actionplans/_plans.html")
def city_plans(city: City, user: User | AnonymousUser) -> dict[str, Any]:
    """The plans of a city that the reader may see."""
    return _panel(ActionPlan.objects.visible_to(user).filter(city=city))


@register.inclusion_tag("actionplans/_plans.html")
def cycle_plans(cycle: Cycle, user: User | AnonymousUser) -> dict[str, Any]:
    """The plans of a cycle that the reader may see."""
    return _panel(ActionPlan.objects.visible_to(user).filter(cycle=cycle))
