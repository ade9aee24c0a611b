"""When: sessions, their published versions, who is expected, and what was agreed."""

from workshops.models.base import RELEASED_FIELDS, SessionBase
from workshops.models.records import AgendaItem, Agreement, WorkTable
from workshops.models.sessions import Participation, ScheduleRelease, Session, SessionVersion

__all__ = [
    "RELEASED_FIELDS",
    "AgendaItem",
    "Agreement",
    "Participation",
    "ScheduleRelease",
    "Session",
    "SessionBase",
    "SessionVersion",
    "WorkTable",
]
