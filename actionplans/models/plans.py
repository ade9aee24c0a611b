"""A city's candidacy and its action plan."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actionplans.models.days import WITHIN, within
from cities.access import roles_of
from cities.models import City, Cycle, Organization, group_day
from ogpgroup.changes import counted
from ogpgroup.dates import zone_info
from ogpgroup.models import User


@pghistory.track()
class Candidacy(models.Model):
    """A city offers itself as the fellow city of a cycle; the group selects one, with a reason."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        SELECTED = "selected", _("selected")
        NOT_SELECTED = "not_selected", _("not selected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.SUBMITTED: {Status.SELECTED, Status.NOT_SELECTED, Status.WITHDRAWN},
        Status.SELECTED: {Status.WITHDRAWN},
        Status.NOT_SELECTED: {Status.SELECTED},
        Status.WITHDRAWN: set(),
    }

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="candidacies", verbose_name=_("cycle"))
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="candidacies", verbose_name=_("city"))
    statement = models.TextField(_("why this city"), max_length=2000, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.SUBMITTED)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason of the decision"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("candidacy")
        verbose_name_plural = _("candidacies")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "city"], name="candidacy_once_per_cycle"),
            models.UniqueConstraint(fields=["cycle"], condition=Q(status="selected"), name="candidacy_one_selected"),
            models.CheckConstraint(
                condition=~Q(status__in=["selected", "not_selected"]) | (Q(decided_on__isnull=False) & ~Q(reason="")),
                name="candidacy_decision_has_day_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city} ({self.cycle})"


class ActionPlanQuerySet(models.QuerySet["ActionPlan"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published plans for everybody; drafts for coordinators and the officials of the city."""
        roles = roles_of(user)
        if roles.is_coordinator:
            return self
        return self.filter(~Q(status=ActionPlan.Status.DRAFT) | Q(city__in=roles.official_city_ids))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Plans the person may keep: coordinators all, officials their city's."""
        roles = roles_of(user)
        if roles.is_coordinator:
            return self
        return self.filter(city__in=roles.official_city_ids)

    def handing_in(self) -> Self:
        """Plans of a city on which something can be due: a draft too, for the proposal comes before it is in force.

        See also `ActionPlan.takes_in`.
        """
        return self.exclude(status=ActionPlan.Status.CLOSED).filter(city__isnull=False)

    def running(self) -> Self:
        """Plans on which the clock runs. See also `ActionPlan.is_running`."""
        return self.filter(status=ActionPlan.Status.ACTIVE, city__isnull=False)


@pghistory.track()
class ActionPlan(models.Model):
    """What a city commits to in a cycle: the planning instrument it opens to participation, and by when."""

    class Instrument(models.TextChoices):
        # Two instruments the law keeps apart: the administration's programme and the land use plan.
        PMD = "pmd", _("municipal development plan (PMD)")
        PMDU = "pmdu", _("municipal urban development plan (PMDU)")
        OTHER = "other", _("another planning instrument")
        UNKNOWN = "unknown", _("not stated")

    class Status(models.TextChoices):
        DRAFT = "draft", _("in preparation")
        ACTIVE = "active", _("in force")
        CLOSED = "closed", _("closed")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.DRAFT: {Status.ACTIVE},
        Status.ACTIVE: {Status.CLOSED},
        Status.CLOSED: {Status.ACTIVE},
    }

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="plans", verbose_name=_("cycle"))
    # A fellow city's plan, or one that the group reads as a reference and whose holder is no municipality.
    city = models.ForeignKey(
        City, on_delete=models.PROTECT, null=True, blank=True, related_name="plans", verbose_name=_("city")
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name=_("organisation"),
    )
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    instrument = models.CharField(
        _("planning instrument"), max_length=10, choices=Instrument.choices, default=Instrument.UNKNOWN
    )
    instrument_name = models.CharField(_("name of the instrument"), max_length=200, blank=True)
    aim = models.TextField(_("what the city commits to"), max_length=4000)
    vision = models.TextField(
        _("open government challenges, opportunities and strategic vision"), max_length=8000, blank=True
    )
    starts_on = models.DateField(_("starts"), validators=WITHIN)
    ends_on = models.DateField(_("ends"), validators=WITHIN)
    only_years_known = models.BooleanField(_("the source gives years alone"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    contact = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="plans", verbose_name=_("point of contact")
    )
    source = models.URLField(_("source"), blank=True, max_length=300)
    created_at = models.DateTimeField(db_default=Now())
    edition = models.PositiveIntegerField(db_default=1, default=1, editable=False)  # see Commitment
    is_demo = models.BooleanField(default=False)

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "city"], name="actionplan_one_per_city_and_cycle"),
            models.CheckConstraint(
                condition=Q(city__isnull=False, organization__isnull=True)
                | Q(city__isnull=True, organization__isnull=False),
                name="actionplan_city_or_organization",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="actionplan_ends_after_start",
                violation_error_message=_("The last day must come after the first."),
            ),
            models.CheckConstraint(condition=within("starts_on", "ends_on"), name="actionplan_days_within"),
        ]
        triggers = [counted()]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("actionplans:detail", args=[self.slug])

    @property
    def holder(self) -> City | Organization:
        """Whose plan it is; the database sees to it that there is exactly one."""
        holder = self.city or self.organization
        assert holder is not None
        return holder

    @property
    def holder_name(self) -> str:
        """Whose plan it is, in the reader's language."""
        return self.organization.local_name if self.organization else self.holder.name

    @property
    def is_reference(self) -> bool:
        """Read by the group to learn from, kept by nobody here: no clock runs on it."""
        return self.city_id is None

    @property
    def is_running(self) -> bool:
        """In force in a city: progress is logged and things can be late. See also `ActionPlanQuerySet.running`."""
        return self.status == self.Status.ACTIVE and not self.is_reference

    @property
    def takes_in(self) -> bool:
        """The city hands things in, and is late with them. See also `ActionPlanQuerySet.handing_in`."""
        return self.status != self.Status.CLOSED and not self.is_reference

    @property
    def first_day_of_progress(self) -> date:
        """What is older did not happen for this plan; before its first day there is preparation."""
        return self.starts_on - timedelta(days=366)

    def today(self, now: datetime) -> date:
        """The day it is where the plan is carried out; a reference plan goes by the group's day."""
        return timezone.localdate(now, zone_info(self.city.time_zone)) if self.city else group_day(now)
