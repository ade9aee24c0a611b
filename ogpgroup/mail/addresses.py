"""Addresses at which the mail server says there is nobody: after two refusals no reminder goes there.

Mails about the account still try, because with them a person gets in and changes the address; so do invitations and
changes, which nobody should miss on account of a server that was wrong for a day.
"""

import logging
from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail.queue import wake
from ogpgroup.mail.watch import database_now
from ogpgroup.models import OutgoingMail, RefusedAddress, User

logger = logging.getLogger(__name__)

ADDRESS_REFUSES = gettext_noop("Not tried: the mail server has said that there is nobody at this address.")

NOTE = """
INSERT INTO ogpgroup_refusedaddress AS known (user_id, address, times, last_at, reply)
SELECT id, lower(%(address)s), 1, statement_timestamp(), %(reply)s FROM ogpgroup_user WHERE id = %(user)s
    ON CONFLICT (user_id) DO UPDATE
   SET times = CASE WHEN known.address = excluded.address THEN LEAST(known.times + 1, 1000) ELSE 1 END,
       address = excluded.address, last_at = excluded.last_at, reply = excluded.reply
"""


def note_refusal(mail: OutgoingMail, reply: str) -> None:
    """Count that the mail server knows nobody at the address of this person."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, {"address": mail.recipient, "reply": reply[:500], "user": mail.user_id})


def note_acceptance(mail: OutgoingMail) -> None:
    """Forget the refusals of an address that took a mail."""
    RefusedAddress.objects.filter(user=mail.user_id, address=mail.recipient.lower()).delete()


def refusals(mails: Sequence[OutgoingMail]) -> dict[int, RefusedAddress]:
    """The known refusals by person; one query, none where nobody has an account."""
    people = {mail.user_id for mail in mails if mail.user_id is not None}
    return RefusedAddress.objects.in_bulk(list(people)) if people else {}


def is_held_back(mail: OutgoingMail, refusal: RefusedAddress | None) -> bool:
    """Whether this mail is one that can wait and its address one that refuses."""
    return (
        refusal is not None
        and mail.priority >= OutgoingMail.Priority.REMINDER
        and refusal.times >= RefusedAddress.MARKED_AFTER
        and refusal.address == mail.recipient.lower()
    )


def try_address_again(user: User, *, by: User) -> None:
    """Take the mark away by a coordinator's decision; reminders it held back and that are still useful go."""
    deleted, _models = RefusedAddress.objects.filter(user=user).delete()
    if not deleted:
        raise ActionNotPossible(_("This address does not refuse mail any more."))
    status = OutgoingMail.Status
    held_back = OutgoingMail.objects.filter(user=user, status=status.WITHDRAWN, server_reply=ADDRESS_REFUSES)
    released = held_back.filter(useful_until__gt=database_now()).update(status=status.QUEUED, server_reply="")
    logger.info("The address of person %s is tried again by person %s; mails: %s", user.pk, by.pk, released)
    if released:
        wake()
