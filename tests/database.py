"""Looking at the database as a whole."""

from collections import Counter

from django.db import connection
from psycopg import sql


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
