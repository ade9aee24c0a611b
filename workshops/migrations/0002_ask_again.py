from django.db import migrations, models


class Migration(migrations.Migration):
    """New columns have defaults in the database, so that code of the release before goes on writing."""

    dependencies = [("workshops", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="participation",
            name="earlier_answer",
            field=models.CharField(
                blank=True,
                choices=[("none", "no answer yet"), ("yes", "yes"), ("maybe", "maybe"), ("no", "no")],
                db_default="",
                default="",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="participation",
            name="earlier_answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="participation",
            name="calendar_sequence",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
