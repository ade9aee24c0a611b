"""What a session shows: the wall of the hall while it runs, photos afterwards."""

import uuid
from typing import ClassVar, Final, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cities.access import roles_of
from ogpgroup.models import User
from workshops.models.files import KeptFile
from workshops.models.sessions import Session


class Wall(models.Model):
    """The state of a session's wall: frozen or live, and its timer. What is on it are the notes of the tables.

    What the wall shows has an address of its own, which nobody can guess; `address_serial` is part of it, so that
    another number makes the one of before void.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="wall")
    # Everybody may watch, not the group alone. Counts for public sessions only.
    is_open = models.BooleanField(_("everybody may watch"), default=False, db_default=False)
    address_serial = models.PositiveIntegerField(default=1, db_default=1)
    frozen_at = models.DateTimeField(null=True, blank=True)  # what arrived later waits until it goes on
    timer_label = models.CharField(_("what the time is for"), max_length=80, blank=True)
    timer_ends_at = models.DateTimeField(null=True, blank=True)
    timer_stopped_with = models.PositiveIntegerField(null=True, blank=True)  # seconds left while it stands still

    class Meta:
        verbose_name = _("wall")
        verbose_name_plural = _("walls")
        constraints = [
            models.CheckConstraint(
                condition=Q(timer_ends_at__isnull=True) | Q(timer_stopped_with__isnull=True),
                name="wall_timer_runs_or_stands",
            )
        ]

    def __str__(self) -> str:
        return str(self.session)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Photos shown of sessions the person may see; for coordinators also those that wait for a word of theirs."""
        found = self.filter(removed_at__isnull=True, session__in=Session.objects.visible_to(user))
        return found if roles_of(user).is_coordinator else found.shown()

    def shown(self) -> Self:
        """Those that are described, and that nobody asked to be taken away, or a coordinator left after that."""
        return self.filter(removed_at__isnull=True).exclude(_waits())

    def waiting(self) -> Self:
        """Those that nobody else sees until a coordinator describes them, or decides about them."""
        return self.filter(_waits(), removed_at__isnull=True)


def _waits() -> Q:
    return Q(described_at__isnull=True) | Q(asked_at__isnull=False, kept_at__isnull=True)


class Photo(KeptFile):
    """A picture of a session, in three sizes. It is shown only with the word of who adds it that those on it agree,
    and once it is described in words of its own.

    Somebody on it may ask for its removal at any time, and it is hidden from then on. A coordinator takes it away: the
    row stays, marked, and the bytes go; or shows it again, with a reason.
    """

    MOST: Final = 60  # of one session
    SIDES: ClassVar[dict[str, int]] = {"small": 480, "medium": 1024, "large": 2048}  # longest side, in pixels

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="photos")
    medium = models.FileField(upload_to="sessions/%Y/%m/", max_length=200, blank=True)
    small = models.FileField(upload_to="sessions/%Y/%m/", max_length=200, blank=True)
    alt = models.CharField(_("what the picture shows"), max_length=300, blank=True)
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    described_at = models.DateTimeField(null=True, blank=True)
    credit = models.CharField(_("taken by"), max_length=120, blank=True)
    people_agree = models.BooleanField(_("everybody who can be recognised agrees that it is public"))
    position = models.PositiveSmallIntegerField(default=0)
    form_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    asked_at = models.DateTimeField(null=True, blank=True)  # to be taken away, by whom it does not say
    asked_because = models.CharField(_("reason"), max_length=300, blank=True, default="", db_default="")
    asked_contact = models.CharField(_("contact"), max_length=200, blank=True, default="", db_default="")
    kept_at = models.DateTimeField(null=True, blank=True)  # shown again all the same
    kept_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kept_because = models.CharField(_("reason"), max_length=300, blank=True, default="", db_default="")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    removal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(people_agree=True), name="photo_with_consent"),
            models.CheckConstraint(
                condition=Q(described_at__isnull=True) | (~Q(alt="") & ~Q(caption="")),
                name="photo_says_what_it_shows",
            ),
            models.CheckConstraint(
                condition=Q(kept_at__isnull=True) | (Q(asked_at__isnull=False) & ~Q(kept_because="")),
                name="photo_kept_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=False) | (~Q(file="") & ~Q(medium="") & ~Q(small="")),
                name="photo_in_three_sizes",
            ),
        ]

    @property
    def is_asked_away(self) -> bool:
        """Somebody asked for its removal, and nobody has decided."""
        return self.asked_at is not None and self.kept_at is None
