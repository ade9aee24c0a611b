"""When: sessions, their published versions, who is expected, and what was agreed."""

from workshops.models.records import AgendaItem, Agreement, WorkTable
from workshops.models.sessions import (
    RELEASED_FIELDS,
    Participation,
    ScheduleRelease,
    Session,
    SessionBase,
    SessionVersion,
)

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
