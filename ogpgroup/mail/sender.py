"""Claims mail that is due, checks that it is still true, renders it, sends it one by one, writes down each outcome."""

import logging
import random
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.db.models.functions import Least, Now
from django.utils.translation import gettext_noop

from ogpgroup.mail import addresses, nights, records
from ogpgroup.mail.faults import kill_point
from ogpgroup.mail.kinds import Kind
from ogpgroup.mail.queue import NO_LONGER_TRUE, text_to_repeat
from ogpgroup.mail.smtp import Fate, Hint, Outcome, Transport, Trouble, open_transport, timeout_of
from ogpgroup.mail.watch import beat, database_now
from ogpgroup.models import Heartbeat, MailBreaker, OutgoingMail, RefusedAddress

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BATCH = 100  # what a batch costs is shared by its mails; a killed sender doubles none but the one in its hand
SAFE_PART_OF_LEASE = 0.6
RETRY_MINUTES = (1, 5, 15, 60)  # then hourly
UNKNOWN_AT_MOST = 5  # doubles that a reminder is worth
BROKEN_IN_A_ROW = 3
SLOW_DOMAIN_RESTS = timedelta(minutes=1)
ACCUSERS = 3  # domains in a row that refuse alike, in words about us, before we believe that it is us
PAUSES = {  # the first pause and the longest; it doubles while the trouble goes on
    Trouble.BUSY: (timedelta(seconds=15), timedelta(minutes=5)),
    Trouble.MISCONFIGURED: (timedelta(minutes=5), timedelta(hours=1)),
}
NOT_WRITTEN = gettext_noop("The text of this mail could not be written; the log says why.")
NOT_SENDABLE = gettext_noop("This mail could not be offered to the mail server; the log says why.")

Status = OutgoingMail.Status


class _LeaseLost(Exception):
    """Somebody else has this mail by now."""


