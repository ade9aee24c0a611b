"""`make bench`: measures on servers of its own and writes docs/benchmarks.md, figures as seen."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.rows import MISSED

ROOT = Path(__file__).resolve().parent.parent.parent
MEASURES = ("pages 200", "pages 2000", "record", "workshop", "wall", "memoria", "mail")


def part(name: str) -> None:
    """One measure, in a process of its own with a database of its own; prints rows of a table."""
    import django  # noqa: PLC0415  the settings need the environment that the parent has set
    from django.conf import settings  # noqa: PLC0415  as above

    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in with one
    from tests.bench import hall, mail, memoria, pages, workshop  # noqa: PLC0415  as above

    others = {
        "workshop": lambda: workshop.rows_of(workshop.measure()),
        "wall": lambda: hall.rows_of_wall(hall.watch()),
        "memoria": memoria.rows,
        "mail": lambda: mail.rows_of(mail.measure()),
    }
    if name in others:
        print("\n".join(others[name]()))
        return
    of_record = name == "record"
    rows = pages.run(pages.pages_of_record() if of_record else pages.pages_of_schedule(int(name.split()[1])))
    reference = rows[0].cpu_ms
    for row in rows:
        aim = f"< {row.page.aim_ms}" if row.page.aim_ms else ""
        aim += f" {MISSED}" if row.misses_its_aim(reference) else ""
        cells = [f"{row.cpu_ms:.1f}", f"{row.cpu_ms / reference:.1f}", f"{row.per_second:,.0f}"]
        cells += [f"{row.transferred / 1024:.1f}", aim, *([row.page.queries] if of_record else [])]
        print(f"| {row.page.name} | {' | '.join(cells)} |")


def measured(name: str, folder: Path) -> str:
    from ogpgroup.embedded import Servers  # noqa: PLC0415  not needed by the parts

    print(f"Measuring: {name} ...", file=sys.stderr)
    servers = Servers(folder / name.replace(" ", "-"))
    servers.start()
    try:
        environment = os.environ | {
            "DATABASE_URL": servers.postgres.url(),
            "REDIS_URL": servers.valkey.url(),
            "SECRET_KEY": "of the benchmark alone, worth nothing anywhere else",
            "PUBLIC_URL": "http://localhost",
            "DATA_DIR": str(folder / "data"),
            "DJANGO_SETTINGS_MODULE": "ogpgroup.settings",
        }
        for command in (["manage.py", "migrate", "--verbosity=0"], ["manage.py", "collectstatic", "--noinput", "-v0"]):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
        command = [sys.executable, "-m", "tests.bench", name]
        return subprocess.run(
            command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()
    finally:
        servers.stop()
        for server in (servers.postgres, servers.valkey):
            shutil.rmtree(server.home)  # as root they lie in /var/lib, which outlives the folder


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tables = {name: measured(name, Path(folder)) for name in MEASURES}
    head = (
        "| page | CPU ms | times the one-query view | requests a second | kB | aim, ms |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |"
    )
    head_of_record = head.replace(" |\n", " | queries |\n") + " ---: |"
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, {platform.machine()}, PostgreSQL and Valkey from the wheels on the same machine.",
        "",
        "CPU is that of the two gunicorn workers, per request. The one-query view answers 200 titles behind our own",
        "middleware with compression; compare ratios, not machines. *Cold*: the first reader after a release, which",
        "leaves the rows of the sessions it does not change. *Restarted*: cold, and no row was written before.",
        "*List kept*: a reader with a cookie, for whom the page is made around the list; *kept* is the same with the",
        "parts of a plan's page. *Whole page kept*: without a cookie.",
        "",
        "Aims are in CPU ms of a machine where the one-query view takes 5 ms: 25 ms are 5 times as much, 40 ms are 8.",
        f"A page that takes more than its aim, and more than that many times, is marked {MISSED}; `make bench` fails",
        "then. Pages of a plan ask as many queries for one thing of each kind as for all.",
        "",
        *(["## 200 sessions", "", head, tables["pages 200"], ""]),
        *(["## 2,000 sessions", "", head, tables["pages 2000"], ""]),
        "## A plan on record",
        "",
        "10 commitments, 100 milestones, 5,000 progress entries, 500 notes, 50 evaluators of a published round.",
        "*Cold*: before each request something was written, in the ledger a note on the first commitment, elsewhere an",
        "entry at one of its milestones. Queries: those of a record with one of each thing, and of this one.",
        "",
        *([head_of_record, tables["record"], ""]),
        "## A workshop",
        "",
        "20 tables, 200 people, 600 notes and 2,000 ballots at once: ten minutes played in two and a half. Each note",
        "takes a fresh token first, a tenth are sent twice.",
        "",
        *(["| what | seen | aim |", "| --- | ---: | ---: |", tables["workshop"], ""]),
        "## A hall that watches",
        "",
        "Two hundred ask for what is new on the wall every two seconds; a note arrives every five.",
        "",
        *(["| what | seen | aim |", "| --- | ---: | ---: |", tables["wall"], ""]),
        "## Reports of sessions as PDF",
        "",
        "Seconds by the clock on the wall, through the whole stack but the network; set in a process of its own.",
        "",
        "| session | first reader | next reader | kB | aim, first |",
        "| --- | ---: | ---: | ---: | ---: |",
        *([tables["memoria"], ""]),
        *(["## Mail", "", "| what | seen | aim |", "| --- | ---: | ---: |", tables["mail"], ""]),
    ]
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(lines))
    print("\n".join(lines))
    if missed := [line.split("|")[1].strip() for line in lines if line.startswith("|") and MISSED in line]:
        sys.exit(f"Slower than their aims: {'; '.join(missed)}.")


if __name__ == "__main__":
    part(" ".join(sys.argv[1:])) if sys.argv[1:] else main()
