"""Calendars of one's own: opened and revoked by the person alone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops.models import CalendarFeed


@transaction.atomic
def open_feed(feed: CalendarFeed, *, user: User) -> CalendarFeed:
    """Give the person one more address; raises ActionNotPossible beyond `CalendarFeed.MOST`."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two forms at once count one after the other
    if CalendarFeed.objects.open().filter(user=user).count() >= CalendarFeed.MOST:
        raise ActionNotPossible(_("You have as many calendars as one person may have. Please close one first."))
    feed.user = user
    feed.save(force_insert=True)
    return feed


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, now: datetime) -> None:
    """Close the address for ever; whoever reads it finds nothing from now on."""
    CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now)
