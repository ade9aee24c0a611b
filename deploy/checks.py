"""Everything that `make test` checks, and the part of it that `make check` has time for. Run by deploy/bootstrap.sh."""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = [sys.executable, "-W", "ignore::RuntimeWarning:django.core.management.commands.makemigrations"]
PYTEST = [sys.executable, "-m", "pytest", "--quiet"]
# Each worker gets a stretch of files and, when it is through, half of what another has left: what the tests of a file
# share is made once or twice.
SPREAD = ["--dist=worksteal"]
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")  # see also tests/browser.py
WORKERS = f"-n{min(8, max(2, os.cpu_count() or 2))}"

# What mypy's plugin, makemigrations and makemessages need to read the settings; they ask no database.
ON_PAPER = {
    "SECRET_KEY": "for checks alone, signs nothing",
    "PUBLIC_URL": "http://localhost",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DJANGO_SETTINGS_MODULE": "ogpgroup.settings",
}
IN_PRODUCTION = ON_PAPER | {
    "SECRET_KEY": "".join(chr(33 + 7 * n % 90) for n in range(64)),
    "PUBLIC_URL": "https://grupo.example.org",
    "TRUSTED_PROXIES": "1",
}


def tracked(*patterns: str) -> list[str]:
    """Files of the checkout with these names, whether committed yet or not."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in sorted(set(listed.stdout.splitlines())) if (ROOT / name).is_file()]


Step = tuple[str, list[str], dict[str, str]]
DATABASE: Step = ("database of the tests", [sys.executable, "-m", "tests.template"], {})


def steps(*, everything: bool) -> list[Step]:
    """Name, command and environment of each check beside the tests; the slowest first."""
    manage = [*PYTHON, "manage.py"]
    found = [
        ("types", [str(BIN / "mypy")], ON_PAPER),
        ("lint", [str(BIN / "ruff"), "check", "--quiet", "."], {}),
        ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."], {}),
        ("imports", [str(BIN / "lint-imports"), "--no-logo"], {}),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], ON_PAPER),
        ("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], IN_PRODUCTION),
    ]
    if everything:
        found.append(("translations", [sys.executable, "deploy/translations.py"], ON_PAPER))
    formatters = (
        ("templates", "djhtml", ["--tabwidth=2"], ["templates/*.html"]),
        ("template style", "djade", ["--target-version=6.1"], ["templates/*.html"]),
        ("style sheets", "djcss", ["--tabwidth=2"], ["static/css/*.css"]),
        ("scripts", "djjs", ["--tabwidth=2"], ["static/js/*.js"]),
    )
    for name, program, options, patterns in formatters:
        if files := tracked(*patterns):
            found.append((name, [str(BIN / program), "--check", *options, *files], {}))
    return found


def examine(step: Step) -> str:
    """Run one check; return its name when it failed, after showing why."""
    name, command, environment = step
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    words = f"\n{done.stdout.rstrip()}" if done.returncode else ""
    print(f"{'FAILED' if done.returncode else 'ok':<7} {name} ({time.monotonic() - began:.1f} s){words}", flush=True)
    return name if done.returncode else ""


def run_tests(name: str, *options: str) -> str:
    print(f"        {name} ...", flush=True)
    return judged(name, subprocess.run([*PYTEST, *options], cwd=ROOT, check=False))


def run_tests_aside(name: str, *options: str) -> str:
    """While others run, whose words it does not disturb: its own come when it ends."""
    done = subprocess.run(
        [*PYTEST, *options], cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(f"        {name} ...\n{done.stdout}", flush=True)
    return judged(name, done)


def judged(name: str, done: subprocess.CompletedProcess[Any]) -> str:
    return "" if done.returncode in {0, 5} else name  # 5: nothing carries this mark


# --- Programs of the machine ----------------------------------------------------------------------------------------


def apt_install(package: str) -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"        Installing {package} ...", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], check=False, **quiet)  # type: ignore[call-overload]


def fetch_gettext() -> None:
    if not shutil.which("msgfmt"):
        apt_install("gettext")


def provide_gettext() -> None:
    fetch_gettext()
    if not shutil.which("msgfmt"):
        sys.exit(
            "The check of translations needs GNU gettext. Debian: apt install gettext   macOS: brew install gettext"
        )


def works(program: str | None) -> bool:
    """Ubuntu's `chromium` may be a stub that only asks for snap."""
    if not program:
        return False
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0


def chromium() -> str | None:
    names = (os.environ.get("CHROMIUM"), *BROWSERS, "chromium-browser")
    return next((path for name in names if name and (path := shutil.which(name)) and works(path)), None)


def fetch_chromium() -> None:
    """The distribution's, best without all that only a screen needs."""
    for package in ("chromium-headless-shell", "chromium"):
        if not chromium():
            apt_install(package)


def provide_chromium() -> None:
    """The distribution's where there is one; else Playwright's own."""
    fetch_chromium()
    if path := chromium():
        os.environ["CHROMIUM"] = path
        return
    print("        Fetching Playwright's Chromium ...", flush=True)
    needs = ["--with-deps"] if os.geteuid() == 0 and shutil.which("apt-get") else []
    command = [sys.executable, "-m", "playwright", "install", *needs, "--only-shell", "chromium"]
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit("The browser tests need Chromium. Debian: apt install chromium   or set CHROMIUM to its path.")


def main(goal: str) -> int:
    if goal == "programs":  # ahead of the tests, while the packages of Python come: deploy/bootstrap.sh
        fetch_gettext()
        fetch_chromium()
        return 0
    everything = goal == "test"
    if everything:
        provide_gettext()
    subprocess.run([sys.executable, "-m", "ogpgroup.local", "translations"], cwd=ROOT, check=True)
    # Tests wait for what they need alone; the other checks go on beside them, so that no processor stands still.
    with ThreadPoolExecutor(max_workers=2) as lanes, ThreadPoolExecutor(max_workers=1) as aside:
        database = lanes.submit(examine, DATABASE)
        browser = lanes.submit(provide_chromium) if everything else None
        others = [lanes.submit(examine, step) for step in steps(everything=everything)]
        failed = [database.result()]
        if browser:
            # Those under faults wait most of the time, on servers of their own.
            others.append(aside.submit(run_tests_aside, "tests under faults", "-m", "faults"))
            browser.result()
            failed.append(run_tests("tests", WORKERS, *SPREAD, "-m", "not faults"))
        else:
            failed.append(run_tests("quick tests", WORKERS, *SPREAD, "--quick"))
        failed += [other.result() for other in others]
    if names := ", ".join(filter(None, failed)):
        print(f"FAILED: {names}", file=sys.stderr)
        return 1
    print("All checks passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
