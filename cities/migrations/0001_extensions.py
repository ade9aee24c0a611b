from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

# unaccent() is only stable, because its dictionary could change; named explicitly it may stand in an index.
SORT_KEY = """
CREATE OR REPLACE FUNCTION sort_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN public.unaccent('public.unaccent'::regdictionary, lower(value));
"""


class Migration(migrations.Migration):
    """Extensions and the function that Spanish order and search stand on."""

    initial = True
    dependencies = []
    operations = [
        UnaccentExtension(),
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(SORT_KEY, "DROP FUNCTION sort_key(text)"),
    ]
