"""Dates and hours as people say them, in Spanish or English, always with their zone.

"jueves 3 de diciembre de 2026, 10:00–12:00 h (hora de Reynosa)". Written out here because a schedule of thousands of
rows is rendered from it: Babel supplies the names once, and a day costs a microsecond instead of a hundred.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_day_names, get_month_names, get_timezone_location
from django.utils.translation import get_language, gettext

SPANISH = "es-mx"

# What people call the clock of each Mexican zone; Babel's names are those of the zone's city.
ZONE_NAMES = {
    "America/Mexico_City": ("centro de México", "Central Mexico"),
    "America/Monterrey": ("centro de México", "Central Mexico"),
    "America/Merida": ("Mérida", "Mérida"),
    "America/Matamoros": ("Reynosa y la frontera de Tamaulipas", "Reynosa and the Tamaulipas border"),
    "America/Mazatlan": ("el Pacífico (Culiacán, Los Cabos)", "the Pacific (Culiacán, Los Cabos)"),
    "America/Cancun": ("Quintana Roo", "Quintana Roo"),
    "America/Hermosillo": ("Sonora", "Sonora"),
    "America/Tijuana": ("Tijuana", "Tijuana"),
    "America/Ciudad_Juarez": ("Ciudad Juárez", "Ciudad Juárez"),
    "America/Ojinaga": ("Ojinaga", "Ojinaga"),
    "America/Chihuahua": ("Chihuahua", "Chihuahua"),
    "America/Bahia_Banderas": ("Bahía de Banderas", "Bahía de Banderas"),
}
# As it stands in “hora del centro de México” / “Central Mexico time”, where the name alone will not do.
SPOKEN_ZONES = {
    "America/Mexico_City": ("del centro de México", "Central Mexico"),
    "America/Monterrey": ("del centro de México", "Central Mexico"),
    "America/Matamoros": ("de Reynosa", "Reynosa"),
    "America/Mazatlan": ("del Pacífico", "Pacific Mexico"),
}
# The zones offered in menus: Mexico's, and those of members abroad.
OFFERED_ZONES = (*ZONE_NAMES, "Europe/Madrid", "Europe/London", "America/New_York", "America/Bogota", "UTC")


@lru_cache(maxsize=4096)
def zone_info(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def zone_name(zone: str, language: str | None = None) -> str:
    """What people call the zone's clock: "Reynosa y la frontera de Tamaulipas", "Madrid"."""
    return _zone_name(zone, spanish=_is_spanish(language))


@lru_cache(maxsize=256)
def _zone_name(zone: str, *, spanish: bool) -> str:
    if zone in ZONE_NAMES:
        return ZONE_NAMES[zone][0 if spanish else 1]
    if zone == "UTC":
        return "UTC"
    return get_timezone_location(zone, locale=_locale(spanish=spanish), return_city=True)


def spoken_zone(zone: str, language: str | None = None) -> str:
    """Whose hour it is, to be put after “hora” or before “time”: “del centro de México”, “Central Mexico”."""
    spanish = _is_spanish(language)
    if zone in SPOKEN_ZONES:
        return SPOKEN_ZONES[zone][0 if spanish else 1]
    return f"de {zone_name(zone, language)}" if spanish and zone != "UTC" else zone_name(zone, language)


def zone_choices() -> list[tuple[str, str]]:
    """Zones for a menu, each with its name and its IANA key, in the reader's language."""
    return [(zone, f"{zone_name(zone)} — {zone}") for zone in OFFERED_ZONES]


def _is_spanish(language: str | None) -> bool:
    return not (language or get_language() or SPANISH).startswith("en")


def _locale(*, spanish: bool) -> Locale:
    return Locale("es", "MX") if spanish else Locale("en", "US")


@lru_cache(maxsize=2)
def _names(*, spanish: bool) -> tuple[list[str], list[str], list[str]]:
    """Week days from Monday, months, short months."""
    locale = _locale(spanish=spanish)
    days, months = get_day_names("wide", locale=locale), get_month_names("wide", locale=locale)
    short = get_month_names("abbreviated", locale=locale)
    return (
        [days[number] for number in range(7)],
        [months[number] for number in range(1, 13)],
        [short[number].rstrip(".") for number in range(1, 13)],
    )


