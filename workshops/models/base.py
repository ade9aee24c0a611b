"""What drafts and published versions of a session have in common."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar, Optional
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ogpgroup.models import validate_time_zone

if TYPE_CHECKING:
    from workshops.models.sessions import SessionVersion


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
        CHOSEN = "chosen", _("chosen cities, organisations, roles or people")

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        POSTPONED = "postponed", _("postponed")
        CANCELLED = "cancelled", _("cancelled")

    # Calendar days before the start, at the same hour of the session's zone; hours are exact.
    LEAD_TIMES: ClassVar[dict[str, tuple[timedelta, ...]]] = {
        Kind.WORKSHOP: (timedelta(days=14), timedelta(days=3), timedelta(days=1), timedelta(hours=2)),
        Kind.WEBINAR: (timedelta(days=14), timedelta(days=3), timedelta(days=1), timedelta(hours=2)),
        Kind.WORKING_SESSION: (timedelta(days=14), timedelta(days=3), timedelta(days=1), timedelta(hours=2)),
    }
    LONGEST_LEAD: ClassVar[timedelta] = timedelta(days=60)
    # A session with a date alone is reminded of as if it began at this hour of its zone.
    HOUR_OF_A_DATE = time(9)

    hours_of_kind: list[int] | None  # of rows `with_usual_leads`
    leads_of_kind_since: datetime  # likewise

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
    # Minutes from UTC under which start and end were written: else nobody could tell, once the rules of a zone change,
    # what people agreed by the clock. Over a night in which the clocks change the end has another.
    start_offset = models.SmallIntegerField(null=True, blank=True, editable=False)
    end_offset = models.SmallIntegerField(null=True, blank=True, editable=False)
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
    cancel_reason = models.CharField(_("reason"), max_length=500, blank=True)  # of being cancelled or postponed
    # Places for people in the room and on the line; none given: as many as come.
    seats_in_person = models.PositiveIntegerField(_("seats in the room"), null=True, blank=True)
    seats_remote = models.PositiveIntegerField(_("places on the line"), null=True, blank=True)

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
    def written_start(self) -> datetime | None:
        """The start by the clock of its zone, as it was when it was written, whatever the rules say by now."""
        return self._as_written(self.starts_at, self.start_offset)

    @property
    def written_end(self) -> datetime | None:
        """The end, likewise."""
        return self._as_written(self.ends_at, self.end_offset)

    def _as_written(self, instant: datetime | None, offset: int | None) -> datetime | None:
        if instant is None or offset is None:
            return instant and instant.astimezone(self.zone)
        return (instant.astimezone(UTC) + timedelta(minutes=offset)).replace(tzinfo=self.zone)

    @property
    def reads_otherwise(self) -> bool:
        """Whether the clock rules of its zone have changed, so that its clock shows other hours than were written."""
        return any(
            instant is not None and offset is not None and offset != self._offset_at(instant)
            for instant, offset in ((self.starts_at, self.start_offset), (self.ends_at, self.end_offset))
        )

    def awaits_its_hours(self, now: datetime) -> bool:
        """Whether coordinators are to say what its hours are: the clock rules changed, and people do not come yet.

        A postponed session waits for another date anyway. See also `clock_rules.undecided`.
        """
        return self.is_planned and self.reads_otherwise and self.first_instant() > now

    def note_offsets(self, *, before: "SessionBase | None" = None) -> None:
        """Keep under which offset start and end are written; one that is as it was `before` stays written as it was."""
        for end, offset in (("starts_at", "start_offset"), ("ends_at", "end_offset")):
            instant, known = getattr(self, end), getattr(before, offset, None)
            is_as_it_was = before and before.time_zone == self.time_zone and getattr(before, end) == instant
            setattr(self, offset, known if is_as_it_was and known is not None else self._offset_at(instant))

    def _offset_at(self, instant: datetime | None) -> int | None:
        """What the rules of its zone say today, in minutes."""
        offset = instant.astimezone(self.zone).utcoffset() if instant else None
        return None if offset is None else int(offset.total_seconds()) // 60

    @property
    def is_planned(self) -> bool:
        """Whether it takes place on its date."""
        return self.status == self.Status.PLANNED

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def is_postponed(self) -> bool:
        """Whether it takes place, but not on its date; the new one is not known yet."""
        return self.status == self.Status.POSTPONED

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

    def is_over(self, now: datetime) -> bool:
        """Whether nothing of it lies ahead. A postponed session is owed a date, whatever the old one was."""
        return self.last_instant() <= now and not self.is_postponed

    def is_told(self, now: datetime) -> bool:
        """Whether people hear what becomes of it: it is not over, or was cancelled while they waited for its date."""
        if not self.is_over(now):
            return True
        before = self.before() if self.is_cancelled else None
        while before is not None and before.is_cancelled:
            before = before.before()
        return before is not None and before.is_postponed

    def before(self) -> Optional["SessionVersion"]:
        """What people were told before this was published."""
        raise NotImplementedError

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

    def given_lead_hours(self) -> list[int]:
        """The lead times given for this session alone, in hours; never published, so versions ask the draft."""
        raise NotImplementedError

    def usual_leads(self) -> "UsualLeads | None":
        """What coordinators set for its kind, if anything; `with_usual_leads` brings it for many."""
        if not hasattr(self, "hours_of_kind"):
            return UsualLeads.objects.filter(kind=self.kind).first()
        if self.hours_of_kind is None:
            return None
        return UsualLeads(kind=self.kind, hours=self.hours_of_kind, since=self.leads_of_kind_since)

    def lead_times(self) -> list[timedelta]:
        """Those given for the session, else those of its kind, longest first; a date alone knows no hours."""
        return self.lead_times_since()[0]

    def lead_times_since(self) -> tuple[list[timedelta], datetime | None]:
        """The lead times, and from when on they count: what was due before those of a kind were set is left out."""
        leads = self._counting(self.given_lead_hours())
        return (self._in_order(leads), None) if leads else self._usual_lead_times_since()

    def usual_lead_times(self) -> list[timedelta]:
        """Those of its kind, whatever is given for the session."""
        return self._usual_lead_times_since()[0]

    def _usual_lead_times_since(self) -> tuple[list[timedelta], datetime | None]:
        leads, since = set[timedelta](), None
        if usual := self.usual_leads():
            leads, since = self._counting(usual.hours), usual.since
        return self._in_order(leads or set(self.LEAD_TIMES[self.kind])), since

    def _in_order(self, leads: set[timedelta]) -> list[timedelta]:
        return sorted((lead for lead in leads if self.has_hours or lead.seconds == 0), reverse=True)

    def _counting(self, hours: list[int]) -> set[timedelta]:
        leads = {timedelta(hours=one) for one in hours}
        return {lead for lead in leads if timedelta(0) < lead <= self.LONGEST_LEAD}


class UsualLeads(models.Model):
    """When people are reminded of all sessions of a kind, in hours before; without any as `LEAD_TIMES` says.

    A row stays when its hours are taken away: `since` keeps the usual ones from being made up for, all at once.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=SessionBase.Kind.choices, unique=True)
    hours = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, size=6)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("usual reminders")
        verbose_name_plural = _("usual reminders")

    def __str__(self) -> str:
        return str(self.get_kind_display())


OFFSETS = ("start_offset", "end_offset")
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
    *OFFSETS,
    "venue",
    "address",
    "join_url",
    "visibility",
    "audience",
    "status",
    "cancel_reason",
    "seats_in_person",
    "seats_remote",
)


def session_constraints(name: str) -> list[models.BaseConstraint]:
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
            condition=(~Q(status="planned") & ~Q(cancel_reason="")) | Q(status="planned", cancel_reason=""),
            name=f"{name}_not_held_has_reason",
        ),
    ]
