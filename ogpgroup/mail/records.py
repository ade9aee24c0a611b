"""What a sender writes about the mails it holds: their bytes before the first attempt, the outcome after each.

What each mail costs is said in plain SQL: the ORM takes longer to build such a statement than the database to run it.
What goes wrong is rare, and the ORM says it.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from select import POLLIN, POLLOUT, poll
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
PATIENCE: Final = (0.2, 0.5, 1, 2, 4, *[5] * 10)  # seconds; without its database a sender has nothing else to do
ACCEPTED: Final = b"""
WITH accepted AS (
    UPDATE ogpgroup_outgoingmail
       SET status = 'sent', sent_at = statement_timestamp(), retry_at = NULL, token = NULL, lease_until = NULL,
           server_reply = $1, rendered = CASE WHEN $2::boolean THEN NULL ELSE rendered END
     WHERE id = $3 AND token = $4 AND status = 'sending' RETURNING id
), begun AS (
    UPDATE ogpgroup_outgoingmail SET data_began_at = statement_timestamp()
     WHERE id = $5 AND token = $4 AND status = 'sending' RETURNING id
)
SELECT id FROM accepted UNION ALL SELECT id FROM begun
"""


def store(written: Mapping[int, Rendered], lease: UUID) -> set[int]:
    """Commit the bytes before the attempt, so that what may have arrived is repeated so; gives the mails still ours."""
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
    """A restarting database is waited for, a minute long: a lost outcome is a double."""
    for wait in PATIENCE:
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
    """Writes that the mail server took a mail, and that the text of the next one begins, while that is being announced.

    Both in one statement and a transaction of its own. The disk takes about as long over a commit as the mail server
    over the sender and the recipient of the next mail, so they go side by side: libpq sends the statement and hears the
    answer later. From `begin` to `end` the connection takes no other statement. Once begun it is the database that
    finishes it, also where the sender dies.
    """

    mail: OutgoingMail
    lease: UUID
    reply: str
    following: OutgoingMail | None = None

    def begin(self) -> None:
        """Send the statement. Whatever goes wrong shows when it ends."""
        following = self.following.pk if self.following else 0
        values = (self.reply, self.mail.is_account_mail, self.mail.pk, self.lease, following)
        try:
            _server().send_query_params(ACCEPTED, [str(value).encode() for value in values])
            while _server().flush():
                _wait_for(POLLOUT)
        except psycopg.OperationalError:
            logger.warning("The database did not hear the outcome of mail %s", self.mail.pk)

    def end(self) -> set[int]:
        """Wait until it is on record; gives those of the two mails that were still ours, as far as they were written.

        Where the connection broke, the acceptance is written over a new one, and that alone.
        """
        try:
            while _server().is_busy():
                _wait_for(POLLIN)
                _server().consume_input()
            results = list(iter(_server().get_result, None))
        except psycopg.OperationalError:
            results = []
        if [result.status for result in results] == [ExecStatus.TUPLES_OK]:
            return {int(results[0].get_value(row, 0) or 0) for row in range(results[0].ntuples)}
        if not connection.in_atomic_block:
            connection.close()
        body = {"rendered": None} if self.mail.is_account_mail else {}
        released = {"retry_at": None, "token": None, "lease_until": None, "server_reply": self.reply}
        status = OutgoingMail.Status.SENT
        written = update(self.mail.pk, self.lease, status=status, sent_at=Now(), **released, **body)
        return {self.mail.pk} if written else set()


def _server() -> PGconn:
    return cast(PGconn, connection.connection.pgconn)


def _wait_for(event: int) -> None:
    waiting = poll()
    waiting.register(_server().socket, event)
    waiting.poll()
