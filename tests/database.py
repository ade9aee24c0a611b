"""Looking at the database as a whole."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import pgtrigger
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.signals import connection_created
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

_connections: WeakSet[BaseDatabaseWrapper] = WeakSet()


def contents() -> dict[str, Counter[str]]:
    """Every row of every table, as text; sequences apart, and the table that only counts how often others change."""
    rows = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'ogpgroup_change'")
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


def most_rows_of_a_step(statement: str) -> float:
    """Run a statement as PostgreSQL plans it now: the most rows that a step of its plan gave or threw away, in all."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}")
        return max(_rows_of_steps(cursor.fetchone()[0][0]["Plan"]))


def _rows_of_steps(step: dict[str, Any]) -> Iterator[float]:
    thrown_away = (value for name, value in step.items() if name.startswith("Rows Removed by"))
    yield (step["Actual Rows"] + sum(thrown_away)) * step["Actual Loops"]
    for below in step.get("Plans", ()):
        yield from _rows_of_steps(below)


def _remember(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if threading.current_thread() is threading.main_thread():
        _connections.add(connection)


connection_created.connect(_remember)


def close_connections() -> None:
    """Of all kinds, before the database is dropped.

    While Playwright runs, its loop runs in the thread of the tests, and then Django keeps other connections for them
    than without it. In the end Django closes those of one kind; the others would hold the database ("is being accessed
    by other users").
    """
    for one in _connections:
        one.close()


# --- Emptying it ------------------------------------------------------------------------------------------------------


# Written when the database is migrated, and by nobody after.
_KEPT = {"django_content_type", "auth_permission"}


def _empty(operations: DatabaseOperations, _style: object, tables: list[str], **_: Any) -> list[str]:
    """Only what holds rows is emptied, and row by row: most tables are empty, and TRUNCATE makes new files for each.

    No statement is left for Django, which takes it that nothing was to be done, and does not look whether something of
    the migrations is to be written again.
    """
    names = [operations.quote_name(table) for table in tables if table not in _KEPT]
    held = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.SQL(name)) for name in names
    )
    with pgtrigger.ignore(), transaction.atomic(), operations.connection.cursor() as cursor:
        cursor.execute(held.as_string())
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(name)).as_string())
    return []


def empty_quickly() -> None:
    """After a test that has committed; Django would truncate a hundred tables, which takes longer than most tests."""
    DatabaseOperations.sql_flush = _empty  # type: ignore[assignment, method-assign]
