"""Facilitators group notes into themes, by hand or by keys, with two at once and a way back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ogpgroup import htmx
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops import walls
from workshops.actions import themes as actions
from workshops.forms.facilitating import NEW, NONE, GroupingForm, MergeForm, RenameForm
from workshops.models import Session, Theme, Wall
from workshops.reports import themes as reports
from workshops.views.walls import about, led

TEMPLATE = "workshops/diagnosis/themes.html"


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _board(session: Session) -> dict[str, Any]:
    return about(session) | {
        "board": reports.board_of(session),
        "last": actions.last_step(session),
        "form_id": uuid.uuid4(),
    }


@never_cache
@require_safe
def themes(request: HttpRequest, slug: str) -> HttpResponse:
    """All notes of the session in their themes, to choose from."""
    session = led(request, slug)
    return htmx.render(request, TEMPLATE, _board(session) | {"news_address": _news_address(session)}, partial="board")


def _news_address(session: Session) -> str:
    """Where the page asks whether there are notes that it does not show: as every wall of the session does."""
    row = Wall.objects.filter(session=session).first()
    return walls.address_of(session, row, language=walls.LANGUAGES[0], is_inside=True)


@require_POST
def theme_group(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the notes chosen into a theme, into a new one, or out of theirs."""
    session = led(request, slug)
    form = GroupingForm(request.POST, themes=session.themes.in_bulk())
    said, status = "", 200
    chosen: set[str] = set()
    try:
        if form.is_valid():
            said = _grouped(session, form.cleaned_data, by=_person(request))
        else:
            said, status = form.sentence(), 422
    except ActionNotPossible as refusal:
        said, status = str(refusal.sentence), 409
    if status != 200:
        chosen = {one.partition("-")[0] for one in request.POST.getlist("notes")}
    if htmx.wants_part(request) or status != 200:
        told = {"said": said, "is_wrong": status != 200, "chosen": chosen, "posted": request.POST}
        context = _board(session) | {"news_address": _news_address(session)} | told
        return htmx.render(request, TEMPLATE, context, partial="board", status=status)
    messages.success(request, said)
    return redirect("workshops:themes", slug=slug)


def _grouped(session: Session, cleaned: dict[str, Any], *, by: User) -> str:
    """Do it, and say what was done."""
    to, seen, now = cleaned["to"], cleaned["notes"], database_now()
    if to == NEW:
        form_id = cleaned["form_id"]
        theme = actions.group(session, seen=seen, title=cleaned["title"], form_id=form_id, by=by, now=now)
        return _("The theme “%(theme)s” is made.") % {"theme": theme}
    if to == NONE:
        count = actions.move(session, seen=seen, to=None, by=by, now=now)
        return ngettext("%(count)s note taken out.", "%(count)s notes taken out.", count) % {"count": count}
    theme, mark = to
    count = actions.move(session, seen=seen, to=theme, mark=mark, by=by, now=now)
    told = ngettext("%(count)s note put into “%(theme)s”.", "%(count)s notes put into “%(theme)s”.", count)
    return told % {"count": count, "theme": theme}


@require_POST
def theme_undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back the last step; which one that is, the button says."""
    session = led(request, slug)
    step = request.POST.get("step", "")
    undone = actions.undo(
        session, step_id=int(step) if step.isdecimal() else 0, by=_person(request), now=database_now()
    )
    messages.success(request, _("Undone: %(step)s.") % {"step": undone.get_kind_display()})
    return redirect("workshops:themes", slug=slug)


@never_cache
@require_safe
def theme_duplicates(request: HttpRequest, slug: str) -> HttpResponse:
    """Notes that say nearly the same; a person decides, pair by pair."""
    session = led(request, slug)
    pairs = [
        (pair, reports.group_of(pair.theme, ()).value if pair.theme else "", uuid.uuid4())
        for pair in reports.likely_duplicates(session)
    ]
    context = about(session) | {"pairs": pairs}
    return render(request, "workshops/diagnosis/duplicates.html", context)


# --- One theme --------------------------------------------------------------------------------------------------------


def _theme(request: HttpRequest, slug: str, pk: int) -> Theme:
    session = led(request, slug)
    theme = get_object_or_404(session.themes.standing(), pk=pk)
    theme.session = session
    return theme


def _page(
    request: HttpRequest,
    theme: Theme,
    *,
    rename: RenameForm | None = None,
    merge: MergeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    own = reports.group_of(theme, reports.notes_of(theme))
    context = about(theme.session) | {
        "group": own,
        "rename_form": rename or RenameForm(initial={"title": theme.title, "mark": own.mark}),
        "merge_form": merge or MergeForm(**_others(theme), initial={"mark": own.whole}),
        "form_id": uuid.uuid4(),
    }
    return render(request, "workshops/diagnosis/theme.html", context, status=status)


def _others(theme: Theme) -> dict[str, Any]:
    others = {one.pk: one for one in theme.session.themes.standing().exclude(pk=theme.pk)}
    choices = [(reports.group_of(one, ()).value, one.title) for one in others.values()]
    return {"choices": [("", "---"), *choices], "themes": others}


@never_cache
@require_safe
def theme(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One theme: its notes, to split from it; its name; into which other it goes; its end."""
    return _page(request, _theme(request, slug, pk))


@require_POST
def theme_rename(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    one = _theme(request, slug, pk)
    form = RenameForm(request.POST)
    if not form.is_valid():
        return _page(request, one, rename=form)
    try:
        actions.rename(one, **form.cleaned_data, by=_person(request), now=database_now())
    except actions.GroupedMeanwhile as refusal:
        form.add_error(None, str(refusal.sentence))  # what was typed stays
        return _page(request, one, rename=form, status=409)
    messages.success(request, _("The theme has its new name."))
    return redirect("workshops:theme", slug=slug, pk=pk)


@require_POST
def theme_merge(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    one = _theme(request, slug, pk)
    form = MergeForm(request.POST, **_others(one))
    if not form.is_valid():
        return _page(request, one, merge=form)
    into, into_mark = form.cleaned_data["into"]
    mark = form.cleaned_data["mark"]
    actions.merge(one, into=into, mark=mark, into_mark=into_mark, by=_person(request), now=database_now())
    messages.success(request, _("The notes are in “%(theme)s” now.") % {"theme": into})
    return redirect("workshops:themes", slug=slug)


@require_POST
def theme_dissolve(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    one = _theme(request, slug, pk)
    actions.dissolve(one, mark=request.POST.get("mark", ""), by=_person(request), now=database_now())
    messages.success(request, _("The theme is dissolved; its notes wait for another."))
    return redirect("workshops:themes", slug=slug)
