"""Calendars: entries made once at release, feeds as a join of them, iTIP messages for one person.

RFC 5545 (iCalendar), RFC 5546 (iTIP), RFC 7986 (feed properties).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event, vText, vUri
from icalendar.parser import Contentline, Parameters
from icalendar.prop import vCalAddress

from ogpgroup import dates
from workshops.vtimezone import vtimezone

if TYPE_CHECKING:
    from workshops.models import SessionVersion

CRLF = b"\r\n"
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
REFRESH = "PT1H"
# A calendar has no status for it, so the title says it; written in Spanish, as the whole entry.
POSTPONED = "Aplazada: "
# What a calendar needs to find an entry and forget it.
TO_FORGET = {"UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "STATUS", "DTSTART", "DTEND", "SUMMARY", "ORGANIZER"}
# Entries reach from the founding session to some years ahead; zone rules outside are of no use to a calendar.
FIRST_ZONE_YEAR = 2017
ZONE_YEARS_AHEAD = 6


def host() -> str:
    """The domain in which entries are named: the same for ever, also when the platform moves to another address."""
    return str(settings.CALENDAR_DOMAIN)


def uid_of(version: "SessionVersion") -> str:
    """Stable for the whole life of the session, whatever changes."""
    return f"{version.session.uid}@{host()}"


def session_uid(uid: str) -> UUID | None:
    """The session that an entry may be about, by its `uid`; of somebody else's entries there is no such session.

    Whatever the domain: calendars answer to entries that were written where the platform was before.
    """
    try:
        return UUID(uid.partition("@")[0])
    except ValueError:
        return None


def summary_of(version: "SessionVersion") -> str:
    return f"[DEMO] {version.title}" if version.is_demo else version.title


def vevent(version: "SessionVersion", *, stamp: datetime) -> bytes:
    """The public entry of a version: no link to join, nobody's name. Made once, stored on the version.

    Guarantees DTSTAMP and LAST-MODIFIED are the release's, so that a retry or a reminder is identical to it. Written
    in Spanish, the language of the titles people type.
    """
    event = Event()
    event.add("uid", uid_of(version))
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("last-modified", stamp.astimezone(UTC))
    event.add("sequence", version.sequence)
    event.add("status", {"cancelled": "CANCELLED", "postponed": "TENTATIVE"}.get(version.status, "CONFIRMED"))
    if version.starts_at is None:
        event.add("dtstart", version.local_day)
        event.add("dtend", version.local_day + timedelta(days=1))
    else:
        event.add("dtstart", version.starts_at.astimezone(version.zone))
        if version.ends_at is not None:
            event.add("dtend", version.ends_at.astimezone(version.zone))
    if version.starts_at is None or version.is_postponed:
        event.add("transp", "TRANSPARENT")
    event.add("summary", plain(POSTPONED + summary_of(version) if version.is_postponed else summary_of(version)))
    event.add("description", plain(_description(version)))
    if place := ", ".join(part for part in (version.venue, version.address, version.city_name) if part):
        event.add("location", plain(place))
    event.add("url", vUri(settings.PUBLIC_URL + version.get_absolute_url()))
    with override(dates.SPANISH):
        event.add("categories", [str(version.get_kind_display()), str(version.get_mode_display())])
    event.add("class", "PUBLIC" if version.visibility == version.Visibility.PUBLIC else "PRIVATE")
    event.add("organizer", _organizer())
    return bytes(event.to_ical())


def plain(text: str) -> str:
    """Without the control characters that no calendar may hold; forms let some of them through."""
    return CONTROLS.sub("", text)


def line(text: str) -> str:
    """The same of what stands in one line, as names do: a line break or tab in it is a space."""
    return plain(" ".join(text.split()))


def _description(version: "SessionVersion") -> str:
    with override(dates.SPANISH):
        parts = [
            (_("Postponed, the new date follows") if version.is_postponed else _("Cancelled"), version.cancel_reason),
            (_("What it is for"), version.purpose),
            (_("What to bring"), version.bring),
            (_("What will be decided"), version.decisions),
        ]
    lines = [f"{label}: {text}" for label, text in parts if text]
    lines.append(settings.PUBLIC_URL + version.get_absolute_url())
    return "\n\n".join(lines)


def _organizer() -> vCalAddress:
    organizer = vCalAddress(f"mailto:{parseaddr(settings.REPLY_ADDRESS)[1]}")
    organizer.params["CN"] = vText(line(settings.GROUP_NAME))
    return organizer


def _zones(versions: Sequence["SessionVersion"]) -> list[str]:
    """Zones of sessions with hours. A calendar may not be empty, so one without sessions holds the platform's zone."""
    if not versions:
        return [settings.TIME_ZONE]
    return sorted({version.time_zone for version in versions if version.has_hours})


def _years(versions: Iterable["SessionVersion"]) -> tuple[int, int]:
    """The years for which zones are described: those of the sessions, and some ahead."""
    years = [FIRST_ZONE_YEAR, *(version.begins_at.year for version in versions)]
    return min(years), max(years) + ZONE_YEARS_AHEAD


def _head(method: str) -> Calendar:
    head = Calendar()
    head.add("version", "2.0")
    head.add("prodid", f"-//OGP Group//{host()}//ES")
    head.add("calscale", "GREGORIAN")
    head.add("method", method)
    return head


def feed(versions: Sequence["SessionVersion"], *, name: str, url: str) -> bytes:
    """A calendar to subscribe to: stored entries joined, one VTIMEZONE per zone, cancelled sessions kept."""
    return feed_of_entries(versions, [bytes(version.vevent) for version in versions], name=name, url=url)


