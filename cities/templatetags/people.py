"""Panels about people for pages that other apps own."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from cities.access import roles_of
from cities.models import AccountInvitation
from ogpgroup.models import User

register = template.Library()


@register.inclusion_tag("cities/_second_factor.html")
def second_factor_hint(user: User | AnonymousUser) -> dict[str, Any]:
    """Invites a coordinator who has no second factor to set one up; shows nothing to anybody else."""
    return {"shown": isinstance(user, User) and roles_of(user).is_coordinator and not is_mfa_enabled(user)}


@register.inclusion_tag("cities/_open_invitations.html")
def open_invitations(user: User | AnonymousUser) -> dict[str, Any]:
    """How many invitations nobody has answered and how many of them have expired, for coordinators."""
    if not roles_of(user).is_coordinator:
        return {"shown": False}
    waiting = AccountInvitation.objects.filter(status=AccountInvitation.Status.OPEN).values_list(
        "expires_at", flat=True
    )
    expired = sum(expires_at <= timezone.now() for expires_at in waiting)
    return {"shown": bool(waiting), "waiting": len(waiting) - expired, "expired": expired}
