"""What a sender writes about the mails it holds: their bytes before the first attempt, the outcome after each.

What each mail costs is said in plain SQL: the ORM takes longer to build such a statement than the database to run it.
"""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from ogpgroup.mail.kinds import Rendered
from ogpgroup.models import OutgoingMail

logger = logging.getLogger(__name__)

STORE = """
UPDATE ogpgroup_outgoingmail AS mail SET headline = new.headline, rendered = new.content
  FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS new (id, headline, content)
 WHERE mail.id = new.id AND mail.token = %s AND mail.status = 'sending' RETURNING mail.id
"""
ACCEPTED = """
UPDATE ogpgroup_outgoingmail
   SET status = 'sent', sent_at = statement_timestamp(), retry_at = NULL, token = NULL, lease_until = NULL,
       server_reply = %s {without_body} WHERE id = %s AND token = %s AND status = 'sending'
"""
ACCEPTED_ACCOUNT_MAIL = ACCEPTED.format(without_body=", rendered = NULL")
ACCEPTED = ACCEPTED.format(without_body="")


def store(written: Mapping[int, Rendered], lease: UUID) -> set[int]:
    """Commit the bytes before the first attempt, so that a retry is identical; gives the mails that are still ours."""
    if not written:
        return set()
    headlines = [text.headline[:200] for text in written.values()]
    contents = [text.content for text in written.values()]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [list(written), headlines, contents, lease])
        return {row[0] for row in cursor.fetchall()}


def accepted(mail: OutgoingMail, lease: UUID, reply: str) -> int:
    """Write that the mail server took the mail; the text of a mail about an account goes with that."""

    def write() -> int:
        with connection.cursor() as cursor:
            statement = ACCEPTED_ACCOUNT_MAIL if mail.is_account_mail else ACCEPTED
            cursor.execute(statement, [reply, mail.pk, lease])
            return int(cursor.rowcount)

    return _patiently(write, mail.pk)


def update(pk: int, lease: UUID, /, **changes: Any) -> int:
    """Write about one mail while its lease is ours; says whether it was."""
    return _patiently(lambda: OutgoingMail.objects.held_by(lease).filter(pk=pk).update(**changes), pk)


def _patiently(write: Callable[[], int], pk: int) -> int:
    """A restarting database is waited for: a lost outcome is a double."""
    for wait in (0.2, 0.5, 1, 2, 4):
        try:
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            logger.warning("The database does not answer; the outcome of mail %s waits", pk)
            connection.close()
            time.sleep(wait)
    return write()
