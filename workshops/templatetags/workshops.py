"""Panels about sessions and agreements for pages of lower apps, and small facts for our own."""

from datetime import date
from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from actionplans.models import ActionPlan, Commitment
from cities.access import roles_of
from cities.models import City, Cycle, Organization, group_day
from ogpgroup.models import User
from workshops.models import Agreement, Session, SessionVersion
from workshops.reports import readiness
from workshops.reports.rows import Reader, Writer, member_cities, plain

register = template.Library()

# A panel shows so many; the rest is in the schedule.
SESSIONS_IN_A_PANEL = 10


@register.filter
def is_overdue(agreement: Agreement, today: date) -> bool:
    return agreement.is_overdue(today)


def _panel(context: template.Context, user: User | AnonymousUser, which: Q) -> dict[str, Any]:
    """Sessions the reader may see, latest first, in two queries however many there are."""
    zone = getattr(context.get("request"), "zone", None)
    today = group_day(timezone.now())
    reader = Reader(get_language() or settings.LANGUAGE_CODE, zone)
    writer = Writer(reader, member_cities(today), this_year=today.year)
    versions = SessionVersion.objects.current().visible_to(user).filter(which).order_by("-begins_at", "-pk")
    rows = writer.rows(versions[: SESSIONS_IN_A_PANEL + 1])
    return {"list": plain(rows[:SESSIONS_IN_A_PANEL]), "has_more": len(rows) > SESSIONS_IN_A_PANEL}


@register.inclusion_tag("workshops/_sessions.html", takes_context=True)
def city_sessions(context: template.Context, city: City, user: User | AnonymousUser) -> dict[str, Any]:
    """Sessions held in a city."""
    return _panel(context, user, Q(city_slug=city.slug))


@register.inclusion_tag("workshops/_sessions.html", takes_context=True)
def cycle_sessions(context: template.Context, cycle: Cycle, user: User | AnonymousUser) -> dict[str, Any]:
    """Sessions of a cycle."""
    return _panel(context, user, Q(session__cycle=cycle))


@register.inclusion_tag("workshops/_sessions.html", takes_context=True)
def organization_sessions(
    context: template.Context, organization: Organization, user: User | AnonymousUser
) -> dict[str, Any]:
    """Sessions in which an organisation took part, and those at which it or its city is expected by name."""
    expected = Q(expected__organizations__contains=[{"id": organization.pk}])
    if organization.city_id is not None:
        expected |= Q(expected__cities__contains=[{"id": organization.city_id}])
    return _panel(context, user, Q(session__participating_organizations=organization) | expected)


@register.inclusion_tag("workshops/_agreements.html")
def plan_agreements(plan: ActionPlan, user: User | AnonymousUser) -> dict[str, Any]:
    """What the group agreed about a plan."""
    return _agreed(user, Q(plan=plan))


@register.inclusion_tag("workshops/_agreements.html")
def commitment_agreements(commitment: Commitment, user: User | AnonymousUser) -> dict[str, Any]:
    """What the group agreed about one commitment of a plan."""
    return _agreed(user, Q(commitment=commitment))


def _agreed(user: User | AnonymousUser, about: Q) -> dict[str, Any]:
    # Most plans have none; who may see them takes longer to put together than all the rest of the page asks.
    if not Agreement.objects.filter(about).exists():
        return {}
    agreements = Agreement.objects.visible_to(user).filter(about).prefetch_related("responsible")
    return {
        "agreements": agreements.select_related("session__current_version").order_by("session", "number"),
        "today": group_day(timezone.now()),
    }


@register.inclusion_tag("workshops/_ready.html")
def missing_at(session: Session, user: User | AnonymousUser, at: str = "") -> dict[str, Any]:
    """What is still missing at a session, and what was put aside, for coordinators; `at` is where they come back."""
    if not roles_of(user).is_coordinator:
        return {}
    now = timezone.now()
    gaps = readiness.gaps_at([session], now=now).get(session.pk, [])
    return {
        "session": session,
        "at": at,
        "gaps": gaps,
        "missing": [gap for gap in gaps if gap.aside is None],
        "aside": [gap for gap in gaps if gap.aside is not None],
        "is_over": session.last_instant() <= now,
    }
