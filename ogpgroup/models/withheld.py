"""What coordinators withhold from the public."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ogpgroup.changes import counted
from ogpgroup.models.people import User


class WithholdingQuerySet(models.QuerySet["Withholding"]):
    def standing(self) -> Self:
        """Those that were not lifted."""
        return self.filter(lifted_at__isnull=True)


class Withholding(models.Model):
    """That coordinators withhold something from the public, why, and since when. See `ogpgroup.withholding`.

    The thing is named without a foreign key because the ground knows no app. Lifted, the row stays.
    """

    class Reason(models.TextChoices):
        PERSONAL = "personal", pgettext_lazy("withheld because", "it contains personal data")
        MINOR = "minor", pgettext_lazy("withheld because", "a minor can be recognised in it")
        RIGHTS = "rights", pgettext_lazy("withheld because", "it affects the rights of others")
        INSULT = "insult", pgettext_lazy("withheld because", "it contains an insult or a threat")
        MISTAKE = "mistake", pgettext_lazy("withheld because", "it was published by mistake")

    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    words = models.CharField(_("in your words"), max_length=300, blank=True)
    withheld_at = models.DateTimeField(db_default=Now())
    withheld_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_demo = models.BooleanField(default=False, db_default=False)

    objects = WithholdingQuerySet.as_manager()

    class Meta:
        verbose_name = _("withholding")
        verbose_name_plural = _("withholdings")
        ordering = ["-withheld_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"],
                condition=models.Q(lifted_at__isnull=True),
                name="withholding_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_by=None) | models.Q(lifted_at__isnull=False),
                name="withholding_lifted_has_time",
            ),
        ]
        triggers = [
            counted(),
            pgtrigger.ReadOnly(name="decided", fields=["subject_type", "subject_id", "reason", "words", "withheld_at"]),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.reason}"
