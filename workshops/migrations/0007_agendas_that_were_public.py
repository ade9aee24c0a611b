from django.db import migrations


class Migration(migrations.Migration):
    """Until now an agenda was read as soon as it was written: what stands is published already."""

    dependencies = [
        ("workshops", "0006_workshops_in_depth"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE workshops_session SET agenda_published_at = now() WHERE agenda_published_at IS NULL "
            "AND EXISTS (SELECT FROM workshops_agendaitem item WHERE item.session_id = workshops_session.id)",
            migrations.RunSQL.noop,
        ),
    ]
