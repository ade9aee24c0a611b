"""What has counted at the door, so that a phone may send it as often as it takes."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ogpgroup.models import User


class DoorEntry(models.Model):
    """A tick or a walk-in that has counted, under the id that the device made for it.

    The row that it wrote says nothing of that any more once somebody took it back; a tick sent again would tick again.
    """

    client_id = models.UUIDField(primary_key=True)
    session = models.ForeignKey("workshops.Session", on_delete=models.CASCADE, related_name="door_entries")
    sent_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("entry at the door")
        verbose_name_plural = _("entries at the door")

    def __str__(self) -> str:
        return str(self.client_id)
