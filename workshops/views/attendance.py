"""Coordinators at the door: the list on a phone, walk-ins, the sheet to sign."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required
from cities.models import group_day
from ogpgroup import htmx
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops import attendance as hours
from workshops import preparation
from workshops.actions import attendance as actions
from workshops.actions import attendance_queue as queue
from workshops.forms.attendance import AttendanceSearch, WalkInForm, institution_names
from workshops.forms.table_notes import NotUnderstood, uuid_of
from workshops.models import Participation, Session, SessionVersion
from workshops.reports import attendance as reports

PEOPLE_PER_PAGE: Final = 100
MOST_TO_KEEP: Final = 2000
LINES_TO_SIGN: Final = 12  # empty ones, for who comes without being expected


def published(request: HttpRequest, slug: str) -> tuple[Session, SessionVersion]:
    """The session with the version that counts; 404 for what is not published and for who may not write it down."""
    sessions = Session.objects.editable_by(request.user).select_related("current_version", "cycle")
    session = get_object_or_404(sessions.defer("current_version__vevent"), slug=slug)
    if session.current_version is None:
        raise Http404
    return session, session.current_version


def about(session: Session, version: SessionVersion, now: datetime) -> dict[str, Any]:
    """What every page about who came says of the session."""
    return {
        "session": session,
        "version": version,
        "is_demo": session.is_demo,
        "when": preparation.when_of(version),
        "has_opened": hours.has_opened(version, now),
        "has_begun": version.first_instant() <= now,
        "is_over": version.finishes_at <= now,
        "ways": _ways(version),
    }


def _ways(version: SessionVersion) -> list[tuple[str, str]]:
    """The buttons for somebody who is there: one where there is one way to take part."""
    if version.mode == hours.ROOM:
        return [("room", _("Present"))]
    if version.mode == hours.LINE:
        return [("line", _("Present"))]
    return [("room", _("In the room")), ("line", _("On the line"))]


# --- The list ---------------------------------------------------------------------------------------------------------


@coordinator_required
@require_safe
def attendance(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody expected and who came, with a search; HTMX gets the list alone."""
    now, (session, version) = database_now(), published(request, slug)
    search = AttendanceSearch(request.GET)
    asked = search.cleaned_data if search.is_valid() else {"q": "", "show": ""}
    everybody = reports.rows_of(version)
    rows = reports.found(everybody, text=asked["q"], shown=asked["show"])
    is_to_keep = "everybody" in request.GET  # a device keeps the whole list for a time without network
    page = Paginator(rows, MOST_TO_KEEP if is_to_keep else PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **about(session, version, now),
        "search": search,
        "is_narrowed": bool(asked["q"] or asked["show"]),
        "page": page,
        "lines": reports.lines_of(page.object_list, session),
        "totals": reports.totals_of(everybody),
        "breakdown": None if htmx.wants_part(request) else reports.breakdown_of(version),
    }
    response = htmx.render(request, "workshops/attendance/list.html", context, partial="people")
    return kept_for(request, response) if is_to_keep else response


