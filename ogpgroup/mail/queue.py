"""Verbs that change the queue: put mail in, take it back, try it again, hold it after a restore."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from itertools import batched

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from kombu.exceptions import KombuError
from kombu.exceptions import OperationalError as BrokerError
from kombu.pools import producers
from redis.exceptions import RedisError

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, OutgoingMailQuerySet, User, message_id_for

logger = logging.getLogger(__name__)

NO_LONGER_TRUE = gettext_noop("No longer true when its turn came.")
BY_A_COORDINATOR = gettext_noop("Withdrawn by a coordinator.")
BODIES_KEPT_FOR = timedelta(days=90)
A_SECOND_CHANCE = timedelta(days=1)
# A page waits half a second for the broker at most, and then ten seconds long not at all.
BROKER_PATIENCE = {"max_retries": 0, "socket_connect_timeout": 0.5, "socket_timeout": 0.5}
BROKER_REST = 10

COLUMNS = {
    "key": "text",
    "kind": "text",
    "priority": "smallint",
    "user_id": "bigint",
    "recipient": "text",
    "subject_type": "text",
    "subject_id": "bigint",
    "subject_version": "int",
    "due": "timestamptz",
    "useful_until": "timestamptz",
    "headline": "text",
    "rendered": "bytea",
    "message_id": "text",
    "is_demo": "boolean",
}
ROWS_AT_ONCE = 5000  # a session of thousands is no reason for a process of hundreds of megabytes


def enqueue(mails: Iterable[OutgoingMail]) -> int:
    """Insert the mails whose key is new, in the caller's transaction, and wake the sender when it commits.

    Returns how many were new. Planners that run at once, or twice, add nothing: the key decides.
    """
    rows = sorted(mails, key=lambda mail: mail.key)  # one order for everybody: two planners wait, they do not deadlock
    if not rows:
        return 0
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2]
    for mail in rows:
        if not mail.key or any(c.isspace() for c in mail.recipient) or "@" not in mail.recipient:
            raise ValueError(f"The mail {mail.key!r} needs a key and one address, not {mail.recipient!r}.")
        mail.message_id = mail.message_id or message_id_for(mail.key, domain)
    added = sum(_insert(some) for some in batched(rows, ROWS_AT_ONCE))
    if added:
        wake()
    return added


def _insert(rows: Sequence[OutgoingMail]) -> int:
    """What is the same for all is said once: of the mails of a release little more than key and person differ."""
    selected, arrays, values, lists = [], [], [], []
    columns = zip(*(_values(mail) for mail in rows), strict=True)
    for (name, kind), column in zip(COLUMNS.items(), columns, strict=True):
        if name != "key" and all(value == column[0] for value in column):
            selected.append(f"%s::{kind}")
            values.append(column[0])
        else:
            selected.append(f"new.{name}")
            arrays.append((name, f"%s::{kind}[]"))
            lists.append(list(column))
    statement = (
        f"INSERT INTO ogpgroup_outgoingmail ({', '.join(COLUMNS)}, server_reply) SELECT {', '.join(selected)}, '' "  # noqa: S608
        f"FROM unnest({', '.join(array for _name, array in arrays)}) AS new ({', '.join(name for name, _ in arrays)}) "
        "ON CONFLICT (key) DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *lists])
        return int(cursor.rowcount)


def _values(mail: OutgoingMail) -> tuple[object, ...]:
    rendered = None if mail.rendered is None else bytes(mail.rendered)
    subject = (mail.subject_type, mail.subject_id, mail.subject_version)
    times = (mail.due, mail.useful_until)
    return (
        *(mail.key, mail.kind, mail.priority, mail.user_id, mail.recipient, *subject, *times),
        *(mail.headline, rendered, mail.message_id, mail.is_demo),
    )


# --- Waking the sender ----------------------------------------------------------------------------------------------

_rest_until = 0.0


def wake() -> None:
    """Ask a worker to look at the queue once this transaction is committed. It only saves seconds: beat asks anyway."""
    _call_once(_call_a_sender)


def wake_planner() -> None:
    """Ask a worker to plan once this transaction is committed. It only saves a minute: beat asks anyway."""
    _call_once(_call_a_planner)


def _call_once(call: Callable[[], None]) -> None:
    if not any(known is call for _ids, known, *_ in connection.run_on_commit):
        transaction.on_commit(call)


def _call_a_sender() -> None:
    _call_a_worker("ogpgroup.tasks.deliver")


def _call_a_planner() -> None:
    _call_a_worker("ogpgroup.tasks.plan")


def _call_a_worker(task: str) -> None:
    global _rest_until
    if time.monotonic() < _rest_until:
        return
    try:
        broker = current_app.connection_for_write(transport_options=BROKER_PATIENCE)
        with producers[broker].acquire(block=True, timeout=1) as producer:
            current_app.send_task(task, producer=producer, retry=False, ignore_result=True, expires=60)
    except (BrokerError, KombuError, RedisError, OSError) as error:
        _rest_until = time.monotonic() + BROKER_REST
        logger.warning("No worker could be woken; the mail goes with the next round: %s", error)


# --- What coordinators and apps decide ------------------------------------------------------------------------------


def withdraw(mails: OutgoingMailQuerySet, *, reason: str = NO_LONGER_TRUE) -> int:
    """Take back what has not gone; what is being sent at this moment is re-checked by its sender."""
    return mails.filter(status__in=OutgoingMail.WITHDRAWN_FROM).update(
        status=OutgoingMail.Status.WITHDRAWN, server_reply=reason, rendered=_without_account_body()
    )


def withdraw_one(mail: OutgoingMail, *, by: User) -> None:
    """Take back one mail by a coordinator's decision."""
    if not withdraw(OutgoingMail.objects.filter(pk=mail.pk), reason=BY_A_COORDINATOR):
        raise ActionNotPossible(_("This mail can no longer be withdrawn."))
    logger.info("Mail %s was withdrawn by person %s", mail.pk, by.pk)


