"""How a page that is kept in memory learns that something it shows was written.

Tables whose rows such pages show carry the trigger of `counted`: whoever writes to them, by whatever way, leaves a step
in one table, in the same transaction. The steps added up are the stamp of all that can be read now. Rows are added,
never updated: nobody waits for anybody, and the sum does not depend on the order in which transactions end, as the
highest number would.
"""

from datetime import datetime
from typing import Final, NamedTuple

import pgtrigger
from django.db import connection, models
from django.db.models.functions import Now

# So many rows become one again, so that adding them up stays quick.
FOLDED_AT: Final = 256

# For every reader the sum is the same before and after. Rows that another transaction is just folding are left to it.
_FOLD = """
    WITH gone AS (
        DELETE FROM ogpgroup_change WHERE id IN (
            SELECT id FROM ogpgroup_change WHERE id < NEW.id FOR UPDATE SKIP LOCKED
        ) RETURNING steps, at
    )
    INSERT INTO ogpgroup_change (steps, at) SELECT sum(steps), max(at) FROM gone HAVING count(*) > 0;
    RETURN NULL;
"""


class Change(models.Model):
    """So many steps, the last of them at that moment."""

    steps = models.BigIntegerField(db_default=1)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="fold",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition(f"NEW.id % {FOLDED_AT} = 0 AND NEW.steps = 1"),
                func=_FOLD,
            )
        ]

    def __str__(self) -> str:
        return f"{self.steps}: {self.at}"


class Stamp(NamedTuple):
    """What can be read now; two equal stamps mean the same rows in all counted tables.

    The moment is there for a database put back from a backup, in which a sum may come a second time.
    """

    steps: int
    at: datetime | None


EVERY_WRITE: Final = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete


def counted(operation: pgtrigger.Operation = EVERY_WRITE) -> pgtrigger.Trigger:
    """The trigger of a table whose rows are shown by pages that are kept; `operation` says which writes count."""
    return pgtrigger.Trigger(
        name="counted",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
    )


def updates_of(*columns: str) -> pgtrigger.Operation:
    """Writes that name one of these columns."""
    return pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call]


def stamp() -> Stamp:
    """In one query, because every page that is kept asks it first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(steps), 0)::bigint, max(at) FROM ogpgroup_change")
        return Stamp(*cursor.fetchone())
