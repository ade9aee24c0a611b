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

    What is due within `emails.PLANNED_AHEAD` is queued already and stands in the outbox. See also
    `emails.plan_reminders`, which decides the same from the same rows when the time comes.
    """
    versions = SessionVersion.objects.current().planned().upcoming(now).filter(release__notified=True)
    soonest = []
    for version in versions.defer("vevent", "purpose", "bring", "decisions"):
        dues = [due for _lead, due, _until in emails.reminders_of(version) if due > now + emails.PLANNED_AHEAD]
        if dues:
            soonest.append((min(dues), version))
    soonest = sorted(soonest, key=lambda one: (one[0], one[1].pk))[:AT_MOST]
    counts = _people([version.session_id for _due, version in soonest], now)
    return [Ahead(version, due, counts.get(version.session_id, 0)) for due, version in soonest]


def _people(sessions: list[int], now: datetime) -> dict[int, int]:
    concerned = Participation.objects.concerned(group_day(now)).filter(session__in=sessions)
    to_remind = concerned.filter(user__is_active=True, user__wants_reminders=True).exclude(
        answer=Participation.Answer.NO
    )
    return dict(to_remind.order_by().values_list("session_id").annotate(Count("pk")))
