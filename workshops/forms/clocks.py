"""Wall clocks: from what a person types to the one instant that it means."""

from datetime import UTC, date, datetime, time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogpgroup import dates


class TwiceThatDay(ValidationError):
    """The hour comes twice: the person must say which one."""


def instant_of(day: date, hour: time, zone: str, fold: str = "") -> datetime:
    """The instant at which the zone's clocks show this hour on this day.

    Raises ValidationError for an hour that the change of clocks leaves out, and TwiceThatDay for one that it repeats,
    unless `fold` says which one is meant.
    """
    naive = datetime.combine(day, hour)
    first, second = (naive.replace(tzinfo=dates.zone_info(zone), fold=number) for number in (0, 1))
    told = {
        "day": dates.spoken_day(day, weekday=False),
        "hour": f"{hour:%H:%M}",
        "zone": dates.spoken_zone(zone),
    }
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(dates.zone_info(zone)).replace(tzinfo=None) != naive:
        raise ValidationError(
            _(
                "On %(day)s the clocks go forward and %(hour)s does not exist in %(zone)s time. "
                "Please choose an earlier or a later hour."
            )
            % told
        )
    if fold not in {"0", "1"}:
        raise TwiceThatDay(
            _(
                "On %(day)s the clocks go back and %(hour)s comes twice in %(zone)s time. "
                "Please choose beneath which one is meant."
            )
            % told
        )
    return (second if fold == "1" else first).astimezone(UTC)


def comes_twice(instant: datetime | None, zone: str) -> bool:
    """Whether the clocks of the zone show this instant's hour a second time that day."""
    if instant is None:
        return False
    local = instant.astimezone(dates.zone_info(zone))
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


FOLDS = [
    ("0", gettext_lazy("the first one, before the clocks go back")),
    ("1", gettext_lazy("the second one, an hour later")),
]
