"""Quiet hours: what reminders that would come in the night wait for.

Planners choose considerate hours, a day ahead; a sender that was down, or a server that put a mail off, would still
have it go at four in the morning, and so would who has moved to another zone since.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Final

from ogpgroup.dates import zone_info
from ogpgroup.models import OutgoingMail, User

QUIET_FROM, QUIET_UNTIL = time(21), time(7)  # by the clock of the person who is told
LATE: Final = timedelta(hours=1)  # until then a mail goes when its planner meant it to go
TIME_LEFT: Final = timedelta(hours=2)  # so long it must still be useful in the morning
WAITING_KINDS: Final = {OutgoingMail.Priority.REMINDER, OutgoingMail.Priority.DIGEST}


def is_quiet(moment: datetime, zone: str) -> bool:
    """Whether people of this zone are left in peace at this moment."""
    return not QUIET_UNTIL <= moment.astimezone(zone_info(zone)).time() < QUIET_FROM


def morning_after(moment: datetime, zone: str) -> datetime:
    """When the night of this moment ends."""
    local = moment.astimezone(zone_info(zone))
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, QUIET_UNTIL, local.tzinfo).astimezone(UTC)


def until_morning(mails: Iterable[OutgoingMail], now: datetime) -> dict[int, datetime]:
    """Those reminders that would come in the night, each with when it goes instead; one query at most.

    They are late, or were planned for an hour that is quiet where the reader is now. Not the ones that the morning
    would leave little time: a reminder of two hours goes at night too.
    """
    asked = [mail for mail in mails if mail.priority in WAITING_KINDS and mail.user_id]
    people = User.objects.filter(pk__in={mail.user_id for mail in asked}) if asked else User.objects.none()
    asleep = {pk: zone for pk, zone in people.values_list("pk", "time_zone") if is_quiet(now, zone)}
    return {
        mail.pk: morning
        for mail in asked
        if (zone := asleep.get(mail.user_id or 0)) and (now - mail.due > LATE or is_quiet(mail.due, zone))
        if (morning := morning_after(now, zone)) + TIME_LEFT <= mail.useful_until
    }
