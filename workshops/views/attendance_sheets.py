"""Who came, from a spreadsheet: pasted or sent, looked at, recorded."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.access import coordinator_required
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from workshops import sheets
from workshops.actions import attendance_sheets as actions
from workshops.forms.attendance import SheetForm
from workshops.models import Session, SessionVersion
from workshops.sheets import Match, Outcome
from workshops.views.attendance import about, published


@coordinator_required
def attendance_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a sheet and show what it would record; with the button under that, record exactly it."""
    now, (session, version) = database_now(), published(request, slug)
    form = SheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {**about(session, version, now), "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            entries = sheets.read(form.table())
            if "shown" in request.POST:
                return _recorded(request, session, entries, now)
            context |= _preview(session, version, form.table(), entries)
        except actions.NotAsShown as changed:
            context |= _preview(session, version, form.table(), entries) | {"notice": changed.sentence}
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
    return render(request, "workshops/attendance/import.html", context)


def _preview(session: Session, version: SessionVersion, text: str, entries: Sequence[sheets.Entry]) -> dict[str, Any]:
    matches: list[Match] = sheets.match(session, version, entries)
    counts = Counter(one.outcome for one in matches)
    return {
        "matches": matches,
        "text": text,
        "shown": sheets.fingerprint(matches),
        "changes": sum(one.changes for one in matches),
        "counts": [(str(outcome.label), counts[outcome]) for outcome in Outcome if counts[outcome]],
    }


def _recorded(request: HttpRequest, session: Session, entries: Sequence[sheets.Entry], now: datetime) -> HttpResponse:
    shown = request.POST["shown"]
    count = actions.apply_sheet(session, entries, shown=shown, by=request.user, now=now)  # type: ignore[arg-type]
    if count:
        told = ngettext("%(count)s person is recorded.", "%(count)s people are recorded.", count)
        messages.success(request, told % {"count": count})
    else:
        messages.success(request, _("Everything in the sheet is on record already."))
    return redirect("workshops:attendance", slug=session.slug)
