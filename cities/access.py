"""What a person may do, read once per request from their memberships."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Concatenate

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from cities.models import Membership, Role, group_day
from ogpgroup.models import User


@dataclass(frozen=True)
class Roles:
    """What the memberships in force today amount to."""

    is_coordinator: bool = False
    organization_ids: frozenset[int] = frozenset()
    official_city_ids: frozenset[int] = frozenset()

    @property
    def in_group(self) -> bool:
        """Whether the person belongs to the working group at all; ex-members do not."""
        return bool(self.organization_ids)


NOBODY = Roles()


@dataclass(frozen=True)
class Lost:
    """What a person is no more once one of their memberships has ended, the others going on.

    Things in their hands that nothing of this explains stay with them.
    """

    group: bool = False  # they leave it altogether, and with it all they hold
    coordination: bool = False
    city_ids: frozenset[int] = frozenset()


ALL = Lost(group=True, coordination=True)


# `MembershipQuerySet.on`, which see, in one statement: every page of somebody signed in asks it, and writing it down
# anew took longer than all the rest of that page's queries.
IN_FORCE = """SELECT membership.role, membership.organization_id, organization.city_id
FROM cities_membership membership
JOIN cities_organization organization ON organization.id = membership.organization_id
JOIN ogpgroup_user person ON person.id = membership.user_id
WHERE membership.user_id = %(user)s AND person.is_active
    AND %(day)s BETWEEN membership.since AND coalesce(membership.until, 'infinity')
    AND EXISTS (
        SELECT FROM cities_groupmembership belongs WHERE belongs.organization_id = membership.organization_id
            AND %(day)s BETWEEN belongs.since AND coalesce(belongs.until, 'infinity')
    )
"""


def roles_of(user: User | AnonymousUser) -> Roles:
    """The person's roles today, in one query the first time and none after; none for closed accounts."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    if (known := getattr(user, "_roles", None)) is not None:
        return known  # type: ignore[no-any-return]
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE, {"user": user.pk, "day": group_day(timezone.now())})
        roles = _amount_to(cursor.fetchall())
    user._roles = roles  # type: ignore[attr-defined]
    return roles


def eyes_of(user: User | AnonymousUser) -> Hashable:
    """Who reads, for the key of what is kept for one person alone: their roles too, which end by the calendar."""
    return (user.pk, roles_of(user)) if user.is_authenticated else None


def _amount_to(rows: Collection[tuple[str, int, int | None]]) -> Roles:
    """Of rows of role, organisation and its city."""
    return Roles(
        is_coordinator=any(role == Role.COORDINATOR for role, _organization, _city in rows),
        organization_ids=frozenset(organization for _role, organization, _city in rows),
        official_city_ids=frozenset(city for role, _organization, city in rows if role == Role.OFFICIAL and city),
    )


def lost_with(membership: Membership, *, on: date) -> Lost:
    """What the person would not be any more on that day, had the membership ended before."""
    others = Membership.objects.of(membership.user).on(on).exclude(pk=membership.pk)
    still = _amount_to(others.values_list("role", "organization", "organization__city"))
    if not still.in_group:
        return ALL
    cities = {membership.organization.city_id} if membership.role == Role.OFFICIAL else set()
    return Lost(
        coordination=membership.role == Role.COORDINATOR and not still.is_coordinator,
        city_ids=frozenset(city for city in cities if city) - still.official_city_ids,
    )


class RolesMiddleware:
    """Gives each request `request.roles`, read only when somebody asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.roles = SimpleLazyObject(lambda: roles_of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)


def coordinator_required[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for coordinators: strangers are asked to sign in, everybody else sees that there is nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not roles_of(request.user).is_coordinator:
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(guarded)
