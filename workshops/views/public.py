"""What everybody reads beside the schedule: sessions and releases."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import render as render_page
from django.utils import timezone
from django.views.decorators.http import require_safe

from cities.access import roles_of
from cities.models import group_day
from workshops import reviewing
from workshops.attendance import counts_from, counts_on_the_line
from workshops.models import Agreement, Session, SessionVersion
from workshops.reports import agenda as agenda_reports
from workshops.reports import attendance as attendance_reports
from workshops.reports import chat, table_notes, telling
from workshops.reports import releases as release_reports
from workshops.reports import sessions as session_reports
from workshops.reports.rows import member_cities
from workshops.reports.tables import own_table
from workshops.views.answering import answering, visible_version
from workshops.views.schedule import reader_of

RELEASES_PER_PAGE = 50


# --- One session ------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def session_detail(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    version = visible_version(request, slug)
    session, reader = version.session, reader_of(request)
    is_coordinator = roles_of(request.user).is_coordinator
    is_public = version.visibility == SessionVersion.Visibility.PUBLIC
    is_over, tables = version.is_over(now), list(session.tables.all())
    part = answering(request, version, now)
    cities = member_cities(group_day(now)) if version.has_hours else ()
    context = {
        "version": version,
        "session": session,
        "is_demo": version.is_demo,
        "is_over": is_over,
        "is_public": is_public,
        "when": session_reports.when_of(version, reader, cities),
        "reading": agenda_reports.reading(session, version, request.user, reader),
        "tables": tables,
        "note_counts": table_notes.counts_by_table(session, request.user) if tables else {},
        "own_table": own_table(part.get("own"), tables),
        "written_tables": table_notes.written_by(request.user, tables),
        "has_themes": is_over is False or any(table.theme or table.seats for table in tables),
        "expected": session_reports.expected_by_name(version),
        "reviews": reviewing.told(version.reviews, reviewing.visible_to(request.user)),
        "institutions": session.participating_organizations.by_name(),
        "record": attendance_reports.public_record(version, now),
        "joins_by_form": counts_on_the_line(version, now),
        "joins_early": now < counts_from(version),
        "agreements": _agreements_of(session),
        "today": group_day(now),
        "history": session_reports.history_of(session, request.user) if version.previous_id else [],
        "answers": session_reports.answers_to(session, group_day(now)) if is_coordinator else None,
        "schema": session_reports.schema_event(version) if is_public else "",
        "chat": chat.for_members(version, request.user, cities, language=reader.language, now=now),
        **part,
    }
    return render_page(request, "workshops/session_detail.html", context)


def _agreements_of(session: Session) -> list[Agreement]:
    return list(session.agreements.select_related("plan").prefetch_related("responsible"))


# --- Releases ---------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    paginator = Paginator(release_reports.visible_releases(request.user), RELEASES_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    listed = release_reports.counted(page.object_list, request.user)
    context = {"page": page, "releases": listed, "is_demo": any(one.release.is_demo for one in listed)}
    return render_page(request, "workshops/releases.html", context)


@login_not_required
@require_safe
def release_detail(request: HttpRequest, number: int) -> HttpResponse:
    release = get_object_or_404(release_reports.visible_releases(request.user).select_related("cycle"), number=number)
    visible = release.versions.visible_to(request.user).select_related("previous")
    versions = list(visible.defer("vevent", "previous__vevent").order_by("begins_at", "pk"))
    numbers = release_reports.visible_releases(request.user).values_list("number", flat=True)
    context = {
        "release": release,
        "is_demo": release.is_demo,
        "changes": release_reports.told(versions, request.user),
        "linked": release_reports.still_visible(versions, request.user),
        "before": numbers.filter(number__lt=number).order_by("-number").first(),
        "after": numbers.filter(number__gt=number).order_by("number").first(),
        "mails": telling.progress(release, now=timezone.now()) if roles_of(request.user).is_coordinator else None,
    }
    return render_page(request, "workshops/release_detail.html", context)
