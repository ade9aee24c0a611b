"""News about seats: one is kept for a person for a while, or is theirs."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from workshops import letters_of_seats as letters
from workshops.emails.kinds import looked_up
from workshops.emails.queueing import mail_row
from workshops.models import Participation, SessionVersion

SEAT_OFFER, SEAT_GIVEN = "session_seat_offer", "session_seat_given"


def queue_seats(version: SessionVersion, people: Iterable[Participation], *, now: datetime) -> int:
    """Tell those who waited that a seat is offered to them, or theirs; a later offer is another mail."""
    people = list(people)
    users = User.objects.filter(is_active=True).in_bulk([one.user_id for one in people if one.user_id])
    rows = []
    for one in people:
        if (user := users.get(one.user_id or 0)) is None:
            continue
        kind = SEAT_OFFER if one.place == Participation.Place.OFFERED else SEAT_GIVEN
        key = f"{kind}:{version.session_id}:{user.pk}:{now:%Y%m%dT%H%M%S%f}"
        row = mail_row(kind, key, version, user.pk, user.email, due=now)
        row.useful_until = one.offered_until or version.finishes_at
        rows.append(row)
    return mail.enqueue(rows)


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """An offer holds until somebody answers or its time is over; a given seat while it is held."""
    return {
        one.pk
        for one, version, participation, user in looked_up(mails, now)
        if version.finishes_at > now
        and version.status == SessionVersion.Status.PLANNED
        and participation.is_concerned
        and user.is_active
        and (
            participation.place == Participation.Place.HELD
            if one.kind == SEAT_GIVEN
            else participation.offered_until is not None and participation.offered_until > now
        )
    }


KINDS = [
    mail.Kind(
        SEAT_OFFER, OutgoingMail.Priority.CHANGE, True, _still_true, letters.seat_offer, _("offer of a free seat")
    ),
    mail.Kind(SEAT_GIVEN, OutgoingMail.Priority.CHANGE, True, _still_true, letters.seat_given, _("seat after waiting")),
]
