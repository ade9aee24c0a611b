"""The register of agreements: what a session leaves behind, who is responsible, by when, and what became of it."""

import uuid
from datetime import date
from typing import ClassVar, Final, Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actionplans.models import ActionPlan, Commitment
from cities.access import roles_of
from cities.models import Organization
from ogpgroup.models import User
from workshops.models.agenda import AgendaItem
from workshops.models.sessions import Session
from workshops.models.tables import WorkTable


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Agreements of sessions whose published version the person may see."""
        return self.filter(session__in=Session.objects.visible_to(user))

    def awaited(self, on: date, until: date) -> Self:
        """Open ones due from one day until another, both included."""
        return self.filter(status=Agreement.Status.OPEN, due_on__range=(on, until))

    def answered_for_by(self, user: User | AnonymousUser) -> Self:
        """Those of which the person may tell what became of them: for a responsible organisation, or as a coordinator.

        What the whole group answers for, coordinators tell. See also `reminded_of`.
        """
        roles = roles_of(user)
        if roles.is_coordinator:
            return self
        through = Agreement.responsible.through.objects
        own = through.filter(agreement=OuterRef("pk"), organization__in=roles.organization_ids)
        return self.filter(Exists(own)) if roles.in_group else self.none()

    def reminded_of(self, user: User | AnonymousUser) -> Self:
        """Open ones that wait for the person: of their organisations, and for coordinators those of the whole group."""
        roles = roles_of(user)
        through = Agreement.responsible.through.objects
        own = Q(Exists(through.filter(agreement=OuterRef("pk"), organization__in=roles.organization_ids)))
        if roles.is_coordinator:
            own |= Q(responsible_group=True)
        return self.filter(own, status=Agreement.Status.OPEN)

    def overdue(self, on: date) -> Self:
        """See also `Agreement.is_overdue`."""
        return self.filter(status=Agreement.Status.OPEN, due_on__lt=on)


@pghistory.track()
class Agreement(models.Model):
    """Something the group agreed in a session: who is responsible, by when, and what became of it."""

    class Kind(models.TextChoices):
        FELLOW_CITY = "fellow_city", _("choice of the fellow city")
        COMMITMENT = "commitment", _("commitment of the group")
        TASK = "task", _("task")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")
        UNKNOWN = "unknown", _("outcome not recorded")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.OPEN: {Status.DONE, Status.DROPPED, Status.UNKNOWN},
        Status.UNKNOWN: {Status.OPEN, Status.DONE, Status.DROPPED},
        Status.DONE: {Status.OPEN},
        Status.DROPPED: {Status.OPEN},
    }

    MOST: Final = 200  # of one session

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="agreements")
    agenda_item = models.ForeignKey(
        AgendaItem,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="agreements",
        verbose_name=_("point of the agenda"),
    )
    table = models.ForeignKey(
        WorkTable,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="agreements",
        verbose_name=_("work table"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    text = models.TextField(_("text"), max_length=4000)
    responsible = models.ManyToManyField(
        Organization, blank=True, related_name="agreements", verbose_name=_("responsible")
    )
    responsible_group = models.BooleanField(_("the whole group is responsible"), default=False)
    due_on = models.DateField(_("due"), null=True, blank=True)
    due_is_computed = models.BooleanField(_("the day was worked out"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    plan = models.ForeignKey(
        ActionPlan, on_delete=models.SET_NULL, null=True, blank=True, related_name="agreements", verbose_name=_("plan")
    )
    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="agreements",
        verbose_name=_("commitment"),
    )
    edition = models.PositiveIntegerField(default=1, db_default=1)  # two people never overwrite each other
    form_id = models.UUIDField(null=True, blank=True, unique=True, editable=False)  # of a form that may be sent twice

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["session", "number"]
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="agreement_number_once")]
        indexes = [models.Index(fields=["status", "due_on"], name="agreement_due")]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:60]}"

    def get_absolute_url(self) -> str:
        return reverse("workshops:agreement_detail", args=[self.session.slug, self.number])

    def is_overdue(self, on: date) -> bool:
        """See also `AgreementQuerySet.overdue`."""
        return self.status == self.Status.OPEN and self.due_on is not None and self.due_on < on


class AgreementUpdate(models.Model):
    """What became of an agreement, told on a day by somebody responsible or a coordinator. Never changed.

    `status` is what the agreement was from then on; where it equals the one before, nothing moved.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="updates")
    status = models.CharField(_("status"), max_length=10, choices=Agreement.Status.choices)
    text = models.TextField(_("what was done"), max_length=2000, blank=True)
    told_at = models.DateTimeField(db_default=Now())
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    form_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)

    class Meta:
        verbose_name = _("news of an agreement")
        verbose_name_plural = _("news of agreements")
        ordering = ["told_at", "pk"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text[:80]
