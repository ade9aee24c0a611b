"""Addresses of pages that people give instead of a file. They are never fetched."""

import unicodedata
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from ogpgroup.uploads import names
from ogpgroup.uploads.refusals import Refused

LONGEST: Final = 500

_is_web_address = URLValidator(schemes=["https", "http"])


def web_address(url: str) -> str:
    """The address as it is kept; Refused unless it leads to a page of the web and shows where it leads."""
    url = url.strip()
    if "://" not in url and url.startswith("www."):
        url = f"https://{url}"
    try:
        _is_web_address(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError):
        raise _no_link() from None
    unseen = any(unicodedata.category(char) in names.UNSEEN for char in url)
    if unseen or "@" in parts.netloc or len(url) > LONGEST:  # “https://gob.mx@example.org” leads to example.org
        raise _no_link()
    return url


def short(url: str) -> str:
    """An address as its name: host and path."""
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"


def _no_link() -> Refused:
    return Refused(_("This is not a link to a page: it begins with https:// or http://."), reason="link")
