"""What mails say to whoever sent somebody in their place. See also `workshops.letters`."""

from collections.abc import Sequence
from datetime import datetime

from ogpgroup import mail
from ogpgroup.models import OutgoingMail
from workshops import letters, told
from workshops.models import Participation


def who_declined(mails: Sequence[OutgoingMail]) -> dict[told.Pair, Participation]:
    """Whom the readers of these mails send to those sessions, where that person says no; one query."""
    sent = Participation.objects.filter(
        delegated_by__user__in={one.user_id for one in mails},
        session__in={one.subject_id for one in mails},
        expected=True,
        answer=Participation.Answer.NO,
    ).select_related("delegated_by", "user")
    return {(one.session_id, one.delegated_by.user_id or 0): one for one in sent if one.delegated_by is not None}


def delegate_declined(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """Whom the reader sends cannot come: they may come themselves, or send somebody else."""
    declined, rendered = who_declined(mails), {}
    for letter in letters.addressed(mails):
        if (sent := declined.get((letter.version.session_id, letter.user.pk))) is None:
            continue
        more = {"delegate": str(sent.user), "join_url": "", "note": ""}
        rendered[letter.mail.pk] = letters.without_entry("delegate_declined", letter, more)
    return rendered


def delegate_left(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """Whom the reader sends has left the group: they may come themselves, or send somebody else."""
    more = {"join_url": "", "note": ""}
    return {letter.mail.pk: letters.without_entry("delegate_left", letter, more) for letter in letters.addressed(mails)}
