"""Quiet hours: no reminder but that of the last two hours wakes anybody; one due in the night goes beside it."""

from datetime import UTC, datetime, time, timedelta

from ogpgroup.dates import zone_info

QUIET_FROM, QUIET_UNTIL = time(21), time(7)  # by the clock of the person who is told
LAST_MINUTE = time(20, 59)  # the evening before, where the morning would be too late
LEAST_TIME_LEFT = timedelta(hours=2)  # between a reminder put off to the morning and the start
SHORT_LEAD = timedelta(hours=2)  # it goes when it is due: who begins at eight is told at six


def is_quiet(moment: datetime, zone: str) -> bool:
    """Whether people of this zone are left in peace at this moment."""
    return not QUIET_UNTIL <= moment.astimezone(zone_info(zone)).time() < QUIET_FROM


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
    morning = datetime.combine(evening + timedelta(days=1), QUIET_UNTIL, clock).astimezone(UTC)
    if morning <= start - LEAST_TIME_LEFT and (next_due is None or morning < next_due):
        return morning
    return datetime.combine(evening, LAST_MINUTE, clock).astimezone(UTC)
