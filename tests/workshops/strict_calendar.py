"""A reader of iCalendar that forgives nothing (RFC 5545, RFC 5546, RFC 7986)."""

import re
from datetime import datetime
from typing import NamedTuple

ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "DESCRIPTION", "LOCATION", "URL"}
ONCE |= {"LAST-MODIFIED", "CLASS", "ORGANIZER", "TRANSP", "VERSION", "PRODID", "METHOD", "CALSCALE", "TZID"}
ALLOWED = {
    "VCALENDAR": {
        *("VERSION", "PRODID", "CALSCALE", "METHOD"),  # RFC 5545
        *("NAME", "SOURCE", "URL", "REFRESH-INTERVAL"),  # RFC 7986
        *("X-WR-CALNAME", "X-PUBLISHED-TTL"),
    },
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"},
    "DAYLIGHT": {"DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"},
    "VEVENT": {
        *("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "DESCRIPTION", "LOCATION", "URL"),
        *("LAST-MODIFIED", "CLASS", "ORGANIZER", "TRANSP", "CATEGORIES"),
        *("ATTENDEE", "CONFERENCE"),  # in mail to one person alone; `read` says where they must not stand
    },
}
ALLOWED["VTODO"] = {"UID", "DTSTAMP", "DUE", "SUMMARY", "DESCRIPTION", "URL", "STATUS"}
ALLOWED["VALARM"] = {"ACTION", "DESCRIPTION", "TRIGGER"}
REQUIRED = {
    "VCALENDAR": {"VERSION", "PRODID"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
    "DAYLIGHT": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART", "ORGANIZER", "SUMMARY", "SEQUENCE", "LAST-MODIFIED"},
    "VTODO": {"UID", "DTSTAMP", "DUE", "SUMMARY"},
    "VALARM": {"ACTION", "DESCRIPTION", "TRIGGER"},
}
PARENTS = {"VCALENDAR": None, "VTIMEZONE": "VCALENDAR", "VEVENT": "VCALENDAR", "STANDARD": "VTIMEZONE"}
PARENTS |= {"DAYLIGHT": "VTIMEZONE", "VTODO": "VCALENDAR", "VALARM": "VEVENT"}
LINE = re.compile(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*):(.*)', re.DOTALL)


class Property(NamedTuple):
    name: str
    parameters: dict[str, str]
    value: str


class Component(NamedTuple):
    name: str
    properties: list[Property]
    parts: list["Component"]

    def get(self, name: str) -> Property:
        (found,) = (one for one in self.properties if one.name == name)
        return found

    def all(self, name: str) -> list["Component"]:
        return [part for part in self.parts if part.name == name]


def read(content: bytes, *, own: bool = False) -> Component:
    """The calendar, after everything the standards ask was looked at; `own` is one at a secret address."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    physical = content.split(b"\r\n")[:-1]
    assert max(len(line) for line in physical) <= 75
    assert all(physical)
    for line in physical:
        line.decode()  # no character is cut in two
    lines = content.decode().replace("\r\n ", "").split("\r\n")[:-1]
    calendar, rest = _component(lines)
    assert rest == []
    _check_zones(calendar)
    _check_names_of_entries(calendar)
    _check_events(calendar)
    _check_method(calendar, own=own)
    return calendar


def _check_names_of_entries(calendar: Component) -> None:
    """A program that meets a UID twice keeps one of the two, or shows both; no entry of ours recurs."""
    names = [part.get("UID").value for part in calendar.parts if part.name in {"VEVENT", "VTODO"}]
    assert len(names) == len(set(names)), names


def _check_method(calendar: Component, *, own: bool) -> None:
    """A published calendar names nobody and opens nothing; a message is about one session and to one person."""
    people = [[one for one in event.properties if one.name == "ATTENDEE"] for event in calendar.all("VEVENT")]
    if calendar.get("METHOD").value == "PUBLISH":
        assert not any(people)
        links = [one for event in calendar.all("VEVENT") for one in event.properties if one.name == "CONFERENCE"]
        assert own or not (links or calendar.all("VTODO"))
    else:
        assert [len(attendees) for attendees in people] == [1]


def _component(lines: list[str]) -> tuple[Component, list[str]]:
    begin, name = lines[0].split(":")
    assert begin == "BEGIN"
    component = Component(name, [], [])
    lines = lines[1:]
    while not lines[0].startswith("END:"):
        if lines[0].startswith("BEGIN:"):
            part, lines = _component(lines)
            assert PARENTS[part.name] == name
            component.parts.append(part)
        else:
            assert not component.parts, "properties stand before components"
            component.properties.append(_property(lines[0]))
            lines = lines[1:]
    assert lines[0] == f"END:{name}"
    _check_names(component)
    return component, lines[1:]


def _property(line: str) -> Property:
    match = LINE.fullmatch(line)
    assert match, line
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", line)
    parameters = dict(part.split("=", 1) for part in match[2].split(";")[1:])
    return Property(match[1], parameters, match[3])


def _check_names(component: Component) -> None:
    names = [one.name for one in component.properties]
    assert set(names) <= ALLOWED[component.name]
    assert set(names) >= REQUIRED[component.name]
    assert all(names.count(name) == 1 for name in names if name in ONCE)
    if component.name in {"VCALENDAR", "VTIMEZONE"}:
        assert component.parts, "a calendar and a zone hold something"
    for one in component.properties:
        if one.name in {"SUMMARY", "DESCRIPTION", "LOCATION"}:
            assert not re.search(r"(?<!\\)[;,]", one.value.replace("\\\\", "")), one


def _check_zones(calendar: Component) -> None:
    defined = [zone.get("TZID").value for zone in calendar.all("VTIMEZONE")]
    assert len(defined) == len(set(defined))
    used = {
        one.parameters["TZID"]
        for event in calendar.all("VEVENT")
        for one in event.properties
        if "TZID" in one.parameters
    }
    assert used <= set(defined)
    for zone in calendar.all("VTIMEZONE"):
        for part in zone.parts:
            datetime.strptime(part.get("DTSTART").value, "%Y%m%dT%H%M%S")  # local, without a zone
            assert all(re.fullmatch(r"[+-]\d{4}", part.get(name).value) for name in ("TZOFFSETFROM", "TZOFFSETTO"))


def _check_events(calendar: Component) -> None:
    uids = [event.get("UID").value for event in calendar.all("VEVENT")]
    assert len(uids) == len(set(uids))
    for event in calendar.all("VEVENT"):
        for name in ("DTSTAMP", "LAST-MODIFIED"):
            datetime.strptime(event.get(name).value, "%Y%m%dT%H%M%SZ")
        start, end = event.get("DTSTART"), event.get("DTEND")
        assert start.parameters == end.parameters
        form = "%Y%m%d" if start.parameters.get("VALUE") == "DATE" else "%Y%m%dT%H%M%S"
        assert datetime.strptime(start.value.rstrip("Z"), form) < datetime.strptime(end.value.rstrip("Z"), form)
        assert event.get("ORGANIZER").value.startswith("mailto:")
        assert event.get("STATUS").value in {"CONFIRMED", "CANCELLED", "TENTATIVE"}
