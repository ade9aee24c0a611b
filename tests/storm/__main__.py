"""`make storm`: a hundred thousand mails on servers of its own; writes its line into docs/reliability.md.

MAILS and KILLS make another one, which writes nothing. Many random histories (test_histories.py) follow the whole one.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

from ogpgroup.embedded import Servers

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_LATE = 60  # seconds, for nineteen of twenty where ten thousand fall due at once
PAGE = ROOT / "docs" / "reliability.md"
LINE = re.compile(r"(?<=<!-- storm -->\n).*?(?=<!-- /storm -->)", re.DOTALL)


def storm(servers: Servers, folder: Path) -> tuple[str, tuple[str, ...]]:
    """The line, and what is wrong. This process is the servers' parent: only so a killed one is gone at once."""
    os.environ |= {
        "DATABASE_URL": servers.postgres.url(),
        "REDIS_URL": servers.valkey.url(),
        "SECRET_KEY": "of the storm alone, worth nothing anywhere else",
        "PUBLIC_URL": "http://localhost",
        "DATA_DIR": str(folder / "data"),
        "KILL_POINTS": "1",
        "DJANGO_SETTINGS_MODULE": "ogpgroup.settings",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, check=True)
    django.setup()
    from tests.storm.storm import Storm  # noqa: PLC0415  the settings need the environment set just now

    mails = int(os.environ.get("MAILS", "100000"))
    report = Storm(
        mails=mails,
        kills=int(os.environ.get("KILLS", "110")),
        postgres=servers.postgres,
        valkey=servers.valkey,
        # Arranging takes a while, a start is cut to its minute, and whom the planner invites after the moment due is
        # rightly not reminded; lateness counts from the moment that was promised.
        first_due=timedelta(seconds=90 + mails / 600),
    ).blow(say=lambda line: sys.stderr.write(f"{line}\n"))
    late = (f"p95 of lateness is {report.p95_lateness:.0f} s",) if report.p95_lateness >= MOST_LATE else ()
    return str(report), (*report.wrong, *late)


def write(line: str) -> None:
    said = f"\n    {line}\n\nWritten by `make storm` on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores.\n\n"
    PAGE.write_text(LINE.sub(lambda _old: said, PAGE.read_text()))


def main() -> int:
    is_whole = not {"MAILS", "KILLS"} & os.environ.keys()
    outside = dict(os.environ)  # the storm's own variables would make tests use its servers, which are gone by then
    with tempfile.TemporaryDirectory() as name:
        servers = Servers(Path(name) / "servers")
        servers.start()
        try:
            line, wrong = storm(servers, Path(name))
        finally:
            servers.stop()
            for server in (servers.postgres, servers.valkey):
                shutil.rmtree(server.home, ignore_errors=True)  # as root they lie in /var/lib
    sys.stdout.write("".join(f"WRONG: {one}\n" for one in wrong) + f"{line}\n")
    if is_whole:
        write(line)
    if wrong or not is_whole:
        return 1 if wrong else 0
    histories = [sys.executable, "-m", "pytest", "-q", "-n2", "--dist=worksteal", "tests/workshops/test_histories.py"]
    return subprocess.run(histories, cwd=ROOT, env=outside | {"HISTORIES": "long"}).returncode


if __name__ == "__main__":
    sys.exit(main())
