"""The time of a note was what the device told, and shown nowhere. Now it is shown: what cannot have been is not known.

History keeps what the device told.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0018_not_needed"),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE workshops_tablenote AS note SET written_at = NULL
            FROM workshops_worktable AS work_table JOIN workshops_session AS session ON session.id = work_table.session_id
            WHERE work_table.id = note.table_id AND (
                note.written_at > note.received_at
                OR note.written_at < coalesce(session.starts_at, session.day::timestamptz) - interval '1 day'
            )
            """,
            migrations.RunSQL.noop,
        ),
    ]
