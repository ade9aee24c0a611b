"""Calendars of one's own, and the answers that come back from calendars by mail."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ogpgroup.models import User
from workshops.models.participations import Participation


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def open(self) -> Self:
        """Those that still answer."""
        return self.filter(revoked_at=None, user__is_active=True)


class CalendarFeed(models.Model):
    """An address with which a calendar reads one person's sessions without signing in. Whoever has it may read it.

    The address is signed from `uid` and stored nowhere: who reads the database cannot use it. Revoking is for ever.
    """

    class Scope(models.TextChoices):
        INVITED = "invited", _("the sessions I am invited to")
        CITY = "city", _("those of my city, and those I am invited to")
        ALL = "all", _("all sessions I may see")

    MOST = 5  # open ones a person may have

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_feeds")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80, blank=True)
    scope = models.CharField(_("what is in it"), max_length=10, choices=Scope.choices, default=Scope.INVITED)
    with_deadlines = models.BooleanField(_("also what falls due"), default=True)
    alarm_minutes = models.PositiveIntegerField(_("alarm, minutes before"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)  # by the day, so that a reading calendar writes once a day

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar of one's own")
        verbose_name_plural = _("calendars of one's own")
        constraints = [
            models.CheckConstraint(
                condition=Q(alarm_minutes__isnull=True) | Q(alarm_minutes__lte=14 * 24 * 60), name="calendarfeed_alarm"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_scope_display()}"


class ReceivedReplyQuerySet(models.QuerySet["ReceivedReply"]):
    def to_look_at(self) -> Self:
        """Those that nobody could use or that say more than an answer, until a coordinator puts them aside.

        See also `ReceivedReply.is_to_look_at`.
        """
        outcome = ReceivedReply.Outcome
        listed = self.filter(settled_at=None).exclude(outcome=outcome.RETURNED)
        return listed.exclude(outcome=outcome.APPLIED, comment="")


class ReceivedReply(models.Model):
    """A mail that came to the address for replies: an answer from a calendar, or something odd. None is dropped."""

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("recorded")
        OUTDATED = "outdated", _("answers an earlier version")
        OLDER = "older", _("older than the answer on record")
        TOO_LATE = "too_late", _("the session is over or does not take place")
        UNKNOWN_SESSION = "unknown_session", _("no session of ours")
        UNKNOWN_PERSON = "unknown_person", _("nobody with this address was invited")
        ANOTHER_SENDER = "another_sender", _("sent from another address than it answers for")
        SENT_SOMEBODY = "sent_somebody", _("wants to come, and has sent somebody else")
        NO_SEAT = "no_seat", _("put on the waiting list")
        UNREADABLE = "unreadable", _("no answer in it")
        RETURNED = "returned", _("a mail of ours that came back")

    MOST_BYTES = 200_000  # of a mail; what is longer is cut, and marked unreadable

    message_id = models.CharField(max_length=998, unique=True)
    received_at = models.DateTimeField(db_default=Now())
    sender = models.CharField(_("from"), max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    uid = models.CharField(max_length=300, blank=True)
    sequence = models.IntegerField(null=True, blank=True)
    attendee = models.CharField(max_length=320, blank=True)
    partstat = models.CharField(max_length=40, blank=True)
    # What the person wrote beside the answer, as itip.LONGEST_COMMENT cuts it; forgotten with the mail's text.
    comment = models.CharField(max_length=500, blank=True, default="", db_default="")
    said_at = models.DateTimeField(null=True, blank=True)  # of an answer: by the calendar's clock, never after it came
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices)
    participation = models.ForeignKey(
        Participation, on_delete=models.SET_NULL, null=True, blank=True, related_name="replies"
    )
    raw = models.BinaryField(blank=True, default=b"")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ReceivedReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply by mail")
        verbose_name_plural = _("replies by mail")
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["outcome", "settled_at"], name="receivedreply_open")]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"

    @property
    def is_to_look_at(self) -> bool:
        """See also `ReceivedReplyQuerySet.to_look_at`."""
        says_more = self.outcome != self.Outcome.APPLIED or bool(self.comment)
        return self.settled_at is None and self.outcome != self.Outcome.RETURNED and says_more
