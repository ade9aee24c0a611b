"""What a city hands in by a day: text and files, the synthetic proposal first."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actionplans.models.days import WITHIN, within
from actionplans.models.plans import ActionPlan
from ogpgroup.changes import counted
from ogpgroup.models import User


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Deliverables of the plans the person may see."""
        return self.filter(plan__in=ActionPlan.objects.visible_to(user))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Deliverables the person may hand in: those of the plans they may keep."""
        return self.filter(plan__in=ActionPlan.objects.editable_by(user))

    def waiting(self) -> Self:
        """Not handed in yet."""
        return self.filter(status=Deliverable.Status.EXPECTED)

    def awaited(self) -> Self:
        """Not handed in where a city must; what a record of the past does not tell is awaited by nobody."""
        return self.waiting().filter(outcome_unknown=False, plan__in=ActionPlan.objects.handing_in())

    def late(self, on: date) -> Self:
        """See also `Deliverable.is_late`."""
        return self.awaited().filter(due_on__lt=on)


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
    due_on = models.DateField(_("due"), validators=WITHIN)
    due_is_computed = models.BooleanField(
        _("the day was worked out"), default=False, help_text=_("The source says “in a month”, not a day.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.EXPECTED)
    # A record of the past may not say whether a thing was handed in; then nobody calls it late.
    outcome_unknown = models.BooleanField(_("what became of it is not known"), default=False)
    text = models.TextField(_("text"), max_length=20000, blank=True)
    form_id = models.UUIDField(null=True, unique=True, editable=False)  # see Commitment
    edition = models.PositiveIntegerField(db_default=1, default=1, editable=False)  # see Commitment
    # Counted up when it is returned: what is handed in anew has files of its own.
    attempt = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
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
            models.CheckConstraint(condition=within("due_on"), name="deliverable_day_within"),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="deliverable_due")]
        triggers = [counted()]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("actionplans:deliverable", args=[self.plan.slug, self.pk])

    READ: ClassVar = {Status.HANDED_IN, Status.ACCEPTED}  # in these anybody reads what was handed in

    @property
    def is_awaited(self) -> bool:
        """The city may hand it in now."""
        return self.plan.takes_in and self.status == self.Status.EXPECTED

    def is_late(self, on: date) -> bool:
        """Nobody is late in a plan that is closed or read as a reference. See also `DeliverableQuerySet.late`."""
        return self.is_awaited and self.due_on < on and not self.outcome_unknown

    def is_due(self, on: date) -> bool:
        """Still to be handed in, that day or later."""
        return self.status == self.Status.EXPECTED and self.due_on >= on
