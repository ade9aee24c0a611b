"""The report of a session: as a page and as tagged PDF, once it is over."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cities.models import group_day
from workshops import drafting
from workshops import memoria as reports
from workshops.models import SessionVersion
from workshops.reports.record import record_of
from workshops.views.answering import visible_version

FRESH_FOR = 300  # seconds


def _over(request: HttpRequest, slug: str) -> SessionVersion:
    """What was held; nothing is there before, nor of what did not take place."""
    version = visible_version(request, slug)
    if version.finishes_at > timezone.now() or not version.is_planned:
        raise Http404
    return version


@login_not_required
@require_safe
def memoria(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything on record of a session, on one page to read and to print."""
    version = _over(request, slug)
    record = record_of(version, request.user)
    context = {
        "version": version,
        "session": version.session,
        "is_demo": version.is_demo,
        "record": record,
        "facts": reports.facts_of(record),
        "tables": [
            (drafting.table_heading(one), [(drafting.KIND_HEADINGS[kind](), notes) for kind, notes in one.notes])
            for one in record.tables
        ],
        "sources": reports.sources_of(record),
        "today": group_day(timezone.now()),
    }
    return render(request, "workshops/memoria.html", context)


@login_not_required
@require_safe
def memoria_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a document, for who may see the session."""
    version = _over(request, slug)
    content = reports.as_pdf(record_of(version, request.user))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="memoria-{version.session.slug}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    is_anybodys = not request.user.is_authenticated
    response["Cache-Control"] = f"public, max-age={FRESH_FOR}" if is_anybodys else "private, no-store"
    return response
