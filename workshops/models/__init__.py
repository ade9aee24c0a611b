"""When: sessions, their published versions, who is expected, what was said at the tables, and what was agreed."""

from workshops.models.agenda import AgendaItem, Material, MaterialVersion
from workshops.models.agreements import Agreement, AgreementUpdate
from workshops.models.base import OFFSETS, RELEASED_FIELDS, SessionBase, UsualLeads
from workshops.models.calendars import CalendarFeed, ReceivedReply
from workshops.models.door import DoorEntry
from workshops.models.minutes import Correction, Minutes, MinutesSection
from workshops.models.participations import Participation
from workshops.models.readiness import NotNeeded
from workshops.models.sessions import ScheduleRelease, Session, SessionVersion
from workshops.models.showing import Photo, Wall
from workshops.models.tables import TableNote, WorkTable
from workshops.models.themes import (
    Diagnosis,
    DiagnosisVersion,
    GroupingStep,
    HandCount,
    Theme,
    Vote,
    VotingRound,
)

__all__ = [
    "OFFSETS",
    "RELEASED_FIELDS",
    "AgendaItem",
    "Agreement",
    "AgreementUpdate",
    "CalendarFeed",
    "Correction",
    "Diagnosis",
    "DiagnosisVersion",
    "DoorEntry",
    "GroupingStep",
    "HandCount",
    "Material",
    "MaterialVersion",
    "Minutes",
    "MinutesSection",
    "NotNeeded",
    "Participation",
    "Photo",
    "ReceivedReply",
    "ScheduleRelease",
    "Session",
    "SessionBase",
    "SessionVersion",
    "TableNote",
    "Theme",
    "UsualLeads",
    "Vote",
    "VotingRound",
    "Wall",
    "WorkTable",
]
