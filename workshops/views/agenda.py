"""The agenda of a session: as coordinators write it, and as everybody reads, prints and keeps it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required
from ogpgroup import pdf
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops.actions import agenda as actions
from workshops.forms.agenda import AgendaItemForm, CopyAgendaForm, sources
from workshops.models import AgendaItem, Session
from workshops.reports import agenda as reports
from workshops.reports import sessions as session_reports
from workshops.reports.agenda import Reading
from workshops.views.answering import visible_version
from workshops.views.schedule import reader_of

# --- Writing ----------------------------------------------------------------------------------------------------------


@coordinator_required
@require_safe
def agenda_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The points in order, what is left of the time, and what to do with each."""
    return render(request, "workshops/agenda/edit.html", _standing(request, _editable(request, slug)))


def _editable(request: HttpRequest, slug: str) -> Session:
    sessions = Session.objects.editable_by(request.user).select_related("cycle", "current_version")
    return get_object_or_404(sessions, slug=slug)


def _item(request: HttpRequest, slug: str, pk: int) -> AgendaItem:
    items = AgendaItem.objects.filter(session=_editable(request, slug)).select_related("session", "parent")
    return get_object_or_404(items, pk=pk)


def _standing(request: HttpRequest, session: Session) -> dict[str, Any]:
    reader = reader_of(request)._replace(zone=session.time_zone)
    read = reports.drafted(session, reader, _person(request))
    return {
        "session": session,
        "reading": read,
        "count": len(list(reports.flat(read.lines))),
        "room": reports.room_in_words(read.agenda),
        "may_copy": not read.lines and sources(session).exists(),
        "is_demo": session.is_demo,
    }


@coordinator_required
def agenda_item_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a point on the agenda; `part_of` says of which other point it is a part."""
    session = _editable(request, slug)
    part_of = request.GET.get("part_of", "")
    initial = {"parent": int(part_of)} if part_of.isdecimal() and len(part_of) < 10 else {}
    form, status = AgendaItemForm(request.POST or None, session=session, initial=initial), 200
    if request.method == "POST" and form.is_valid():
        sent = {"co_presenters": form.cleaned_data["co_presenters"], "form_id": form.cleaned_data["form_id"]}
        try:
            item = actions.add_item(session, fields=form.content, now=database_now(), **sent)
        except ActionNotPossible as error:
            form.refuse(str(error.sentence), error)
            status = 409
        else:
            messages.success(request, _("“%(title)s” is on the agenda.") % {"title": item.title})
            return redirect(_row(session, item))
    return render(request, "workshops/agenda/item.html", {"form": form, **_standing(request, session)}, status=status)


@coordinator_required
def agenda_item_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a point; who saves second sees what the first one stored, and loses nothing."""
    item, conflict, status = _item(request, slug, pk), None, 200
    form = AgendaItemForm(request.POST or None, instance=item, session=item.session)
    if request.method == "POST" and form.is_valid():
        sent = {"co_presenters": form.cleaned_data["co_presenters"], "edition": form.cleaned_data["edition"]}
        try:
            actions.save_item(item, fields=form.content, now=database_now(), **sent)
        except ActionNotPossible as error:
            form.refuse(str(error.sentence), error)
            status = 409
            if isinstance(error, actions.EditedMeanwhile):
                conflict = form.reopen(error.current)
        else:
            messages.success(request, _("The point is saved."))
            return redirect(_row(item.session, item))
    context = {"form": form, "item": item, "conflict": conflict, **_standing(request, item.session)}
    return render(request, "workshops/agenda/item.html", context, status=status)


def _row(session: Session, item: AgendaItem) -> str:
    """The point on the coordinators' page: where they go on."""
    return f"{reverse('workshops:agenda_edit', args=[session.slug])}#point-{item.pk}"


@coordinator_required
@require_POST
def agenda_item_move(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One place up or down among the points of its level."""
    item = _item(request, slug, pk)
    actions.move_item(item, up=request.POST.get("direction") == "up")
    return redirect(_row(item.session, item))


@coordinator_required
@require_POST
def agenda_item_delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    item = _item(request, slug, pk)
    actions.delete_item(item, now=database_now())
    messages.success(request, _("“%(title)s” is off the agenda.") % {"title": item.title})
    return redirect("workshops:agenda_edit", slug=slug)


@coordinator_required
def agenda_copy(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin with the points of another session."""
    session = _editable(request, slug)
    form = CopyAgendaForm(request.POST or None, session=session)
    if request.method == "POST" and form.is_valid():
        count = actions.copy_agenda(form.cleaned_data["source"], session)
        told = ngettext("%(count)d point was copied.", "%(count)d points were copied.", count) % {"count": count}
        messages.success(request, told)
        return redirect("workshops:agenda_edit", slug=slug)
    context = {"form": form, "session": session, "is_demo": session.is_demo}
    return render(request, "workshops/agenda/copy.html", context)


@coordinator_required
@require_POST
def agenda_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Let everybody who may see the session read its agenda."""
    actions.publish_agenda(_editable(request, slug), now=database_now())
    told = _("The agenda is published: whoever may see the session reads it, and who was invited without it is told.")
    messages.success(request, told)
    return redirect("workshops:agenda_edit", slug=slug)


@coordinator_required
@require_POST
def agenda_unpublish(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a published agenda back to work on it."""
    actions.unpublish_agenda(_editable(request, slug), reason=request.POST.get("reason", "")[:300])
    messages.success(request, _("The agenda is in preparation again."))
    return redirect("workshops:agenda_edit", slug=slug)


# --- Reading ----------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """The agenda on a page of its own, to be printed; nothing is there before it may be read."""
    context = _read(request, slug)
    return render(request, "workshops/agenda/page.html", context)


@login_not_required
@require_safe
def agenda_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a document: tagged, in the reader's language and by the reader's clock."""
    context = _read(request, slug)
    version, read, when = context["version"], context["reading"], context["when"]
    content = {
        "title": version.title,
        "kicker": _("Agenda"),
        "when": " · ".join(part for part in (when.when.day, when.hours, version.place) if part),
        "demo": _("Demonstration: people and cities are fictitious.") if version.is_demo else "",
        "source": settings.PUBLIC_URL + reverse("workshops:agenda", args=[slug]),
        "pages": _("Page {n} of {all}"),
        "zone": _("%(zone)s time") % {"zone": read.zone} if read.zone else "",
        "labels": {"hour": _("Hour"), "point": _("Point"), "who": _("Who"), "first": _("First feedback:")},
        "points": [_point(line) for line in reports.flat(read.lines)],
    }
    document = pdf.compile("agenda.typ", content, language=reader_of(request).language)
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{slug}-agenda.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _point(line: reports.Line) -> dict[str, Any]:
    return {
        "hour": line.hour,
        "title": line.item.title,
        "kind": line.kind,
        "length": line.length,
        "who": line.presenters,
        "first": line.respondent,
        "is_part": line.item.parent_id is not None,
    }


def _read(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The session and its agenda for this reader; 404 where there is nothing to read."""
    version, reader = visible_version(request, slug), reader_of(request)
    read: Reading = reports.reading(version.session, version, request.user, reader)
    if not read.lines:
        raise Http404
    return {
        "version": version,
        "session": version.session,
        "reading": read,
        "when": session_reports.when_of(version, reader, ()),
        "is_demo": version.is_demo,
    }


def _person(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user
