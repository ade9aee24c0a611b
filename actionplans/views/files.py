"""Evidence handed out: pictures that we drew ourselves within a page, everything else only to be saved."""

import logging
from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from actionplans.models import Evidence

logger = logging.getLogger(__name__)

MINUTES: Final = 5 * 60
YEAR: Final = 365 * 24 * 3600  # what stands at an address never changes


@login_not_required
@require_safe
def file(request: HttpRequest, uuid: UUID, name: str) -> FileResponse:
    """A file of a plan that the reader may see, or one that waits for the reader's own form."""
    files = Evidence.objects.filter(kind=Evidence.Kind.FILE, uuid=uuid, name=name)
    evidence = get_object_or_404(files.visible_to(request.user))
    is_public = files.visible_to(AnonymousUser()).exists() if request.user.is_authenticated else True
    try:
        opened = evidence.file.open("rb")
    except FileNotFoundError:
        logger.error("The bytes of evidence %s are missing", evidence.uuid)
        raise Http404 from None
    response = FileResponse(
        opened, as_attachment=not evidence.is_image, filename=evidence.name, content_type=evidence.content_type
    )
    response["Content-Length"] = str(evidence.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = _lifetime(request, evidence, is_public=is_public)
    # These formats are packed already; the middleware would hold back each for nothing.
    request.META["HTTP_ACCEPT_ENCODING"] = ""
    return response


def _lifetime(request: HttpRequest, evidence: Evidence, *, is_public: bool) -> str:
    """Kept by everybody on the way only where the answer cannot carry the cookie of a person.

    What was handed in may be returned, and then it is no longer everybody's; what stands with an entry stays.
    """
    if not is_public:
        return "private, no-store"
    reach = "private" if request.user.is_authenticated else "public"
    if evidence.deliverable_id is not None:
        return f"{reach}, max-age={MINUTES}"
    return f"{reach}, max-age={YEAR}, immutable"
