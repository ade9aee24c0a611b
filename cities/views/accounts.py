"""Invitations as the invited see them, the profile, the privacy notice."""

from allauth.account.internal.flows.signup import complete_signup
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from cities import actions
from cities.forms import ProfileForm, SignUpForm
from cities.models import AccountInvitation


def _closed(request: HttpRequest, invitation: AccountInvitation | None) -> HttpResponse:
    """One page for whatever no longer works; a forged link says nothing about any invitation."""
    status = 404 if invitation is None else 410
    return render(request, "cities/invitation_closed.html", {"invitation": invitation}, status=status)


@never_cache
@login_not_required
@sensitive_post_parameters("password")
def account_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites into what; then the form of a new account, or one button for who has one.

    The address is a secret; the site's Referrer-Policy keeps it from other sites. A stricter one (no-referrer) makes
    browsers send `Origin: null` with the form, which Django rightly refuses.
    """
    invitation = AccountInvitation.objects.with_token(token)
    now = timezone.now()
    if invitation is None or not invitation.is_open(now):
        reader = request.user
        if invitation and reader.is_authenticated and actions.membership_given_by(invitation, to=reader, now=now):
            return redirect("desk")
        return _closed(request, invitation)
    account = actions.account_of(invitation.email)
    if account is not None and not account.is_active:
        return _closed(request, invitation)
    if request.user.is_authenticated or account is not None:
        fits = request.user.is_authenticated and account == request.user
        context = {"invitation": invitation, "token": token, "fits": fits}
        return render(request, "cities/invitation_accept.html", context)
    form = SignUpForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        user = actions.accept_with_new_account(
            invitation,
            name=form.cleaned_data["name"],
            language=form.cleaned_data["language"],
            time_zone=form.cleaned_data["time_zone"],
            password=form.cleaned_data["password"],
            now=now,
        )
        return complete_signup(request, user=user)
    return render(request, "cities/invitation_sign_up.html", {"invitation": invitation, "form": form})


@require_POST
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Join with the account one is signed in with."""
    invitation = AccountInvitation.objects.with_token(token)
    if invitation is None:
        return _closed(request, invitation)
    assert request.user.is_authenticated
    membership = actions.accept(invitation, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("Welcome: %(organization)s is now among your institutions.") % {"organization": membership.organization},
    )
    return redirect("desk")


def account_profile(request: HttpRequest) -> HttpResponse:
    """Name, language, clock, reminders."""
    assert request.user.is_authenticated
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.instance.save(update_fields=list(form.cleaned_data))
        messages.success(request, _("Your profile is saved."))
        return redirect("account_profile")
    return render(request, "cities/profile.html", {"form": form})


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice in force."""
    return render(request, "cities/privacy.html", {"version": actions.PRIVACY_NOTICE})
