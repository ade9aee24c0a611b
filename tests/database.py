"""Looking at the database as a whole."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker


def contents() -> dict[str, Counter[str]]:
    """Every row of every table, as text; sequences apart."""
    rows = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            statement = sql.SQL("SELECT to_jsonb(one)::text FROM {} AS one").format(sql.Identifier(table))
            cursor.execute(statement.as_string())
            rows[table] = Counter(row for (row,) in cursor.fetchall())
    return rows


@contextmanager
def kept_for_reading(blocker: DjangoDbBlocker) -> Iterator[None]:
    """For a fixture of a module whose tests only read what was costly to make; all of it is rolled back in the end.

    Such a module has no test marked `django_db`: those close the connection.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
