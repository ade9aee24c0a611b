"""The public schedule: what is to come and what was held, as far as the reader may see it."""

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ogpgroup import dates, htmx
from workshops.filters import ScheduleFilter
from workshops.reports import schedule as schedule_reports
from workshops.reports.rows import Reader, Row
from workshops.reports.schedule import NEXT, PAST, Fragment, Schedule, Year
from workshops.views import wholes
from workshops.views.wholes import UNFILTERED, Bytes, Head, query_of


def reader_of(request: HttpRequest) -> Reader:
    """In whose words and by whose clock this request is answered."""
    return Reader(get_language() or settings.LANGUAGE_CODE, request.zone)  # type: ignore[attr-defined]


@login_not_required
@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    period = PAST if request.GET.get("when") == PAST else NEXT
    current = Schedule.at(timezone.now(), reader_of(request))
    if not wholes.is_for_nobody_in_particular(request):
        return _page(request, current, period)

    def make() -> Bytes:
        return Bytes.of(_page(request, current, period).content)

    key = (*current.key(period), query_of(request))
    kept = wholes.pages.get(key, make, size=lambda page: page.size)
    response = wholes.send(request, kept, content_type="text/html; charset=utf-8")
    patch_vary_headers(response, ["HX-Request", "Cookie", "Accept-Language"])
    return response


def _page(request: HttpRequest, current: Schedule, period: str) -> HttpResponse:
    narrowing = ScheduleFilter(request.GET or None, user=request.user)
    is_narrowed = query_of(request) not in UNFILTERED and narrowing.narrows
    everything = current.visible(period, request.user)
    # Rows are written once and kept; a filter only picks among them.
    found = _picked(everything, narrowing) if is_narrowed else everything.rows
    years = schedule_reports.years_of(found) if period == PAST else []
    year = _year(request, years)
    if year:
        fragment = current.of_rows([row for row in found if row.day.year == year], period)
    else:
        fragment = current.of_rows(found, period) if is_narrowed else everything
    feed = settings.PUBLIC_URL + reverse("workshops:schedule_ics")
    context = {
        "head": _head(request, current, narrowing),
        "fragment": fragment,
        "found_count": len(found),
        "first": next((row for row in everything.rows if row.is_planned), None),
        "is_narrowed": is_narrowed,
        "is_past": period == PAST,
        "is_demo": any(row.is_demo for row in fragment.rows),
        "tabs": _tabs(request, period),
        "years": _year_tabs(request, years, year),
        "zone_said": dates.spoken_zone(request.zone) if request.zone else "",  # type: ignore[attr-defined]
        "webcal": re.sub(r"^https?", "webcal", feed),
        "feed": feed,
    }
    return htmx.render(request, "workshops/schedule.html", context, partial="rows")


def _picked(everything: Fragment, narrowing: ScheduleFilter) -> tuple[Row, ...]:
    chosen = set(narrowing.qs.order_by().values_list("pk", flat=True))
    return tuple(row for row in everything.rows if row.pk in chosen)


# --- Years and periods ------------------------------------------------------------------------------------------------


def _year(request: HttpRequest, years: Sequence[Year]) -> int:
    """The year asked for, else the latest; 0 where the list is short enough to be read at once."""
    asked = request.GET.get("year")
    return next((year.number for year in years if str(year.number) == asked), years[0].number if years else 0)


def _year_tabs(request: HttpRequest, years: Sequence[Year], shown: int) -> list[dict[str, Any]]:
    """The years of a long list, with the filters kept."""
    query = request.GET.copy()
    tabs = []
    for year in years:
        query["year"] = str(year.number)
        tabs.append({"label": str(year.number), "href": f"?{query.urlencode()}", "current": year.number == shown})
    return tabs


def _tabs(request: HttpRequest, period: str) -> list[dict[str, Any]]:
    """Next and past, with the filters kept."""
    query = request.GET.copy()
    query.pop("year", None)
    tabs = []
    for value, label in ((NEXT, _("To come")), (PAST, _("Held"))):
        query["when"] = value
        tabs.append({"href": f"?{query.urlencode()}", "label": label, "current": value == period})
    return tabs


# --- Above the list ---------------------------------------------------------------------------------------------------


def _head(request: HttpRequest, current: Schedule, narrowing: ScheduleFilter) -> Head:
    """Kept for strangers who filter nothing, for whom it is the same until the next release."""

    def make() -> Head:
        return Head(_filters(request, narrowing), schedule_reports.latest_release(request.user))

    if request.user.is_authenticated or query_of(request) not in UNFILTERED:
        return make()
    key = (current.stamp, current.reader.language, query_of(request))
    return wholes.heads.get(key, make, size=lambda head: len(head.filters))


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

    if query_of(request) not in UNFILTERED:
        return draw()
    return wholes.forms.get((narrowing.cities(), get_language(), query_of(request)), draw, size=len)
