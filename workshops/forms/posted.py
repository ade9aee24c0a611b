"""Posted data that comes back to the page."""

from typing import Any


def replaced(data: Any, name: str, value: str) -> Any:
    """The posted data with one hidden value replaced."""
    changed = data.copy()
    changed[name] = value
    return changed
