"""Dates in templates, in the reader's language."""

from datetime import date, datetime

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ogpgroup import dates

register = template.Library()


@register.filter
def spoken_day(day: date | None) -> str:
    """“jueves 3 de diciembre de 2026”."""
    return dates.spoken_day(day) if day else ""


@register.filter
def short_day(day: date | None) -> str:
    """“3 de diciembre de 2026”, without the day of the week."""
    return dates.spoken_day(day, weekday=False) if day else ""


@register.filter
def day_of(instant: datetime) -> date:
    """The day of a moment by the reader's clock, else by the platform's."""
    return timezone.localdate(instant)


@register.simple_tag(takes_context=True)
def moment(context: template.Context, instant: datetime | None) -> SafeString | str:
    """An instant with its zone, for the reader: their own zone, else the platform's; exact form in `<time>`."""
    if instant is None:
        return ""
    zone = getattr(context.get("request"), "zone", None) or settings.TIME_ZONE
    local = instant.astimezone(dates.zone_info(zone))
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), dates.spoken_instant(instant, zone)
    )
