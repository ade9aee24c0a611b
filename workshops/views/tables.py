"""Coordinators arrange the tables of a session and give out places, by hand or by a fair draw."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required
from ogpgroup.errors import ActionNotPossible
from workshops import preparation
from workshops.actions import tables as actions
from workshops.forms.tables import DrawForm, SeatForm, TableForm
from workshops.models import Participation, Session, SessionVersion, WorkTable
from workshops.reports import tables as reports
from workshops.views.attendance import published


def _about(session: Session, version: SessionVersion) -> dict[str, Any]:
    when = preparation.when_of(version)
    return {"session": session, "version": version, "is_demo": session.is_demo, "when": when}


@coordinator_required
@require_safe
def tables(request: HttpRequest, slug: str) -> HttpResponse:
    """All tables with their people, who has none, and how mixed they are."""
    session, version = published(request, slug)
    context = {
        **_about(session, version),
        "overview": reports.overview_of(session, version),
        "draw": DrawForm(initial={"seed": ""}),
        "asks_mode": version.mode == SessionVersion.Mode.HYBRID,
    }
    return render(request, "workshops/tables/index.html", context)


@coordinator_required
@require_safe
def table_lists(request: HttpRequest, slug: str) -> HttpResponse:
    """Who sits where, a sheet for each table, to print and hang up."""
    session, version = published(request, slug)
    context = {**_about(session, version), "overview": reports.overview_of(session, version)}
    return render(request, "workshops/tables/lists.html", context)


# --- One table --------------------------------------------------------------------------------------------------------


@coordinator_required
def table_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Another table, with the next number."""
    session, version = published(request, slug)
    last = session.tables.order_by("-number").values_list("number", flat=True).first()
    return _edited(request, session, version, WorkTable(session=session, number=(last or 0) + 1))


@coordinator_required
def table_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Theme, people, seats and link of a table."""
    session, version = published(request, slug)
    return _edited(request, session, version, get_object_or_404(session.tables, number=number))


def _edited(request: HttpRequest, session: Session, version: SessionVersion, table: WorkTable) -> HttpResponse:
    form = TableForm(request.POST or None, session=session, instance=table)
    number, is_new, conflict = table.number, table._state.adding, None
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            saved = actions.save_table(form.instance, co_rapporteurs=list(sent["co_rapporteurs"]), seen=sent["seen"])
        except actions.EditedMeanwhile as refusal:
            form.add_error(None, str(refusal.sentence))
            conflict = form.reopen(refusal.current)
        except ActionNotPossible as refusal:
            form.add_error("number", str(refusal.sentence))
        else:
            messages.success(request, _("Table %(number)s is saved.") % {"number": saved.number})
            return redirect("workshops:tables", slug=session.slug)
    context = {**_about(session, version), "form": form, "number": number, "is_new": is_new, "conflict": conflict}
    return render(request, "workshops/tables/form.html", context, status=409 if conflict else 200)


@coordinator_required
@require_POST
def table_remove(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take away a table at which nothing was written."""
    session, _version = published(request, slug)
    actions.remove_table(get_object_or_404(session.tables.select_related("session"), number=number))
    messages.success(request, _("Table %(number)s is gone; who sat there has no table.") % {"number": number})
    return redirect("workshops:tables", slug=slug)


# --- Places -----------------------------------------------------------------------------------------------------------


@coordinator_required
@require_POST
def tables_draw(request: HttpRequest, slug: str) -> HttpResponse:
    """Seat people by a fair draw."""
    session, _version = published(request, slug)
    form = DrawForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("A seed has letters, digits and hyphens only, forty at most."))
        return redirect("workshops:tables", slug=slug)
    said = form.cleaned_data
    seed = said["seed"] or actions.new_seed()
    drawn = actions.draw_places(session, seed=seed, whom=said["whom"], keep=said["keep"])
    told = ngettext("%(count)s person has got a place.", "%(count)s people have got a place.", drawn.seated)
    messages.success(request, told % {"count": drawn.seated})
    if drawn.without:
        told = ngettext(
            "%(count)s person found no seat: add seats, or a table with a link for people on the line.",
            "%(count)s people found no seat: add seats, or a table with a link for people on the line.",
            drawn.without,
        )
        messages.warning(request, told % {"count": drawn.without})
    return redirect("workshops:tables", slug=slug)


@coordinator_required
@require_POST
def seat(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move one person: to the table that was chosen, to the one before or after, or to none."""
    session, _version = published(request, slug)
    row = get_object_or_404(session.participations.select_related("session", "table", "user"), pk=pk)
    form = SeatForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    table = _aim(session, row, form.cleaned_data["table"], form.cleaned_data["step"])
    actions.seat(row, table=table)
    who = row.user or row.name
    if table is None:
        messages.success(request, _("%(name)s has no table now.") % {"name": who})
    else:
        messages.success(request, _("%(name)s sits at table %(table)s.") % {"name": who, "table": table})
    return redirect(f"{reverse('workshops:tables', args=[slug])}#seat-{pk}")


def _aim(session: Session, row: Participation, number: int | None, step: str) -> WorkTable | None:
    """The table that is meant. From the last one downwards leads to the first, and the other way round."""
    if not step:
        return get_object_or_404(session.tables, number=number) if number else None
    numbered = list(session.tables.order_by("number"))
    if not numbered:
        raise ActionNotPossible(_("There is no table yet. Make the tables first."))
    if row.table is None:
        return numbered[0 if step == "down" else -1]
    at = next(place for place, table in enumerate(numbered) if table.pk == row.table_id)
    return numbered[(at + (1 if step == "down" else -1)) % len(numbered)]
