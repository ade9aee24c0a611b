"""The reminders of sessions that are not queued yet: derived when somebody looks, stored nowhere."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count

from cities.models import group_day
from ogpgroup.coming import Coming
from workshops import emails
from workshops.models import Participation, SessionVersion


def later(now: datetime, *, until: datetime, at_most: int) -> tuple[list[Coming], int]:
    """The reminders that the planner has yet to queue, soonest first, and how many there are in all; two queries.

    Each with the number of people to whom it would go as things are today. What is due within `emails.PLANNED_AHEAD` is
    queued already and stands in the outbox. Where quiet hours part people by their zones it is the moment at which the
    first are told. See also `emails.plan_reminders`, which decides the same from the same rows when the time comes.
    """
    horizon = now + emails.PLANNED_AHEAD
    roughly = [
        (due, version.pk, lead, version)
        for version in emails.remindable(now).filter(begins_at__lte=until + SessionVersion.LONGEST_LEAD)
        for lead, due, _useful_until in emails.reminders_of(version, version.time_zone)
        if horizon < due <= until
    ]
    soonest = sorted(roughly, key=lambda one: one[:3])[:at_most]
    people = _people({version.session_id for *_when, version in soonest}, now)
    found = [
        _counted(version, lead, due, people.get(version.session_id, {}), horizon) for due, _pk, lead, version in soonest
    ]
    return sorted(found, key=lambda one: (one.due, one.title)), len(roughly)


def _counted(
    version: SessionVersion, lead: timedelta, roughly: datetime, people: dict[str, int], horizon: datetime
) -> Coming:
    """One reminder to the people who would get it, counted by their zones."""
    those = [one for one in emails.tellings_of(version, people) if one.lead == lead and one.due > horizon]
    due = min((one.due for one in those), default=roughly)
    count = sum(people[zone] for zone in {zone for one in those for zone in one.zones})
    return Coming(emails.REMINDER, version.title, version.get_absolute_url(), due, count)


def _people(sessions: Iterable[int], now: datetime) -> dict[int, dict[str, int]]:
    """How many would be reminded, by session and zone."""
    concerned = Participation.objects.concerned(group_day(now)).filter(session__in=list(sessions))
    to_remind = concerned.filter(user__is_active=True, user__wants_reminders=True).exclude(
        answer=Participation.Answer.NO
    )
    counted: dict[int, dict[str, int]] = {}
    for session, zone, count in to_remind.order_by().values_list("session_id", "user__time_zone").annotate(Count("pk")):
        counted.setdefault(session, {})[str(zone)] = count
    return counted
