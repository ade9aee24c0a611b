"""What a session goes through, point by point, and what is handed out with it."""

import uuid
from typing import ClassVar, Final, Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cities.access import roles_of
from cities.models import Organization
from ogpgroup.models import User
from workshops.models.files import KeptFile, is_file_or_link
from workshops.models.participations import Participation
from workshops.models.sessions import Session


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Points of published agendas, in sessions the person may see.

        Before it is published an agenda is read by coordinators, and by those who have a part in it.
        """
        seen = self.filter(session__in=Session.objects.visible_to(user))
        if roles_of(user).is_coordinator:
            return seen
        ready = Q(session__agenda_published_at__isnull=False)
        if user.is_authenticated:
            ready |= Q(session__in=AgendaItem.objects.with_part_of(user).values("session"))
        return seen.filter(ready)

    def presented_by(self, user: User | AnonymousUser) -> Self:
        """Those that the person presents, alone or with others; see also `_kept_by`."""
        together = AgendaItem.co_presenters.through._default_manager.filter(user=user.pk).values("agendaitem")
        return self._kept_by(user).filter(Q(presenter=user.pk) | Q(pk__in=together))

    def with_part_of(self, user: User | AnonymousUser) -> Self:
        """Those that the person presents or answers first."""
        presented = AgendaItem.objects.presented_by(user).values("pk")
        return self._kept_by(user).filter(Q(respondent=user.pk) | Q(pk__in=presented))

    def _kept_by(self, user: User | AnonymousUser) -> Self:
        """Who has left the group keeps a part only where they are expected by name. See also `posts.still_hold`."""
        if roles_of(user).in_group:
            return self
        return self.filter(session__in=Participation.objects.open_to(user).values("session"))

    def with_people(self) -> Self:
        """With everybody who is named beside a point; two queries for any number of points."""
        named = ("presenter", "presenter_organization", "respondent", "respondent_organization")
        return self.select_related(*named).prefetch_related("co_presenters")


@pghistory.track()
class AgendaItem(models.Model):
    """A point of the agenda: who presents, who answers first, how long it takes.

    Its hour follows from the session's start and the minutes of what stands before it. The minutes of its parts, and of
    all points together, fit what they are part of; see `workshops.actions.agenda`. Nobody but coordinators, presenters
    and respondents reads an agenda before it is published (`Session.agenda_published_at`).
    """

    class Kind(models.TextChoices):
        PRESENTATION = "presentation", _("presentation")
        DIRECT_FEEDBACK = "direct_feedback", _("direct feedback")
        WORK_TABLES = "work_tables", _("work tables")
        PLENARY = "plenary", _("plenary")
        COMMENTS = "comments", _("round of comments")
        AGREEMENTS = "agreements", _("agreements")
        BREAK = "break", _("break")

    MOST: Final = 60  # points of one agenda
    LONGEST: Final = 24 * 60  # minutes

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="agenda")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="parts")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    presenter_name = models.CharField(_("presented by"), max_length=120, blank=True)
    presenter_organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    # The first of those who present hands out the materials and hears of notes; the others may do so, too.
    presenter = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    co_presenters = models.ManyToManyField(
        User, blank=True, related_name="+", verbose_name=_("presented together with")
    )
    respondent = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    respondent_name = models.CharField(_("answered first by"), max_length=120, blank=True)
    respondent_organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    response_due_on = models.DateField(_("direct feedback due"), null=True, blank=True)
    edition = models.PositiveIntegerField(default=1, db_default=1)  # two coordinators never overwrite each other
    form_id = models.UUIDField(null=True, blank=True, unique=True, editable=False)  # of a form that may be sent twice

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], name="agendaitem_position_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('workshops:session_detail', args=[self.session.slug])}#point-{self.pk}"

    @property
    def presenters(self) -> list[User]:
        """Everybody with an account who presents, the first one first. Expects `with_people`."""
        first = [self.presenter] if self.presenter else []
        return first + [one for one in self.co_presenters.all() if one != self.presenter]

    @property
    def is_presented(self) -> bool:
        """Whether anybody presents it who could answer a question: see also `feedback.targets.asked_of`."""
        return self.presenter_id is not None or self.presenter_organization_id is not None

    @property
    def has_respondent(self) -> bool:
        return bool(self.respondent_id or self.respondent_name or self.respondent_organization_id)


class MaterialQuerySet(models.QuerySet["Material"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Materials of sessions the person may see, as far as they are meant for that person.

        Coordinators and those who present the point see all of them, withdrawn ones left out.
        """
        roles = roles_of(user)
        meant = Q(visibility=Material.Visibility.PUBLIC)
        if roles.in_group:
            meant |= Q(visibility=Material.Visibility.GROUP)
        if user.is_authenticated:
            expected = Participation.objects.open_to(user).filter(session=OuterRef("session"))
            meant |= Q(Exists(expected), visibility=Material.Visibility.INVITED)
            meant |= Q(agenda_item__in=AgendaItem.objects.presented_by(user))
        if roles.is_coordinator:
            meant = Q()
        return self.filter(meant, withdrawn_at__isnull=True, session__in=Session.objects.visible_to(user))

    def kept_by(self, user: User | AnonymousUser) -> Self:
        """Those that the person may replace or withdraw: coordinators any, presenters those of their points."""
        standing = self.filter(withdrawn_at__isnull=True)
        if roles_of(user).is_coordinator:
            return standing
        own = AgendaItem.objects.presented_by(user).filter(session__in=Session.objects.visible_to(user))
        return standing.filter(agenda_item__in=own)


class Material(models.Model):
    """Something to read or to look at for a session or a point of its agenda: slides, a document, a recording.

    What is handed out anew is another version of it; the last one counts, and the earlier ones stay.
    """

    class Kind(models.TextChoices):
        SLIDES = "slides", _("slides")
        DOCUMENT = "document", _("document")
        RECORDING = "recording", _("recording")
        OTHER = "other", pgettext_lazy("material", "something else")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("everybody, also without an account")
        GROUP = "group", _("the working group")
        INVITED = "invited", _("only those expected")

    MOST: Final = 40  # of one session
    MOST_VERSIONS: Final = 20

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="materials")
    agenda_item = models.ForeignKey(
        AgendaItem,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="materials",
        verbose_name=_("point of the agenda"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    visibility = models.CharField(
        _("who may see it"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    form_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('workshops:session_detail', args=[self.session.slug])}#material-{self.pk}"


class MaterialVersionQuerySet(models.QuerySet["MaterialVersion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Every version of the materials the person may see."""
        return self.filter(material__in=Material.objects.visible_to(user))


class MaterialVersion(KeptFile):
    """One version of a material: a file that was looked into, or a link. Never changed."""

    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    url = models.URLField(_("link"), max_length=500, blank=True)

    objects = MaterialVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a material")
        verbose_name_plural = _("versions of materials")
        ordering = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=is_file_or_link(), name="materialversion_file_or_link"),
            models.UniqueConstraint(fields=["material", "number"], name="materialversion_number_once"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def get_absolute_url(self) -> str:
        return self.url or super().get_absolute_url()
