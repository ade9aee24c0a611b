"""What coordinators have said is not needed at a session."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ogpgroup.models import User
from workshops.models.sessions import Session


class NotNeededQuerySet(models.QuerySet["NotNeeded"]):
    def standing(self) -> Self:
        """Said, and not taken back."""
        return self.filter(taken_back_at__isnull=True)


class NotNeeded(models.Model):
    """One line of “Is it ready?” that a coordinator put aside for one session, and perhaps took up again.

    `gap` says which (`workshops.reports.readiness.Gap.key`): where another thing is missing, it is told anew.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="not_needed")
    gap = models.CharField(max_length=200)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = NotNeededQuerySet.as_manager()

    class Meta:
        verbose_name = _("not needed at a session")
        verbose_name_plural = _("not needed at sessions")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "gap"], condition=Q(taken_back_at__isnull=True), name="notneeded_said_once"
            )
        ]

    def __str__(self) -> str:
        return self.gap
