"""Minutes of a session: drafted from what was recorded, completed, corrected by who took part, approved and locked."""

import uuid
from datetime import date, timedelta
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
from django.utils.translation import pgettext_lazy

from cities.access import roles_of
from ogpgroup.models import User
from workshops.models.participations import Participation
from workshops.models.sessions import Session


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Approved minutes of sessions the person may see; while they are corrected, the group's and who took part.

        Drafts are read by coordinators and the rapporteur alone.
        """
        roles = roles_of(user)
        found = self.filter(session__in=Session.objects.visible_to(user))
        if roles.is_coordinator:
            return found
        seen = Q(status=Minutes.Status.APPROVED)
        if roles.in_group:
            seen |= Q(status=Minutes.Status.IN_CORRECTION) | Q(rapporteur=user)
        elif user.is_authenticated:
            took_part = Participation.objects.filter(
                session=OuterRef("session"), user=user, attended=Participation.Attended.PRESENT
            )
            seen |= Q(Exists(took_part), status=Minutes.Status.IN_CORRECTION)
        return found.filter(seen)

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Not approved yet, by coordinators and the rapporteur, as long as they belong to the group."""
        roles = roles_of(user)
        found = self.exclude(status=Minutes.Status.APPROVED)
        if roles.is_coordinator:
            return found
        return found.filter(rapporteur=user) if roles.in_group else self.none()


@pghistory.track()
class Minutes(models.Model):
    """The minutes of one session. Once approved they are locked: neither they nor their sections change any more."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("minutes", "draft")
        IN_CORRECTION = "in_correction", pgettext_lazy("minutes", "open to corrections")
        APPROVED = "approved", pgettext_lazy("minutes", "approved")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.DRAFT: {Status.IN_CORRECTION},
        Status.IN_CORRECTION: {Status.DRAFT, Status.APPROVED},
        Status.APPROVED: set(),
    }
    CORRECTED_WITHIN: Final = timedelta(days=7)

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="minutes")
    status = models.CharField(max_length=13, choices=Status.choices, default=Status.DRAFT)
    rapporteur = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("rapporteur")
    )
    drafted_at = models.DateTimeField(db_default=Now())
    correct_by = models.DateField(_("corrections until"), null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a session", "minutes")
        verbose_name_plural = pgettext_lazy("of sessions", "minutes")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", correct_by__isnull=True)
                | (~Q(status="draft") & Q(correct_by__isnull=False)),
                name="minutes_corrected_by_a_day",
            ),
            models.CheckConstraint(
                condition=Q(status="approved", approved_at__isnull=False)
                | (~Q(status="approved") & Q(approved_at__isnull=True)),
                name="minutes_approved_at_a_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="locked",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="approved"),
            )
        ]

    def __str__(self) -> str:
        return str(self.session)

    def get_absolute_url(self) -> str:
        return reverse("workshops:minutes", args=[self.session.slug])

    def takes_corrections(self, on: date) -> bool:
        """Whether who took part may say that day what is wrong."""
        return self.status == self.Status.IN_CORRECTION and self.correct_by is not None and on <= self.correct_by


# A section changes with its minutes: not once they are approved, nor while somebody approves them.
_LOCKED = """
SELECT minutes.status INTO standing
FROM workshops_minutes minutes
WHERE minutes.id = (CASE WHEN TG_OP = 'INSERT' THEN NEW.minutes_id ELSE OLD.minutes_id END) FOR SHARE;
IF standing = 'approved' THEN
    RAISE EXCEPTION 'workshops: the minutes are approved'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'minutessection_locked';
END IF;
IF TG_OP = 'DELETE' THEN
    RETURN OLD;
END IF;
RETURN NEW;
"""


@pghistory.track()
class MinutesSection(models.Model):
    """A part of minutes, in Markdown; `edition` is raised by each change, so that nobody overwrites somebody unseen."""

    class Kind(models.TextChoices):
        OPENING = "opening", pgettext_lazy("minutes", "opening")
        ATTENDANCE = "attendance", pgettext_lazy("minutes", "attendance")
        AGENDA = "agenda", pgettext_lazy("minutes", "agenda")
        DISCUSSION = "discussion", pgettext_lazy("minutes", "what was discussed")
        TABLES = "tables", pgettext_lazy("minutes", "work tables")
        DIAGNOSIS = "diagnosis", pgettext_lazy("minutes", "collective diagnosis")
        AGREEMENTS = "agreements", pgettext_lazy("minutes", "agreements")
        OTHER = "other", pgettext_lazy("minutes", "other matters")

    LARGEST: Final = 20 * 1024  # bytes of UTF-8
    MOST: Final = 30  # sections of one session's minutes

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    heading = models.CharField(_("heading"), max_length=200)
    text = models.TextField(_("text"), max_length=LARGEST, blank=True)
    edition = models.PositiveIntegerField(default=1, db_default=1)
    edited_at = models.DateTimeField(db_default=Now())
    edited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("section of minutes")
        verbose_name_plural = _("sections of minutes")
        ordering = ["position", "pk"]
        triggers = [
            pgtrigger.Trigger(
                name="locked",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("standing", "text")],
                func=_LOCKED,
            )
        ]

    def __str__(self) -> str:
        return self.heading


class Correction(models.Model):
    """What somebody who took part finds wrong or missing in minutes, and what was done about it."""

    LONGEST: Final = 4000  # characters

    class Decision(models.TextChoices):
        TAKEN = "taken", pgettext_lazy("correction", "taken over")
        IN_PART = "in_part", pgettext_lazy("correction", "taken over in part")
        NOT_TAKEN = "not_taken", pgettext_lazy("correction", "not taken over")

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="corrections")
    section = models.ForeignKey(
        MinutesSection, on_delete=models.SET_NULL, null=True, blank=True, related_name="corrections"
    )
    text = models.TextField(_("what is wrong or missing"), max_length=LONGEST)
    written_at = models.DateTimeField(db_default=Now())
    written_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    form_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    decision = models.CharField(_("decision"), max_length=9, choices=Decision.choices, blank=True)
    reply = models.CharField(_("reply"), max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="correction_decided_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]
