"""Notes: the ledger of a plan, one note with its exchange, writing, answering, settling."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actionplans.models import ActionPlan
from cities.access import roles_of
from cities.models import group_day
from feedback import targets, withholding
from feedback.actions import notes as actions
from feedback.actions.notes import edition_of
from feedback.forms.notes import YES, AnswerForm, ChangedForm, NoteForm, SettleForm
from feedback.models import Answer, Note
from feedback.models.notes import TARGETS
from feedback.reports import notes as reports
from feedback.targets import Target
from feedback.views.pages import Ledger
from ogpgroup import htmx, parts
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User

NOT_POSSIBLE = "not_possible"


# --- Reading ----------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def ledger(request: HttpRequest, slug: str) -> HttpResponse:
    """Every note on a plan and its parts that the reader may see: asked, answered, changed, open, late."""
    today = parts.begin(request).day
    plans = ActionPlan.objects.visible_to(request.user).select_related("city", "organization")
    plan = get_object_or_404(plans, slug=slug)
    context = {
        "plan": plan,
        "ledger": Ledger(plan, request.user, today, request.GET.urlencode()),
        "may_write": not targets.why_not(plan, request.user),
        "is_demo": plan.is_demo,
    }
    return htmx.render(request, "feedback/ledger.html", context, partial="rows")


@login_not_required
@require_safe
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """One note and what was said about it, in order."""
    found = _visible(request, pk)
    return render(request, "feedback/note.html", _note_context(request, found))


def _visible(request: HttpRequest, pk: int) -> Note:
    answers = Prefetch("answers", Answer.objects.with_withheld().order_by("pk").select_related("answered_by"))
    notes = Note.objects.visible_to(request.user).with_withheld().select_related(*targets.RELATED)
    return get_object_or_404(notes.prefetch_related(answers), pk=pk)


def _note_context(request: HttpRequest, found: Note) -> dict[str, Any]:
    """The note and its answers as the reader may read them; forms have the note itself, of which they show nothing."""
    [row] = reports.rows_of([found], request.user, group_day(timezone.now()))
    may_answer = Note.objects.answerable_by(request.user).filter(pk=found.pk).exists()
    is_author = _is_writing_author(request, found)
    may_settle = row.standing is not None and _settles(request, found)
    return {
        "note": row.note,
        "row": row,
        "answers": [withholding.answer_as_read(one, found, request.user) for one in found.answers.all()],
        "in_group": roles_of(request.user).in_group,
        "may_withhold": roles_of(request.user).is_coordinator and found.status != Note.Status.WITHDRAWN,
        "may_answer": may_answer and found.waits_for_answer(),
        "may_report": may_answer,
        "may_edit": is_author and found.status == Note.Status.OPEN,
        "settle_form": SettleForm(answer=row.standing)
        if may_settle and row.standing and found.status == Note.Status.ANSWERED
        else None,
        "may_settle": may_settle,
        "is_author": is_author,
        "is_demo": targets.is_demo(found.target),
    }


def _is_writing_author(request: HttpRequest, found: Note) -> bool:
    """Who has left the group still reads their notes and writes nothing more."""
    return found.author_id == request.user.pk and roles_of(request.user).in_group


def _settles(request: HttpRequest, found: Note) -> bool:
    """Whether the person has the last word on an answer; nothing is asked for who is not in the group."""
    if not roles_of(request.user).in_group:
        return False
    today = group_day(timezone.now())
    return Note.objects.settled_by(request.user, on=today).filter(pk=found.pk).exists()


# --- Writing ----------------------------------------------------------------------------------------------------------


@login_required
def note_create(request: HttpRequest, target: str, pk: int) -> HttpResponse:
    """Write a note on a thing that the person sees; a member of the group who is not the one asked."""
    if target not in TARGETS or not roles_of(request.user).in_group:
        raise Http404
    thing: Target = get_object_or_404(targets.choices_for(target, request.user), pk=pk)
    user = _user(request)
    if request.method != "POST" and (sentence := targets.why_not(thing, user)):
        raise ActionNotPossible(sentence)
    form = NoteForm(
        request.POST or None, target=thing, by=user, initial={"form_id": uuid4(), "organization": _own(user)}
    )
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("kind", "text", "organization", "visibility", "form_id")}
        written = _tried(form, partial(actions.write_note, thing, **words, by=user, now=timezone.now()))
        if written is not None:
            messages.success(request, _("Your note is there, and those who are asked are told."))
            return redirect(written)
    return render(request, "feedback/note_form.html", _form_context(form, thing), status=_status(form))


@login_required
def note_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The author changes a note that nobody has answered."""
    found = _own_note(request, pk)
    thing, user = found.target, _user(request)
    form = NoteForm(request.POST or None, target=thing, by=user, note=found)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("kind", "text", "organization", "visibility", "seen")}
        act = partial(actions.edit_note, found, **words, by=user, now=timezone.now())
        if _tried(form, act, seen=edition_of(found)) is not None:
            messages.success(request, _("The note is changed."))
            return redirect(found)
    elif found.status != Note.Status.OPEN and request.method != "POST":
        raise ActionNotPossible(_("This note was answered or withdrawn; it can no longer be changed."))
    context = {**_form_context(form, thing), "note": found}
    return render(request, "feedback/note_form.html", context, status=_status(form))