def deliver(
    *,
    kinds: Iterable[Kind],
    budget: timedelta = timedelta(seconds=20),
    lease: timedelta | None = None,
    batch_size: int = BATCH,
    stop: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Send what is due until nothing is left, the time is up or `stop` says so; returns how many got which status.

    Any number of senders may do this at once. A lease outlives several timeouts of the mail server.
    """
    lease = lease or max(LEASE, timedelta(seconds=10 * timeout_of(settings.MAIL_URL)))
    sender = _Sender({kind.name: kind for kind in kinds}, lease=lease, batch_size=batch_size, stop=stop)
    until = time.monotonic() + budget.total_seconds()
    try:
        while time.monotonic() < until and not stop():
            beat(Heartbeat.SENDER)
            if sender.must_pause() or not sender.send_batch():
                break
    finally:
        sender.transport.close()
    return sender.counts


@dataclass
class _Sender:
    kinds: Mapping[str, Kind]
    lease: timedelta
    batch_size: int
    stop: Callable[[], bool]
    transport: Transport = field(default_factory=open_transport)
    counts: Counter[str] = field(default_factory=Counter)
    broken_in_a_row: int = 0
    breaker_is_there: bool = False
    refusals: dict[int, RefusedAddress] = field(default_factory=dict)  # of the people of this batch
    accused: list[OutgoingMail] = field(default_factory=list)  # refused one after the other in words about us
    acceptance: records.Acceptance | None = None  # of the mail before, on its way to the database
    begun: int = 0  # the mail of which is on record that its text begins

    def must_pause(self) -> bool:
        """Whether the breaker is open. One whose time is over stays until a mail is accepted: the pause grows."""
        breaker = MailBreaker.objects.values_list("open_until", Now()).first()
        self.breaker_is_there = breaker is not None
        return breaker is not None and breaker[0] > breaker[1]

    def send_batch(self) -> bool:
        """Claim and send one batch; says whether there was one."""
        started = time.monotonic()
        token = uuid4()
        rows = self._claim(token, suspects=False) or self._claim(token, suspects=True)
        kill_point("after_claim")
        self.counts.update(mail.status for mail in rows if mail.status != Status.SENDING)
        mails = [mail for mail in rows if mail.status == Status.SENDING]
        if mails:
            # Never send on an old lease: by then another sender may have taken over.
            deadline = started + SAFE_PART_OF_LEASE * self.lease.total_seconds()
            try:
                self._send_until(deadline, self._prepared(mails, token), token)
            finally:
                self._end_acceptance()
        return bool(rows)

    def _claim(self, token: UUID, *, suspects: bool) -> list[OutgoingMail]:
        return OutgoingMail.objects.claim(
            kinds=self.kinds.keys(),
            repeatable=[kind.name for kind in self.kinds.values() if kind.repeatable],
            token=token,
            lease=self.lease,
            limit=1 if suspects else self.batch_size,
            suspects=suspects,
        )

    # --- Before sending ---------------------------------------------------------------------------------------------

    def _prepared(self, mails: Sequence[OutgoingMail], token: UUID) -> list[OutgoingMail]:
        """Those still true, in the order of the claim, each with its bytes stored."""
        self.refusals = addresses.refusals(mails)
        held_back = {mail.pk for mail in mails if addresses.is_held_back(mail, self.refusals.get(mail.user_id or 0))}
        self._settle(held_back, token, status=Status.WITHDRAWN, server_reply=addresses.ADDRESS_REFUSES)
        now = database_now()
        asleep = nights.until_morning(mails, now)
        self._put_off_until(asleep, token)
        groups: dict[str, list[OutgoingMail]] = defaultdict(list)
        for mail in mails:
            if mail.pk not in held_back and mail.pk not in asleep:
                groups[mail.kind].append(mail)
        ready: set[int] = set()
        for name, batch in groups.items():
            ready |= self._prepared_of_kind(self.kinds[name], batch, now, token)
        return [mail for mail in mails if mail.pk in ready]

    def _prepared_of_kind(self, kind: Kind, mails: Sequence[OutgoingMail], now: datetime, token: UUID) -> set[int]:
        answers, doubtful = _ask(kind.still_true, mails, now)
        true = set[int]().union(*answers)
        blank = [mail for mail in mails if mail.pk in true and mail.rendered is None]
        written = {pk: text for texts in _ask(kind.render, blank, now)[0] for pk, text in texts.items()}
        failed = doubtful | {mail.pk for mail in blank if mail.pk not in written}
        untrue = {mail.pk for mail in mails} - true - doubtful
        self._settle(failed, token, status=Status.FAILED, server_reply=NOT_WRITTEN)
        self._settle(untrue, token, status=Status.WITHDRAWN, server_reply=NO_LONGER_TRUE)
        stored = records.store(written, token)
        for mail in blank:
            if mail.pk in stored:
                mail.rendered = written[mail.pk].content
        return {mail.pk for mail in mails if mail.pk in true and mail.rendered is not None}

    def _put_off_until(self, moments: Mapping[int, datetime], token: UUID) -> None:
        """What wakes nobody goes in the morning, one statement for each zone; its attempts are not burnt."""
        for moment in set(moments.values()):
            self._give_back([pk for pk, one in moments.items() if one == moment], token, retry_at=moment)

    def _settle(self, ids: set[int], token: UUID, **changes: Any) -> None:
        if ids:
            changed = OutgoingMail.objects.held_by(token).filter(pk__in=ids)
            self.counts[changes["status"]] += changed.update(token=None, lease_until=None, **changes)

    # --- Sending ----------------------------------------------------------------------------------------------------

    def _send_until(self, deadline: float, mails: list[OutgoingMail], token: UUID) -> None:
        waiting = deque(mails)
        while waiting:
            if time.monotonic() > deadline or self.stop():
                self._end_acceptance()
                self._give_back([one.pk for one in waiting], token)
                return
            mail = waiting.popleft()
            outcome = self._offer(mail, token)
            self._end_acceptance()  # where the text was not reached
            self.begun = 0  # it was for this try alone
            kill_point("before_outcome")
            if outcome and self._record(mail, outcome, token, self._to_begin(waiting)) is not None:
                self._end_acceptance()
                self._give_back([one.pk for one in waiting], token)
                return
            if outcome and outcome.hint is Hint.SLOW_DOMAIN:
                same = [one for one in waiting if _domain(one) == _domain(mail)]
                self._give_back([one.pk for one in same], token)
                _put_off(_domain(mail))
                waiting = deque(one for one in waiting if one not in same)

    def _to_begin(self, waiting: Sequence[OutgoingMail]) -> OutgoingMail | None:
        """The next mail, where it may be put on record early that its text begins.

        Not so where a double would harm and a person is asked in doubt: that is written right before the text.
        """
        return waiting[0] if waiting and self.kinds[waiting[0].kind].repeatable else None

    def _offer(self, mail: OutgoingMail, token: UUID) -> Outcome | None:
        def before_text() -> None:
            # A sender that dies leaves one mail in doubt, not two; and which one is on record before its text goes out.
            self._end_acceptance()
            if self.begun != mail.pk and not records.update(mail.pk, token, data_began_at=Now()):
                raise _LeaseLost

        try:
            return self.transport.send(mail, before_text=before_text)
        except _LeaseLost:
            return None
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # one bad row must not stop the others
            logger.exception("Mail %s could not be offered", mail.pk)
            return Outcome(Fate.REFUSED, NOT_SENDABLE)

    def _record(
        self, mail: OutgoingMail, outcome: Outcome, token: UUID, following: OutgoingMail | None
    ) -> Trouble | None:
        """Write the outcome at once, in a transaction of its own; says what stands in the way of the next mail."""
        if outcome.fate is Fate.ACCEPTED:
            self.acceptance = records.Acceptance(mail, token, outcome.reply, following)
            self.acceptance.begin()
            kill_point("outcome_begun")
        else:
            self._write(mail, outcome, token)
        self._learn_about_address(mail, outcome)
        trouble = self._trouble_after(mail, outcome)
        if trouble:
            _open_breaker(trouble, outcome.reply)
        return trouble

    def _end_acceptance(self) -> None:
        """Nothing else may be asked of the database before."""
        acceptance, self.acceptance = self.acceptance, None
        if acceptance:
            written = acceptance.end()
            self._count(acceptance.mail, Status.SENT if acceptance.mail.pk in written else "", acceptance.reply)
            self.begun = acceptance.following.pk if acceptance.following and acceptance.following.pk in written else 0

    def _write(self, mail: OutgoingMail, outcome: Outcome, token: UUID) -> None:
        changes = self._changes(mail, outcome)
        released = {"token": None, "lease_until": None} | changes
        if outcome.reply:
            released["server_reply"] = outcome.reply
        written = records.update(mail.pk, token, **released)
        self._count(mail, changes["status"] if written else "", outcome.reply)

    def _count(self, mail: OutgoingMail, status: str, reply: str) -> None:
        if status:
            self.counts[status] += 1
        else:
            logger.warning("Mail %s was taken over by another sender; its outcome here: %s", mail.pk, reply)

    def _trouble_after(self, mail: OutgoingMail, outcome: Outcome) -> Trouble | None:
        if outcome.fate is Fate.ACCEPTED:
            self.broken_in_a_row = 0
            self.accused.clear()
            self._close_breaker()
            return None
        if trouble := self._trouble_of_several(mail, outcome):
            return trouble
        broken = outcome.fate is Fate.UNKNOWN or (outcome.fate is Fate.LATER and not outcome.reply[:1].isdigit())
        self.broken_in_a_row = self.broken_in_a_row + 1 if broken else 0
        return outcome.trouble or (Trouble.BUSY if self.broken_in_a_row >= BROKEN_IN_A_ROW else None)

    def _trouble_of_several(self, mail: OutgoingMail, outcome: Outcome) -> Trouble | None:
        """What stands in the way where several domains in a row refuse alike in words about us.

        Refused for now, the next ones wait; refused for good, so do these, as before. One recipient whose server speaks
        of relaying, limits or spam says nothing about the mails of the others.
        """
        if outcome.hint is not Hint.PERHAPS_OURS:
            self.accused.clear()
            return None
        if self.accused and self.accused[-1].server_reply[:3] != outcome.reply[:3]:
            self.accused.clear()
        mail.server_reply = outcome.reply
        self.accused.append(mail)
        if len({_domain(one) for one in self.accused}) < ACCUSERS:
            return None
        accused = [one.pk for one in self.accused]
        self.accused.clear()
        if outcome.fate is Fate.LATER:
            return Trouble.BUSY
        failed = OutgoingMail.objects.filter(pk__in=accused, status=Status.FAILED)
        given_back = failed.update(status=Status.QUEUED, attempts=F("attempts") - 1, retry_at=None, data_began_at=None)
        self.counts[Status.FAILED] -= given_back
        self.counts[Status.QUEUED] += given_back
        return Trouble.MISCONFIGURED

    def _learn_about_address(self, mail: OutgoingMail, outcome: Outcome) -> None:
        if mail.user_id is None:
            return
        if outcome.hint is Hint.NO_MAILBOX:
            addresses.note_refusal(mail, outcome.reply)
        elif outcome.fate is Fate.ACCEPTED and mail.user_id in self.refusals:
            self._end_acceptance()
            addresses.note_acceptance(mail)

    def _changes(self, mail: OutgoingMail, outcome: Outcome) -> dict[str, Any]:
        retry_at = Least(Now() + _pause_after(mail.attempts), F("useful_until"))
        not_arrived = {"status": Status.QUEUED, "data_began_at": None, "rendered": text_to_repeat()}
        match outcome.fate:
            case Fate.LATER:
                return not_arrived | {"retry_at": retry_at}
            case Fate.NOT_TRIED:
                return not_arrived | {"attempts": F("attempts") - 1}
            case Fate.REFUSED:
                return {"status": Status.FAILED}
            case _:
                again = self.kinds[mail.kind].repeatable and mail.unknown_count < UNKNOWN_AT_MOST
                waiting = {"status": Status.QUEUED, "retry_at": retry_at} if again else {"status": Status.UNKNOWN}
                return waiting | {"unknown_count": F("unknown_count") + 1}

    def _give_back(self, ids: Collection[int], token: UUID, **changes: Any) -> None:
        """What was not offered waits as before: its attempts are not burnt."""
        self.begun = 0
        as_before = {"status": Status.QUEUED, "attempts": F("attempts") - 1, "rendered": text_to_repeat()}
        rest = OutgoingMail.objects.held_by(token).filter(pk__in=ids)
        rest.update(**as_before, token=None, lease_until=None, data_began_at=None, **changes)

    def _close_breaker(self) -> None:
        if self.breaker_is_there:
            self._end_acceptance()
            MailBreaker.objects.filter(open_until__lte=Now()).delete()
            self.breaker_is_there = False


def _ask[A](
    question: Callable[[Sequence[OutgoingMail], datetime], A], mails: Sequence[OutgoingMail], now: datetime
) -> tuple[list[A], set[int]]:
    """Ask an app about the batch at once; where that raises, about each mail alone, so that one bad row fails alone."""
    if not mails:
        return [], set()
    try:
        return [question(mails, now)], set()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("%s mails of the kind %s fail together; each is tried alone", len(mails), mails[0].kind)
    answers: list[A] = []
    failed: set[int] = set()
    for mail in mails:
        try:
            answers.append(question([mail], now))
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("Mail %s could not be prepared", mail.pk)
            failed.add(mail.pk)
    return answers, failed


def _domain(mail: OutgoingMail) -> str:
    return mail.recipient.rpartition("@")[2].lower()


def _put_off(domain: str) -> None:
    """Let the mails of a domain that does not answer wait a minute, so that no sender spends its time on them alone.

    Nobody's attempts are burnt. What tells about an account, and what is useful for minutes only, is still tried.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ogpgroup_outgoingmail SET retry_at = statement_timestamp() + %(pause)s * interval '1 s'"
            " WHERE id IN ("
            "  SELECT id FROM ogpgroup_outgoingmail"
            "   WHERE status = 'queued' AND priority <> %(account)s"
            "     AND lower(split_part(recipient, '@', 2)) = %(domain)s"
            "     AND COALESCE(retry_at, due) < statement_timestamp() + %(pause)s * interval '1 s'"
            "     AND useful_until > statement_timestamp() + 2 * %(pause)s * interval '1 s'"
            "     FOR UPDATE SKIP LOCKED)",
            {"pause": SLOW_DOMAIN_RESTS.total_seconds(), "account": OutgoingMail.Priority.ACCOUNT, "domain": domain},
        )
        logger.warning("The domain %s does not answer in time; %s more mails to it wait", domain, cursor.rowcount)


