"""`make storm`: a hundred thousand mails on servers of its own; writes its line into docs/reliability.md."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "reliability.md"
LINE = re.compile(r"(?<=<!-- storm -->\n).*?(?=<!-- /storm -->)", re.DOTALL)


def inside(folder: Path) -> None:
    """The storm itself, in a process that has the servers' addresses in its environment."""
    import django  # noqa: PLC0415  the settings need the environment that the parent has set

    django.setup()
    from ogpgroup.embedded import Servers  # noqa: PLC0415
    from tests.storm.storm import Storm  # noqa: PLC0415  as above

    servers = Servers(folder / "servers")
    storm = Storm(
        mails=int(os.environ.get("MAILS", 100_000)),
        kills=int(os.environ.get("KILLS", 110)),
        postgres=servers.postgres,
        valkey=servers.valkey,
        first_due=timedelta(minutes=3),  # arranging takes a while, and lateness counts from here
    )
    report = storm.blow(say=lambda line: sys.stderr.write(f"{line}\n"))
    for line in report.wrong:
        sys.stderr.write(f"WRONG: {line}\n")
    sys.stdout.write(f"{report}\n")
    sys.exit(1 if report.wrong else 0)


def main() -> int:
    from ogpgroup.embedded import Servers  # noqa: PLC0415  not needed inside

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        servers = Servers(folder / "servers")
        servers.start()
        try:
            environment = os.environ | {
                "DATABASE_URL": servers.postgres.url(),
                "REDIS_URL": servers.valkey.url(),
                "SECRET_KEY": "of the storm alone, worth nothing anywhere else",
                "PUBLIC_URL": "http://localhost",
                "DATA_DIR": str(folder / "data"),
                "KILL_POINTS": "1",
                "DJANGO_SETTINGS_MODULE": "ogpgroup.settings",
            }
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
            subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
            command = [sys.executable, "-m", "tests.storm", str(folder)]
            ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        finally:
            servers.stop()
            for server in (servers.postgres, servers.valkey):
                shutil.rmtree(server.home, ignore_errors=True)  # as root they lie in /var/lib
    line = ended.stdout.strip()
    sys.stdout.write(f"{line}\n")
    if ended.returncode == 0 and "MAILS" not in os.environ:
        said = f"\n    {line}\n\nWritten by `make storm` on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores.\n\n"
        PAGE.write_text(LINE.sub(lambda _old: said, PAGE.read_text()))
    if ended.returncode == 0:
        histories = [sys.executable, "-m", "pytest", "-q", "tests/workshops/test_histories.py"]
        return subprocess.run(histories, cwd=ROOT, env=os.environ | {"HISTORIES": "long"}).returncode
    return ended.returncode


if __name__ == "__main__":
    inside(Path(sys.argv[1])) if sys.argv[1:] else sys.exit(main())
