"""`make run` as its user meets it: it comes up, it ends whole, and nothing it left behind is in the way."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ogpgroup import local
from ogpgroup.embedded import Servers

pytestmark = pytest.mark.faults

GIVEN_BY_TESTS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "KILL_POINTS", "MAKELEVEL")
PATIENCE = 300  # seconds: other tests keep the machine busy; what a quiet one takes is told by hand, in the README


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Start:
    """One `python -m ogpgroup.local run` with a data folder and a port."""

    def __init__(self, data: Path, port: int, **extra: str) -> None:
        self.data, self.port = data, port
        environment = {name: value for name, value in os.environ.items() if name not in GIVEN_BY_TESTS}
        environment |= {"DATA_DIR": str(data), "PORT": str(port)} | extra
        self.output = data.parent / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ogpgroup.local", "run"],
                cwd=local.BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.output.read_text()

    def wait_until_up(self) -> None:
        began = time.monotonic()
        while "Ctrl-C stops everything" not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() - began < PATIENCE, self.text()
            time.sleep(0.1)

    def token(self) -> str:
        return (self.data / "run" / "token").read_text()

    def __enter__(self) -> "Start":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGTERM)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(40)


def ready(port: int) -> int:
    with urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=10) as answer:
        return int(answer.status)


def ours(data: Path, token: str) -> list[psutil.Process]:
    servers = Servers(data / "servers")
    found = (servers.postgres.process, servers.valkey.process)
    return [*local.marked(token), *(process for process in found if process)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One data folder for all, so that the long first start is paid once."""
    folder = tmp_path_factory.mktemp("run") / "var"
    yield folder
    for process in local.marked((folder / "run" / "token").read_text()) if (folder / "run" / "token").exists() else []:
        process.kill()  # of a test that failed
    servers = Servers(folder / "servers")
    servers.stop()
    for home in (servers.postgres.home, servers.valkey.home):
        shutil.rmtree(home)


def test_run_comes_up_and_sigterm_ends_every_process(data: Path) -> None:
    with Start(data, free_port()) as start:
        start.wait_until_up()
        token = start.token()

        assert ready(start.port) == 200
        assert len(ours(data, token)) >= 6  # web, worker, beat, two servers, and children that come a little later
        assert {path.stat().st_mode & 0o77 for path in (data / "secrets").iterdir()} == {0}
        assert start.end(signal.SIGTERM) == 0

        assert ours(data, token) == []
        assert f"http://localhost:{start.port}" in start.text()


def test_second_run_keeps_what_is_there_and_repeats_no_work(data: Path) -> None:
    before = (data / "secrets" / "secret-key").read_text()

    with Start(data, free_port()) as start:
        start.wait_until_up()
        token = start.token()
        assert start.end(signal.SIGINT) == 0

        assert (data / "secrets" / "secret-key").read_text() == before
        assert "Loading" not in start.text()
        assert "Collecting" not in start.text()
        assert "database" not in start.text()
        assert ours(data, token) == []


def test_killed_run_is_no_obstacle(data: Path) -> None:
    with Start(data, free_port()) as killed:
        killed.wait_until_up()
        token = killed.token()
        killed.end(signal.SIGKILL)
        assert len(local.marked(token)) >= 3

    with Start(data, killed.port) as start:
        start.wait_until_up()

        assert local.marked(token) == []
        assert ready(start.port) == 200
        last = start.token()
        start.end(signal.SIGHUP)  # the terminal was closed
        assert ours(data, last) == []


def test_taken_port_gets_one_sentence_and_is_left_alone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        start = Start(tmp_path / "var", port)

        assert start.process.wait(20) == 1

        assert start.text().splitlines() == [
            f"Port {port} is taken by another program: choose another one with PORT={port + 1} make run"
        ]
        socket.create_connection(("127.0.0.1", port)).close()
    servers = Servers(tmp_path / "var" / "servers")
    for home in (servers.postgres.home, servers.valkey.home):
        shutil.rmtree(home)  # as root they lie in /var/lib, which outlives the test


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_wrong_port_is_told(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(local.Problem, match="PORT must be a number"):
        local.wanted_port()


def test_second_start_in_one_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr(local, "GRACE", 0.1)
    (tmp_path / "run").mkdir()

    with (tmp_path / "run" / "lock").open("w") as lock:
        lock.write("17 at http://localhost:8000")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        with (
            pytest.raises(local.Problem, match="runs here already \\(process 17 at http://localhost:8000\\)"),
            local.only_start("http://localhost:8001"),
        ):
            pass


def test_demo_passwords_are_kept_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))

    first = local.demo_passwords()

    assert set(first) == set(local.ROLES)
    assert len(set(first.values())) == len(local.ROLES)
    assert min(map(len, first.values())) >= 12
    assert local.demo_passwords() == first
    assert (tmp_path / "demo-passwords.json").stat().st_mode & 0o77 == 0


# --- deploy/bootstrap.sh --------------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A bare checkout on a machine that has a shell and nothing else."""
    for name in ("deploy", "bin"):
        (tmp_path / name).mkdir()
    text = (local.BASE_DIR / "deploy" / "bootstrap.sh").read_text()
    text = text.replace("/usr/local/bin", "/nowhere").replace("/opt/homebrew/bin", "/nowhere")
    (tmp_path / "deploy" / "bootstrap.sh").write_text(text.replace("/Library/", "/nowhere/"))
    (tmp_path / "deploy" / "requirements.txt").write_text("missing-package==1 --hash=sha256:" + "0" * 64 + "\n")
    for tool in ("dirname", "mkdir", "cksum", "cat", "grep", "tail", "rm"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def bootstrap(checkout: Path, **extra: str) -> tuple[int, str]:
    environment = {"PATH": str(checkout / "bin"), "HOME": str(checkout), "PORT": str(free_port())} | extra
    done = subprocess.run(
        [str(shutil.which("sh")), "deploy/bootstrap.sh", "run"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.strip()


def python_that(checkout: Path, body: str) -> None:
    program = checkout / "bin" / "python3"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def test_missing_python_is_told(checkout: Path) -> None:
    status, words = bootstrap(checkout)

    assert status == 1
    assert words.startswith(
        "Python 3.12 or newer is needed. On Debian 13 and Ubuntu 24.04: apt install python3 python3"
    )


def test_old_python_is_told(checkout: Path) -> None:
    python_that(checkout, "case $2 in *print*) echo 3.11.2 ;; *) exit 1 ;; esac")

    status, words = bootstrap(checkout)

    assert status == 1
    assert words.startswith("Python 3.12 or newer is needed and only 3.11.2 was found.")


def test_missing_venv_is_told(checkout: Path) -> None:
    python_that(checkout, "case $2 in *ensurepip*) exit 1 ;; esac")

    status, words = bootstrap(checkout)

    assert status == 1
    assert "has no venv module. On Debian and Ubuntu: apt install python3-venv" in words


def test_newer_python_behind_an_old_shim_is_found(checkout: Path) -> None:
    python_that(checkout, "exit 1")
    versions = checkout / ".pyenv" / "versions" / "3.13.0" / "bin"
    versions.mkdir(parents=True)
    (versions / "python3.13").write_text(f'#!/bin/sh\nexec {sys.base_prefix}/bin/python3 "$@"\n')
    (versions / "python3.13").chmod(0o755)

    status, words = bootstrap(checkout, PIP_INDEX_URL="http://127.0.0.1:1/simple", PIP_CONFIG_FILE="/dev/null")

    assert status == 1
    assert "The package index cannot be reached: check the network connection" in words.splitlines()[-1]
