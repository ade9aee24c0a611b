"""What: a city's candidacy, its action plan and what it must hand in."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cities.access import roles_of
from cities.models import City, Cycle
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
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="plans", verbose_name=_("city"))
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
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    contact = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="plans", verbose_name=_("point of contact")
    )
    source = models.URLField(_("source"), blank=True, max_length=300)
    created_at = models.DateTimeField(db_default=Now())
    is_demo = models.BooleanField(default=False)

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "city"], name="actionplan_one_per_city_and_cycle"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="actionplan_ends_after_start",
                violation_error_message=_("The last day must come after the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("actionplans:detail", args=[self.slug])


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(plan__in=ActionPlan.objects.visible_to(user))

    def waiting(self) -> Self:
        """Not handed in yet."""
        return self.filter(status=Deliverable.Status.EXPECTED)

    def late(self, on: date) -> Self:
        """See also `Deliverable.is_late`."""
        return self.waiting().filter(due_on__lt=on, outcome_unknown=False)


@pghistory.track()
class Deliverable(models.Model):
    """Something the city hands in by a day: the synthetic proposal first."""

    class Kind(models.TextChoices):
        SYNTHETIC_PROPOSAL = "synthetic_proposal", _("synthetic proposal")
        PROGRESS_REPORT = "progress_report", _("progress report")
        FINAL_REPORT = "final_report", _("final report")
        OTHER = "other", _("other")

    class Status(models.TextChoices):
        EXPECTED = "expected", pgettext_lazy("deliverable", "expected")
        HANDED_IN = "handed_in", pgettext_lazy("deliverable", "handed in")
        ACCEPTED = "accepted", pgettext_lazy("deliverable", "accepted")
        DROPPED = "dropped", pgettext_lazy("deliverable", "no longer expected")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.EXPECTED: {Status.HANDED_IN, Status.DROPPED},
        Status.HANDED_IN: {Status.EXPECTED, Status.ACCEPTED},
        Status.ACCEPTED: {Status.HANDED_IN},
        Status.DROPPED: {Status.EXPECTED},
    }

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="deliverables", verbose_name=_("plan"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    due_on = models.DateField(_("due"))
    due_is_computed = models.BooleanField(
        _("the day was worked out"), default=False, help_text=_("The source says “in a month”, not a day.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.EXPECTED)
    # A record of the past may not say whether a thing was handed in; then nobody calls it late.
    outcome_unknown = models.BooleanField(_("what became of it is not known"), default=False)
    text = models.TextField(_("text"), max_length=20000, blank=True)
    handed_in_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    handed_in_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["handed_in", "accepted"]) | Q(handed_in_at__isnull=False),
                name="deliverable_handed_in_has_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="deliverable_due")]

    def __str__(self) -> str:
        return self.title

    def is_late(self, on: date) -> bool:
        """See also `DeliverableQuerySet.late`."""
        return self.status == self.Status.EXPECTED and self.due_on < on and not self.outcome_unknown

    def is_due(self, on: date) -> bool:
        """Still to be handed in, that day or later."""
        return self.status == self.Status.EXPECTED and self.due_on >= on
