"""When somebody leaves: what they hold, in every part of the platform, and who takes it over."""

from datetime import date

from django.db import transaction

from actionplans import actions as plans
from cities import actions as cities
from cities.models import Membership
from ogpgroup.holding import Holding
from ogpgroup.models import User
from workshops import actions as workshops

# Every app whose records name a responsible person answers the same two questions.
PARTS = (cities, plans, workshops)


def holdings(user: User) -> list[Holding]:
    """All that would be left without anybody if the person went."""
    return [holding for part in PARTS for holding in part.holdings(user)]


@transaction.atomic
def end_membership(membership: Membership, *, until: date, successor: User | None, by: User) -> Membership:
    """End a membership and pass on what the person holds, all or nothing. Without a successor it stays where it is."""
    membership = cities.end_membership(membership, until=until, successor=successor)
    if successor is not None:
        for part in PARTS:
            part.hand_over(from_user=membership.user, to_user=successor, by=by)
    return membership
