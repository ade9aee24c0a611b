"""The platform on one machine, for `make run` and for a developer's shell. It starts programs; it imports no app."""

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn, TextIO
from urllib.parse import urlsplit

import psutil
import psycopg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from cryptography.fernet import Fernet

from ogpgroup.embedded import ServerError, Servers

BASE_DIR = Path(__file__).resolve().parent.parent
MARK = "OGPGROUP_RUN"  # every process of a start carries it in its environment, grandchildren too
ROLES = ("coordinator", "official", "member")
SYLLABLES = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
PATIENCE = 60  # seconds until the site must answer
HOPELESS = 10  # a part that lives less than these seconds would only end again
GRACE = 15  # seconds that a process has for ending by itself


class Problem(Exception):
    """Something the person at the terminal can put right; the message is one sentence saying how."""


class Stop(BaseException):
    """Ctrl-C, SIGTERM or the end of the `make` that started us."""


def data_folder() -> Path:
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").absolute()


def say(text: str, *, to: TextIO | None = None) -> None:
    """Tell the person at the terminal; a terminal that is gone (`make run | head`) must not keep us from stopping."""
    with contextlib.suppress(OSError):
        print(text, file=to or sys.stdout, flush=True)


# --- Environment ----------------------------------------------------------------------------------------------------


def kept_secret(name: str, fresh: str) -> str:
    """A secret made on the first start and kept, readable by its owner alone."""
    folder = data_folder() / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return kept_text(folder / name, fresh)


def kept_text(path: Path, fresh: str) -> str:
    if not path.exists() or not path.stat().st_size:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(fresh)
    return path.read_text()


def demo_passwords() -> dict[str, str]:
    fresh = {role: "-".join("".join(secrets.choice(SYLLABLES) for _ in range(4)) for _ in range(3)) for role in ROLES}
    kept: dict[str, str] = json.loads(kept_text(data_folder() / "demo-passwords.json", json.dumps(fresh, indent=2)))
    return kept


def start_servers(servers: Servers) -> dict[str, str]:
    """The two addresses, as given or of servers started here."""
    given = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
    if not given["REDIS_URL"]:
        servers.valkey.start()
        given["REDIS_URL"] = servers.valkey.url()
    if not given["DATABASE_URL"]:
        servers.postgres.start()
        given["DATABASE_URL"] = servers.postgres.url()
    return given


def environment(servers: Servers, *, port: int) -> dict[str, str]:
    """Everything that the settings want to know."""
    return start_servers(servers) | {
        "DATA_DIR": str(data_folder()),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or kept_secret("secret-key", secrets.token_urlsafe(48)),
        "MFA_KEY": os.environ.get("MFA_KEY") or kept_secret("mfa-key", Fernet.generate_key().decode()),
        "PUBLIC_URL": os.environ.get("PUBLIC_URL") or f"http://localhost:{port}",
    }


# --- One start at a time, and nothing left of a killed one ----------------------------------------------------------


@contextlib.contextmanager
def only_start(url: str) -> Iterator[None]:
    """Hold the folder for this start; a start whose terminal is gone is given time to end."""
    folder = data_folder() / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        _wait_for(lock)
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()} at {url}")
        lock.flush()
        yield


def _wait_for(lock: TextIO) -> None:
    until = time.monotonic() + GRACE
    told = False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read()
            if time.monotonic() > until:
                message = f"The platform runs here already (process {holder}): stop it with Ctrl-C there first."
                raise Problem(message) from None
            if not told:
                say(f"Waiting for an earlier start to end (process {holder}) ...")
                told = True
            time.sleep(0.2)
        else:
            return


