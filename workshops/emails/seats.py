"""News about seats: one is kept for a person for a while, is theirs, is not to be had yet, or has gone to another."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from workshops import letters_of_seats as letters
from workshops.emails.kinds import looked_up
from workshops.emails.queueing import mail_row
from workshops.models import Participation, SessionVersion
from workshops.told import SEAT_GIVEN, SEAT_LAPSED, SEAT_OFFER, SEAT_WAITING

Place = Participation.Place
SEAT_NEWS = {
    Place.OFFERED: SEAT_OFFER,
    Place.HELD: SEAT_GIVEN,
    Place.WAITING: SEAT_WAITING,
    Place.NONE: SEAT_LAPSED,  # of who said yes
}


def queue_seats(version: SessionVersion, people: Iterable[Participation], *, now: datetime) -> int:
    """Tell people who said yes where they stand: offered a seat, seated, waiting, or passed over.

    A later offer is another mail.
    """
    people = list(people)
    users = User.objects.filter(is_active=True).in_bulk([one.user_id for one in people if one.user_id])
    rows = []
    for one in people:
        if (user := users.get(one.user_id or 0)) is None:
            continue
        kind = SEAT_NEWS[Place(one.place)]
        key = f"{kind}:{version.session_id}:{user.pk}:{now:%Y%m%dT%H%M%S%f}"
        row = mail_row(kind, key, version, user.pk, user.email, due=now)
        if one.place == Place.OFFERED:
            row.useful_until = version.begins_at  # its end is put off while it waits; `_still_true` knows
        rows.append(row)
    return mail.enqueue(rows)


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """News of a seat hold while the person stands there; an offer until its time is over."""
    return {
        one.pk
        for one, version, participation, user in looked_up(mails, now)
        if version.finishes_at > now
        and version.status == SessionVersion.Status.PLANNED
        and participation.is_concerned
        and user.is_active
        and _stands(participation, one.kind, now)
    }


def _stands(one: Participation, kind: str, now: datetime) -> bool:
    if kind == SEAT_OFFER:
        return one.offered_until is not None and one.offered_until > now
    return SEAT_NEWS[Place(one.place)] == kind and (kind != SEAT_LAPSED or one.lacks_seat)


KINDS = [
    mail.Kind(
        SEAT_OFFER, OutgoingMail.Priority.CHANGE, True, _still_true, letters.seat_offer, _("offer of a free seat")
    ),
    mail.Kind(SEAT_GIVEN, OutgoingMail.Priority.CHANGE, True, _still_true, letters.seat_given, _("seat after waiting")),
    mail.Kind(
        SEAT_WAITING, OutgoingMail.Priority.CHANGE, True, _still_true, letters.seat_waiting, _("on the waiting list")
    ),
    mail.Kind(
        SEAT_LAPSED, OutgoingMail.Priority.CHANGE, True, _still_true, letters.seat_lapsed, _("offer that has passed")
    ),
]
