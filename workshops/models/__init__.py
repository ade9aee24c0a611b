"""When: sessions, their published versions, who is expected, and what was agreed."""

from workshops.models.base import RELEASED_FIELDS, SessionBase
from workshops.models.calendars import CalendarFeed, ReceivedReply
from workshops.models.participations import Participation
from workshops.models.records import AgendaItem, Agreement, WorkTable
from workshops.models.sessions import ScheduleRelease, Session, SessionVersion

__all__ = [
    "RELEASED_FIELDS",
    "AgendaItem",
    "Agreement",
    "CalendarFeed",
    "Participation",
    "ReceivedReply",
    "ScheduleRelease",
    "Session",
    "SessionBase",
    "SessionVersion",
    "WorkTable",
]
