"""Sessions as coordinators edit them, and as they were published."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now, TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actionplans.models import ActionPlan, Deliverable
from cities.access import roles_of
from cities.models import City, Cycle, Organization, Role
from ogpgroup.models import User
from workshops.models.base import SessionBase, UsualLeads, session_constraints
from workshops.models.participations import Participation


class SessionQuerySet(models.QuerySet["Session"]):
    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Drafts are the coordinators' own; nobody else learns that they exist."""
        return self if roles_of(user).is_coordinator else self.none()

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Sessions of which the person may see the published version."""
        return self.filter(current_version__in=SessionVersion.objects.current().visible_to(user))

    def facilitated_by(self, user: User | AnonymousUser) -> Self:
        """Published sessions whose wall, themes and votes the person leads: they facilitate a table, or coordinate.

        Who has left the group leads no more.
        """
        roles = roles_of(user)
        published = self.filter(current_version__isnull=False)
        if roles.is_coordinator:
            return published
        return (
            published.visible_to(user).filter(tables__facilitator=user.pk).distinct() if roles.in_group else self.none()
        )

    def ahead(self, now: datetime) -> Self:
        """Those of which something lies ahead, as published; drafts that nobody has heard of are among them."""
        return self.exclude(current_version__in=SessionVersion.objects.past(now))

    def in_order(self) -> Self:
        return self.order_by(Coalesce(TruncDate("starts_at"), "day"), "starts_at", "pk")


@pghistory.track()
class Session(SessionBase):
    """A session as coordinators edit it, in private. The public reads `current_version`, never this row."""

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        SessionBase.Status.PLANNED: {SessionBase.Status.CANCELLED, SessionBase.Status.POSTPONED},
        SessionBase.Status.POSTPONED: {SessionBase.Status.PLANNED, SessionBase.Status.CANCELLED},
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
    audience_cities = models.ManyToManyField(
        City, blank=True, related_name="+", verbose_name=_("cities expected"), help_text=_("All their institutions.")
    )
    audience_roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices),
        default=list,
        blank=True,
        verbose_name=_("roles expected"),
    )
    # What the session reviews; the pages of those things decide who may read of them.
    reviews_plan = models.ForeignKey(
        ActionPlan, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("plan")
    )
    reviews_deliverable = models.ForeignKey(
        Deliverable, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("deliverable")
    )
    reviews_agreement = models.ForeignKey(
        "Agreement", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("agreement")
    )
    # Hours before the start at which people are reminded; none given: those of its kind. Counts at once, unpublished.
    lead_hours = ArrayField(
        models.PositiveSmallIntegerField(), null=True, blank=True, size=6, verbose_name=_("reminders, in hours before")
    )
    series = models.UUIDField(null=True, blank=True, db_index=True, editable=False)  # the occurrences made together
    check_in_code = models.CharField(max_length=32, null=True, blank=True, unique=True, editable=False)
    responsible = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    sequence = models.PositiveIntegerField(default=0)  # the highest that any calendar was told; see `ical.invitation`
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
    # Neither agenda nor draw is part of a release: both count at once, the agenda as soon as it is ready to be read.
    agenda_published_at = models.DateTimeField(null=True, blank=True, editable=False)
    table_seed = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    source = models.URLField(_("source"), max_length=300, blank=True)
    is_demo = models.BooleanField(default=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = session_constraints("session")
        indexes = [models.Index(fields=["cycle", "starts_at"], name="session_cycle")]

    def get_absolute_url(self) -> str:
        return reverse("workshops:session_detail", args=[self.slug])

    def given_lead_hours(self) -> list[int]:
        return self.lead_hours or []

    def before(self) -> "SessionVersion | None":
        return self.current_version


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

    def with_usual_leads(self) -> Self:
        """Each with what its lead times need to know of its kind; `session` is needed as well."""
        usual = UsualLeads.objects.filter(kind=OuterRef("kind"))
        return self.annotate(
            hours_of_kind=Subquery(usual.values("hours")), leads_of_kind_since=Subquery(usual.values("since"))
        )

    def upcoming(self, now: datetime) -> Self:
        """Not over yet, soonest first; what is postponed is owed a date. See also `SessionBase.is_over`."""
        return self.filter(Q(finishes_at__gt=now) | Q(status=SessionBase.Status.POSTPONED)).order_by("begins_at", "pk")

    def past(self, now: datetime) -> Self:
        """Over, latest first."""
        return (
            self.filter(finishes_at__lte=now).exclude(status=SessionBase.Status.POSTPONED).order_by("-begins_at", "-pk")
        )

    def planned(self) -> Self:
        return self.filter(status=SessionBase.Status.PLANNED)

    def not_cancelled(self) -> Self:
        return self.exclude(status=SessionBase.Status.CANCELLED)


class SessionVersion(SessionBase):
    """A session as a release published it. Never changed: public pages, feeds and mail read versions only."""

    class Change(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        CANCELLED = "cancelled", _("cancelled")
        POSTPONED = "postponed", _("postponed")
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
    # {"organizations": [{"id", "name"}], "cities": [{"id", "name"}], "roles": [role], "people": [id]}
    expected = models.JSONField(default=dict)
    reviews = models.JSONField(default=dict)  # {"plan": id, "deliverable": id, "agreement": id}, those that it has
    vevent = models.BinaryField()  # made once; a feed is a join of these
    is_demo = models.BooleanField(default=False)

    objects = SessionVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("published session")
        verbose_name_plural = _("published sessions")
        constraints = [
            *session_constraints("sessionversion"),
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

    def given_lead_hours(self) -> list[int]:
        """Expects `session`: lead times count at once, without a release."""
        return self.session.lead_hours or []

    def before(self) -> "SessionVersion | None":
        return self.previous

    @property
    def is_another_plan(self) -> bool:
        """Whether people plan anew: another start than the version before, or none was to be. Expects `previous`."""
        return self.previous is not None and self.is_planned and not self.is_on_the_date_of(self.previous)

    def is_on_the_date_of(self, other: Self) -> bool:
        """Whether both take place, and begin at the same time."""
        return self.is_planned and other.is_planned and self.reminder_start() == other.reminder_start()

    @property
    def place(self) -> str:
        """Venue and city in one line, or nothing for a remote session."""
        return ", ".join(part for part in (self.venue, self.city_name) if part)
