"""Who came, as files: the list for coordinators, the public numbers for everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cities.access import coordinator_required
from ogpgroup import sheets
from workshops.reports import attendance as reports
from workshops.reports import attendance_files as files
from workshops.views.answering import visible_version
from workshops.views.attendance import published


@never_cache
@coordinator_required
@require_safe
def attendance_file(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """Everybody of the list with what is recorded of them, as XLSX, CSV or JSON."""
    _session, version = published(request, slug)
    return sheets.write(kind, f"{slug}-list", files.LIST, list(files.list_rows(version)))


@login_not_required
@require_safe
def took_part_file(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """How many came, and who agreed to be named, once the session is over; for who may see the session."""
    version = visible_version(request, slug)
    record = reports.public_record(version, timezone.now())
    if record is None:
        raise Http404
    return sheets.write(kind, f"{slug}-attendance", files.PUBLIC, list(files.public_rows(record)))
