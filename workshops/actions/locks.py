"""Who waits for whom: a release, the planner and answers meet the versions that count one after the other."""

from django.db import connection

# Releases are numbered one after the other over all cycles; any number serves as the lock's name.
RELEASE_LOCK = 20170629


def lock_releases() -> None:
    """Wait until nobody publishes, plans or answers, and hold the others until this transaction ends.

    What is read after this is what counts. Take it first in a transaction: row locks come later, so nobody deadlocks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RELEASE_LOCK])


def hold_off_releases() -> None:
    """Wait until nobody publishes, and keep the version that counts until this transaction ends.

    Any number of people hold this at once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [RELEASE_LOCK])
