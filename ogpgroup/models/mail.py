"""The mail that goes out to people: its rows, how senders take them, and what the server has refused."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, F, When
from django.db.models.functions import Coalesce, Lower, Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ogpgroup.models.people import User


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def about(self, subject_type: str, subject_id: int) -> Self:
        return self.filter(subject_type=subject_type, subject_id=subject_id)

    def undecided(self) -> Self:
        """Mails whose fate is still open: waiting, or being sent now."""
        return self.filter(status__in=[OutgoingMail.Status.QUEUED, OutgoingMail.Status.SENDING])

    def overdue(self, now: datetime) -> Self:
        """Mails that should have gone by now and have not."""
        return self.filter(status=OutgoingMail.Status.QUEUED, due__lte=now)

    def to_send_again(self) -> Self:
        """Mails that a coordinator may queue again. See also `OutgoingMail.can_be_sent_again`."""
        account, gone = OutgoingMail.Priority.ACCOUNT, OutgoingMail.BODY_GONE
        return self.filter(status__in=OutgoingMail.SENT_AGAIN_FROM).exclude(priority=account, status__in=gone)

    def to_look_at(self) -> Self:
        """Mails that ended otherwise than they should and that no coordinator has put aside."""
        return self.filter(status__in=OutgoingMail.DISMISSED_FROM, dismissed_at=None)

    def held_by(self, token: uuid.UUID) -> Self:
        """Mails a sender may still write about: whoever has lost the lease has lost the token too."""
        return self.filter(token=token, status=OutgoingMail.Status.SENDING)

    def claim(
        self,
        *,
        kinds: Collection[str],
        repeatable: Collection[str],
        token: uuid.UUID,
        lease: timedelta,
        limit: int,
        suspects: bool = False,
    ) -> list["OutgoingMail"]:
        """Take what is due, by priority and then by time, in one statement that two senders can run at once.

        Mails whose sender has died are taken too. The one whose text had begun may have arrived: if it may not be
        repeated it becomes `unknown`, else its row counts that. What comes too late becomes `missed`; what has outlived
        too many senders becomes `failed`. Those are returned as well; only rows with the status `sending` are the
        caller's to send. Kinds this code does not know wait for code that does. Mails that were there when two senders
        died are `suspects`: they are taken apart, so that the one that kills senders does not take the others with it.
        Only the database's clock is asked.

        A mail goes to the address its person has now, and is written anew for it. Not so a mail that may have arrived
        at the old one, and not what tells about the account itself: that is meant for the address it was queued for.
        """
        rows = self.raw(
            CLAIM,
            {
                "kinds": list(kinds),
                "repeatable": list(repeatable),
                "token": token,
                "lease": lease,
                "limit": limit,
                "suspects": suspects,
                "lost_leases_at_most": OutgoingMail.LOST_LEASES_AT_MOST,
                "lost_too_often": LOST_TOO_OFTEN,
                "maybe_arrived": MAYBE_ARRIVED,
                "too_late": TOO_LATE,
                "account": OutgoingMail.Priority.ACCOUNT,
            },
        )
        return sorted(rows, key=lambda mail: (mail.priority, mail.retry_at or mail.due, mail.pk))


LOST_TOO_OFTEN = gettext_noop("The sender stopped each time it held this mail; it is not tried again.")
MAYBE_ARRIVED = gettext_noop("The sender stopped while this mail was on its way; it may have arrived.")
TOO_LATE = gettext_noop("Its time had passed before it could be sent.")

CLAIM = """
WITH picked AS MATERIALIZED (
    SELECT id, priority, user_id, recipient, unknown_count,
           status = 'sending' AS lost,
           status = 'sending' AND data_began_at IS NOT NULL AS maybe_arrived,
           CASE
               WHEN status = 'sending' AND lost_leases >= %(lost_leases_at_most)s THEN 'failed'
               WHEN status = 'sending' AND data_began_at IS NOT NULL AND NOT kind = ANY(%(repeatable)s) THEN 'unknown'
               WHEN useful_until > statement_timestamp() THEN 'sending'
               WHEN status = 'sending' AND data_began_at IS NOT NULL THEN 'unknown'
               ELSE 'missed'
           END AS verdict
      FROM ogpgroup_outgoingmail
     WHERE status IN ('queued', 'sending')
       AND CASE WHEN status = 'sending' THEN lease_until ELSE COALESCE(retry_at, due) END <= statement_timestamp()
       AND (lost_leases + (status = 'sending')::int >= 2) = %(suspects)s
       AND kind = ANY(%(kinds)s)
     ORDER BY CASE WHEN %(suspects)s THEN lost_leases END,
              priority, CASE WHEN status = 'sending' THEN lease_until ELSE COALESCE(retry_at, due) END, id
     LIMIT %(limit)s
       FOR UPDATE SKIP LOCKED
)
UPDATE ogpgroup_outgoingmail AS mail
   SET status = picked.verdict,
       recipient = COALESCE(moved.email, mail.recipient),
       rendered = CASE WHEN moved.id IS NULL THEN mail.rendered END,
       token = CASE WHEN picked.verdict = 'sending' THEN %(token)s::uuid END,
       lease_until = CASE WHEN picked.verdict = 'sending' THEN statement_timestamp() + %(lease)s END,
       attempts = mail.attempts + (picked.verdict = 'sending')::int,
       lost_leases = mail.lost_leases + picked.lost::int,
       unknown_count = mail.unknown_count + picked.maybe_arrived::int,
       data_began_at = CASE WHEN picked.verdict <> 'sending' THEN mail.data_began_at END,
       server_reply = CASE picked.verdict
           WHEN 'failed' THEN %(lost_too_often)s
           WHEN 'unknown' THEN %(maybe_arrived)s
           WHEN 'missed' THEN %(too_late)s
           ELSE mail.server_reply
       END
  FROM picked
  LEFT JOIN ogpgroup_user AS moved
         ON moved.id = picked.user_id AND lower(moved.email) <> lower(picked.recipient)
        AND picked.priority <> %(account)s AND picked.verdict = 'sending'
        AND NOT picked.maybe_arrived AND picked.unknown_count = 0
 WHERE mail.id = picked.id
