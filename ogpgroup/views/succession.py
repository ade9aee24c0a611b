"""Ending a membership concerns every app in which the person holds something."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.access import coordinator_required
from cities.forms import EndMembershipForm
from cities.models import Membership, group_day
from ogpgroup import succession
from ogpgroup.errors import ActionNotPossible


@coordinator_required
def end_membership(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's membership: first what they hold, then who takes it over."""
    membership = get_object_or_404(Membership.objects.select_related("user", "organization"), pk=pk)
    now = timezone.now()
    initial = {"until": group_day(now)}
    form = EndMembershipForm(request.POST or None, membership=membership, initial=initial)
    if request.method == "POST" and form.is_valid():
        assert request.user.is_authenticated
        try:
            succession.end_membership(membership, **form.cleaned_data, by=request.user, now=now)
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The membership of %(person)s is ended.") % {"person": membership.user})
            return redirect("cities:membership_index", slug=membership.organization.slug)
    context = {"form": form, "membership": membership, "holdings": succession.holdings(membership, now=now)}
    return render(request, "ogpgroup/end_membership.html", context)
