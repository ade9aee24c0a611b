"""Reads what differs by deployment from the environment, and fails with a sentence when it is missing."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def required(name: str, meaning: str) -> str:
    """Return the variable's value; without one the start stops with a sentence telling what to set."""
    if value := os.environ.get(name, "").strip():
        return value
    raise ImproperlyConfigured(
        f"Set the environment variable {name} ({meaning}), or use `make run`, which sets everything. "
        "docs/operations.md lists all variables."
    )


def optional(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str) -> bool:
    return optional(name, "0").lower() in {"1", "true", "yes", "on"}


def integer(name: str, default: int) -> int:
    value = optional(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"The environment variable {name} must be a whole number, not {value!r}.")
    return int(value)


def database(url: str) -> dict[str, Any]:
    """Turn `postgresql://user:password@host:port/name?option=value` into Django's form.

    `host` as an option is the folder of a local socket.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://; no other database is supported.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