RETURNING mail.*
"""


class OutgoingMail(models.Model):
    """One mail to one person, from the decision to send it to its outcome. See `ogpgroup.mail` for the rules.

    The unique `key` says what the mail is about; a second row with the same key is never made, which is why nobody is
    told twice. The subject is named without a foreign key because the ground knows no app.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("mail", "waiting")
        SENDING = "sending", pgettext_lazy("mail", "being sent")
        SENT = "sent", pgettext_lazy("mail", "accepted by the mail server")
        FAILED = "failed", pgettext_lazy("mail", "refused")
        UNKNOWN = "unknown", pgettext_lazy("mail", "outcome unknown")
        MISSED = "missed", pgettext_lazy("mail", "too late to be useful")
        WITHDRAWN = "withdrawn", pgettext_lazy("mail", "withdrawn")
        PARKED = "parked", pgettext_lazy("mail", "held after a restore")
        BOUNCED = "bounced", pgettext_lazy("mail", "returned")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.QUEUED: {Status.SENDING, Status.MISSED, Status.WITHDRAWN, Status.PARKED},
        Status.SENDING: {
            Status.SENT,
            Status.QUEUED,
            Status.FAILED,
            Status.UNKNOWN,
            Status.WITHDRAWN,
            Status.MISSED,
            Status.PARKED,
        },
        Status.SENT: {Status.BOUNCED},
        Status.FAILED: {Status.QUEUED},
        Status.UNKNOWN: {Status.QUEUED, Status.WITHDRAWN, Status.BOUNCED},
        Status.MISSED: {Status.QUEUED},
        Status.WITHDRAWN: {Status.QUEUED},
        Status.PARKED: {Status.QUEUED, Status.WITHDRAWN},
        Status.BOUNCED: {Status.QUEUED},
    }

    # What a coordinator, or an app, may send again or take back.
    SENT_AGAIN_FROM: ClassVar[set[str]] = {
        Status.FAILED,
        Status.UNKNOWN,
        Status.MISSED,
        Status.WITHDRAWN,
        Status.BOUNCED,
    }
    WITHDRAWN_FROM: ClassVar[set[str]] = {Status.QUEUED, Status.UNKNOWN, Status.PARKED}
    # Where an account mail has lost its text, which exists nowhere else.
    BODY_GONE: ClassVar[set[str]] = {Status.WITHDRAWN, Status.BOUNCED}
    # What waits for a coordinator until they have seen it; what is held after a restore waits for a decision.
    DISMISSED_FROM: ClassVar[set[str]] = {Status.FAILED, Status.UNKNOWN, Status.MISSED, Status.BOUNCED}

    LOST_LEASES_AT_MOST: ClassVar[int] = 5

    class Priority(models.IntegerChoices):
        ACCOUNT = 1, _("account")
        CHANGE = 2, _("change")
        REMINDER = 3, _("reminder")
        DIGEST = 4, _("digest")

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    priority = models.SmallIntegerField(choices=Priority.choices)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="mails")
    recipient = models.EmailField(max_length=254)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True, blank=True)
    subject_version = models.IntegerField(default=0)
    due = models.DateTimeField()
    useful_until = models.DateTimeField()
    retry_at = models.DateTimeField(null=True, blank=True)  # after a temporary failure; `due` keeps what was promised
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED, db_default=Status.QUEUED)
    headline = models.CharField(max_length=200, blank=True)  # the subject line, for the outbox
    rendered = models.BinaryField(null=True, blank=True)
    attempts = models.SmallIntegerField(default=0, db_default=0)
    unknown_count = models.SmallIntegerField(
        default=0, db_default=0
    )  # attempts that may have arrived without our knowing
    lost_leases = models.SmallIntegerField(default=0, db_default=0)  # senders that died while they held it
    data_began_at = models.DateTimeField(
        null=True, blank=True
    )  # written before the text goes out: where a sender dies, no other mail of its batch is in doubt
    lease_until = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120)
    server_reply = models.CharField(max_length=500, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)  # a coordinator has seen how it ended
    dismissed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    is_demo = models.BooleanField(default=False, db_default=False)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-due", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="sending") | models.Q(lease_until__isnull=False, token__isnull=False),
                name="outgoingmail_sending_has_lease_and_token",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="sent") | models.Q(sent_at__isnull=False),
                name="outgoingmail_sent_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(dismissed_by=None) | models.Q(dismissed_at__isnull=False),
                name="outgoingmail_dismissed_has_time",
            ),
        ]
        indexes = [
            models.Index(
                "priority",
                # When its turn comes, as CLAIM says it: what lies ahead is not read, however much it is.
                Case(When(status="sending", then=F("lease_until")), default=Coalesce("retry_at", "due")),
                "id",
                name="outgoingmail_turn",
                condition=models.Q(status__in=["queued", "sending"]),
            ),
            models.Index(fields=["subject_type", "subject_id", "status"], name="outgoingmail_subject"),
            models.Index(fields=["status", "-due"], name="outgoingmail_status"),
            models.Index(fields=["user", "-due"], name="outgoingmail_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient} ({self.status})"

    @property
    def reply(self) -> str:
        """The server's words as they came, or our own sentence in the reader's language."""
        return gettext(self.server_reply) if self.server_reply else ""

    @property
    def can_be_sent_again(self) -> bool:
        """See also `OutgoingMailQuerySet.to_send_again`."""
        return self.status in self.SENT_AGAIN_FROM and not (self.is_account_mail and self.status in self.BODY_GONE)

    @property
    def can_be_withdrawn(self) -> bool:
        return self.status in self.WITHDRAWN_FROM

    @property
    def can_be_released(self) -> bool:
        return self.status == self.Status.PARKED

    @property
    def can_be_dismissed(self) -> bool:
        return self.status in self.DISMISSED_FROM and self.dismissed_at is None

    @property
    def is_account_mail(self) -> bool:
        """Resets and invitations: their body is never shown and is deleted once sent."""
        return self.priority == self.Priority.ACCOUNT


class RefusedAddressQuerySet(models.QuerySet["RefusedAddress"]):
    def in_use(self) -> Self:
        """Those that the person still has; who has changed address has left the refusals behind."""
        return self.filter(user__is_active=True, address=Lower("user__email"))

    def marked(self) -> Self:
        """Addresses to which no reminder is sent until they change or a coordinator lets them be tried again."""
        return self.in_use().filter(times__gte=RefusedAddress.MARKED_AFTER)


class RefusedAddress(models.Model):
    """An address of a person at which the mail server says there is nobody. A mail that is accepted takes it away."""

    MARKED_AFTER: ClassVar[int] = 2

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="refused_address")
    address = models.EmailField(max_length=254)  # in small letters
    times = models.SmallIntegerField()
    last_at = models.DateTimeField()
    reply = models.CharField(max_length=500)

    objects = RefusedAddressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(address=Lower("address")), name="refusedaddress_in_small_letters")
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.reply}"


class MailBreaker(models.Model):
    """One row, there while the mail server or our own settings are at fault: until `open_until` nothing is tried."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    open_until = models.DateTimeField()
    opened_count = models.SmallIntegerField(default=1, db_default=1)  # times in a row; the pause grows with it
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="mailbreaker_only_one")]

    def __str__(self) -> str:
        return self.reason

    @property
    def reply(self) -> str:
        """The server's words as they came, or our own sentence in the reader's language."""
        return gettext(self.reason) if self.reason else ""


def message_id_for(key: str, domain: str) -> str:
    """The Message-ID of a mail follows from its key, so that every retry carries the same one.

    Nobody else can work it out: who returns a mail proves by it that they had it.
    """
    secret = salted_hmac("ogpgroup.message_id", key, algorithm="sha256").hexdigest()
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, secret)}@{domain}>"
