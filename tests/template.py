"""A database with all migrations in it, from which each test database is copied: seconds where migrating takes many.

Kept as long as the server is kept, under a name that says which migrations it holds.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.servers import ROOT

LOCK = 7_305_114  # any number: one process makes the database, the others wait
PREFIX = "migrated_"


def _name() -> str:
    """Other migrations, or other versions of what brings migrations along, make another name."""
    held = hashlib.sha256()
    for path in [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "deploy" / "requirements-test.txt"]:
        held.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return PREFIX + held.hexdigest()[:16]


def _address(database: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


def migrated_database() -> str:
    """The name of a database with every migration, made now where there is none; those of other migrations are dropped.

    Safe to ask from several processes at once.
    """
    name = _name()
    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        names = [
            row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])
        ]
        if name in names:
            return name
        unfinished = f"{PREFIX}unfinished"
        for old in [*names, unfinished]:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(old)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"],
            cwd=Path(ROOT),
            env=os.environ | {"DATABASE_URL": _address(unfinished)},
            check=True,
        )
        server.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
        )
    return name
