"""Files of sessions: what is kept of each, whoever it belongs to."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ogpgroup.models import User


class KeptFile(models.Model):
    """A file that `ogpgroup.uploads` accepted: its kind was found by looking inside, images were drawn anew."""

    IMAGES = frozenset({"image/jpeg", "image/png", "image/webp"})

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    file = models.FileField(_("file"), upload_to="sessions/%Y/%m/", max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)  # pixels, of images alone
    height = models.PositiveIntegerField(null=True, blank=True)
    uploaded_at = models.DateTimeField(db_default=Now())
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.uuid, self.name])

    @property
    def is_image(self) -> bool:
        """Drawn anew by us, so that it may be shown within a page."""
        return self.content_type in self.IMAGES


def is_file_or_link() -> Q:
    """A file with what was found in it, or the address of a page."""
    return (Q(url="") & ~Q(file="") & ~Q(content_type="") & ~Q(sha256="")) | (Q(file="") & ~Q(url=""))
