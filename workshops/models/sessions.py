"""Sessions as coordinators edit them, and as they were published."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Now, TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cities.access import roles_of
from cities.models import City, Cycle, Organization
from ogpgroup.models import User, validate_time_zone


class SessionBase(models.Model):
    """The plain facts of a session; what coordinators edit and what is published have the same ones."""

    class Kind(models.TextChoices):
        WORKSHOP = "workshop", _("workshop")
        WEBINAR = "webinar", _("webinar")
        WORKING_SESSION = "working_session", _("working session")

    class Mode(models.TextChoices):
        REMOTE = "remote", _("remote")
        FACE_TO_FACE = "face_to_face", _("face to face")
        HYBRID = "hybrid", _("hybrid")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("everybody, also without an account")
        GROUP = "group", _("the working group")
        INVITED = "invited", _("only those expected")

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("the whole working group")
        CHOSEN = "chosen", _("chosen organisations and people")

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        CANCELLED = "cancelled", _("cancelled")

    # Calendar days before the start, at the same hour of the session's zone; hours are exact.
    LEAD_TIMES: ClassVar[dict[str, tuple[timedelta, ...]]] = {
        Kind.WORKSHOP: (timedelta(days=14), timedelta(days=3), timedelta(days=1), timedelta(hours=2)),
        Kind.WEBINAR: (timedelta(days=14), timedelta(days=3), timedelta(days=1), timedelta(hours=2)),
        Kind.WORKING_SESSION: (timedelta(days=14), timedelta(days=3), timedelta(days=1), timedelta(hours=2)),
    }
    # A session with a date alone is reminded of as if it began at this hour of its zone.
    HOUR_OF_A_DATE = time(9)

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    mode = models.CharField(_("how it is held"), max_length=20, choices=Mode.choices)
    purpose = models.TextField(_("what it is for"), max_length=4000, blank=True)
    bring = models.TextField(_("what to bring"), max_length=4000, blank=True)
    decisions = models.TextField(_("what will be decided"), max_length=4000, blank=True)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    day = models.DateField(_("date"), null=True, blank=True, help_text=_("For a session whose hours are not known."))
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Mexico_City", validators=[validate_time_zone]
    )
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    join_url = models.URLField(_("link to join"), max_length=500, blank=True)
    visibility = models.CharField(
        _("who may see it"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    audience = models.CharField(
        _("who is expected"), max_length=10, choices=Audience.choices, default=Audience.EVERYBODY
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PLANNED)
    cancel_reason = models.CharField(_("reason of the cancellation"), max_length=500, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def has_hours(self) -> bool:
        return self.starts_at is not None

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def local_day(self) -> date:
        """The day on which it begins, where it takes place."""
        if self.starts_at is not None:
            return self.starts_at.astimezone(self.zone).date()
        assert self.day is not None  # the database holds one or the other
        return self.day

    def first_instant(self) -> datetime:
        """When it begins; the first moment of the day, where it takes place, if only the date is known."""
        if self.starts_at is not None:
            return self.starts_at
        return datetime.combine(self.local_day, time(0), self.zone).astimezone(UTC)

    def last_instant(self) -> datetime:
        """When it is over; the first moment of the next day if only the date is known."""
        if self.ends_at is not None:
            return self.ends_at
        return datetime.combine(self.local_day + timedelta(days=1), time(0), self.zone).astimezone(UTC)

    def due_of(self, lead: timedelta) -> datetime:
        """When a reminder with this lead time is due: whole days keep the wall clock of the session's zone.

        So a session at 10:00 is reminded of at 10:00, also over the night in which the clocks change.
        """
        if self.starts_at is None:
            start = datetime.combine(self.local_day, self.HOUR_OF_A_DATE, self.zone)
        else:
            start = self.starts_at.astimezone(self.zone)
        if lead.seconds == 0:
            return (start - lead).astimezone(UTC)  # arithmetic on an aware local time moves the wall clock
        return start.astimezone(UTC) - lead

    def reminder_start(self) -> datetime:
        """The start as reminders count it, in UTC."""
        return self.due_of(timedelta(0))

    def lead_times(self) -> list[timedelta]:
        """The lead times of its kind, longest first; hours make no sense for a date alone."""
        leads = self.LEAD_TIMES[self.kind]
        return sorted((lead for lead in leads if self.has_hours or lead.seconds == 0), reverse=True)


# What is copied into a version, compared for the diff, and raises SEQUENCE. A test fails for a field in no list.
RELEASED_FIELDS = (
    "title",
    "kind",
    "mode",
    "purpose",
    "bring",
    "decisions",
    "starts_at",
    "ends_at",
    "day",
    "time_zone",
    "venue",
    "address",
    "join_url",
    "visibility",
    "audience",
    "status",
    "cancel_reason",
)


def _session_constraints(name: str) -> list[models.BaseConstraint]:
    """Rules that hold for drafts and versions alike."""
    return [
        models.CheckConstraint(
            condition=Q(day__isnull=False, starts_at__isnull=True, ends_at__isnull=True)
            | Q(day__isnull=True, starts_at__isnull=False, ends_at__isnull=False),
            name=f"{name}_date_alone_or_hours",
        ),
        models.CheckConstraint(
            condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name=f"{name}_ends_after_start"
        ),
        models.CheckConstraint(
            condition=(Q(status="cancelled") & ~Q(cancel_reason="")) | Q(status="planned", cancel_reason=""),
            name=f"{name}_cancelled_has_reason",
        ),
    ]


class SessionQuerySet(models.QuerySet["Session"]):
    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Drafts are the coordinators' own; nobody else learns that they exist."""
        return self if roles_of(user).is_coordinator else self.none()

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Sessions of which the person may see the published version."""
        return self.filter(current_version__in=SessionVersion.objects.current().visible_to(user))

    def released(self) -> Self:
        return self.filter(current_version__isnull=False)

    def in_order(self) -> Self:
        return self.order_by(Coalesce(TruncDate("starts_at"), "day"), "starts_at", "pk")


@pghistory.track()
class Session(SessionBase):
    """A session as coordinators edit it, in private. The public reads `current_version`, never this row."""

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        SessionBase.Status.PLANNED: {SessionBase.Status.CANCELLED},
        SessionBase.Status.CANCELLED: {SessionBase.Status.PLANNED},
    }

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("cycle"))
    slug = models.SlugField(max_length=80, unique=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    city = models.ForeignKey(
        City, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("city")
    )
    audience_organizations = models.ManyToManyField(
        Organization, blank=True, related_name="+", verbose_name=_("organisations expected")
    )
    audience_people = models.ManyToManyField(User, blank=True, related_name="+", verbose_name=_("people expected"))
    responsible = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    sequence = models.PositiveIntegerField(default=0)
    current_version = models.OneToOneField(
        "SessionVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="current_of"
    )
    edits = models.PositiveIntegerField(default=0)  # raised by each edit; two coordinators never overwrite each other
    edited_at = models.DateTimeField(db_default=Now())
    edited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # What is known of a session that was held; counts come from participations where those exist.
    attendee_count = models.PositiveIntegerField(_("people who took part"), null=True, blank=True)
    participating_organizations = models.ManyToManyField(
        Organization, blank=True, related_name="sessions", verbose_name=_("institutions that took part")
    )
    report = models.TextField(_("what happened"), max_length=20000, blank=True)
    source = models.URLField(_("source"), max_length=300, blank=True)
    is_demo = models.BooleanField(default=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = _session_constraints("session")
        indexes = [models.Index(fields=["cycle", "starts_at"], name="session_cycle")]

    def get_absolute_url(self) -> str:
        return reverse("workshops:session_detail", args=[self.slug])


class ScheduleRelease(models.Model):
    """A numbered publication of the schedule. Never changed and never deleted: it is the public record."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="releases", verbose_name=_("cycle"))
    number = models.PositiveIntegerField(_("number"), unique=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    released_at = models.DateTimeField(_("published"))
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    notified = models.BooleanField(_("people were told"), default=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("release of the schedule")
        verbose_name_plural = _("releases of the schedule")
        ordering = ["-number"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.number} ({self.released_at:%Y-%m-%d})"

    def get_absolute_url(self) -> str:
        return reverse("workshops:release_detail", args=[self.number])


class SessionVersionQuerySet(models.QuerySet["SessionVersion"]):
    def current(self) -> Self:
        """The version of each session that counts now."""
        return self.filter(current_of__isnull=False)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public versions for all, the group's for people with a membership, the others for those expected.

        Coordinators see all. Join links are a matter of their own: `Participation.may_join`.
        """
        roles = roles_of(user)
        if roles.is_coordinator:
            return self
        allowed = Q(visibility=SessionBase.Visibility.PUBLIC)
        if roles.in_group:
            allowed |= Q(visibility=SessionBase.Visibility.GROUP)
        if user.is_authenticated:
            allowed |= Q(Exists(Participation.objects.open_to(user).filter(session=OuterRef("session"))))
        return self.filter(allowed)

    def upcoming(self, now: datetime) -> Self:
        """Not over yet, soonest first."""
        return self.filter(finishes_at__gt=now).order_by("begins_at", "pk")

    def past(self, now: datetime) -> Self:
        """Over, latest first."""
        return self.filter(finishes_at__lte=now).order_by("-begins_at", "-pk")

    def planned(self) -> Self:
        return self.filter(status=SessionBase.Status.PLANNED)


class SessionVersion(SessionBase):
    """A session as a release published it. Never changed: public pages, feeds and mail read versions only."""

    class Change(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        CANCELLED = "cancelled", _("cancelled")
        REINSTATED = "reinstated", _("takes place after all")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="versions")
    release = models.ForeignKey(ScheduleRelease, on_delete=models.PROTECT, related_name="versions")
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="next")
    sequence = models.PositiveIntegerField()
    change = models.CharField(max_length=12, choices=Change.choices)
    begins_at = models.DateTimeField()
    finishes_at = models.DateTimeField()
    # Reminders that would have been due before this start was first published are not sent any more.
    start_released_at = models.DateTimeField()
    # Copies, so that renaming a city or an organisation rewrites no history.
    slug = models.SlugField(max_length=80)
    city_name = models.CharField(max_length=200, blank=True)
    city_slug = models.CharField(max_length=80, blank=True)
    cycle_name = models.CharField(max_length=120)
    expected = models.JSONField(default=dict)  # {"organizations": [{"id", "name"}], "people": [id]}
    vevent = models.BinaryField()  # made once; a feed is a join of these
    is_demo = models.BooleanField(default=False)

    objects = SessionVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("published session")
        verbose_name_plural = _("published sessions")
        constraints = [
            *_session_constraints("sessionversion"),
            models.UniqueConstraint(fields=["session", "release"], name="sessionversion_once_per_release"),
            models.UniqueConstraint(fields=["session", "sequence"], name="sessionversion_sequence_once"),
        ]
        indexes = [
            models.Index(fields=["begins_at"], name="sessionversion_begins"),
            models.Index(fields=["finishes_at"], name="sessionversion_finishes"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def get_absolute_url(self) -> str:
        return reverse("workshops:session_detail", args=[self.slug])

    @property
    def place(self) -> str:
        """Venue and city in one line, or nothing for a remote session."""
        return ", ".join(part for part in (self.venue, self.city_name) if part)


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def expected(self) -> Self:
        return self.filter(expected=True)

    def open_to(self, user: User | AnonymousUser) -> Self:
        """The person's own that open a session to them. Who has left the group keeps only what names them.

        The planner takes leavers off sessions to come, but sessions that are over keep their lists. See also
        `Participation.may_join`.
        """
        own = self.expected().filter(user=user.pk)
        return own if roles_of(user).in_group else own.filter(expected_because=Participation.Because.PERSON)

    def coming(self) -> Self:
        return self.filter(answer__in=[Participation.Answer.YES, Participation.Answer.MAYBE])

    def to_remind(self) -> Self:
        """People who are reminded: expected, not declined, account open, reminders wanted. See also `emails.plan`."""
        return (
            self.expected()
            .exclude(answer=Participation.Answer.NO)
            .filter(user__is_active=True, user__wants_reminders=True)
        )


class Participation(models.Model):
    """Invitation, answer and attendance of one person at one session, in one row."""

    class Because(models.TextChoices):
        EVERYBODY = "everybody", _("the whole working group is expected")
        ORGANIZATION = "organization", _("the organisation is expected")
        PERSON = "person", _("expected by name")
        OWN_WISH = "own_wish", _("at the person's own wish")

    class Answer(models.TextChoices):
        NONE = "none", _("no answer yet")
        YES = "yes", _("yes")
        MAYBE = "maybe", _("maybe")
        NO = "no", _("no")

    class Attended(models.TextChoices):
        UNKNOWN = "unknown", _("not recorded")
        PRESENT = "present", _("present")
        ABSENT = "absent", _("absent")
        EXCUSED = "excused", _("excused")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="participations")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="participations")
    name = models.CharField(max_length=120, blank=True)  # of a person without an account
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expected = models.BooleanField(default=True)
    expected_because = models.CharField(max_length=12, choices=Because.choices)
    expected_since = models.DateTimeField(db_default=Now())
    answer = models.CharField(
        _("answer"), max_length=6, choices=Answer.choices, default=Answer.NONE, db_default=Answer.NONE
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    attended = models.CharField(
        max_length=8, choices=Attended.choices, default=Attended.UNKNOWN, db_default=Attended.UNKNOWN
    )
    mode = models.CharField(max_length=20, choices=SessionBase.Mode.choices, blank=True, db_default="")

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="participation_once_per_person"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, name="") | (Q(user__isnull=True) & ~Q(name="")),
                name="participation_account_or_name",
            ),
            models.CheckConstraint(
                condition=Q(answer="none", answered_at__isnull=True)
                | (~Q(answer="none") & Q(answered_at__isnull=False)),
                name="participation_answer_has_time",
            ),
        ]
        indexes = [models.Index(fields=["user", "expected"], name="participation_user")]

    def __str__(self) -> str:
        return f"{self.user or self.name}: {self.session}"

    def may_join(self, *, in_group: bool) -> bool:
        """Whether the person may see the link to join: those expected. See also `ParticipationQuerySet.open_to`."""
        return self.expected and (in_group or self.expected_because == self.Because.PERSON)