def marked(token: str) -> list[psutil.Process]:
    """Every living process of the start with this token, whoever its parent is by now."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == token and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def end(processes: list[psutil.Process], *, grace: float) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=grace)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)


def end_leftovers(token_file: Path) -> None:
    """Stop what a killed start has left running: only processes that carry its random token."""
    if token_file.exists():
        token = token_file.read_text()
        if processes := marked(token):
            say("Stopping what an earlier start has left running ...")
            end(processes, grace=3)
            end(marked(token), grace=0)
        token_file.unlink()


# --- The port -------------------------------------------------------------------------------------------------------


def wanted_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def addresses(port: int) -> list[str]:
    """Both meanings of localhost, where the machine has both: a browser may try either first."""
    bound = []
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except PermissionError:
            raise Problem(f"Port {port} is for root only: choose another one with PORT=8000 make run") from None
        except OSError as error:
            if family == socket.AF_INET6 and error.errno not in {98, 48}:  # EADDRINUSE on Linux and on macOS
                continue  # a machine without IPv6
            raise Problem(
                f"Port {port} is taken by another program: choose another one with PORT={port % 65535 + 1} make run"
            ) from None
        bound.append(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    return bound


# --- Preparing ------------------------------------------------------------------------------------------------------


def compile_translations() -> None:
    """Make the .mo files that Django reads; Babel does it, so a bare machine needs no GNU gettext."""
    for source in sorted((BASE_DIR / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        partial = target.with_suffix(".partial")
        with source.open("rb") as text, partial.open("wb") as binary:
            write_mo(binary, read_po(text, locale=source.parts[-3]))
        partial.replace(target)


def static_fingerprint() -> str:
    """Changes whenever a file of ours or a package with static files changes."""
    files = sorted(path for path in (BASE_DIR / "static").rglob("*") if path.is_file())
    seen = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    seen.append((BASE_DIR / "deploy" / "requirements.txt").read_text())
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()


def our_migrations() -> list[Path]:
    return sorted(BASE_DIR.glob("*/migrations/[0-9]*.py"))


def migrations_fingerprint() -> str:
    """Changes whenever a migration of ours, an installed app or a locked package does."""
    files = [*our_migrations(), BASE_DIR / "ogpgroup" / "settings.py", BASE_DIR / "deploy" / "requirements.txt"]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


class Platform:
    """The processes of one start, and the way up and down."""

    def __init__(self) -> None:
        self.port = wanted_port()
        self.url = os.environ.get("PUBLIC_URL") or f"http://localhost:{self.port}"
        self.folder = data_folder()
        self.servers = Servers(self.folder / "servers")
        self.token_file = self.folder / "run" / "token"
        self.token = secrets.token_hex(16)
        self.environment: dict[str, str] = {}
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.commands: dict[str, list[str]] = {}

    def run(self) -> None:
        with only_start(self.url):
            end_leftovers(self.token_file)
            bind = addresses(self.port)
            kept_text(self.token_file, self.token)
            try:
                self.prepare()
                self.start(bind)
                self.load()  # beside the parts that are starting: two processors, and nothing here depends on the order
                self.wait_until_ready()
                self.report()
                self.watch()
            finally:
                say("Stopping ...")
                self.stop()

    def prepare(self) -> None:
        for name in ("log", "mail", "media"):
            (self.folder / name).mkdir(exist_ok=True)
        if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
            say("Starting PostgreSQL and Valkey ...")
        self.environment = os.environ | environment(self.servers, port=self.port) | {MARK: self.token}
        compile_translations()
        fingerprint, stamp = static_fingerprint(), self.folder / "static" / ".fingerprint"
        collecting = migrating = None
        if not stamp.exists() or stamp.read_text() != fingerprint:
            say("Collecting static files ...")
            collecting = self.spawn("static", *self.manage("collectstatic", "--noinput", "--clear", "--verbosity=0"))
        if not self.is_migrated():
            say("Bringing the database up to date ...")
            migrating = self.spawn("migrations", *self.manage("migrate", "--noinput", "--skip-checks"))
        if migrating:
            self.finish("migrations", migrating)
            (self.folder / "run" / "migrated").write_text(migrations_fingerprint())
        if collecting:
            self.finish("static", collecting)
            stamp.write_text(fingerprint)

    def load(self) -> None:
        """Fill an empty database; a start killed while it did so does it again."""
        pending = self.folder / "run" / "loading"
        if not pending.exists() and not self.is_empty():
            return
        pending.touch()
        passwords = self.folder / "demo-passwords.json"
        demo_passwords()
        self.environment["DEMO_PASSWORDS"] = str(passwords)
        for command, what in (("load_founding_cycle", "the founding cycle"), ("load_demo", "the demonstration")):
            if any(BASE_DIR.glob(f"*/management/commands/{command}.py")):
                say(f"Loading {what} ...")
                self.finish(command, self.spawn(command, *self.manage(command, "--skip-checks")))
        pending.unlink()

    def is_migrated(self) -> bool:
        """The database names all our migrations and the packages are the same; Django's own look takes seconds."""
        stamp = self.folder / "run" / "migrated"
        if not stamp.exists() or stamp.read_text() != migrations_fingerprint():
            return False
        with psycopg.connect(self.environment["DATABASE_URL"], connect_timeout=5) as connection:
            found = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
            if found != (True,):
                return False
            applied = set(connection.execute("SELECT app, name FROM django_migrations").fetchall())
        return {(path.parts[-3], path.stem) for path in our_migrations()} <= applied

    def is_empty(self) -> bool:
        with psycopg.connect(self.environment["DATABASE_URL"], connect_timeout=5) as connection:
            return connection.execute("SELECT 1 FROM cities_city LIMIT 1").fetchone() is None

    def manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(BASE_DIR / "manage.py"), *arguments]

    def spawn(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, so that Ctrl-C reaches it through us, in order."""
        path = self.folder / "log" / f"{name}.log"
        if path.exists() and path.stat().st_size > 5_000_000:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def finish(self, name: str, process: subprocess.Popen[bytes]) -> None:
        if process.wait():
            raise Problem(f"This step failed: {name}. {self.last_words(name)}")

    def last_words(self, name: str) -> str:
        path = self.folder / "log" / f"{name}.log"
        lines = [line for line in path.read_text(errors="replace").splitlines() if line.strip()]
        return "\n  ".join([f"The end of {path}:", *lines[-8:]])

    def start(self, bind: list[str]) -> None:
        say("Starting web server, worker and beat ...")
        python = [sys.executable, "-m"]
        sockets = [word for address in bind for word in ("--bind", address)]
        options = [
            "--config=deploy/gunicorn.conf.py",
            "--graceful-timeout=5",
            "--no-control-socket",
            "--access-logfile=-",
        ]
        celery = [*python, "celery", "-A", "ogpgroup"]
        self.commands = {
            "web": [*python, "gunicorn", "ogpgroup.wsgi", *sockets, *options],
            "worker": [*celery, "worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=INFO"],
            "beat": [*celery, "beat", "--loglevel=INFO"],
        }
        self.parts = {name: self.spawn(name, *command) for name, command in self.commands.items()}

    def wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while not self.is_ready():
            for name, part in self.parts.items():
                if part.poll() is not None:
                    raise Problem(f"This part ended at once: {name}. {self.last_words(name)}")
            if time.monotonic() > until:
                raise Problem(f"The site does not answer on port {self.port}. {self.last_words('web')}")
            time.sleep(0.1)

    def is_ready(self) -> bool:
        host = urlsplit(self.url).hostname or "localhost"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/readyz", headers={"Host": host})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy between us and ourselves
        try:
            with opener.open(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def report(self) -> None:
        say("")
        say(f"  {self.url}")
        if accounts := self.demo_accounts():
            passwords = demo_passwords()
            say("  Sign in as:")
            width = max(len(email) for _, email in accounts)
            for role, email in accounts:
                say(f"    {role:<12} {email:<{width}}  {passwords.get(role, '')}")
        if mail := self.environment.get("MAIL_URL"):
            say(f"  Mail goes out through {urlsplit(mail).hostname}.")
        else:
            say(f"  Mail goes to files under {self.folder / 'mail'} and shows in the outbox page.")
        say(f"  Logs are under {self.folder / 'log'}. Ctrl-C stops everything.")

    def demo_accounts(self) -> list[tuple[str, str]]:
        """One demonstration person per role; none after `manage.py remove_demo`."""
        query = """
            SELECT DISTINCT ON (role) role, email
            FROM cities_membership JOIN ogpgroup_user ON ogpgroup_user.id = user_id
            WHERE ogpgroup_user.is_demo AND (until IS NULL OR until >= current_date)
            ORDER BY role, ogpgroup_user.id
        """
        with psycopg.connect(self.environment["DATABASE_URL"], connect_timeout=5) as connection:
            found: dict[str, str] = dict(connection.execute(query).fetchall())
        return [(role, found[role]) for role in ROLES if role in found]

    def watch(self) -> None:
        """Keep every part running until we are told to stop."""
        parent = os.getppid()
        started = dict.fromkeys(self.parts, time.monotonic())
        while True:
            time.sleep(0.5)
            if "MAKELEVEL" in os.environ and os.getppid() != parent:  # `make` was killed
                raise Stop
            start_servers(self.servers)
            for name, part in self.parts.items():
                if part.poll() is not None:
                    if time.monotonic() - started[name] < HOPELESS:
                        raise Problem(f"This part ended soon after its start: {name}. {self.last_words(name)}")
                    say(f"This part ended and is started again: {name}; see {self.folder / 'log' / name}.log")
                    started[name] = time.monotonic()
                    self.parts[name] = self.spawn(name, *self.commands[name])

    def stop(self) -> None:
        """End the parts first and the servers last, and then whatever of ours is still there."""
        end([psutil.Process(part.pid) for part in self.parts.values() if part.poll() is None], grace=GRACE)
        end(marked(self.token), grace=1)
        self.servers.stop()
        self.token_file.unlink(missing_ok=True)


# --- Commands -------------------------------------------------------------------------------------------------------


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # once is enough; a second Ctrl-C would leave processes behind
    raise Stop


def run() -> int:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stop)
    try:
        Platform().run()
    except Stop:
        say("Stopped.")
    except (Problem, ServerError, psycopg.OperationalError) as problem:
        say(str(problem).strip(), to=sys.stderr)
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ogpgroup.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start everything; what `make run` does")
    commands.add_parser("env", help="start the servers and print the environment of a developer's shell")
    commands.add_parser("stop", help="stop the servers that `env` started")
    commands.add_parser("translations", help="make the .mo files")
    command = parser.parse_args().command
    if command == "run":
        return run()
    if command == "env":
        for name, value in environment(Servers(data_folder() / "servers"), port=wanted_port()).items():
            print(f"export {name}={shlex.quote(value)}")
    elif command == "stop":
        Servers(data_folder() / "servers").stop()
    elif command == "translations":
        compile_translations()
    return 0


if __name__ == "__main__":
    sys.exit(main())
