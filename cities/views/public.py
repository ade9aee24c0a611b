"""What anybody may read about cities, institutions and cycles."""

from datetime import date
from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from cities.clock import clock_of
from cities.models import City, Cycle, GroupMembership, Organization, group_day
from ogpgroup.map import Place


def _fellow_ids(day: date) -> set[int]:
    return {pk for pk in Cycle.objects.current(day).values_list("fellow_city", flat=True) if pk}


def _with_government(cities: QuerySet[City]) -> QuerySet[City]:
    """Each city with its government and the days that one has spent in the group."""
    governments = Organization.objects.filter(kind=Organization.Kind.MUNICIPAL_GOVERNMENT).prefetch_related(
        Prefetch("group_memberships", GroupMembership.objects.order_by("since"), to_attr="spans")
    )
    return cities.prefetch_related(Prefetch("organizations", governments, to_attr="governments"))


def _place(city: City, *, fellow: bool) -> Place:
    latitude, longitude = float(city.latitude), float(city.longitude)
    return Place(
        slug=city.slug,
        name=city.name,
        href=city.get_absolute_url(),
        latitude=latitude,
        longitude=longitude,
        fellow=fellow,
    )


@login_not_required
def index(request: HttpRequest) -> HttpResponse:
    """The cities of the group, on the map and in figures."""
    today = group_day(timezone.now())
    cities = list(_with_government(City.objects.in_group(today).by_name()))
    cities.sort(key=lambda city: city.is_demo)  # what is real comes first, each part in its order
    fellows = _fellow_ids(today)
    places = [_place(city, fellow=city.pk in fellows) for city in cities]
    real = sum(not city.is_demo for city in cities)
    context = {
        "cities": cities,
        "count": real or len(cities),
        "places": places,
        "fellows": fellows,
        "is_demo": any(city.is_demo for city in cities),
    }
    return render(request, "cities/index.html", context)


@login_not_required
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One city: its facts with their source, its clock, its government, its part in the group."""
    city = get_object_or_404(_with_government(City.objects.all()), slug=slug)
    now = timezone.now()
    today = group_day(now)
    cycles = list(city.fellow_cycles.newest_first())
    governments: list[Organization] = city.governments  # type: ignore[attr-defined]
    is_fellow_now = any(cycle.starts_on <= today <= cycle.ends_on for cycle in cycles)
    context = {
        "city": city,
        "places": [_place(city, fellow=is_fellow_now)],
        "government": next(iter(governments), None),
        "others": city.organizations.in_group(today).exclude(kind=Organization.Kind.MUNICIPAL_GOVERNMENT).by_name(),
        "cycles": cycles,
        "is_fellow_now": is_fellow_now,
        "clock": clock_of(city.time_zone, now),
        "is_demo": city.is_demo,
    }
    return render(request, "cities/detail.html", context)


@login_not_required
def organization_index(request: HttpRequest) -> HttpResponse:
    """The institutions of the group by kind, then those that left."""
    today = group_day(timezone.now())
    spans = Prefetch("group_memberships", GroupMembership.objects.order_by("since"), to_attr="spans")
    organizations = Organization.objects.filter(group_memberships__isnull=False).distinct()
    rows = list(organizations.select_related("city").prefetch_related(spans).by_name())
    members = [row for row in rows if any(span.is_current(today) for span in row.spans)]  # type: ignore[attr-defined]
    order = list(Organization.Kind)
    by_kind = sorted(members, key=lambda row: (order.index(Organization.Kind(row.kind)), row.is_demo))
    real = sum(not row.is_demo for row in members)
    context = {
        "groups": [
            (Organization.Kind(kind).label, list(group)) for kind, group in groupby(by_kind, key=lambda row: row.kind)
        ],
        "count": real or len(members),
        "former": [row for row in rows if row not in members],
        "is_demo": any(row.is_demo for row in rows),
    }
    return render(request, "cities/organization_index.html", context)


@login_not_required
def organization_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One institution: what it is, how sure we are of it, since when it belongs to the group."""
    organization = get_object_or_404(Organization.objects.select_related("city"), slug=slug)
    today = group_day(timezone.now())
    spans = list(organization.group_memberships.order_by("-since"))
    context = {
        "organization": organization,
        "spans": spans,
        "is_member": any(span.is_current(today) for span in spans),
        "is_demo": organization.is_demo,
    }
    return render(request, "cities/organization_detail.html", context)


@login_not_required
def cycle_index(request: HttpRequest) -> HttpResponse:
    """All cycles, the newest first."""
    cycles = list(Cycle.objects.select_related("fellow_city").newest_first())
    context = {"cycles": cycles, "today": group_day(timezone.now()), "is_demo": any(cycle.is_demo for cycle in cycles)}
    return render(request, "cities/cycle_index.html", context)


@login_not_required
def cycle_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One cycle: where it stands, its fellow city and why that one."""
    cycle = get_object_or_404(Cycle.objects.select_related("fellow_city"), slug=slug)
    context = {"cycle": cycle, "today": group_day(timezone.now()), "is_demo": cycle.is_demo}
    return render(request, "cities/cycle_detail.html", context)