def retry(mail: OutgoingMail, *, by: User, now: datetime) -> None:
    """Queue a mail again by a coordinator's decision, with the same Message-ID, and with fresh patience.

    A mail that came too late gets another day, because the coordinator wants it to go; the sender still drops it if
    what it says is no longer true. An account mail does not: its link has expired; one that was withdrawn or returned
    has lost its text with its link.
    """
    if mail.is_account_mail and mail.useful_until <= now:
        raise ActionNotPossible(_("The link in this mail has expired; the person has to ask for a new one."))
    if not _queue_again(OutgoingMail.objects.filter(pk=mail.pk), now):
        raise ActionNotPossible(_("This mail is not one to send again."))
    logger.info("Mail %s was queued again by person %s", mail.pk, by.pk)
    wake()


def retry_all(mails: OutgoingMailQuerySet, *, by: User, now: datetime) -> int:
    """Queue all of these again that can be, as `retry` does; returns how many. The others stay as they are."""
    queued = _queue_again(mails, now)
    logger.info("%s mails were queued again by person %s", queued, by.pk)
    if queued:
        wake()
    return queued


def _queue_again(mails: OutgoingMailQuerySet, now: datetime) -> int:
    expired = Q(priority=OutgoingMail.Priority.ACCOUNT, useful_until__lte=now)
    return (
        mails.to_send_again()
        .exclude(expired)
        .update(
            status=OutgoingMail.Status.QUEUED,
            rendered=text_to_repeat(),
            attempts=0,
            lost_leases=0,
            data_began_at=None,
            retry_at=None,
            useful_until=Case(When(useful_until__gt=now, then=F("useful_until")), default=Value(now + A_SECOND_CHANCE)),
            token=None,
            lease_until=None,
            dismissed_at=None,
            dismissed_by=None,
        )
    )


def dismiss(mails: OutgoingMailQuerySet, *, by: User, now: datetime) -> int:
    """Put aside mails that ended otherwise than they should: a coordinator has seen it. They stay in the outbox."""
    dismissed = mails.to_look_at().update(dismissed_at=now, dismissed_by=by)
    logger.info("%s mails were put aside by person %s", dismissed, by.pk)
    return dismissed


def park(*, now: datetime) -> int:
    """After a restore: hold everything that has fallen due, because it may have gone between backup and disaster.

    That holds as well for what was due before the backup and waited then: for another try, the morning, a paused mail
    server, or the sender that held it. Run the planners first, so that what they would derive again is held too.
    """
    fallen_due = OutgoingMail.objects.undecided().filter(due__lte=now)
    return fallen_due.update(status=OutgoingMail.Status.PARKED, token=None, lease_until=None)


def release_parked(mails: OutgoingMailQuerySet, *, by: User) -> int:
    """Let held mails go; those that are too late by now become missed, those no longer true are withdrawn."""
    status = OutgoingMail.Status
    released = mails.filter(status=status.PARKED).update(status=status.QUEUED, retry_at=None)
    logger.info("%s held mails were released by person %s", released, by.pk)
    if released:
        wake()
    return released


def purge_bodies(*, now: datetime) -> int:
    """Delete texts after 90 days and those of account mails as soon as nobody can need them; the rows stay."""
    status = OutgoingMail.Status
    old = Q(created_at__lt=now - BODIES_KEPT_FOR) & ~Q(status__in=[status.QUEUED, status.SENDING, status.PARKED])
    account = Q(priority=OutgoingMail.Priority.ACCOUNT) & (Q(status=status.SENT) | Q(useful_until__lt=now))
    undecided = Q(status__in=[status.QUEUED, status.SENDING])
    return OutgoingMail.objects.filter(old | (account & ~undecided), rendered__isnull=False).update(rendered=None)


def text_to_repeat() -> Case:
    """The bytes that a mail keeps for its next try; what is put here as none is written anew.

    What may have arrived is repeated as it was, and the text of a mail about an account exists nowhere else. All others
    tell of the day on which they go: "tomorrow" may be today by then, and what they say may have changed.
    """
    kept = Q(priority=OutgoingMail.Priority.ACCOUNT) | Q(unknown_count__gt=0)
    return Case(When(kept, then=F("rendered")), default=Value(None))


def _without_account_body() -> Case:
    return Case(When(priority=OutgoingMail.Priority.ACCOUNT, then=Value(None)), default=F("rendered"))
