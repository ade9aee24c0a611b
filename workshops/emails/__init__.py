"""What people are told about sessions: invitations, changes, cancellations and reminders, each queued once."""

from workshops.emails import agenda, agenda_published, agreements, delegates, kinds, minutes, nudges, seats
from workshops.emails.agenda import plan_parts, tell_parts
from workshops.emails.agenda_published import take_back_agenda, tell_agenda
from workshops.emails.delegates import DECLINED, LEFT, queue_declined, queue_left
from workshops.emails.nudges import NUDGE, nudge_due, queue_nudges
from workshops.emails.queueing import (
    people_to_tell,
    queue_changes,
    queue_invitations,
    queue_uninvitations,
    withdraw_changes,
    withdraw_outdated,
    withdraw_uninvitations,
)
from workshops.emails.reminders import (
    MOVED,
    PLANNED_AHEAD,
    Telling,
    lead_name,
    plan_reminders,
    remindable,
    reminder_key,
    reminders_of,
    tellings_of,
    withdraw_reminders,
    write_reminders_anew,
)
from workshops.emails.seats import SEAT_NEWS, queue_seats
from workshops.told import (
    CANCELLATION,
    CHANGE,
    INVITATION,
    REMINDER,
    SEAT_GIVEN,
    SEAT_LAPSED,
    SEAT_OFFER,
    SEAT_WAITING,
    SUBJECT,
    UNINVITATION,
)

KINDS = [
    *kinds.KINDS,
    *seats.KINDS,
    *delegates.KINDS,
    *nudges.KINDS,
    *agenda.KINDS,
    *agenda_published.KINDS,
    *agreements.KINDS,
    *minutes.KINDS,
]

__all__ = [
    "CANCELLATION",
    "CHANGE",
    "DECLINED",
    "INVITATION",
    "KINDS",
    "LEFT",
    "MOVED",
    "NUDGE",
    "PLANNED_AHEAD",
    "REMINDER",
    "SEAT_GIVEN",
    "SEAT_LAPSED",
    "SEAT_NEWS",
    "SEAT_OFFER",
    "SEAT_WAITING",
    "SUBJECT",
    "UNINVITATION",
    "lead_name",
    "minutes",
    "nudge_due",
    "people_to_tell",
    "Telling",
    "plan_parts",
    "plan_reminders",
    "remindable",
    "queue_changes",
    "queue_declined",
    "queue_invitations",
    "queue_left",
    "queue_nudges",
    "queue_seats",
    "queue_uninvitations",
    "reminder_key",
    "reminders_of",
    "take_back_agenda",
    "tell_agenda",
    "tell_parts",
    "tellings_of",
    "withdraw_changes",
    "withdraw_outdated",
    "withdraw_reminders",
    "withdraw_uninvitations",
    "write_reminders_anew",
]
