"""Signs of life of the parts that work in the background."""

from django.db import models


class Heartbeat(models.Model):
    """When a background part was last seen working, by the database's clock. Web processes judge it."""

    PLANNER = "planner"
    SENDER = "sender"
    READER = "reader"  # of the mailbox of replies, where one is set
    PURGE = "purge"  # the daily deletion of old texts

    name = models.CharField(max_length=20, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.seen_at:%Y-%m-%d %H:%M:%S}"
