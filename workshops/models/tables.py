"""Work tables: who sits there, and what was said there, as it was said."""

import uuid
from datetime import timedelta
from typing import Final, Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cities.access import roles_of
from cities.models import City
from ogpgroup.models import User
from ogpgroup.text import SortKey
from workshops.models.sessions import Session


class WorkTableQuerySet(models.QuerySet["WorkTable"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Tables of sessions of which the person may see the published version."""
        return self.filter(session__in=Session.objects.visible_to(user))

    def written_by(self, user: User | AnonymousUser) -> Self:
        """Tables at which the person may write: as rapporteur or facilitator of theirs, or as a coordinator.

        Who has left the group writes no more.
        """
        roles = roles_of(user)
        if roles.is_coordinator:
            return self
        if not roles.in_group:
            return self.none()
        own = Q(rapporteur=user) | Q(facilitator=user)
        helps = Exists(WorkTable.co_rapporteurs.through.objects.filter(worktable=OuterRef("pk"), user=user.pk))
        return self.filter(own | helps)


@pghistory.track()
class WorkTable(models.Model):
    """A table at which a part of the assembly works: its theme, who leads it and who writes."""

    MOST: Final = 60  # tables of one session

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField(_("number"))
    theme = models.CharField(_("theme"), max_length=200, blank=True)
    seats = models.PositiveSmallIntegerField(_("seats"), null=True, blank=True)
    facilitator = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("facilitator")
    )
    rapporteur = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("rapporteur")
    )
    co_rapporteurs = models.ManyToManyField(User, blank=True, related_name="+", verbose_name=_("write along"))
    join_url = models.URLField(_("link to join"), max_length=500, blank=True)  # of a table on the line; never public

    objects = WorkTableQuerySet.as_manager()

    class Meta:
        verbose_name = _("work table")
        verbose_name_plural = _("work tables")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="worktable_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.theme}".strip()

    def get_absolute_url(self) -> str:
        return reverse("workshops:table", args=[self.session.slug, self.number])


class TableNoteQuerySet(models.QuerySet["TableNote"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Members read the notes of sessions they may see; everybody else once the diagnosis is published.

        Withdrawn notes and late ones that nobody accepted are for those who write at the table. Who said something is
        another question: `said_by` never reaches the public.
        """
        roles = roles_of(user)
        writing = Q(table__in=WorkTable.objects.written_by(user))
        standing = Q(withdrawn_at__isnull=True) & ~Q(is_late=True, accepted_at__isnull=True)
        told = Q(table__session__diagnosis__published__isnull=False)
        if roles.in_group:
            told = Q()
        return self.filter(writing | (standing & told), table__session__in=Session.objects.visible_to(user))

    def standing(self) -> Self:
        """What counts: not withdrawn, and accepted where it came late. See also `TableNote.stands`."""
        return self.filter(withdrawn_at__isnull=True).exclude(is_late=True, accepted_at__isnull=True)

    def awaiting(self) -> Self:
        """Came late, and a facilitator has not said yet whether they count."""
        return self.filter(withdrawn_at__isnull=True, is_late=True, accepted_at__isnull=True)


@pghistory.track()
class TableNote(models.Model):
    """What was said at a work table, as the rapporteur wrote it down: a doubt, a difficulty, a priority, a proposal.

    `client_id` is made where the note is typed, which may be without a network: a note sent twice is one note. Notes of
    one table are read in the order in which they arrived. `edition` is raised by each change, so that two who correct a
    note at once both see it. Grouping notes into themes (`theme`) changes nothing of them.
    """

    class Kind(models.TextChoices):
        DOUBT = "doubt", pgettext_lazy("table note", "doubt")
        DIFFICULTY = "difficulty", pgettext_lazy("table note", "difficulty")
        PRIORITY = "priority", pgettext_lazy("table note", "priority")
        PROPOSAL = "proposal", pgettext_lazy("table note", "proposal")
        COMMENT = "comment", pgettext_lazy("table note", "comment")

    LONGEST: Final = 2000  # characters
    MOST: Final = 2000  # notes of one table

    table = models.ForeignKey(WorkTable, on_delete=models.PROTECT, related_name="notes")
    client_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.TextField(_("note"), max_length=LONGEST)
    said_by = models.CharField(_("who said it"), max_length=120, blank=True)
    city = models.ForeignKey(
        City, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("city")
    )
    theme = models.ForeignKey("workshops.Theme", on_delete=models.SET_NULL, null=True, blank=True, related_name="notes")
    from_paper = models.BooleanField(_("from paper"), default=False)
    # By our clock and what the device says of how long the note waited there: shown, never used to order or to judge.
    written_at = models.DateTimeField(null=True, blank=True)
    # It would have been in the future or before the doors opened: the time is the nearest that can be.
    time_was_put_right = models.BooleanField(default=False, db_default=False)
    received_at = models.DateTimeField(db_default=Now())
    written_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    edition = models.PositiveIntegerField(default=1, db_default=1)
    # It arrived after the session had closed, for instance from a phone that was a day without network.
    is_late = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = TableNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note of a table")
        verbose_name_plural = _("notes of tables")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="tablenote_says_something"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(is_late=True), name="tablenote_accepted_when_late"
            ),
        ]
        indexes = [
            models.Index(fields=["table", "id"], name="tablenote_of_table"),
            # Likely duplicates are found by what their letters have in common.
            GinIndex(OpClass(SortKey("text"), name="gin_trgm_ops"), name="tablenote_trigrams"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        """On the page of its table's notes on which it stands."""
        return f"{self.table.get_absolute_url()}?note={self.pk}#note-{self.pk}"

    @property
    def arrived_later(self) -> bool:
        """Whether it waited on a device for more than a moment."""
        return self.written_at is not None and self.received_at - self.written_at >= timedelta(minutes=1)

    def stands(self) -> bool:
        """See also `TableNoteQuerySet.standing`."""
        return self.withdrawn_at is None and (not self.is_late or self.accepted_at is not None)