def kept_for(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the service worker keep the page, for this person alone."""
    response["X-Kept-For"] = str(request.user.pk)
    return response


def _in_room(row: Participation, by: User, now: datetime) -> str:
    return _present(row, hours.ROOM, by, now)


def _on_line(row: Participation, by: User, now: datetime) -> str:
    return _present(row, hours.LINE, by, now)


def _present(row: Participation, mode: str, by: User, now: datetime) -> str:
    actions.check_in(row.session, participation=row, how=Participation.CheckedIn.LIST, mode=mode, by=by, now=now)
    return _("%(name)s is here.")


def _excused(row: Participation, by: User, now: datetime) -> str:
    actions.excuse(row, now=now)
    return _("%(name)s is excused.")


def _absent(row: Participation, by: User, now: datetime) -> str:
    actions.mark_absent(row, now=now)
    return _("%(name)s did not come.")


def _undone(row: Participation, by: User, now: datetime) -> str:
    return _("Taken back: %(name)s.") if actions.undo_check_in(row) else _("%(name)s is no longer on the list.")


def _unnamed(row: Participation, by: User, now: datetime) -> str:
    actions.name_in_public(row, may_be_named=False, now=now)
    return _("%(name)s is not named in public any more.")


Mark = Callable[[Participation, User, datetime], str]
MARKS: Final[dict[str, Mark]] = {
    "room": _in_room,
    "line": _on_line,
    "excused": _excused,
    "absent": _absent,
    "undo": _undone,
    "unnamed": _unnamed,
}


@coordinator_required
@require_POST
def mark_attendance(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One tap on one person; HTMX gets the person's line and the numbers back."""
    now, (session, version) = database_now(), published(request, slug)
    row = get_object_or_404(session.participations.select_related("session", "user"), pk=pk)
    mark = MARKS.get(request.POST.get("mark", ""))
    if mark is None:
        return HttpResponseBadRequest()
    said, refusal = "", ""
    try:
        said = _once(request, session, partial(mark, row, request.user, now)) % {"name": reports.name_of(row)}  # type: ignore[arg-type]
    except ActionNotPossible as error:
        refusal = str(error.sentence)
    if htmx.wants_part(request):
        return _line(request, session, version, pk, said=said, refusal=refusal)
    (messages.warning if refusal else messages.success)(request, refusal or said)
    return redirect(f"{_list_url(session)}?{request.GET.urlencode()}#person-{pk}")


def _once(request: HttpRequest, session: Session, does: Callable[[], str]) -> str:
    """Do it, unless it was done before under the id that the page gave it: where no answer came, it is sent again."""
    try:
        client_id = uuid_of(request.POST.get("client_id"))
    except NotUnderstood:  # without scripts there is none
        return does()
    by: Any = request.user
    return queue.once(session, client_id=client_id, by=by, does=does) or ""


def _line(
    request: HttpRequest, session: Session, version: SessionVersion, pk: int, *, said: str, refusal: str
) -> HttpResponse:
    everybody = reports.rows_of(version)
    still: QuerySet[Participation] = everybody.filter(pk=pk)
    context = {
        **about(session, version, database_now()),
        "line": next(iter(reports.lines_of(still, session)), None),
        "totals": reports.totals_of(everybody),
        "said": said,
        "refusal": refusal,
    }
    return render(request, "workshops/attendance/list.html#tapped", context)


def _list_url(session: Session) -> str:
    return reverse("workshops:attendance", args=[session.slug])


@coordinator_required
@require_POST
def rest_absent(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody expected of whom nothing is recorded did not come."""
    session, _version = published(request, slug)
    count = actions.mark_rest_absent(session, now=database_now())
    told = ngettext("%(count)s person is recorded as absent.", "%(count)s people are recorded as absent.", count)
    messages.success(request, told % {"count": count})
    return redirect(_list_url(session))


# --- Walk-ins ---------------------------------------------------------------------------------------------------------


@coordinator_required
def walk_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Write down somebody who came without being expected; a name that we know is offered as that person."""
    now, (session, version) = database_now(), published(request, slug)
    form = WalkInForm(request.POST or None, mode=version.mode)
    candidates: Any = []
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.walk_in(
                session,
                **form.as_written(),
                by=request.user,  # type: ignore[arg-type]
                now=now,
                is_somebody_else="somebody_else" in request.POST,
            )
        except actions.SameName as same:
            candidates = same.candidates
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("%(name)s is here.") % {"name": row.name})
            return redirect(_list_url(session))
    context = {
        **about(session, version, now),
        "form": form,
        "candidates": candidates,
        "institutions": institution_names(is_demo=session.is_demo),
    }
    response = render(request, "workshops/attendance/walk_in.html", context)
    return kept_for(request, response) if request.method == "GET" else response


@coordinator_required
@require_POST
def known_person(request: HttpRequest, slug: str) -> HttpResponse:
    """The name that was written is that of somebody we know: check them in, or join the walk-in with them."""
    now, (session, version) = database_now(), published(request, slug)
    visitors = session.participations.select_related("session").filter(user=None)
    if first := _number(request, "first"):
        walk_ins = visitors.filter(expected=False, answer=Participation.Answer.NONE)
        written = get_object_or_404(walk_ins.exclude(pk=first), pk=_number(request, "visitor"))
        one = actions.same_visitor(written, first=get_object_or_404(walk_ins, pk=first), now=now)
        messages.success(request, _("%(name)s is on the list once.") % {"name": one.name})
        return redirect(_list_url(session))
    user = get_object_or_404(hours.known_people(session, on=group_day(now)), pk=_number(request, "user"))
    if visitor := _number(request, "visitor"):
        actions.same_person(get_object_or_404(visitors, pk=visitor), user=user, now=now)
    else:
        mode = request.POST.get("mode") or hours.mode_at_the_door(version)
        if mode not in {hours.ROOM, hours.LINE}:
            return HttpResponseBadRequest()
        how = Participation.CheckedIn.LIST
        actions.check_in(session, user=user, how=how, mode=mode, by=request.user, now=now)  # type: ignore[arg-type]
    messages.success(request, _("%(name)s is here.") % {"name": user})
    return redirect(_list_url(session))


def _number(request: HttpRequest, name: str) -> int:
    """A row's number from a hidden field; 0 for what is none."""
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 16 else 0


# --- On paper ---------------------------------------------------------------------------------------------------------


@coordinator_required
@require_safe
def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """The list to print and sign, with empty lines for who comes without being expected."""
    session, version = published(request, slug)
    context = {
        **about(session, version, database_now()),
        "lines": reports.lines_of(reports.rows_of(version), session),
        "empty": range(LINES_TO_SIGN),
    }
    return render(request, "workshops/attendance/sheet.html", context)
