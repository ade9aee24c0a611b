"""The servers from wheels: started, stopped, killed, taken over, as root and as an ordinary user."""

import os
import pwd
import shutil
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ogpgroup import embedded
from ogpgroup.embedded import Postgres, Valkey

pytestmark = pytest.mark.faults


def ask(postgres: Postgres, query: str) -> object:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def ping(valkey: Valkey) -> bool:
    with redis.from_url(valkey.url(3)) as client:
        return bool(client.ping())


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "postgres", durable=False)
    yield server
    server.stop()
    shutil.rmtree(server.home)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey")
    yield server
    server.stop()
    shutil.rmtree(server.home)


def test_postgres_keeps_data_over_stop_and_start(postgres: Postgres) -> None:
    postgres.start()
    ask(postgres, "CREATE TABLE kept AS SELECT 7 AS number")

    postgres.stop()
    assert postgres.process is None
    postgres.start()

    assert ask(postgres, "SELECT number FROM kept") == 7


def test_postgres_keeps_committed_data_when_killed(postgres: Postgres) -> None:
    postgres.start()
    ask(postgres, "CREATE TABLE kept AS SELECT 7 AS number")

    postgres.kill()
    postgres.start()

    assert ask(postgres, "SELECT number FROM kept") == 7


def test_postgres_left_running_is_taken_over(postgres: Postgres) -> None:
    postgres.start()
    first = postgres.process

    second = Postgres(postgres.home, durable=False)
    second.start()

    assert first is not None
    assert second.process == first
    assert second.url() == postgres.url()
    second.stop()
    first.wait(5)


def test_postgres_starts_over_a_strangers_process_number(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")

    postgres.start()

    assert psutil.pid_exists(os.getpid())
    assert postgres.process is not None


def test_postgres_starts_after_an_interrupted_initdb(postgres: Postgres) -> None:
    (postgres.home / "data.partial").mkdir()
    (postgres.home / "data.partial" / "PG_VERSION").write_text("18")

    postgres.start()

    assert ask(postgres, "SELECT 1") == 1


def test_postgres_has_what_the_platform_needs(postgres: Postgres) -> None:
    postgres.start()
    for extension in ("unaccent", "pg_trgm", "btree_gist"):
        ask(postgres, f"CREATE EXTENSION {extension}")

    assert ask(postgres, "SELECT upper('ñandú')") == "ÑANDÚ"
    assert ask(postgres, "SELECT datctype FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
    assert ask(postgres, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_postgres_asks_for_the_password(postgres: Postgres) -> None:
    postgres.start()

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=postgres.socket_folder, user=embedded.ROLE, dbname=embedded.ROLE, password="wrong")
    assert {stat.S_IMODE(path.stat().st_mode) for path in postgres.home.glob("password*")} == {0o600}


def test_postgres_finds_a_short_folder_for_its_socket(tmp_path: Path) -> None:
    server = Postgres(tmp_path / ("a" * 60) / ("b" * 60) / "postgres", durable=False)
    server.start()
    folder = Path(server.socket_folder)

    assert ask(server, "SELECT 1") == 1

    server.stop()
    assert folder == server.home or not folder.exists()
    shutil.rmtree(server.home)


def test_valkey_restarts_on_its_port_after_stop_and_kill(valkey: Valkey) -> None:
    valkey.start()
    address = valkey.url()

    valkey.stop()
    assert valkey.process is None
    valkey.start()
    valkey.kill()
    valkey.start()

    assert valkey.url() == address
    assert ping(valkey)


def test_valkey_refuses_who_has_no_password(valkey: Valkey) -> None:
    valkey.start()
    port = int((valkey.home / "port").read_text())

    with redis.Redis(port=port, retry=Retry(NoBackoff(), 0)) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a servant")
def test_root_works_as_its_servant_and_opens_no_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir(mode=0o700)
    before = {path: path.stat().st_mode for path in (tmp_path, *tmp_path.parents)}

    server = Postgres(secret / "postgres", durable=False)
    server.start()
    process = server.process

    assert process is not None
    assert process.username() == "nobody"
    assert stat.S_IMODE(server.home.stat().st_mode) == 0o700
    assert not server.home.is_relative_to(secret)
    assert {path: path.stat().st_mode for path in before} == before
    assert stat.S_IMODE(secret.stat().st_mode) == 0o700
    server.stop()
    shutil.rmtree(server.home)


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root proves this with every other test")
def test_an_ordinary_user_can_start_it_too() -> None:
    who = pwd.getpwnam("daemon")
    folder = Path("/var/tmp") / f"ogpgroup-test-{os.getpid()}"
    folder.mkdir(mode=0o700)
    os.chown(folder, who.pw_uid, who.pw_gid)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child makes no use of the parent's threads
        child = os.fork()
    if child == 0:
        try:
            os.setgid(who.pw_gid)
            os.setuid(who.pw_uid)
            server, broker = Postgres(folder / "postgres", durable=False), Valkey(folder / "valkey")
            server.start()
            broker.start()
            process = server.process
            fine = ping(broker) and ask(server, "SELECT 1") == 1 and process and process.username() == "daemon"
            server.stop()
            broker.stop()
            os._exit(0 if fine else 1)
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
            os._exit(2)

    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    shutil.rmtree(folder)
