"""The platform on one machine, for `make run` and for a developer's shell. It starts programs; it imports no app."""

import argparse
import os
import secrets
import shlex
from pathlib import Path

from cryptography.fernet import Fernet

from ogpgroup.embedded import Servers

BASE_DIR = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").absolute()


def kept_secret(name: str, fresh: str) -> str:
    """A secret made on the first start and kept, readable by its owner alone."""
    folder = data_folder() / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(fresh)
    return path.read_text()


def environment(*, port: int) -> dict[str, str]:
    """Start the servers that are not given, and say everything that the settings want to know."""
    given = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
    servers = Servers(data_folder() / "servers")
    if not given["DATABASE_URL"]:
        servers.postgres.start()
        given["DATABASE_URL"] = servers.postgres.url()
    if not given["REDIS_URL"]:
        servers.valkey.start()
        given["REDIS_URL"] = servers.valkey.url()
    return given | {
        "DATA_DIR": str(data_folder()),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or kept_secret("secret-key", secrets.token_urlsafe(48)),
        "MFA_KEY": os.environ.get("MFA_KEY") or kept_secret("mfa-key", Fernet.generate_key().decode()),
        "PUBLIC_URL": os.environ.get("PUBLIC_URL") or f"http://localhost:{port}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ogpgroup.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("env", help="start the servers and print the environment of a developer's shell")
    commands.add_parser("stop", help="stop the servers that `env` started")
    arguments = parser.parse_args()
    if arguments.command == "env":
        for name, value in environment(port=int(os.environ.get("PORT") or 8000)).items():
            print(f"export {name}={shlex.quote(value)}")  # noqa: T201 (what the command is for)
    elif arguments.command == "stop":
        Servers(data_folder() / "servers").stop()


if __name__ == "__main__":
    main()
