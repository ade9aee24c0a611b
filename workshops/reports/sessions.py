"""One session as its page tells it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, Prefetch, QuerySet, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from cities.models import City, Membership, Organization
from ogpgroup import dates
from ogpgroup.models import User
from ogpgroup.text import SortKey
from workshops import diff, ical
from workshops.models import Participation, Session, SessionBase, SessionVersion
from workshops.reports.releases import VersionChange, told
from workshops.reports.rows import MemberCity, Reader, Writer

PEOPLE_SHOWN = 100  # on the page of a session; everybody stands on a page of their own, in parts
ATTENDANCE_MODES = {
    SessionBase.Mode.REMOTE: "https://schema.org/OnlineEventAttendanceMode",
    SessionBase.Mode.FACE_TO_FACE: "https://schema.org/OfflineEventAttendanceMode",
    SessionBase.Mode.HYBRID: "https://schema.org/MixedEventAttendanceMode",
}
# Inside a script element HTML's own signs must not end it.
HARMLESS = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@dataclass(frozen=True)
class SessionWhen:
    """Day and hours for one reader, and the hours elsewhere in one line."""

    when: dates.When
    hours: str


def when_of(version: SessionVersion, reader: Reader, cities: Sequence[MemberCity]) -> SessionWhen:
    when = dates.when(
        day=version.day,
        starts_at=version.starts_at,
        ends_at=version.ends_at,
        zone=reader.zone or version.time_zone,
        language=reader.language,
    )
    hours = Writer(reader, cities).hours(version, when, at_most=len(cities), naming_zone=True) if when.hours else ""
    return SessionWhen(when, hours)


def history_of(session: Session, user: User | AnonymousUser) -> list[VersionChange]:
    """What each release said about the session, newest first, as far as the person may see it; two queries."""
    versions = session.versions.visible_to(user).select_related("release", "previous")
    return told(versions.order_by("-sequence").defer("vevent", "previous__vevent"), user)


@dataclass(frozen=True)
class Expected:
    """A city, a role or an organisation expected, by its name when that was published; `url` of its page, if any."""

    name: str
    url: str = ""


def expected_by_name(version: SessionVersion) -> list[Expected]:
    """Whom a published session names beside people: cities, roles, organisations; two queries."""
    cities, organizations = version.expected.get("cities", []), version.expected.get("organizations", [])
    return [
        *_linked(cities, City.objects.all(), "cities:detail"),
        *(Expected(name[:1].upper() + name[1:]) for name in diff.role_names(version.expected.get("roles", []))),
        *_linked(organizations, Organization.objects.all(), "cities:organization_detail"),
    ]


def _linked(named: list[dict[str, Any]], known: QuerySet[Any], page: str) -> list[Expected]:
    """Names as they were published, each with the page of what is still there."""
    if not named:
        return []
    slugs = dict(known.filter(pk__in=[one["id"] for one in named]).values_list("pk", "slug"))
    return [
        Expected(one["name"], reverse(page, args=[slugs[one["id"]]]) if one["id"] in slugs else "") for one in named
    ]


@dataclass(frozen=True)
class Answers:
    """Who answered what; for coordinators alone. Of many people the first."""

    people: list[Participation]
    counts: list[tuple[str, int]]
    count: int

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.people)


def answers_to(session: Session, on: date) -> Answers:
    """Everybody expected, those who declined included, and who comes at their own wish; four queries."""
    answer = Participation.Answer
    concerned = session.participations.concerned(on)
    counts = dict(concerned.order_by().values_list("answer").annotate(Count("pk")))
    places = [When(answer=one, then=place) for place, one in enumerate((answer.YES, answer.MAYBE, answer.NONE))]
    in_order = concerned.order_by(Case(*places, default=len(places)), SortKey(Coalesce("user__name", "name")), "pk")
    memberships = Membership.objects.on(on).select_related("organization")
    people = in_order.select_related("user", "organization").prefetch_related(
        Prefetch("user__memberships", queryset=memberships)
    )
    ordered = (answer.YES, answer.MAYBE, answer.NO, answer.NONE)
    labelled = [(str(one.label), counts.get(one, 0)) for one in ordered]
    return Answers(list(people[:PEOPLE_SHOWN]), labelled, sum(counts.values()))


def schema_event(version: SessionVersion) -> SafeString:
    """The session in the words of schema.org, for search engines; public sessions alone."""
    url = settings.PUBLIC_URL + version.get_absolute_url()
    status = {"cancelled": "EventCancelled", "postponed": "EventPostponed"}.get(version.status, "EventScheduled")
    event: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": ical.summary_of(version),
        "startDate": _iso(version, start=True),
        "endDate": _iso(version, start=False),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": ATTENDANCE_MODES[SessionBase.Mode(version.mode)],
        "location": _locations(version, url),
        "organizer": {"@type": "Organization", "name": settings.GROUP_NAME, "url": settings.PUBLIC_URL},
        "isAccessibleForFree": True,
        "inLanguage": "es-MX",
    }
    if version.purpose:
        event["description"] = version.purpose
    return mark_safe(json.dumps(event, ensure_ascii=False).translate(HARMLESS))  # noqa: S308  escaped just now


def _iso(version: SessionVersion, *, start: bool) -> str:
    instant = version.starts_at if start else version.ends_at
    if instant is None:
        return version.local_day.isoformat()
    return instant.astimezone(version.zone).isoformat(timespec="minutes")


def _locations(version: SessionVersion, url: str) -> list[dict[str, str]]:
    """The place, and for remote parts our own page: the link to join is for those expected."""
    places: list[dict[str, str]] = []
    if version.mode != SessionBase.Mode.REMOTE:
        address = ", ".join(part for part in (version.address, version.city_name) if part)
        places.append({"@type": "Place", "name": version.venue or version.city_name, "address": address or "México"})
    if version.mode != SessionBase.Mode.FACE_TO_FACE:
        places.append({"@type": "VirtualLocation", "url": url})
    return places
