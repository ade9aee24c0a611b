"""What everybody reads: schedule, sessions, releases, agreements, calendars."""

import gzip
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_page
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cities.access import roles_of
from cities.models import group_day
from ogpgroup import dates, htmx
from ogpgroup.kept import Kept
from workshops import actions, ical
from workshops.filters import AgreementFilter, ScheduleFilter
from workshops.models import Agreement, Participation, ScheduleRelease, Session, SessionVersion
from workshops.reports import releases as release_reports
from workshops.reports import schedule as schedule_reports
from workshops.reports import sessions as session_reports
from workshops.reports.rows import Reader, member_cities
from workshops.reports.schedule import NEXT, PAST, Schedule

RELEASES_PER_PAGE = 50
AGREEMENTS_PER_PAGE = 100
UNFILTERED = {"", "when=past", "when=next"}


# --- Whole answers that are the same for everybody --------------------------------------------------------------------


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


_pages: Kept[Bytes] = Kept(megabytes=16)
_heads: "Kept[_Head]" = Kept(megabytes=2)
_forms: Kept[SafeString] = Kept(megabytes=2)
_calendars: Kept[Bytes] = Kept(megabytes=16)


def _accepts_gzip(request: HttpRequest) -> bool:
    return bool(re.search(r"\bgzip\b", request.headers.get("Accept-Encoding", "")))


def _send(request: HttpRequest, kept: Bytes, *, content_type: str) -> HttpResponse:
    """In the encoding the reader takes; the middleware leaves alone what is compressed already."""
    is_compressed = _accepts_gzip(request)
    response = HttpResponse(kept.compressed if is_compressed else kept.plain, content_type=content_type)
    if is_compressed:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = kept.etag
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _is_nobody_in_particular(request: HttpRequest) -> bool:
    """Whether the answer can be the same for all: no cookie, no filter, no part of a page.

    The query is compared letter by letter, because the page repeats it: what one reader adds to an address must not be
    kept for the next.
    """
    return not request.COOKIES and _query(request) in UNFILTERED and not htmx.wants_part(request)


def _query(request: HttpRequest) -> str:
    return str(request.META.get("QUERY_STRING", ""))


# --- Schedule ---------------------------------------------------------------------------------------------------------


def _reader(request: HttpRequest) -> Reader:
    return Reader(get_language() or settings.LANGUAGE_CODE, request.zone)  # type: ignore[attr-defined]


@login_not_required
@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    period = PAST if request.GET.get("when") == PAST else NEXT
    current = Schedule.at(timezone.now(), _reader(request))
    if not _is_nobody_in_particular(request):
        return _schedule(request, current, period)

    def make() -> Bytes:
        return Bytes.of(_schedule(request, current, period).content)

    key = (*current.key(period), _query(request))
    kept = _pages.get(key, make, size=lambda page: page.size)
    response = _send(request, kept, content_type="text/html; charset=utf-8")
    patch_vary_headers(response, ["HX-Request", "Cookie", "Accept-Language"])
    return response


@dataclass(frozen=True)
class _Head:
    """What stands above the list: the filters as they are drawn, and the release it comes from."""

    filters: SafeString
    release: ScheduleRelease | None


def _head(request: HttpRequest, current: Schedule, narrowing: ScheduleFilter) -> _Head:
    """Kept for strangers who filter nothing, for whom it is the same until the next release."""

    def make() -> _Head:
        return _Head(_filters(request, narrowing), schedule_reports.latest_release(request.user))

    if request.user.is_authenticated or _query(request) not in UNFILTERED:
        return make()
    key = (current.stamp, current.reader.language, _query(request))
    return _heads.get(key, make, size=lambda head: len(head.filters))


def _filters(request: HttpRequest, narrowing: ScheduleFilter) -> SafeString:
    """The form; as long as nobody has filled it in, it depends on the cities it offers alone."""

    def draw() -> SafeString:
        context = {
            "form": narrowing.form,
            "action": reverse("workshops:schedule"),
            "target": "#sessions",
            "label": _("Filter the sessions"),
        }
        return render_to_string("components/filters.html", context, request)

    if _query(request) not in UNFILTERED:
        return draw()
    return _forms.get((narrowing.cities(), get_language(), _query(request)), draw, size=len)


