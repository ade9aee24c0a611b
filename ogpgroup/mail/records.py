"""What a sender writes about the mails it holds: their bytes before the first attempt, the outcome after each.

What each mail costs is said in plain SQL: the ORM takes longer to build such a statement than the database to run it.
What goes wrong is rare, and the ORM says it.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from select import select
from typing import Any, Final, cast
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

from ogpgroup.mail.kinds import Rendered
from ogpgroup.models import OutgoingMail

logger = logging.getLogger(__name__)

STORE = """
UPDATE ogpgroup_outgoingmail AS mail SET headline = new.headline, rendered = new.content
  FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS new (id, headline, content)
 WHERE mail.id = new.id AND mail.token = %s AND mail.status = 'sending' RETURNING mail.id
"""
ACCEPTED: Final = b"""
UPDATE ogpgroup_outgoingmail
   SET status = 'sent', sent_at = statement_timestamp(), retry_at = NULL, token = NULL, lease_until = NULL,
       server_reply = $1, rendered = CASE WHEN $2::boolean THEN NULL ELSE rendered END
 WHERE id = $3 AND token = $4 AND status = 'sending'
"""


def store(written: Mapping[int, Rendered], lease: UUID) -> set[int]:
    """Commit the bytes before the first attempt, so that a retry is identical; gives the mails that are still ours."""
    if not written:
        return set()
    headlines = [text.headline[:200] for text in written.values()]
    contents = [text.content for text in written.values()]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [list(written), headlines, contents, lease])
        return {row[0] for row in cursor.fetchall()}


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


@dataclass
class Acceptance:
    """Writes that the mail server took a mail, in a transaction of its own, while the next mail is being announced.

    The disk takes about as long over a commit as the mail server over the sender and the recipient of the next mail, so
    they go side by side: libpq sends the statement and hears the answer later. From `begin` to `end` the connection
    takes no other statement. Once begun it is the database that finishes it, also where the sender dies.
    """

    mail: OutgoingMail
    lease: UUID
    reply: str

    def begin(self) -> None:
        """Send the statement. Whatever goes wrong shows when it ends."""
        values = (self.reply, self.mail.is_account_mail, self.mail.pk, self.lease)
        try:
            _server().send_query_params(ACCEPTED, [str(value).encode() for value in values])
            while _server().flush():
                select([], [_server().socket], [])
        except psycopg.OperationalError:
            logger.warning("The database did not hear the outcome of mail %s", self.mail.pk)

    def end(self) -> bool:
        """Wait until it is on record; says whether the mail was still ours."""
        try:
            while _server().is_busy():
                select([_server().socket], [], [])
                _server().consume_input()
            results = list(iter(_server().get_result, None))
        except psycopg.OperationalError:
            results = []
        if [result.status for result in results] == [ExecStatus.COMMAND_OK]:
            return bool(results[0].command_tuples)
        if not connection.in_atomic_block:
            connection.close()
        body = {"rendered": None} if self.mail.is_account_mail else {}
        released = {"retry_at": None, "token": None, "lease_until": None, "server_reply": self.reply}
        status = OutgoingMail.Status.SENT
        return bool(update(self.mail.pk, self.lease, status=status, sent_at=Now(), **released, **body))


def _server() -> PGconn:
    return cast(PGconn, connection.connection.pgconn)
