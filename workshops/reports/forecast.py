"""The reminders to come that are not queued yet: derived when somebody looks, stored nowhere."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from cities.models import group_day
from workshops import emails
from workshops.models import Participation, SessionVersion

AT_MOST = 12


@dataclass(frozen=True)
class Ahead:
    """The next reminder of one session: when it is due, and to how many people it would go as things are today."""

    version: SessionVersion
    due: datetime
    count: int


def ahead(now: datetime) -> list[Ahead]:
    """The next reminder of each session that the planner has yet to queue, soonest first; two queries.

    What is due within `emails.PLANNED_AHEAD` is queued already and stands in the outbox. Where quiet hours part people
    by their zones it is the moment at which the first are told. See also `emails.plan_reminders`, which decides the
    same from the same rows when the time comes.
    """
    horizon = now + emails.PLANNED_AHEAD
    roughly = []
    for version in emails.remindable(now):
        dues = [due for _lead, due, _until in emails.reminders_of(version, version.time_zone) if due > horizon]
        if dues:
            roughly.append((min(dues), version))
    soonest = sorted(roughly, key=lambda one: (one[0], one[1].pk))[:AT_MOST]
    people = _people([version.session_id for _due, version in soonest], now)
    found = [_next(version, due, people.get(version.session_id, {}), horizon) for due, version in soonest]
    return sorted(found, key=lambda one: (one.due, one.version.pk))


def _next(version: SessionVersion, roughly: datetime, people: dict[str, int], horizon: datetime) -> Ahead:
    """The next reminder to the people who would get it, counted by their zones."""
    for telling in emails.tellings_of(version, people):
        if telling.due > horizon:
            same = [one for one in emails.tellings_of(version, people) if one.lead == telling.lead]
            zones = {zone for one in same if one.due > horizon for zone in one.zones}
            return Ahead(version, telling.due, sum(people[zone] for zone in zones))
    return Ahead(version, roughly, 0)


def _people(sessions: list[int], now: datetime) -> dict[int, dict[str, int]]:
    """How many would be reminded, by session and zone."""
    concerned = Participation.objects.concerned(group_day(now)).filter(session__in=sessions)
    to_remind = concerned.filter(user__is_active=True, user__wants_reminders=True).exclude(
        answer=Participation.Answer.NO
    )
    counted: dict[int, dict[str, int]] = {}
    for session, zone, count in to_remind.order_by().values_list("session_id", "user__time_zone").annotate(Count("pk")):
        counted.setdefault(session, {})[str(zone)] = count
    return counted
