"""Who keeps a plan: shared by the pages on which its city and the coordinators write."""

from collections.abc import Callable

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from actionplans.models import ActionPlan
from cities.access import roles_of
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


def readable_plan(request: HttpRequest, slug: str) -> ActionPlan:
    """The plan, if the reader may see it; else nothing is there."""
    plans = ActionPlan.objects.visible_to(request.user).select_related("city", "organization", "cycle", "contact")
    return get_object_or_404(plans, slug=slug)


def kept_plan(request: HttpRequest, slug: str) -> ActionPlan:
    """The plan, if the reader keeps it: an official of its city or a coordinator."""
    plans = ActionPlan.objects.editable_by(request.user).select_related("city", "organization", "cycle")
    return get_object_or_404(plans, slug=slug)


def keeps(request: HttpRequest, plan: ActionPlan) -> bool:
    """See also `ActionPlanQuerySet.editable_by`."""
    roles = roles_of(request.user)
    return roles.is_coordinator or plan.city_id in roles.official_city_ids


def person(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user


def tried[T](form: forms.BaseForm, act: Callable[[], T]) -> T | None:
    """What the action gives; where it is not possible now, None, and the form says why beside what was typed.

    Left to the middleware the refusal would lead to another page, and with it would go the text and its files.
    """
    try:
        return act()
    except ActionNotPossible as error:
        form.add_error(None, str(error.sentence))
        return None
