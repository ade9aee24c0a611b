"""What a session consists of and what it leaves behind: agenda, work tables, agreements."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actionplans.models import ActionPlan
from cities.models import Organization
from ogpgroup.models import User
from workshops.models.sessions import Session


class AgendaItem(models.Model):
    """A point of the agenda: who presents, who answers first."""

    class Kind(models.TextChoices):
        PRESENTATION = "presentation", _("presentation")
        DIRECT_FEEDBACK = "direct_feedback", _("direct feedback")
        WORK_TABLES = "work_tables", _("work tables")
        PLENARY = "plenary", _("plenary")
        COMMENTS = "comments", _("round of comments")
        AGREEMENTS = "agreements", _("agreements")
        BREAK = "break", _("break")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="agenda")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="parts")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    presenter_name = models.CharField(_("presented by"), max_length=120, blank=True)
    presenter_organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    presenter = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    respondent = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    respondent_name = models.CharField(_("answered first by"), max_length=120, blank=True)
    respondent_organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["session", "position"], name="agendaitem_position_once")]

    def __str__(self) -> str:
        return self.title


class WorkTable(models.Model):
    """A table at which a part of the assembly works: its theme, who leads it and who writes."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField(_("number"))
    theme = models.CharField(_("theme"), max_length=200, blank=True)
    seats = models.PositiveSmallIntegerField(_("seats"), null=True, blank=True)
    facilitator = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    rapporteur = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("work table")
        verbose_name_plural = _("work tables")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="worktable_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.theme}".strip()


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Agreements of sessions whose published version the person may see."""
        return self.filter(session__in=Session.objects.visible_to(user))

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

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="agreements")
    agenda_item = models.ForeignKey(
        AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="agreements"
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
        return reverse("workshops:agreements") + f"#{self.session.slug}-{self.number}"

    def is_overdue(self, on: date) -> bool:
        """See also `AgreementQuerySet.overdue`."""
        return self.status == self.Status.OPEN and self.due_on is not None and self.due_on < on
