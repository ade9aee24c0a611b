"""The page of a work table: those who write there take notes, with or without a network; others read what is public."""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotModified,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops import noting, preparation
from workshops.actions import table_notes as actions
from workshops.actions.table_notes import NoteEditedMeanwhile, Typed
from workshops.forms.table_notes import Batch, Change, NoteForm, NotUnderstood, batch_of, cities_for
from workshops.models import Participation, Session, SessionVersion, TableNote, WorkTable
from workshops.reports import table_notes as reports

LINES_ON_PAPER: Final = 14
# Kinds with the letter that chooses them; the same in both languages, and none is a word of either.
LETTERS: Final = {"doubt": "D", "difficulty": "F", "priority": "P", "proposal": "R", "comment": "C"}


def _tables() -> Any:
    people = ("facilitator", "rapporteur")
    tables = WorkTable.objects.select_related("session__current_version", *people)
    return tables.filter(session__current_version__isnull=False).defer("session__current_version__vevent")


def _written(request: HttpRequest, slug: str, number: int) -> WorkTable:
    """The table for those who write there; the others find nothing."""
    mine = _tables().written_by(request.user)
    return get_object_or_404(mine, session__slug=slug, number=number)  # type: ignore[no-any-return]


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _about(table: WorkTable) -> dict[str, Any]:
    version: SessionVersion | None = table.session.current_version
    assert version is not None  # `_tables` asks for one
    return {
        "table": table,
        "session": table.session,
        "version": version,
        "is_demo": table.session.is_demo,
        "when": preparation.when_of(version),
    }