def _schedule(request: HttpRequest, current: Schedule, period: str) -> HttpResponse:
    narrowing = ScheduleFilter(request.GET or None, user=request.user)
    is_narrowed = _query(request) not in UNFILTERED and narrowing.narrows
    everything = current.visible(period, request.user)
    if is_narrowed:
        fragment = current.listed(schedule_reports.of_period(narrowing.qs, period, current.cut), period)
    else:
        fragment = everything
    years = [] if is_narrowed or period == NEXT else schedule_reports.years_of(fragment.rows)
    year = _year(request, [year.number for year in years]) if years else 0
    if years:
        fragment = current.of_rows([row for row in fragment.rows if row.day.year == year], period)
    feed = settings.PUBLIC_URL + reverse("workshops:schedule_ics")
    context = {
        "head": _head(request, current, narrowing),
        "fragment": fragment,
        "first": next((row for row in everything.rows if row.is_planned), None),
        "is_narrowed": is_narrowed,
        "is_past": period == PAST,
        "is_demo": any(row.is_demo for row in fragment.rows),
        "tabs": _tabs(request, period),
        "years": [
            {"label": str(one.number), "href": f"?when=past&year={one.number}", "current": one.number == year}
            for one in years
        ],
        "zone_said": dates.spoken_zone(request.zone) if request.zone else "",  # type: ignore[attr-defined]
        "webcal": re.sub(r"^https?", "webcal", feed),
        "feed": feed,
    }
    return htmx.render(request, "workshops/schedule.html", context, partial="rows")


def _year(request: HttpRequest, years: Sequence[int]) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and int(asked) in years else years[0]


def _tabs(request: HttpRequest, period: str) -> list[dict[str, Any]]:
    """Next and past, with the filters kept."""
    query = request.GET.copy()
    query.pop("year", None)
    tabs = []
    for value, label in ((NEXT, _("To come")), (PAST, _("Held"))):
        query["when"] = value
        tabs.append({"href": f"?{query.urlencode()}", "label": label, "current": value == period})
    return tabs


# --- Calendars --------------------------------------------------------------------------------------------------------


