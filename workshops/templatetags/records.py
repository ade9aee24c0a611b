"""Panels about what a session leaves behind, for its page."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from cities.models import group_day
from ogpgroup.models import User
from workshops.models import SessionVersion
from workshops.reports import agreements

register = template.Library()


@register.inclusion_tag("workshops/_to_review.html")
def agreements_to_review(version: SessionVersion, user: User | AnonymousUser) -> dict[str, Any]:
    """What is open in the cycle, at the page of its next session."""
    now = timezone.now()
    return {"agreements": agreements.to_review(version, user, now=now), "today": group_day(now)}
