from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    """Beside running senders: the new index is there before the old one goes, and neither locks the queue."""

    atomic = False

    dependencies = [
        ("ogpgroup", "0004_count_changes"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="outgoingmail",
            index=models.Index(
                models.F("priority"),
                models.Case(
                    models.When(status="sending", then=models.F("lease_until")),
                    default=Coalesce("retry_at", "due"),
                ),
                models.F("id"),
                condition=models.Q(("status__in", ["queued", "sending"])),
                name="outgoingmail_turn",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="outgoingmail",
            name="outgoingmail_claim",
        ),
    ]
