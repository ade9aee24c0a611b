"""Answers that are the same for everybody, kept by the process as they go out."""

import gzip
import hashlib
import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString

from ogpgroup import htmx
from ogpgroup.kept import Kept
from workshops.models import ScheduleRelease

# Queries of the schedule that narrow nothing down.
UNFILTERED = {"", "when=past", "when=next"}


@dataclass(frozen=True)
class Bytes:
    """An answer as it goes out, plain and compressed."""

    plain: bytes
    compressed: bytes
    etag: str

    @classmethod
    def of(cls, content: bytes) -> "Bytes":
        # Weak, because the same answer goes out in two encodings.
        return cls(content, gzip.compress(content, 6, mtime=0), f'W/"{hashlib.sha256(content).hexdigest()[:32]}"')

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.compressed)


@dataclass(frozen=True)
class Head:
    """What stands above the list: the filters as they are drawn, and the release it comes from."""

    filters: SafeString
    release: ScheduleRelease | None


pages: Kept[Bytes] = Kept(megabytes=16)
heads: Kept[Head] = Kept(megabytes=2)
forms: Kept[SafeString] = Kept(megabytes=2)
calendars: Kept[Bytes] = Kept(megabytes=16)


def forget() -> None:
    """As after a restart; only tests and measurements need this."""
    for kept in (pages, heads, forms, calendars):
        kept.clear()


def send(request: HttpRequest, kept: Bytes, *, content_type: str) -> HttpResponse:
    """In the encoding the reader takes; the middleware leaves alone what is compressed already."""
    is_compressed = bool(re.search(r"\bgzip\b", request.headers.get("Accept-Encoding", "")))
    response = HttpResponse(kept.compressed if is_compressed else kept.plain, content_type=content_type)
    if is_compressed:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = kept.etag
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def is_for_nobody_in_particular(request: HttpRequest) -> bool:
    """Whether the answer can be the same for all: no cookie, no filter, no part of a page.

    The query is compared letter by letter, because the page repeats it: what one reader adds to an address must not be
    kept for the next.
    """
    return not request.COOKIES and query_of(request) in UNFILTERED and not htmx.wants_part(request)


def query_of(request: HttpRequest) -> str:
    """The query as it was typed."""
    return str(request.META.get("QUERY_STRING", ""))
