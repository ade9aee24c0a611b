"""Asking the silent once more."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.access import coordinator_required
from ogpgroup import dates
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops import letters_shown
from workshops.actions import nudges
from workshops.letters_shown import NAMES_SHOWN
from workshops.models import Session, SessionVersion
from workshops.preparation import when_of
from workshops.views.answering import takes_answers


@coordinator_required
def nudge(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who would be asked once more, and in which words; ask them."""
    now = database_now()
    session = get_object_or_404(Session.objects.editable_by(request.user), slug=slug)
    version = SessionVersion.objects.current().select_related("session", "release").filter(session=session).first()
    if version is None or not takes_answers(version, now):
        messages.warning(request, _("This session takes no answers."))
        return redirect("workshops:people", slug=slug)
    if request.method == "POST":
        count = nudges.nudge(session, now=now)
        told = ngettext("%(count)s person is asked once more.", "%(count)s people are asked once more.", count)
        messages.success(request, told % {"count": count})
        return redirect("workshops:people", slug=slug)
    asked = nudges.whom_to_nudge(version, now=now)
    zone = timezone.get_current_timezone_name()
    context = {
        "session": session,
        "version": version,
        "when": when_of(version),
        "nudge": asked,
        "written_to": _first(asked.people),
        "asked_lately": _first(asked.asked_lately),
        "wants_none": _first(asked.wants_none),
        "mornings": [(dates.spoken_instant(due, zone), count) for due, count in asked.in_the_morning.items()],
        "letter": letters_shown.nudge(version, now=now),
        "is_demo": session.is_demo,
    }
    return render(request, "workshops/coordination/nudge.html", context)


def _first(people: Sequence[User]) -> dict[str, Any]:
    """The first of them by name, and how many others there are: they may be thousands."""
    return {"names": people[:NAMES_SHOWN], "others": len(people[NAMES_SHOWN:])}
