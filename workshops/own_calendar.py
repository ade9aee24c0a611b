"""A calendar of one's own: the sessions that concern one person and what falls due for them, at a secret address.

The address holds the feed's number and a signature (see `CalendarFeed`). A feed holds no other person's name or
address: not even the reader's own, because calendars are shared with secretaries and spouses.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Alarm, Event, Todo, vText, vUri

from actionplans.models import ActionPlan
from cities.access import roles_of
from cities.models import City, Membership, Organization, group_day
from ogpgroup.models import User
from workshops import ical
from workshops.models import Agreement, CalendarFeed, Participation, SessionVersion

PAST_KEPT = timedelta(days=400)
MOST = 2000  # sessions; the latest count

_signer = Signer(salt="workshops.own_calendar", sep=".")


# --- The address ------------------------------------------------------------------------------------------------------


def address_of(feed: CalendarFeed) -> str:
    """Where calendars read the feed. Whoever knows it may read it, until it is revoked."""
    return settings.PUBLIC_URL + reverse("own_calendar", args=[_signer.sign(feed.uid.hex)])


def feed_of(token: str) -> CalendarFeed | None:
    """The open feed at an address, with its person; nothing for a forged, revoked or closed one."""
    try:
        uid = _signer.unsign(token)
    except BadSignature:
        return None
    return CalendarFeed.objects.open().select_related("user").filter(uid=uid).first()


# --- What is in it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deadline:
    """Something that the person, or who they act for, has to do by a day."""

    title: str
    about: str
    path: str  # of its page; names it for ever
    due_on: date


def versions_for(feed: CalendarFeed, *, now: datetime) -> list[SessionVersion]:
    """The published sessions in the feed, cancelled ones too, in their order; without those the person declined."""
    user = feed.user
    seen = SessionVersion.objects.current().visible_to(user).filter(finishes_at__gt=now - PAST_KEPT)
    own = Participation.objects.own(user, group_day(now)).filter(session=OuterRef("session"))
    # Also who was never expected may have said that they do not come.
    answered = Participation.objects.filter(user=user, session=OuterRef("session"))
    declined = Exists(answered.filter(answer=Participation.Answer.NO))
    wanted = Q(Exists(own))
    if feed.scope == CalendarFeed.Scope.ALL:
        wanted = Q(pk__isnull=False)
    elif feed.scope == CalendarFeed.Scope.CITY:
        wanted |= _concerns_cities_of(user, now=now)
    latest = seen.filter(wanted & ~declined).select_related("session").order_by("-begins_at", "-pk")[:MOST]
    return list(latest)[::-1]


def _concerns_cities_of(user: User, *, now: datetime) -> Q:
    """Sessions held in a city of the person, those at which somebody of it is expected as such, and on its plans."""
    own = Organization.objects.filter(pk__in=roles_of(user).organization_ids, city__isnull=False)
    cities = City.objects.filter(pk__in=own.values("city"))
    because = Participation.Because
    people = Membership.objects.in_force(group_day(now)).filter(organization__city__in=cities)
    expected = Participation.objects.expected().filter(
        session=OuterRef("session"),
        user__in=people.values("user"),
        expected_because__in=[because.ORGANIZATION, because.CITY, because.PERSON, because.PART, because.DELEGATE],
    )
    plans = ActionPlan.objects.filter(city__in=cities).values_list("pk", flat=True)
    return Q(city_slug__in=cities.values("slug")) | Q(Exists(expected)) | Q(reviews__plan__in=list(plans))


def agreements_of(feed: CalendarFeed) -> list[Deadline]:
    """Open agreements with a day that wait for the person."""
    mine = Agreement.objects.visible_to(feed.user).reminded_of(feed.user).filter(due_on__isnull=False)
    found = mine.select_related("session").order_by("due_on", "pk")
    return [Deadline(one.text, _("Agreement"), one.get_absolute_url(), one.due_on) for one in found if one.due_on]


# --- How it is written ------------------------------------------------------------------------------------------------


def write(feed: CalendarFeed, deadlines: Iterable[Deadline], *, now: datetime) -> bytes:
    """The feed as calendars read it, in the language that is active. Equal as long as nothing in it changes."""
    versions = versions_for(feed, now=now)
    joinable = _joinable(feed, versions)
    entries = [
        _entry(
            version.pk,
            bytes(version.vevent),
            version.join_url if version.session_id in joinable and version.finishes_at > now else "",
            feed.alarm_minutes if version.has_hours and version.status == version.Status.PLANNED else None,
        )
        for version in versions
    ]
    todos = [_todo(one, today=group_day(now)) for one in deadlines] if feed.with_deadlines else []
    name = ical.line(feed.name) or _("My sessions")
    return ical.feed_of_entries(versions, [*entries, *todos], name=name, url=address_of(feed))


def _joinable(feed: CalendarFeed, versions: list[SessionVersion]) -> set[int]:
    """Sessions whose link the person may have. See also `Participation.may_join`."""
    roles = roles_of(feed.user)
    if roles.is_coordinator:
        return {version.session_id for version in versions}
    by_session = {version.session_id: version for version in versions}
    opening = Participation.objects.open_to(feed.user).filter(session__in=by_session)
    own = opening.only("session", "place", "comes_by")
    return {one.session_id for one in own if one.has_place_on_line(by_session[one.session_id])}


@lru_cache(maxsize=4096)
def _entry(version_id: int, vevent: bytes, join_url: str, alarm_minutes: int | None) -> bytes:
    """The public entry with what is for this person: the link to join, and an alarm."""
    if not join_url and alarm_minutes is None:
        return vevent
    event = Event.from_ical(vevent)
    if join_url:
        event.add("conference", vUri(join_url), parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
        event["DESCRIPTION"] = vText(f"{join_url}\n\n{event['DESCRIPTION']}")
    if alarm_minutes is not None:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event["SUMMARY"])
        alarm.add("trigger", -timedelta(minutes=alarm_minutes))
        event.add_component(alarm)
    return bytes(event.to_ical())


def _todo(deadline: Deadline, *, today: date) -> bytes:
    """Something to be done, as a task; its stamp is the day's, so that a calendar sees it move but not each hour."""
    todo = Todo()
    named = hashlib.sha256(deadline.path.encode()).hexdigest()[:32]
    todo.add("uid", f"{named}@{ical.host()}")
    todo.add("dtstamp", datetime.combine(today, time(), tzinfo=UTC))
    todo.add("due", deadline.due_on)
    todo.add("summary", ical.plain(deadline.title))
    todo.add("description", ical.plain(deadline.about))
    todo.add("url", vUri(settings.PUBLIC_URL + deadline.path))
    todo.add("status", "NEEDS-ACTION")
    return bytes(todo.to_ical())


def etag_of(content: bytes) -> str:
    """A mark by which a calendar asks whether its copy is still right."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
