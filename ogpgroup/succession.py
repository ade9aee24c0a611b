"""When somebody leaves: what they hold, in every part of the platform, and who takes it over."""

from datetime import date, datetime, timedelta

from django.db import transaction

from actionplans import actions as plans
from cities import actions as cities
from cities.access import lost_with
from cities.models import Membership, group_day
from ogpgroup.holding import Holding
from ogpgroup.models import User
from workshops import actions as workshops

# Every app whose records name a responsible person answers the same two questions.
PARTS = (cities, plans, workshops)


def holdings(membership: Membership, *, now: datetime) -> list[Holding]:
    """All that would be left without anybody if the membership ended today; what other roles explain is not in it."""
    lost = lost_with(membership, on=_first_day_without(group_day(now), now))
    return [holding for part in PARTS for holding in part.holdings(membership.user, lost)]


@transaction.atomic
def end_membership(
    membership: Membership, *, until: date, successor: User | None, by: User, now: datetime
) -> Membership:
    """End a membership and pass on what the person holds through it, all or nothing.

    What another role or organisation of theirs explains stays with them, and without a successor everything does.
    """
    membership = cities.end_membership(membership, until=until, successor=successor)
    if successor is not None:
        lost = lost_with(membership, on=_first_day_without(until, now))
        for part in PARTS:
            part.hand_over(from_user=membership.user, to_user=successor, by=by, lost=lost)
    return membership


def _first_day_without(until: date, now: datetime) -> date:
    """A last day that is past is written down today: what else the person is counts as it is now."""
    return max(until, group_day(now)) + timedelta(days=1)
