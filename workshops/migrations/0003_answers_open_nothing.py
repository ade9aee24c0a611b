from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F
from django.utils import timezone


def take_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Nobody is expected because they answered, and answers to an earlier date of sessions to come count no more.

    Whom the audience names is found again by the planner within a minute. The start of a version was first published at
    `start_released_at`; an answer older than that was given to another date, or before a cancellation.
    """
    participations = apps.get_model("workshops", "Participation").objects
    participations.filter(expected=True, expected_because="own_wish").update(expected=False)
    outdated = participations.filter(
        answered_at__lt=F("session__current_version__start_released_at"),
        session__current_version__finishes_at__gt=timezone.now(),
        session__current_version__status="planned",
    )
    ids = list(outdated.values_list("pk", flat=True))
    participations.filter(pk__in=ids).update(
        earlier_answer=F("answer"), earlier_answered_at=F("answered_at"), answer="none", answered_at=None
    )


class Migration(migrations.Migration):
    dependencies = [("workshops", "0002_ask_again")]

    operations = [migrations.RunPython(take_back, migrations.RunPython.noop)]