def feed_of_entries(versions: Sequence["SessionVersion"], entries: Iterable[bytes], *, name: str, url: str) -> bytes:
    """The same of entries already written, whose zones are those of the versions."""
    head = _head("PUBLISH")
    head.add("name", line(name))
    head.add("x-wr-calname", line(name))
    head.add("source", vUri(url), parameters={"VALUE": "URI"})
    head.add("url", vUri(url))
    head.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    head.add("x-published-ttl", REFRESH)
    return _assemble(head, versions, entries)


def single(version: "SessionVersion") -> bytes:
    """One session to take along into a calendar; it does not update itself, so it names no calendar."""
    return _assemble(_head("PUBLISH"), [version], [bytes(version.vevent)])


def _assemble(head: Calendar, versions: Sequence["SessionVersion"], events: Iterable[bytes]) -> bytes:
    opening, closing = head.to_ical().split(b"END:VCALENDAR", 1)
    zones = (vtimezone(zone, *_years(versions)) for zone in _zones(versions))
    return b"".join([opening, *zones, *events, b"END:VCALENDAR", closing])


@lru_cache(maxsize=256)
def _message(
    version_id: int,
    vevent: bytes,
    join_url: str,
    zone: str,
    years: tuple[int, int],
    method: str,
    outbids: tuple[int, datetime] | None,
    sender: str,
    *,
    is_to_forget: bool = False,
) -> tuple[bytes, bytes]:
    """An iTIP message up to where the addressee stands, and the rest; the same for all who get it.

    Mail comes from another address than answers go to: said of the organizer, so that programs which compare the two
    take the mail for the organizer's (RFC 5545, 3.2.18; RFC 6047, 2.2).
    """
    event = Event.from_ical(vevent)
    organizer = event["ORGANIZER"]
    assert isinstance(organizer, vCalAddress)
    if sender and organizer.casefold() != f"mailto:{sender}".casefold():
        organizer.params["SENT-BY"] = f"mailto:{sender}"
    if method == "CANCEL":
        event["STATUS"] = vText("CANCELLED")
    elif join_url:
        event.add("conference", vUri(join_url), parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
        event["DESCRIPTION"] = vText(f"{join_url}\n\n{event['DESCRIPTION']}")
    if is_to_forget:
        for name in event.keys() - TO_FORGET:
            del event[name]
    if outbids:
        sequence, stamp = outbids
        for name, value in (("sequence", sequence), ("dtstamp", stamp.astimezone(UTC))):
            del event[name]
            event.add(name, value)
    opening, closing = _head(method).to_ical().split(b"END:VCALENDAR", 1)
    zones = vtimezone(zone, *years) if zone else b""
    before, _end, after = event.to_ical().rpartition(b"END:VEVENT")
    return b"".join([opening, zones, before]), b"".join([b"END:VEVENT", after, b"END:VCALENDAR", closing])


def invitation(
    version: "SessionVersion",
    *,
    method: str,
    email: str,
    name: str,
    now: datetime,
    partstat: str = "NEEDS-ACTION",
    rsvp: bool = False,
    join_url: str = "",
    least_sequence: int = 0,
) -> bytes:
    """An iTIP message (REQUEST or CANCEL) about one session for one person: a single ATTENDEE, their link to join.

    UID, SEQUENCE and DTSTAMP are those of the release, so that a repeated message changes nothing. To a person who left
    the audience or returned to it since, it says the higher SEQUENCE they were given then and the moment of writing:
    else their calendar would take it for older than what it has (RFC 5546, 2.1.5). The next release exceeds both. A
    CANCEL to a person no longer expected says STATUS:CANCELLED to them alone.
    """
    zone = version.time_zone if version.has_hours else ""
    outbids = (least_sequence, now.replace(microsecond=0)) if least_sequence > version.sequence else None
    years, sender = _years([version]), parseaddr(settings.MAIL_FROM)[1]
    before, after = _message(version.pk, bytes(version.vevent), join_url, zone, years, method, outbids, sender)
    return before + _attendee(email, name, partstat, rsvp=rsvp) + after


def forgetting(
    version: "SessionVersion", *, email: str, name: str, partstat: str, sequence: int, stamp: datetime
) -> bytes:
    """A CANCEL to one person who is no longer expected, perhaps because they may not see the session any more.

    Guarantees that it says nothing but which entry it is, and its times and title as the person has them: `version` is
    the last they heard of. SEQUENCE is to exceed what their calendar has, as in an `invitation`.
    """
    zone, years = version.time_zone if version.has_hours else "", _years([version])
    sender, outbids = parseaddr(settings.MAIL_FROM)[1], (sequence, stamp)
    key = (version.pk, bytes(version.vevent), "", zone, years, "CANCEL", outbids, sender)
    before, after = _message(*key, is_to_forget=True)
    return before + _attendee(email, name, partstat, rsvp=False) + after


def _attendee(email: str, name: str, partstat: str, *, rsvp: bool) -> bytes:
    attendee = vCalAddress(f"mailto:{email}")
    role, asks = "REQ-PARTICIPANT", str(rsvp).upper()
    parameters = Parameters(
        {"CN": line(name), "CUTYPE": "INDIVIDUAL", "PARTSTAT": partstat, "ROLE": role, "RSVP": asks}
    )
    return bytes(Contentline.from_parts("ATTENDEE", parameters, attendee).to_ical()) + CRLF
