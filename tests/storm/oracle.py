"""What should arrive, computed from what was arranged and by other code than the product's, and what did arrive."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import connection
from django.utils.crypto import salted_hmac

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


class Arrivals(list[Any]):
    """The ledger of the mail server, by Message-ID alone: a hundred thousand texts would take all memory."""

    def __init__(self) -> None:
        super().__init__()
        self.copies: Counter[str] = Counter()
        self.texts: dict[str, set[int]] = {}

    def append(self, mail: tuple[str, bytes]) -> None:
        found = _MESSAGE_ID.search(mail[1])
        name = found[1].decode() if found else ""
        self.copies[name] += 1
        self.texts.setdefault(name, set()).add(hash(mail[1]))

    def __len__(self) -> int:
        return self.copies.total()


def message_ids(
    starts: dict[int, datetime], people: Iterable[int], lead: str, domain: str
) -> Iterator[tuple[str, int]]:
    """The Message-ID of each reminder that should be planned, and whose it is."""
    for person in people:
        for session, start in starts.items():
            stamp = start.astimezone(UTC).strftime("%Y%m%dT%H%MZ")
            key = f"reminder:{session}:{stamp}:{lead}:{person}"
            secret = salted_hmac("ogpgroup.message_id", key, algorithm="sha256").hexdigest()
            yield f"<{uuid5(NAMESPACE_URL, secret)}@{domain}>", person


def lateness_of_bursts() -> list[tuple[datetime, float]]:
    """For each moment at which mails fell due: within how many seconds nineteen of twenty were sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT due, percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - due)) "
            "FROM ogpgroup_outgoingmail WHERE status = 'sent' GROUP BY due ORDER BY due"
        )
        return [(due, float(latest)) for due, latest in cursor.fetchall()]


@dataclass(frozen=True)
class Report:
    """The line, and what must not be."""

    planned: int
    sent: int
    unsure: int  # left to a coordinator
    failed: int
    lost: int
    doubled: int
    unknown: int
    p95_lateness: float
    kills: int
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"planned={self.planned} sent={self.sent} unsure={self.unsure} failed={self.failed} lost={self.lost} "
            f"doubled={self.doubled} unknown={self.unknown} p95_lateness={self.p95_lateness:.0f}s kills={self.kills}"
        )


def judge(expected: dict[str, int], refused: set[int], arrived: Arrivals, *, kills: int) -> Report:
    """Hold what arrived, and what the rows say, against what was arranged."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT message_id, status, unknown_count, server_reply FROM ogpgroup_outgoingmail WHERE kind = %s",
            ["session_reminder"],
        )
        rows = {name: (status, unknown, reply) for name, status, unknown, reply in cursor.fetchall()}
        cursor.execute(
            "SELECT coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - due)), 0) "
            "FROM ogpgroup_outgoingmail WHERE status = 'sent'"
        )
        (lateness,) = cursor.fetchone()
    wanted = {name for name, person in expected.items() if person not in refused}
    reached = set(arrived.copies)
    lost = {name for name in wanted if name not in reached}
    tally = Counter(status for status, _unknown, _reply in rows.values())
    wrong = {
        "planned otherwise than arranged": set(rows) ^ set(expected),
        "arrived and should not": reached - wanted,
        "more copies than recorded unknowns": {
            name for name, times in arrived.copies.items() if times > 1 + rows.get(name, ("", 0, ""))[1]
        },
        "copies that differ": {name for name, texts in arrived.texts.items() if len(texts) > 1},
        "said to be sent and did not arrive": {
            name for name, (status, *_rest) in rows.items() if status == "sent" and name not in reached
        },
        "ended without a reason": {
            name for name, (status, _unknown, reply) in rows.items() if status != "sent" and not reply
        },
        # Whose answer was lost six times is left to a coordinator, who reads that it may have arrived.
        "arrived and is not marked so": {
            name for name in reached if rows.get(name, ("",))[0] not in {"sent", "unknown"}
        },
        "lost": lost,
    }
    return Report(
        planned=len(rows),
        sent=tally["sent"],
        unsure=tally["unknown"],
        failed=tally["failed"] + tally["withdrawn"],
        lost=len(lost),
        doubled=sum(times - 1 for times in arrived.copies.values()),
        unknown=sum(unknown for _status, unknown, _reply in rows.values()),
        p95_lateness=float(lateness),
        kills=kills,
        wrong=tuple(f"{len(names)} {what}, such as {min(names)}" for what, names in wrong.items() if names),
    )
