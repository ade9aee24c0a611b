"""Files handed out: pictures that we drew ourselves within a page, everything else only to be saved.

One address for all of them, whatever they belong to: evidence of plans, materials and photos of sessions.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from actionplans.models import Evidence
from ogpgroup.models import User
from workshops.models import MaterialVersion, Photo

logger = logging.getLogger(__name__)

MINUTES: Final = 5 * 60
YEAR: Final = 365 * 24 * 3600  # what stands at an address never changes

type Row = Evidence | MaterialVersion | Photo


@dataclass(frozen=True)
class Found:
    """A file that the reader may have, and for how long others may keep it."""

    row: Row
    file: FieldFile
    is_public: bool
    seconds: int


@login_not_required
@require_safe
def file(request: HttpRequest, uuid: UUID, name: str) -> FileResponse:
    """A file of what the reader may see, or one that waits for the reader's own form."""
    found = next(_found(request.user, uuid, name, size=request.GET.get("size", "")), None)
    if found is None:
        raise Http404
    row = found.row
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
    # These formats are packed already; the middleware would hold back each for nothing.
    request.META["HTTP_ACCEPT_ENCODING"] = ""
    return response


def _found(user: User | AnonymousUser, uuid: UUID, name: str, *, size: str) -> Iterator[Found]:
    """What bears this uuid and this name and may be seen by the person; one at most."""
    for model in (Evidence, MaterialVersion, Photo):
        rows = model.objects.filter(uuid=uuid, name=name).exclude(file="")
        row = rows.visible_to(user).first()
        if row is not None:
            public = not user.is_authenticated or rows.visible_to(AnonymousUser()).exists()
            yield Found(row, _bytes(row, size), public, _seconds(row))


def _bytes(row: Row, size: str) -> FieldFile:
    """Photos lie here in three sizes: `?size=small`, `?size=medium`, and the large one without a word."""
    return getattr(row, size) if isinstance(row, Photo) and size in {"small", "medium"} else row.file


def _seconds(row: Row) -> int:
    """What was handed in may be returned, a material withdrawn, a photo taken away; what stands with an entry stays."""
    stays = isinstance(row, Evidence) and row.deliverable_id is None
    return YEAR if stays else MINUTES


def _lifetime(request: HttpRequest, found: Found) -> str:
    """Kept by everybody on the way only where the answer cannot carry the cookie of a person."""
    if not found.is_public:
        return "private, no-store"
    reach = "private" if request.user.is_authenticated else "public"
    return f"{reach}, max-age={found.seconds}" + (", immutable" if found.seconds == YEAR else "")