# --- The page ---------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
def table(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Who writes at the table gets a field; everybody else reads what they may."""
    found = _tables().filter(session__slug=slug, number=number).first()
    if found is None:
        raise Http404
    if _tables().written_by(request.user).filter(pk=found.pk).exists():
        return _writing(request, found)
    if not Session.objects.visible_to(request.user).filter(pk=found.session_id).exists():
        raise Http404
    return _reading(request, found)


def _writing(request: HttpRequest, found: WorkTable) -> HttpResponse:
    now, user = database_now(), _person(request)
    form = NoteForm(request.POST or None, is_demo=found.session.is_demo)
    if request.method == "POST" and form.is_valid():
        try:
            note = actions.write_note(found, form.typed(), by=user, now=now)
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect(f"{found.get_absolute_url()}?kind={note.kind}#note-form")
    if request.GET.get("kind") in LETTERS:
        form.fields["kind"].initial = request.GET["kind"]
    page = reports.page_of(reports.notes_of(found), request.GET, begins_at_the_end=True)
    context = {
        **_about(found),
        "form": form,
        "kinds": [(kind.value, kind.label, LETTERS[kind.value]) for kind in TableNote.Kind],
        "cities": cities_for(is_demo=found.session.is_demo),
        "people": reports.people_at(found),
        "page": page,
        "notes": page.object_list,
        "is_last_page": not page.has_next(),
        "state": reports.state_of(found),
        "leads": noting.leads(found, user),
        "awaiting": found.notes.awaiting().count(),
        "longest": TableNote.LONGEST,
    }
    response = render(request, "workshops/tables/table.html", context)
    if request.method == "GET" and not request.GET:
        response["X-Kept-For"] = str(user.pk)  # the service worker may keep it, for this person alone
    return response


def _reading(request: HttpRequest, found: WorkTable) -> HttpResponse:
    user = request.user
    own = Participation.objects.filter(session=found.session_id, user=user.pk).first() if user.pk else None
    notes = TableNote.objects.visible_to(user).standing().filter(table=found).select_related("city").order_by("pk")
    page = reports.page_of(notes, request.GET)
    context = {
        **_about(found),
        "page": page,
        "notes": page.object_list,
        "own": own,
        "join_url": found.join_url if reports.may_see_link(found, own, user) else "",
    }
    return render(request, "workshops/tables/table_read.html", context)


@require_safe
def table_paper(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Empty forms to print, for a table without devices; somebody enters them afterwards."""
    context = {**_about(_written(request, slug, number)), "lines": range(LINES_ON_PAPER), "kinds": LETTERS}
    labels = [(LETTERS[kind.value], kind.label) for kind in TableNote.Kind]
    return render(request, "workshops/tables/paper.html", context | {"labels": labels})


# --- The queue of a device --------------------------------------------------------------------------------------------


@never_cache
def table_notes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """GET tells what has changed since a state; POST takes a batch and answers for each thing in it."""
    found = _written(request, slug, number)
    if request.method == "POST":
        return _taken(request, found)
    state = reports.state_of(found)
    etag = f'"{state}"'
    # Compression weakens the tag on its way out; for us it means the same.
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    after = request.GET.get("after", "")
    news = reports.changed_since(found, int(after) if after.isascii() and after.isdecimal() and len(after) < 16 else 0)
    context = {**_about(found), "notes": news.notes, "leads": noting.leads(found, _person(request))}
    response = render(request, "workshops/tables/_notes.html", context)
    response["ETag"] = etag
    response["X-Read-Anew"] = "1" if news.is_too_much else ""
    return response


def _taken(request: HttpRequest, found: WorkTable) -> HttpResponse:
    try:
        batch = batch_of(request.body)
    except NotUnderstood:
        return HttpResponseBadRequest()
    user = _person(request)
    if batch.user_id != user.pk:  # typed by somebody else on this device: it waits until they sign in
        return signed_in_as_somebody_else([_client_id(one) for one in batch.entries])
    return JsonResponse({"outcomes": _outcomes(found, batch, user)})


def signed_in_as_somebody_else(client_ids: Sequence[str]) -> JsonResponse:
    """Nothing of a batch is taken from a device at which somebody else has signed in."""
    outcomes = [{"client_id": one, "status": "sign_in", "sentence": ""} for one in client_ids]
    return JsonResponse({"outcomes": outcomes}, status=403)


def _client_id(entry: Typed | Change) -> str:
    return str(entry.client_id)


def _outcomes(found: WorkTable, batch: Batch, by: User) -> list[dict[str, Any]]:
    """New notes that follow each other go together; each change goes by itself, at its place in the order."""
    now = database_now()
    outcomes: list[dict[str, Any]] = []
    fresh: list[Typed] = []

    def written() -> None:
        outcomes.extend(_told(one) for one in actions.write_notes(found, fresh, by=by, now=now) if fresh)
        fresh.clear()

    for entry in batch.entries:
        if isinstance(entry, Typed):
            fresh.append(entry)
            continue
        written()
        outcomes.append(_changed(found, entry, by=by))
    written()
    return outcomes


def _told(one: actions.Outcome) -> dict[str, Any]:
    status = "refused" if one.note is None else "stored" if one.is_new else "known"
    told: dict[str, Any] = {"client_id": str(one.client_id), "status": status, "sentence": one.refusal}
    return told | (_words_of(one.note) if one.note is not None else {})


def _words_of(note: TableNote) -> dict[str, Any]:
    """What stands, so that a device sees whether it is what was typed there."""
    return {
        "id": note.pk,
        "edition": note.edition,
        "kind": note.kind,
        "text": note.text,
        "said_by": note.said_by,
        "city": note.city_id,
    }


def _changed(found: WorkTable, change: Change, *, by: User) -> dict[str, Any]:
    told: dict[str, Any] = {"client_id": str(change.client_id), "status": "stored", "sentence": ""}
    note = found.notes.filter(pk=change.note_id).first()
    if note is None:
        return told | {"status": "refused", "sentence": _("This note is not at this table.")}
    try:
        done = _apply(note, change, by=by)
    except NoteEditedMeanwhile as error:
        return told | {"status": "clash", "sentence": str(error.sentence)} | _words_of(error.current)
    except ActionNotPossible as error:
        return told | {"status": "refused", "sentence": str(error.sentence)}
    return told | _words_of(done)


def _apply(note: TableNote, change: Change, *, by: User) -> TableNote:
    if change.mark:
        return _mark(note, change.mark, by=by)
    said = change.typed
    city = cities_for(is_demo=note.table.session.is_demo).filter(pk=said.city_id).first() if said.city_id else None
    return actions.correct(
        note, kind=said.kind, text=said.text, said_by=said.said_by, city=city, edition=change.edition, by=by
    )


def _mark(note: TableNote, mark: str, *, by: User) -> TableNote:
    now = database_now()
    if mark == "strike":
        return actions.strike_out(note, by=by, now=now)
    if mark == "back":
        return actions.bring_back(note, by=by)
    return actions.accept_late(note, by=by, now=now)


# --- One note, without scripts ----------------------------------------------------------------------------------------


def table_note(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Correct a note; where somebody was quicker, both versions stand on the page until the person has chosen."""
    found = _written(request, slug, number)
    note = get_object_or_404(found.notes.select_related("city"), pk=pk)
    form = NoteForm(request.POST or None, is_demo=found.session.is_demo, note=note)
    theirs, status = None, 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = {name: said[name] for name in ("kind", "text", "said_by", "city", "edition")}
        try:
            actions.correct(note, by=_person(request), **words)
        except NoteEditedMeanwhile as error:
            theirs, status = error.current, 409
            form = _anew(request, found, theirs)
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The note is corrected."))
            return redirect(note)
    context = {**_about(found), "note": note, "form": form, "theirs": theirs}
    return render(request, "workshops/tables/note.html", context, status=status)


def _anew(request: HttpRequest, found: WorkTable, current: TableNote) -> NoteForm:
    """What was typed, on the edition that stands now: saved once more, it replaces what the person has read."""
    data = request.POST.copy()
    data["edition"] = str(current.edition)
    return NoteForm(data, is_demo=found.session.is_demo, note=current)


@require_POST
def table_note_mark(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Strike a note out, bring it back, or let a late one count."""
    found = _written(request, slug, number)
    note = get_object_or_404(found.notes, pk=pk)
    mark = request.POST.get("mark", "")
    said = {
        "strike": _("The note is struck out. It stays on record and counts no more."),
        "back": _("The note counts again."),
        "accept": _("The late note counts."),
    }
    if mark not in said or (mark == "accept" and not note.is_late):
        return HttpResponseBadRequest()
    _mark(note, mark, by=_person(request))
    messages.success(request, said[mark])
    page = reverse("workshops:table", args=[slug, number])
    return redirect(f"{page}?{request.GET.urlencode()}#note-{pk}" if request.GET else note)
