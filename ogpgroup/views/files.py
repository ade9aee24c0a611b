"""Files handed out: pictures that we drew ourselves within a page, everything else only to be saved.

One address for all of them, whatever they belong to: evidence of plans, materials and photos of sessions.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from actionplans.models import Evidence
from ogpgroup.models import User
from workshops.models import MaterialVersion, Photo

logger = logging.getLogger(__name__)

MINUTES: Final = 5 * 60  # what stands at an address never changes, but any of it may be taken from the public

type Row = Evidence | MaterialVersion | Photo


@dataclass(frozen=True)
class Found:
    """A file that the reader may have."""

    row: Row
    file: FieldFile
    is_public: bool

    @property
    def etag(self) -> str:
        """So that who has it already is not sent it again, only told that it is still there."""
        return f'"{sha256(f"{self.row.uuid} {self.file.name}".encode()).hexdigest()[:32]}"'


@login_not_required
@require_safe
def file(request: HttpRequest, uuid: UUID, name: str) -> HttpResponseBase:
    """A file of what the reader may see, or one that waits for the reader's own form."""
    found = next(_found(request.user, uuid, name, size=request.GET.get("size", "")), None)
    if found is None:
        raise Http404
    row = found.row
    if (unchanged := _unchanged(request, found)) is not None:
        return unchanged
    try:
        opened = found.file.open("rb")
    except FileNotFoundError:
        logger.error("The bytes of %s %s are missing", row._meta.model_name, row.uuid)
        raise Http404 from None
    response = FileResponse(opened, as_attachment=not row.is_image, filename=row.name, content_type=row.content_type)
    response["Content-Length"] = str(row.size if found.file == row.file else found.file.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = _lifetime(request, found)
    if found.is_public:
        response["ETag"] = found.etag
    # These formats are packed already; the middleware would hold back each for nothing.
    request.META["HTTP_ACCEPT_ENCODING"] = ""
    return response


def _unchanged(request: HttpRequest, found: Found) -> HttpResponseBase | None:
    """The short answer for who has the file already, as long as they may have it."""
    if not found.is_public or "If-None-Match" not in request.headers:
        return None
    response = get_conditional_response(request, etag=found.etag)
    if response is not None:
        response["Cache-Control"] = _lifetime(request, found)
    return response


def _found(user: User | AnonymousUser, uuid: UUID, name: str, *, size: str) -> Iterator[Found]:
    """What bears this uuid and this name and may be seen by the person; one at most."""
    for model in (Evidence, MaterialVersion, Photo):
        rows = model.objects.filter(uuid=uuid, name=name).exclude(file="")
        row = rows.visible_to(user).first()
        if row is not None:
            public = not user.is_authenticated or rows.visible_to(AnonymousUser()).exists()
            yield Found(row, _bytes(row, size), public)


def _bytes(row: Row, size: str) -> FieldFile:
    """Photos lie here in three sizes: `?size=small`, `?size=medium`, and the large one without a word."""
    return getattr(row, size) if isinstance(row, Photo) and size in {"small", "medium"} else row.file


def _lifetime(request: HttpRequest, found: Found) -> str:
    """Kept by everybody on the way only where the answer cannot carry the cookie of a person; by nobody for long.

    What was handed in may be returned, a material withdrawn, a photo taken away, evidence withheld.
    """
    if not found.is_public:
        return "private, no-store"
    return f"{'private' if request.user.is_authenticated else 'public'}, max-age={MINUTES}"
