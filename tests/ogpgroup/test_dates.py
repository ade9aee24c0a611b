"""Dates in the reader's words, whoever asked before."""

import zoneinfo
from datetime import date

from django.utils import translation

from ogpgroup import dates


def test_each_reader_gets_their_own_language_whoever_asked_before():
    day, said = date(2031, 7, 1), []
    for language in ("es-mx", "en", "es-mx"):
        with translation.override(language):
            said.append((dates.spoken_day(day), dates.zone_name("Asia/Tokyo")))

    assert said == [
        ("martes 1 de julio de 2031", "Tokio"),
        ("Tuesday 1 July 2031", "Tokyo"),
        ("martes 1 de julio de 2031", "Tokio"),
    ]


def test_rules_of_zones_are_those_of_the_release_not_of_the_machine():
    assert zoneinfo.TZPATH == ()
    assert "America/Ciudad_Juarez" in zoneinfo.available_timezones()
