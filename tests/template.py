"""A database with all migrations in it, from which each test database is copied: seconds where migrating takes many.

Kept as long as the server is kept, under a name that says which migrations it holds; and beside it as a dump, from
which the next server begins. Where migrations were added since, only those are run. `python -m tests.template` makes
it ahead of the tests.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from ogpgroup.embedded import postgres_program
from tests.servers import ROOT, prepare

PREFIX = "migrated_"
FOLDER = ROOT / "var" / "test"


def _held(server: psycopg.Connection) -> dict[str, str]:
    """What makes the database: each migration, the versions of the packages that bring some along, the server's own."""
    paths = sorted(ROOT.glob("*/migrations/*.py"))
    held = {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    locked = (ROOT / "deploy" / "requirements-test.txt").read_text().splitlines()
    packages = (line.split() for line in locked if line.startswith("django"))
    held |= {name: version for name, _, version in (words[0].partition("==") for words in packages)}
    return held | {"server": str(server.info.server_version)}


def _address(database: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


@contextmanager
def _alone() -> Iterator[None]:
    """One process makes the database, the others wait: those of this run and those of other runs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrated_database() -> str:
    """The name of a database with every migration, made now where there is none; those of other migrations are dropped.

    Safe to ask from several processes at once.
    """
    with _alone(), psycopg.connect(_address("postgres"), autocommit=True) as server:
        held = _held(server)
        name = PREFIX + hashlib.sha256(json.dumps(held).encode()).hexdigest()[:16]
        names = [
            row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])
        ]
        if name in names:
            return name
        unfinished = f"{PREFIX}unfinished"
        for old in [*names, unfinished]:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(old)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        _fill(_address(unfinished), held)
        server.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
        )
    return name


# --- The dump ---------------------------------------------------------------------------------------------------------


def _fill(address: str, held: dict[str, str]) -> None:
    """From the last dump, where every migration in it is still what it was; what is missing is migrated and kept."""
    dump, contents = FOLDER / "migrated.sql", FOLDER / "migrated.json"
    known = json.loads(contents.read_text()) if contents.exists() and dump.exists() else {}
    if known and known.items() <= held.items():
        _postgres(
            "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={dump}", address
        ).check_returncode()
    if known == held:
        return
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address},
        check=True,
    )
    contents.unlink(missing_ok=True)  # for as long as the two would not belong together
    # A server that is newer than our programs is not dumped; then there is nothing to begin from, and no harm.
    if not _postgres("pg_dump", "--no-owner", "--no-comments", f"--file={dump}", address).returncode:
        contents.write_text(json.dumps(held))


def _postgres(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([postgres_program(program), *arguments], check=False, capture_output=True)


if __name__ == "__main__":
    prepare()
    migrated_database()