def _pause_after(attempts: int) -> timedelta:
    minutes = RETRY_MINUTES[min(max(attempts, 1), len(RETRY_MINUTES)) - 1]
    return timedelta(minutes=minutes * random.uniform(0.8, 1.2))  # noqa: S311 (spreads load; no secret)


def _open_breaker(trouble: Trouble, reason: str) -> None:
    """Pause all senders; longer with each time in a row, but not when two senders meet the same trouble at once."""
    first, longest = PAUSES[trouble]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ogpgroup_mailbreaker AS breaker (id, open_until, opened_count, reason) "
            "VALUES (1, statement_timestamp() + make_interval(secs => %(first)s), 1, %(reason)s) "
            "ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, "
            "  opened_count = LEAST(12, breaker.opened_count + (breaker.open_until <= statement_timestamp())::int), "
            "  open_until = CASE WHEN breaker.open_until > statement_timestamp() THEN breaker.open_until "
            "    ELSE statement_timestamp() "
            "      + make_interval(secs => LEAST(%(longest)s, %(first)s * 2 ^ breaker.opened_count)) END",
            {"first": first.total_seconds(), "longest": longest.total_seconds(), "reason": reason[:500]},
        )
    log = logger.error if trouble is Trouble.MISCONFIGURED else logger.warning
    log("Sending pauses (%s): %s", trouble, reason)