@login_required
def note_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The author takes back a note that nobody has answered; says first what that means."""
    found = _own_note(request, pk)
    if request.method == "POST":
        actions.withdraw_note(found)
        messages.success(request, _("The note is withdrawn. Only you can read it now."))
        return redirect(found)
    return render(request, "feedback/note_withdraw.html", _note_context(request, found))


@login_required
def note_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The author, or once they have left somebody of their organisation, says whether the last answer settles it."""
    found = _visible(request, pk)
    if not _settles(request, found):
        raise Http404
    standing = found.answers.order_by("pk").last()
    if standing is None:
        raise ActionNotPossible(_("The note has no answer yet."))
    last = next(one for one in found.answers.all() if one.pk == standing.pk)
    form = SettleForm(request.POST or None, answer=withholding.answer_as_read(last, found, request.user))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = {"answer_id": said["answer"], "settles": said["settles"] == YES, "reaction": said["reaction"]}
        act = partial(actions.settle_note, found, **words, by=_user(request), now=timezone.now())
        if _tried(form, act, answer=str(standing.pk)) is not None:
            messages.success(request, _("Thank you, your word is kept with the answer."))
            return redirect(found)
    context = {**_note_context(request, found), "form": form}
    return render(request, "feedback/note_settle.html", context, status=_status(form))


# --- Answering --------------------------------------------------------------------------------------------------------


@login_required
def note_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Those asked answer a note: officials of the plan's city, or people of who presents."""
    found = _answerable(request, pk)
    now = timezone.now()
    if request.method != "POST" and not found.waits_for_answer():
        raise ActionNotPossible(_("This note waits for no answer."))
    form = AnswerForm(request.POST or None, note=found, now=now)
    if request.method == "POST" and form.is_valid():
        act = partial(actions.answer_note, found, **form.cleaned_data, by=_user(request), now=now)
        if _tried(form, act, seen=edition_of(found)) is not None:
            messages.success(request, _("The answer is there, and the author is told."))
            return redirect(found)
    context = {**_note_context(request, found), "form": form}
    return render(request, "feedback/note_answer.html", context, status=_status(form))


@login_required
def answer_changed(request: HttpRequest, pk: int) -> HttpResponse:
    """The city says what it changed and on which day."""
    answer = get_object_or_404(Answer, pk=pk)
    found = _answerable(request, answer.note_id)
    now = timezone.now()
    if request.method != "POST" and not found.answers.standing().filter(pk=pk).exists():
        raise Http404
    if request.method != "POST" and not answer.is_promised():
        raise ActionNotPossible(_("No change is promised here, or it was reported already."))
    form = ChangedForm(request.POST or None, since=group_day(found.written_at), now=now)
    if request.method == "POST" and form.is_valid():
        act = partial(actions.report_change, answer, **form.cleaned_data, now=now)
        if _tried(form, act) is not None:
            messages.success(request, _("The change is on record."))
            return redirect(found)
    context = _note_context(request, found)
    context |= {"form": form, "answer": next((one for one in context["answers"] if one.pk == pk), answer)}
    return render(request, "feedback/note_changed.html", context, status=_status(form))


# --- What they share --------------------------------------------------------------------------------------------------


def _own_note(request: HttpRequest, pk: int) -> Note:
    found = _visible(request, pk)
    if not _is_writing_author(request, found):
        raise Http404
    return found


def _answerable(request: HttpRequest, pk: int) -> Note:
    found = _visible(request, pk)
    if not Note.objects.answerable_by(request.user).filter(pk=pk).exists():
        raise Http404
    return found


def _tried[T](form: forms.Form, act: Callable[[], T], **now_read: str) -> T | None:
    """What the action gives; where it is not possible now, None, and the form says why beside what was typed.

    `now_read` is what the page shows from here on: who sends the form again has read that.
    """
    try:
        return act()
    except ActionNotPossible as error:
        form.add_error(None, ValidationError(str(error.sentence), code=NOT_POSSIBLE))
        form.data = {**{name: form.data.get(name) for name in form.data}, **now_read}
        return None


def _status(form: forms.Form) -> int:
    """409 where the form was sound and the action was not possible, see `_tried`."""
    return 409 if form.is_bound and form.has_error(NON_FIELD_ERRORS, NOT_POSSIBLE) else 200


def _form_context(form: NoteForm, thing: Target) -> dict[str, Any]:
    return {
        "form": form,
        "on": targets.label_of(thing),
        "on_href": targets.address_of(thing),
        "plan": targets.plan_of(thing),
        "asked": targets.asked_of(thing),
        "is_demo": targets.is_demo(thing),
    }


def _own(user: User) -> int | None:
    """The organisation somebody writes for unless they say otherwise: their only one."""
    own = roles_of(user).organization_ids
    return next(iter(own)) if len(own) == 1 else None


def _user(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user
