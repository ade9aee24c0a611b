"""What time it is in a city, and how far that is from the centre of the country."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from ogpgroup.dates import spoken_hour, zone_info


@dataclass(frozen=True)
class Clock:
    """A city's hour now, in words, and the hours between it and Central Mexico: -1, 0, 1."""

    hour: str
    iso: str
    hours_ahead: int
    shifts: bool  # whether the distance changes in the course of the year

    @property
    def hours_behind(self) -> int:
        return -self.hours_ahead


def clock_of(time_zone: str, now: datetime) -> Clock:
    local = now.astimezone(zone_info(time_zone))
    distances = {_distance(time_zone, now + timedelta(days=days)) for days in range(0, 365, 30)}
    return Clock(
        hour=spoken_hour(local),
        iso=local.isoformat(timespec="minutes"),
        hours_ahead=_distance(time_zone, now),
        shifts=len(distances) > 1,
    )


def _distance(time_zone: str, instant: datetime) -> int:
    here, centre = (instant.astimezone(zone_info(zone)).utcoffset() for zone in (time_zone, settings.TIME_ZONE))
    return round(((here or timedelta()) - (centre or timedelta())).total_seconds() / 3600)
