"""What the schedule was: the news of its releases as a feed, and the whole schedule as one of them left it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from cities.models import group_day
from ogpgroup import dates
from workshops import ical
from workshops.models import ScheduleRelease
from workshops.reports import releases as release_reports
from workshops.reports import schedule as schedule_reports
from workshops.reports.rows import Writer, by_month, member_cities
from workshops.views import wholes
from workshops.views.schedule import reader_of
from workshops.views.wholes import Bytes

NEWS = 30  # the latest releases
FRESH_FOR = 300  # seconds


@login_not_required
@require_safe
def releases_atom(request: HttpRequest) -> HttpResponseBase:
    """The latest releases for feed readers; the same for everybody, so of what is public alone, and in Spanish."""
    stamp = schedule_reports.stamp()

    def make() -> Bytes:
        with override(dates.SPANISH):
            return Bytes.of(_news().encode())

    kept = wholes.calendars.get(("news", stamp), make, size=lambda feed: feed.size)
    response = wholes.send(request, kept, content_type="application/atom+xml; charset=utf-8")
    response["Cache-Control"] = f"{'private' if request.COOKIES else 'public'}, max-age={FRESH_FOR}"
    patch_vary_headers(response, ["Cookie"])
    return get_conditional_response(request, etag=kept.etag, response=response) or response


def _news() -> str:
    stranger = AnonymousUser()
    releases = list(release_reports.visible_releases(stranger).select_related("cycle")[:NEWS])
    changes = release_reports.told_by_release(releases, stranger)
    feed = Atom1Feed(
        title=f"{_('Changes of the schedule')} · {settings.GROUP_NAME}",
        link=settings.PUBLIC_URL + reverse("workshops:releases"),
        description=_("Each publication of the schedule, when it was made and what it changed."),
        language="es-MX",
        feed_url=settings.PUBLIC_URL + reverse("workshops:releases_atom"),
        author_name=settings.GROUP_NAME,
    )
    for release in releases:
        title = _("Version %(number)s of the schedule") % {"number": release.number}
        lines = [release.note, *(line for change in changes[release.pk] for line in change.lines())]
        feed.add_item(
            title=f"[DEMO] {title}" if release.is_demo else title,
            link=settings.PUBLIC_URL + release.get_absolute_url(),
            description=linebreaksbr("\n".join(line for line in lines if line)),  # Atom1Feed says that it is HTML
            unique_id=f"tag:{ical.host()},2017:schedule/{release.number}",
            pubdate=release.released_at,
            updateddate=release.released_at,
        )
    return feed.writeString("utf-8")


@login_not_required
@require_safe
def release_schedule(request: HttpRequest, number: int) -> HttpResponse:
    """All sessions of a cycle as a release left them, as far as the reader might have read them then."""
    visible = release_reports.visible_releases(request.user).select_related("cycle")
    release: ScheduleRelease = get_object_or_404(visible, number=number)
    reader = reader_of(request)
    rows = Writer(reader, member_cities(group_day(release.released_at))).rows(
        release_reports.as_of(release, request.user).order_by("begins_at", "pk")
    )
    context = {
        "release": release,
        "is_demo": release.is_demo,
        "months": by_month(rows, reader.language),
        "count": len(rows),
    }
    return render(request, "workshops/release_schedule.html", context)