def spoken_day(day: date, language: str | None = None, *, weekday: bool = True, year: bool = True) -> str:
    """“jueves 3 de diciembre de 2026” / “Thursday 3 December 2026”; day, month and year can never be confused."""
    return _spoken_day(day, weekday=weekday, year=year, spanish=_is_spanish(language))


# Kept by the language that counts: who asks in the reader's own (None) must not get the one of the reader before.
@lru_cache(maxsize=4096)
def _spoken_day(day: date, *, weekday: bool, year: bool, spanish: bool) -> str:
    days, months, _short = _names(spanish=spanish)
    of = " de " if spanish else " "
    text = f"{day.day}{of}{months[day.month - 1]}"
    if year:
        text += f"{of}{day.year}"
    return f"{days[day.weekday()]} {text}" if weekday else text


def spoken_weekday(day: date, language: str | None = None) -> str:
    """“jueves” / “Thursday”."""
    return _names(spanish=_is_spanish(language))[0][day.weekday()]


def short_weekdays(language: str | None = None) -> list[str]:
    """The days of the week from Monday on, as they head a small calendar: “lun”, “mar”."""
    names = _locale(spanish=_is_spanish(language)).days["stand-alone"]["abbreviated"]
    return [names[number].rstrip(".") for number in range(7)]


def short_month(day: date, language: str | None = None) -> str:
    """The month beside a large day: “dic”, “Dec”."""
    return _names(spanish=_is_spanish(language))[2][day.month - 1]


def spoken_month(day: date, language: str | None = None) -> str:
    """“diciembre de 2026” / “December 2026”."""
    spanish = _is_spanish(language)
    return f"{_names(spanish=spanish)[1][day.month - 1]}{' de ' if spanish else ' '}{day.year}"


def spoken_hour(local: datetime, language: str | None = None) -> str:
    """“10:00 h” / “10:00”; the day has 24 hours in both languages."""
    return f"{local:%H:%M}{' h' if _is_spanish(language) else ''}"


def spoken_hours(start: datetime, end: datetime | None, zone: str, language: str | None = None) -> str:
    """“10:00–12:00 h”, or with the day of the end where that is another one; in the given zone."""
    local = start.astimezone(zone_info(zone))
    if end is None:
        return spoken_hour(local, language)
    local_end = end.astimezone(zone_info(zone))
    if local_end.date() != local.date():
        day = spoken_day(local_end.date(), language, year=False)
        return f"{spoken_hour(local, language)} – {day}, {spoken_hour(local_end, language)}"
    return f"{local:%H:%M}–{spoken_hour(local_end, language)}"


@dataclass(frozen=True, slots=True)
class When:
    """When something takes place, in the words of one reader."""

    day: str
    hours: str  # empty when only the date is known
    zone: str  # whose clock, as `spoken_zone` says it; empty when only the date is known
    iso_start: str
    iso_end: str
    date: date

    def __str__(self) -> str:
        if not self.hours:
            return self.day
        return gettext("%(day)s, %(hours)s (%(zone)s time)") % {"day": self.day, "hours": self.hours, "zone": self.zone}


def when(
    *, day: date | None, starts_at: datetime | None, ends_at: datetime | None, zone: str, language: str | None = None
) -> When:
    """Say when, for a reader in `zone`; a date without hours is the same day for everybody."""
    if starts_at is None:
        assert day is not None
        return When(spoken_day(day, language), "", "", day.isoformat(), (day + timedelta(days=1)).isoformat(), day)
    local = starts_at.astimezone(zone_info(zone))
    return When(
        day=spoken_day(local.date(), language),
        hours=spoken_hours(starts_at, ends_at, zone, language),
        zone=spoken_zone(zone, language),
        iso_start=local.isoformat(timespec="minutes"),
        iso_end=ends_at.astimezone(zone_info(zone)).isoformat(timespec="minutes") if ends_at else "",
        date=local.date(),
    )


def spoken_instant(instant: datetime, zone: str, language: str | None = None) -> str:
    """A moment with its zone: “jueves 3 de diciembre de 2026, 10:00 h (hora de …)”."""
    return str(when(day=None, starts_at=instant, ends_at=None, zone=zone, language=language))
