"""Who keeps a plan, and how what they type survives: for all pages on which cities and coordinators write."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from actionplans import actions
from actionplans.forms.commitments import KeptTogether
from actionplans.models import ActionPlan, Commitment, Deliverable, Milestone
from actionplans.reports import history
from cities.access import roles_of
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


def readable_plan(request: HttpRequest, slug: str) -> ActionPlan:
    """The plan, if the reader may see it; else nothing is there."""
    related = ("city", "organization", "cycle", *(["contact"] if roles_of(request.user).in_group else []))
    plans = ActionPlan.objects.visible_to(request.user).select_related(*related)
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


def save_edit(
    request: HttpRequest,
    form: KeptTogether,
    save: Callable[[dict[str, Any], int], None],
    template: str,
    context: dict[str, Any],
    thing: ActionPlan | Commitment | Milestone | Deliverable,
) -> HttpResponse:
    """Save, or show what somebody else wrote beside what was typed; a refusal too leaves what was typed in the form."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            save(form.content, form.cleaned_data["edition"])
        except actions.EditedMeanwhile as meanwhile:
            form, status = form.merged(meanwhile.current), 409
            context["writer"] = history.writer_of(meanwhile.current)
        except ActionNotPossible as error:
            form.add_error(None, str(error.sentence))
            status = 409
        else:
            messages.success(request, _("The changes are saved."))
            return redirect(thing)
    return render(request, template, context | {"form": form}, status=status)