def _calendar(
    request: HttpRequest, key: tuple[object, ...], make: Callable[[], bytes], *, changed: datetime | None, filename: str
) -> HttpResponseBase:
    """A calendar for anybody, whoever asks; or word that the reader's copy is still right."""
    kept = _calendars.get(key, lambda: Bytes.of(make()), size=lambda calendar: calendar.size)
    # RFC 5545, 3.7.2: where the calendar names a method, its media type does too.
    response = _send(request, kept, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    response["Cache-Control"] = "public, max-age=300"
    last_modified = int(changed.timestamp()) if changed else None
    if last_modified is not None:
        response["Last-Modified"] = http_date(last_modified)
    answer = get_conditional_response(request, etag=kept.etag, last_modified=last_modified, response=response)
    return answer if answer is not None else response


@login_not_required
@require_safe
def schedule_ics(request: HttpRequest) -> HttpResponseBase:
    """All public sessions, past, to come and cancelled: a calendar to subscribe to."""
    now = schedule_reports.stamp()
    public = SessionVersion.objects.current().visible_to(AnonymousUser()).order_by("begins_at", "pk")

    def make() -> bytes:
        versions = public.only("vevent", "time_zone", "starts_at", "begins_at")
        return ical.feed(list(versions), name=_calendar_name(), url=settings.PUBLIC_URL + request.path)

    return _calendar(request, ("schedule", now), make, changed=now.released_at, filename="calendario.ics")


def _calendar_name() -> str:
    """In Spanish whoever asks, like the entries: the feed is one for all."""
    return "Ciudades abiertas"


@login_not_required
@require_safe
def session_ics(request: HttpRequest, slug: str) -> HttpResponseBase:
    public = SessionVersion.objects.current().visible_to(AnonymousUser()).select_related("release")
    version = get_object_or_404(public, session__slug=slug)
    key = ("session", version.pk, version.release.released_at)
    return _calendar(
        request, key, lambda: ical.single(version), changed=version.release.released_at, filename=f"{version.slug}.ics"
    )


# --- One session ------------------------------------------------------------------------------------------------------


def _visible_version(request: HttpRequest, slug: str) -> SessionVersion:
    versions = SessionVersion.objects.current().visible_to(request.user)
    return get_object_or_404(versions.select_related("session__cycle", "release"), session__slug=slug)


def _answering(request: HttpRequest, version: SessionVersion, now: datetime) -> dict[str, Any]:
    """The person's own part in the session: what they answered, whether they may answer and join."""
    if not request.user.is_authenticated:
        return {}
    own = Participation.objects.filter(session=version.session_id, user=request.user.pk).first()
    roles = roles_of(request.user)
    is_expected = own is not None and own.may_join(in_group=roles.in_group)
    is_open = version.finishes_at > now and not version.is_cancelled
    return {
        "own": own,
        "may_answer": is_open and (roles.in_group or is_expected),
        "join_url": version.join_url if is_open and (is_expected or roles.is_coordinator) else "",
        "choices": [(choice.value, choice.label) for choice in Participation.Answer if choice != "none"],
    }


@login_not_required
@require_safe
def session_detail(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    version = _visible_version(request, slug)
    session, reader = version.session, _reader(request)
    is_coordinator = roles_of(request.user).is_coordinator
    is_public = version.visibility == SessionVersion.Visibility.PUBLIC
    is_over, tables = version.finishes_at <= now, list(session.tables.all())
    context = {
        "version": version,
        "session": session,
        "is_demo": version.is_demo,
        "is_over": is_over,
        "is_public": is_public,
        "when": session_reports.when_of(version, reader, member_cities(group_day(now)) if version.has_hours else ()),
        "agenda": session_reports.agenda_of(session),
        "tables": tables,
        "has_themes": is_over is False or any(table.theme or table.seats for table in tables),
        "expected": session_reports.expected_organizations(version),
        "institutions": session.participating_organizations.by_name(),
        "agreements": _agreements_of(session),
        "today": group_day(now),
        "history": session_reports.history_of(session, request.user),
        "answers": session_reports.answers_to(session, group_day(now)) if is_coordinator else None,
        "schema": session_reports.schema_event(version) if is_public else "",
        **_answering(request, version, now),
    }
    return render_page(request, "workshops/session_detail.html", context)


def _agreements_of(session: Session) -> list[Agreement]:
    return list(session.agreements.select_related("plan").prefetch_related("responsible"))


@require_POST
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """The person says whether they come; HTMX gets the answer's part of the page back."""
    now = timezone.now()
    version = _visible_version(request, slug)
    if request.POST.get("answer") not in {"yes", "maybe", "no"}:
        return HttpResponseBadRequest()
    own = Participation.objects.open_to(request.user).filter(session=version.session_id)
    if not (roles_of(request.user).in_group or own.exists()):
        raise Http404
    actions.answer(
        version.session,
        user=request.user,  # type: ignore[arg-type]
        answer=Participation.Answer(request.POST["answer"]),
        now=now,
    )
    if htmx.wants_part(request):
        context = {"version": version, "is_answered": True, **_answering(request, version, now)}
        return render_page(request, "workshops/session_detail.html#answer", context)
    messages.success(request, _("Your answer is noted. Thank you."))
    return redirect(version)


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
    }
    return render_page(request, "workshops/release_detail.html", context)


# --- Agreements -------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    visible = (
        Agreement.objects.visible_to(request.user)
        .select_related("session__current_version", "plan")
        .prefetch_related("responsible")
        .defer("session__current_version__vevent")
        .order_by("-session__current_version__begins_at", "session", "number")
    )
    narrowing = AgreementFilter(request.GET or None, queryset=visible)  # type: ignore[no-untyped-call]
    page = Paginator(narrowing.qs, AGREEMENTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": narrowing,
        "page": page,
        "today": group_day(timezone.now()),
        "is_demo": any(one.session.is_demo for one in page.object_list),
        "is_narrowed": bool(request.GET.get("status")),
    }
    return htmx.render(request, "workshops/agreements.html", context, partial="rows")
