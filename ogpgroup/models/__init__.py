"""The ground every app stands on: people who sign in, the mail that goes out to them, and what is withheld."""

from ogpgroup.models.heartbeats import Heartbeat
from ogpgroup.models.mail import (
    LOST_TOO_OFTEN,
    TOO_LATE,
    MailBreaker,
    OutgoingMail,
    OutgoingMailQuerySet,
    RefusedAddress,
    message_id_for,
)
from ogpgroup.models.people import User, validate_time_zone
from ogpgroup.models.withheld import Withholding

__all__ = [
    "LOST_TOO_OFTEN",
    "TOO_LATE",
    "Heartbeat",
    "MailBreaker",
    "OutgoingMail",
    "OutgoingMailQuerySet",
    "RefusedAddress",
    "User",
    "Withholding",
    "message_id_for",
    "validate_time_zone",
]
