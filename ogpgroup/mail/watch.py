"""What tells a person, or /readyz, whether mail is flowing. Only the database's clock counts."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from ogpgroup.models import Heartbeat, MailBreaker, OutgoingMail, RefusedAddress


@dataclass(frozen=True)
class Watch:
    """One look at the mail: how late the oldest is, what needs a decision, when planner and sender were last seen.

    What a coordinator has put aside needs none any more.
    """

    now: datetime
    oldest_due_seconds: float
    unknown: int
    failed: int
    missed: int
    returned: int
    parked: int
    refusing: int  # people whose address refuses mail
    planner_seconds: float | None  # None: never seen
    sender_seconds: float | None
    reader_seconds: float | None
    reads_replies: bool  # whether there is a mailbox to read
    breaker: MailBreaker | None  # while it is open

    @property
    def is_degraded(self) -> bool:
        """Whether planner or sender were not seen for five minutes."""
        return any(seconds is None or seconds > 300 for seconds in (self.planner_seconds, self.sender_seconds))

    @property
    def is_mailbox_broken(self) -> bool:
        """Whether the mailbox of replies was not read for five minutes; mail goes out all the same."""
        return self.reads_replies and (self.reader_seconds is None or self.reader_seconds > 300)


def database_now() -> datetime:
    """The time by which mail is judged: a machine whose clock is wrong sends nothing early."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]


def beat(name: str) -> None:
    """Write down that planner or sender is at work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ogpgroup_heartbeat (name, seen_at) VALUES (%s, statement_timestamp()) "
            "ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at",
            [name],
        )


def watch() -> Watch:
    """Five queries, whatever the number of mails."""
    now = database_now()
    seen = dict(Heartbeat.objects.values_list("name", "seen_at"))
    status = OutgoingMail.Status
    counts = OutgoingMail.objects.filter(
        status__in=[status.QUEUED, status.UNKNOWN, status.FAILED, status.MISSED, status.PARKED, status.BOUNCED]
    ).aggregate(
        oldest=Min(Coalesce("retry_at", "due"), filter=Q(status=status.QUEUED)),
        unknown=Count("pk", filter=Q(status=status.UNKNOWN, dismissed_at=None)),
        failed=Count("pk", filter=Q(status=status.FAILED, dismissed_at=None)),
        missed=Count("pk", filter=Q(status=status.MISSED, dismissed_at=None)),
        returned=Count("pk", filter=Q(status=status.BOUNCED, dismissed_at=None)),
        parked=Count("pk", filter=Q(status=status.PARKED)),
    )
    oldest = counts.pop("oldest") or now

    def seconds_since(name: str) -> float | None:
        return (now - seen[name]).total_seconds() if name in seen else None

    return Watch(
        now=now,
        oldest_due_seconds=max(0.0, (now - oldest).total_seconds()),
        planner_seconds=seconds_since(Heartbeat.PLANNER),
        sender_seconds=seconds_since(Heartbeat.SENDER),
        reader_seconds=seconds_since(Heartbeat.READER),
        reads_replies=bool(settings.REPLY_MAILBOX_URL),
        refusing=RefusedAddress.objects.marked().count(),
        breaker=MailBreaker.objects.filter(open_until__gt=now).first(),
        **counts,
    )
