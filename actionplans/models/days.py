"""Between which days plans happen: a year typed wrong is refused before it stretches a picture over ten centuries."""

from datetime import date
from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
WITHIN: Final = (MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY))


def within(*fields: str) -> Q:
    """What the database asks of each day; a day that is not known is none."""
    days = Q()
    for field in fields:
        days &= Q(**{f"{field}__range": (FIRST_DAY, LAST_DAY)})
    return days


def nearest(day: date) -> date:
    """The day itself, or the bound it lies beyond: for what was written before there were bounds."""
    return min(max(day, FIRST_DAY), LAST_DAY)
