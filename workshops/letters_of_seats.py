"""What mails about seats say, and the question to those who have not answered. See also `workshops.letters`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ogpgroup import mail
from ogpgroup.models import OutgoingMail
from workshops import letters


def _kept_until(letter: letters.Letter, now: datetime) -> dict[str, Any]:
    return {"until": letters.kept_until(letter)}


def seat_offer(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """A seat is free for somebody who waited: until when it is kept, and please say."""
    return letters.write(mails, now, template="seat_offer", method="REQUEST", extra=_kept_until)


def seat_given(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """Somebody who waited has a seat, without having to say more."""
    return letters.write(mails, now, template="seat_given", method="REQUEST")


def seat_waiting(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """Somebody said yes and all seats are taken: they wait, and had better not travel."""
    return letters.write(mails, now, template="seat_waiting", method="REQUEST")


def seat_lapsed(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """Somebody let the seat pass that was kept for them: it is another's, and how to wait again."""
    return letters.write(mails, now, template="seat_lapsed", method="REQUEST")


def nudge(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """The same invitation once more, to somebody who has not answered it."""
    return letters.write(mails, now, template="nudge", method="REQUEST", rsvp=True, with_unsubscribe=True)
