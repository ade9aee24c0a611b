"""What coordinators keep: invitations, institutions, memberships, cycles."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cities import actions, worlds
from cities.access import coordinator_required
from cities.forms import (
    CycleForm,
    EditMembershipForm,
    InvitationForm,
    JoinGroupForm,
    LeaveGroupForm,
    MembershipForm,
    OrganizationForm,
)
from cities.models import AccountInvitation, Cycle, Membership, Organization, group_day
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User

PER_PAGE = 50


# --- Invitations ----------------------------------------------------------------------------------------------------


@coordinator_required
def invitation_index(request: HttpRequest) -> HttpResponse:
    """Those still open first, the expired among them; then what became of the others."""
    now = timezone.now()
    order = Case(When(status=AccountInvitation.Status.OPEN, then=Value(0)), default=Value(1))
    invitations = AccountInvitation.objects.select_related("organization", "invited_by").order_by(
        order, "-created_at", "-pk"
    )
    page = Paginator(invitations, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cities/invitation_index.html", {"page": page, "now": now})


@coordinator_required
def invitation_create(request: HttpRequest) -> HttpResponse:
    organizations = Organization.objects.in_group(group_day(timezone.now())).by_name()
    if worlds.makes_demo(_user(request)):
        organizations = organizations.filter(is_demo=True)
    form = InvitationForm(
        request.POST or None, organizations=organizations, initial={"organization": request.GET.get("organization")}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.invite(
                data["organization"],
                email=data["email"],
                role=data["role"],
                language=data["language"],
                by=_user(request),
                now=timezone.now(),
            )
        except ActionNotPossible as refusal:
            form.add_error("email", str(refusal.sentence))
        else:
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": data["email"]})
            return redirect("cities:invitation_index")
    return render(request, "cities/invitation_create.html", {"form": form, "days": AccountInvitation.DAYS})


@coordinator_required
@require_POST
def invitation_send_again(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(AccountInvitation, pk=pk)
    actions.send_again(invitation, by=_user(request), now=timezone.now())
    messages.success(
        request, _("A new link goes to %(email)s; the earlier one no longer works.") % {"email": invitation.email}
    )
    return redirect("cities:invitation_index")


@coordinator_required
@require_POST
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(AccountInvitation, pk=pk)
    actions.withdraw_invitation(invitation)
    messages.success(request, _("The invitation to %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect("cities:invitation_index")


# --- Institutions and their people ------------------------------------------------------------------------------------


@coordinator_required
def organization_create(request: HttpRequest) -> HttpResponse:
    form = OrganizationForm(request.POST or None, by=_user(request))
    if request.method == "POST" and form.is_valid():
        organization = form.save()
        messages.success(
            request,
            _("%(organization)s is on record. Next: since when it belongs to the group.")
            % {"organization": organization},
        )
        return redirect("cities:group_membership", slug=organization.slug)
    return render(request, "cities/organization_form.html", {"form": form})


@coordinator_required
def organization_edit(request: HttpRequest, slug: str) -> HttpResponse:
    organization = get_object_or_404(Organization, slug=slug)
    form = OrganizationForm(request.POST or None, instance=organization, by=_user(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The changes are saved."))
        return redirect(organization)
    return render(request, "cities/organization_form.html", {"form": form, "organization": organization})


@coordinator_required
def group_membership(request: HttpRequest, slug: str) -> HttpResponse:
    """From when until when the organisation belongs to the group; one form to join, one to leave."""
    organization = get_object_or_404(Organization, slug=slug)
    spans = list(organization.group_memberships.order_by("-since"))
    is_leaving = any(span.until is None for span in spans)
    initial = {"until" if is_leaving else "since": group_day(timezone.now())}
    form = (LeaveGroupForm if is_leaving else JoinGroupForm)(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if is_leaving:
            actions.leave_group(organization, until=form.cleaned_data["until"], remark=form.cleaned_data["remark"])
        else:
            actions.join_group(organization, since=form.cleaned_data["since"], remark=form.cleaned_data["remark"])
        messages.success(request, _("The changes are saved."))
        return redirect(organization)
    context = {"organization": organization, "spans": spans, "form": form, "is_leaving": is_leaving}
    return render(request, "cities/group_membership.html", context)


@coordinator_required
def membership_index(request: HttpRequest, slug: str) -> HttpResponse:
    """Who acts for the organisation, who did, who is invited to."""
    organization = get_object_or_404(Organization, slug=slug)
    now = timezone.now()
    today = group_day(now)
    rows = list(organization.memberships.select_related("user", "successor").order_by("-since", "user__name"))
    context = {
        "organization": organization,
        "current": [row for row in rows if row.until is None or row.until >= today],
        "past": [row for row in rows if row.until is not None and row.until < today],
        "invitations": organization.invitations.open(now),
    }
    return render(request, "cities/membership_index.html", context)


@coordinator_required
def membership_create(request: HttpRequest, slug: str) -> HttpResponse:
    organization = get_object_or_404(Organization, slug=slug)
    initial = {"since": group_day(timezone.now())}
    form = MembershipForm(request.POST or None, organization=organization, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            membership: Membership = actions.add_membership(organization, **form.cleaned_data, by=_user(request))
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("%(person)s now acts for this organisation.") % {"person": membership.user})
            return redirect("cities:membership_index", slug=organization.slug)
    return render(request, "cities/membership_create.html", {"form": form, "organization": organization})


@coordinator_required
def membership_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct somebody's role, position or first day; the history keeps what stood there before."""
    membership = get_object_or_404(Membership.objects.select_related("user", "organization"), pk=pk)
    organization = membership.organization
    initial = {name: getattr(membership, name) for name in ("role", "position", "since")}
    form = EditMembershipForm(request.POST or None, organization=organization, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_membership(membership, **form.cleaned_data, by=_user(request), now=timezone.now())
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("cities:membership_index", slug=organization.slug)
    context = {"form": form, "membership": membership, "organization": organization}
    return render(request, "cities/membership_edit.html", context)


# --- Cycles -----------------------------------------------------------------------------------------------------------


@coordinator_required
def cycle_create(request: HttpRequest) -> HttpResponse:
    form = CycleForm(request.POST or None, by=_user(request))
    if request.method == "POST" and form.is_valid():
        cycle = form.save()
        messages.success(request, _("The cycle is on record."))
        return redirect(cycle)
    return render(request, "cities/cycle_form.html", {"form": form})


@coordinator_required
def cycle_edit(request: HttpRequest, slug: str) -> HttpResponse:
    cycle = get_object_or_404(Cycle, slug=slug)
    form = CycleForm(request.POST or None, instance=cycle, by=_user(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The changes are saved."))
        return redirect(cycle)
    return render(request, "cities/cycle_form.html", {"form": form, "cycle": cycle})


def _user(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user
