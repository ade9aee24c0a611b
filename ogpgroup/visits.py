"""How often one connection may send what needs no account: a whole hall may stand behind one address."""

from typing import Final

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

WITHIN: Final = 600  # seconds


def is_too_many(request: HttpRequest, what: str, *, most: int) -> bool:
    """Count one more of these from this connection, and say whether it is more than `most` within ten minutes."""
    key = f"limits:{what}:{get_adapter().get_client_ip(request)}"
    cache.add(key, 0, timeout=WITHIN)
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # it expired this moment
        return False
