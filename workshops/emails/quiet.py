"""Quiet hours: no reminder but that of the last two hours wakes anybody; one due in the night goes beside it."""

from datetime import UTC, datetime, time, timedelta

from ogpgroup.dates import zone_info
from ogpgroup.mail.nights import QUIET_FROM, is_quiet, morning_after

LAST_MINUTE = time(20, 59)  # the evening before, where the morning would be too late
LEAST_TIME_LEFT = timedelta(hours=2)  # between a reminder put off to the morning and the start
SHORT_LEAD = timedelta(hours=2)  # it goes when it is due: who begins at eight is told at six


def considerate(
    due: datetime, zone: str, *, lead: timedelta, start: datetime, next_due: datetime | None = None
) -> datetime:
    """When a reminder goes to people of this zone: when due, or in the morning after, else in the evening before.

    The morning must be two hours or more before the start, and before the next reminder is due.
    """
    if lead <= SHORT_LEAD or not is_quiet(due, zone):
        return due
    clock = zone_info(zone)
    local = due.astimezone(clock)
    evening = local.date() if local.time() >= QUIET_FROM else local.date() - timedelta(days=1)
    morning = morning_after(due, zone)
    if morning <= start - LEAST_TIME_LEFT and (next_due is None or morning < next_due):
        return morning
    return datetime.combine(evening, LAST_MINUTE, clock).astimezone(UTC)
