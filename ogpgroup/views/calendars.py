"""Calendars of one's own: the page on which they are opened and closed, and what calendars read."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.models import group_day
from ogpgroup import waiting
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import actions, own_calendar
from workshops.forms.feeds import CalendarFeedForm
from workshops.models import CalendarFeed
from workshops.own_calendar import Deadline

NOTICED_EVERY = timedelta(days=1)  # so often it is written down that a calendar has read the feed


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_calendars(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    form = CalendarFeedForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                actions.open_feed(form.instance, user=user)
            except ActionNotPossible as error:
                form.add_error(None, str(error.sentence))
            else:
                messages.success(request, _("The address is ready: copy it into your calendar."))
                return redirect("my_calendars")
        status = 422
    feeds = CalendarFeed.objects.open().filter(user=user).order_by("pk")
    context: dict[str, Any] = {
        "form": form,
        "feeds": [{"feed": feed, "address": own_calendar.address_of(feed)} for feed in feeds],
    }
    return render(request, "ogpgroup/my_calendars.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the calendar shows and when it rings; its address stays, so nothing is set up anew on any device."""
    feed = get_object_or_404(CalendarFeed.objects.open().filter(user=request.user.pk), pk=pk)
    form = CalendarFeedForm(request.POST or None, instance=feed)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved: your calendar shows it when it reads the address next."))
        return redirect("my_calendars")
    status = 422 if request.method == "POST" else 200
    return render(request, "ogpgroup/my_calendar.html", {"form": form, "pk": pk}, status=status)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(CalendarFeed.objects.open().filter(user=request.user.pk), pk=pk)
    actions.revoke_feed(feed, now=timezone.now())
    messages.success(request, _("The address is closed: whoever reads it finds nothing any more."))
    return redirect("my_calendars")


@login_not_required
@require_safe
def own_calendar_ics(request: HttpRequest, token: str) -> HttpResponseBase:
    """One person's calendar, read without signing in by whoever has its address."""
    feed = own_calendar.feed_of(token)
    if feed is None:
        raise Http404
    now = timezone.now()
    with override(feed.user.language):
        deadlines = _deadlines(feed) if feed.with_deadlines else []
        content = own_calendar.write(feed, deadlines, now=now)
    CalendarFeed.objects.filter(Q(read_at=None) | Q(read_at__lt=now - NOTICED_EVERY), pk=feed.pk).update(read_at=now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    etag = own_calendar.etag_of(content)
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def _deadlines(feed: CalendarFeed) -> list[Deadline]:
    """All that waits for the person with a day, of plans, notes, rounds and agreements, however late it falls due.

    A calendar is read by others too: of what somebody wrote to the person it says only that it waits.
    """
    found = waiting.beside_agreements(feed.user, group_day(timezone.now()), reach=waiting.ALL_AHEAD)
    return [
        Deadline(title=one.about if one.is_quoted else one.title, about=one.about, path=one.href, due_on=one.due_on)
        for one in found
        if one.due_on
    ] + own_calendar.agreements_of(feed)
