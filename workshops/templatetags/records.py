"""Panels about what a session leaves behind, for its page."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from cities.access import roles_of
from cities.models import group_day
from ogpgroup.models import User
from workshops.models import Minutes, Photo, SessionVersion
from workshops.reports import agreements

register = template.Library()


@register.inclusion_tag("workshops/_to_review.html")
def agreements_to_review(version: SessionVersion, user: User | AnonymousUser) -> dict[str, Any]:
    """What is open in the cycle, at the page of its next session."""
    now = timezone.now()
    return {"agreements": agreements.to_review(version, user, now=now), "today": group_day(now)}


@register.inclusion_tag("workshops/_left_behind.html")
def left_behind(version: SessionVersion, user: User | AnonymousUser) -> dict[str, Any]:
    """Where to find what the session left behind: minutes, the report, photos."""
    now = timezone.now()
    if not version.is_planned or version.first_instant() > now:
        return {"has_begun": False}
    minutes = Minutes.objects.visible_to(user).filter(session=version.session_id)
    return {
        "has_begun": True,
        "minutes": minutes.select_related("session").first(),
        "photo_count": Photo.objects.visible_to(user).shown().filter(session=version.session_id).count(),
        "is_over": version.finishes_at <= now,
        "session": version.session,
        "is_coordinator": roles_of(user).is_coordinator,
    }
