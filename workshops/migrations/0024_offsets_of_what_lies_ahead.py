"""Under which offset the hours of sessions to come were written; of those that are over nobody asks any more.

The entry that a release made for calendars says it: the hours on the clock, by the rules of that day. Of drafts that
were not published as they stand, the rules of today are taken for those under which they were written.
"""

import re
from datetime import UTC, datetime, timedelta
from itertools import batched
from zoneinfo import ZoneInfo

import pgtrigger
from django.db import migrations

HOURS = re.compile(rb"^DT(START|END);TZID=[^:\r\n]+:(\d{8}T\d{6})\r$", re.MULTILINE)
AT_ONCE = 500
OFFSETS = ["start_offset", "end_offset"]


def note(apps, schema_editor):
    now, written = datetime.now(UTC), {}
    versions = apps.get_model("workshops", "SessionVersion").objects.filter(starts_at__gt=now, start_offset=None)
    for some in batched(versions.order_by("pk").iterator(AT_ONCE), AT_ONCE):
        for version in some:
            clock = {
                name: datetime.strptime(hour.decode(), "%Y%m%dT%H%M%S") for name, hour in HOURS.findall(version.vevent)
            }
            version.start_offset = _offset(version.starts_at, version.time_zone, clock.get(b"START"))
            version.end_offset = _offset(version.ends_at, version.time_zone, clock.get(b"END"))
            written[version.session_id, version.starts_at, version.time_zone] = version.start_offset
            written[version.session_id, version.ends_at, version.time_zone] = version.end_offset
        with pgtrigger.ignore("workshops.SessionVersion:append_only"):
            versions.model.objects.bulk_update(some, OFFSETS)
    drafts = apps.get_model("workshops", "Session").objects.filter(starts_at__gt=now, start_offset=None)
    for some in batched(drafts.order_by("pk").iterator(AT_ONCE), AT_ONCE):
        for draft in some:
            for end, name in ((draft.starts_at, "start_offset"), (draft.ends_at, "end_offset")):
                known = written.get((draft.pk, end, draft.time_zone))
                setattr(draft, name, _offset(end, draft.time_zone) if known is None else known)
        drafts.model.objects.bulk_update(some, OFFSETS)


def _offset(instant, zone, clock=None):
    """Minutes between what the clock showed and UTC; without a clock, what the rules of today say."""
    clock = clock or instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return int((clock - instant.astimezone(UTC).replace(tzinfo=None)) // timedelta(minutes=1))


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0023_offsets_of_hours"),
    ]

    operations = [
        migrations.RunPython(note, migrations.RunPython.noop, elidable=True),
    ]
