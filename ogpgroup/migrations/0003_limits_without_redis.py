"""The table in which limits are counted while Redis is away; its form is that of Django's DatabaseCache."""

from django.db import migrations

CREATE = """
CREATE TABLE ogpgroup_limits (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX ogpgroup_limits_expires ON ogpgroup_limits (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("ogpgroup", "0002_look_at_mail")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE ogpgroup_limits")]
