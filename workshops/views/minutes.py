"""Minutes: read by everybody once approved, completed by the rapporteur, corrected by who took part."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required, roles_of
from cities.models import group_day
from ogpgroup import dates
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from workshops import drafting, minutes_documents
from workshops.actions import minutes as actions
from workshops.forms.minutes import (
    CorrectionForm,
    DecisionForm,
    NewSectionForm,
    RapporteurForm,
    RefreshForm,
    SectionForm,
)
from workshops.merging import Merged, merge
from workshops.models import Correction, Minutes, MinutesSection, Session
from workshops.reports import minutes as reports
from workshops.views.agreements import person, published_session


def readable_minutes(request: HttpRequest, slug: str) -> Minutes:
    """The minutes, if the person may read them; else nothing is there."""
    found = Minutes.objects.visible_to(request.user).select_related("session__current_version", "session__cycle")
    return get_object_or_404(found.defer("session__current_version__vevent"), session__slug=slug)


def _editable(request: HttpRequest, slug: str) -> Minutes:
    found = Minutes.objects.visible_to(request.user).editable_by(request.user)
    return get_object_or_404(found.select_related("session__current_version", "session__cycle"), session__slug=slug)


def _section(request: HttpRequest, slug: str, pk: int) -> MinutesSection:
    minutes = _editable(request, slug)
    section = get_object_or_404(minutes.sections, pk=pk)
    section.minutes = minutes
    return section


# --- Read -------------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def minutes(request: HttpRequest, slug: str) -> HttpResponse:
    """The minutes as the person may see them; coordinators begin them here."""
    if roles_of(request.user).is_coordinator and not Minutes.objects.filter(session__slug=slug).exists():
        return _to_begin(request, published_session(request, slug))
    return _page(request, readable_minutes(request, slug))


def _to_begin(request: HttpRequest, session: Session) -> HttpResponse:
    context = {
        "session": session,
        "version": session.current_version,
        "is_demo": session.is_demo,
        "has_begun": session.current_version is not None and session.current_version.first_instant() <= timezone.now(),
    }
    return render(request, "workshops/minutes_begin.html", context)


def _decision_form(pk: int, data: QueryDict | None = None) -> DecisionForm:
    """There is one for each correction on the page."""
    return DecisionForm(data, auto_id=f"decision-{pk}-%s")


def _page(
    request: HttpRequest, minutes: Minutes, *, deciding: tuple[int, DecisionForm] | None = None, **forms: Any
) -> HttpResponse:
    decisions = dict([deciding] if deciding else [])
    today, session = group_day(timezone.now()), minutes.session
    can_edit = Minutes.objects.editable_by(request.user).filter(pk=minutes.pk).exists()
    takes_corrections = minutes.takes_corrections(today)
    may_correct = request.user.is_authenticated and takes_corrections and actions.took_part(session, person(request))
    context = {
        "minutes": minutes,
        "session": session,
        "version": session.current_version,
        "is_demo": session.is_demo,
        "sections": list(minutes.sections.all()) if can_edit else reports.sections_to_read(minutes),
        "can_edit": can_edit,
        "is_coordinator": roles_of(request.user).is_coordinator,
        "takes_corrections": takes_corrections,
        "corrections": [
            (one, decisions.get(one.correction.pk) or _decision_form(one.correction.pk))
            for one in reports.corrections_of(minutes, request.user, can_edit=can_edit)
        ],
        "correction_form": CorrectionForm(minutes=minutes) if may_correct else None,
        "rapporteur_form": RapporteurForm(session=session, initial={"rapporteur": minutes.rapporteur_id}),
        "new_section": NewSectionForm(),
    }
    return render(request, "workshops/minutes.html", context | forms, status=409 if forms or deciding else 200)


# --- Begun, opened, approved ------------------------------------------------------------------------------------------


@coordinator_required
@require_POST
def minutes_draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the minutes from what was recorded."""
    session = published_session(request, slug)
    assert session.current_version is not None
    sections = drafting.sections_of(session.current_version, request.user)
    minutes = actions.draft(session, sections=sections, now=database_now())
    messages.success(request, _("The minutes are drafted from what was recorded. Now complete them."))
    return redirect(minutes)


def _step(request: HttpRequest, slug: str, act: Callable[[Minutes], Any], told: str) -> HttpResponse:
    minutes = get_object_or_404(Minutes.objects.visible_to(request.user), session__slug=slug)
    act(minutes)
    messages.success(request, told)
    return redirect(minutes)


@coordinator_required
@require_POST
def minutes_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Let who took part correct the minutes for a week."""
    told = _("Who took part is told by mail and can correct the minutes for a week.")
    return _step(request, slug, lambda one: actions.open_to_corrections(one, now=database_now()), told)


@coordinator_required
@require_POST
def minutes_take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a draft of them again."""
    return _step(request, slug, actions.take_back, _("The minutes are a draft again."))


@coordinator_required
@require_POST
def minutes_approve(request: HttpRequest, slug: str) -> HttpResponse:
    """Approve and lock them."""
    by, now = person(request), database_now()
    told = _("The minutes are approved and published; they do not change any more.")
    return _step(request, slug, lambda one: actions.approve(one, by=by, now=now), told)


@coordinator_required
@require_POST
def minutes_rapporteur(request: HttpRequest, slug: str) -> HttpResponse:
    """Say who completes the minutes."""
    minutes = get_object_or_404(Minutes.objects.select_related("session"), session__slug=slug)
    form = RapporteurForm(request.POST, session=minutes.session)
    if not form.is_valid():
        return _page(request, readable_minutes(request, slug), rapporteur_form=form)
    actions.name_rapporteur(minutes, rapporteur=form.cleaned_data["rapporteur"], on=database_now())
    messages.success(request, _("The rapporteur is named."))
    return redirect(minutes)


# --- Completed --------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def section_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a section that the records know nothing of."""
    minutes = _editable(request, slug)
    form = NewSectionForm(request.POST)
    if not form.is_valid():
        return _page(request, minutes, new_section=form)
    section = actions.add_section(minutes, heading=form.cleaned_data["heading"], by=person(request), now=database_now())
    return redirect("workshops:section_edit", slug=slug, pk=section.pk)


@login_required
def section_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Write a section; of two at once neither loses what they typed."""
    section, merged, status = _section(request, slug, pk), None, 200
    form = SectionForm(request.POST) if request.method == "POST" else SectionForm.on(section)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_section(section, **form.cleaned_data, by=person(request), now=database_now())
        except actions.EditedMeanwhile as meanwhile:
            typed, section = form.cleaned_data, meanwhile.current
            merged, status = reports.merged_edit(section, edition=typed["edition"], mine=typed["text"]), 409
            form = SectionForm.on(section, text=merged.text)
        else:
            messages.success(request, _("The section is saved."))
            # The end of the address tells the device that it need not keep the text any longer; see kept.js.
            return redirect(f"{section.minutes.get_absolute_url()}#section-{section.pk}-saved")
    return _section_page(request, section, form, merged=merged, status=status)


def _section_page(
    request: HttpRequest, section: MinutesSection, form: SectionForm, *, merged: Merged | None, status: int
) -> HttpResponse:
    session = section.minutes.session
    assert session.current_version is not None
    context = {
        "section": section,
        "has_records": bool(drafting.text_of(section, session.current_version, request.user)),
        "session": session,
        "version": session.current_version,
        "is_demo": session.is_demo,
        "form": form,
        "merged": merged,
        "writer": reports.writer_of(section, on=group_day(timezone.now())) if merged else "",
    }
    return render(request, "workshops/minutes_section.html", context, status=status)


@login_required
@require_POST
def section_keep(request: HttpRequest, slug: str, pk: int) -> JsonResponse:
    """Keep a section while it is typed; the page asks for it by itself."""
    section, form = _section(request, slug, pk), SectionForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"sentence": str(next(iter(form.errors.values()))[0])}, status=422)
    now = database_now()
    try:
        saved = actions.save_section(section, **form.cleaned_data, by=person(request), now=now)
    except actions.EditedMeanwhile as meanwhile:
        now_there = {name: getattr(meanwhile.current, name) for name in ("edition", "heading", "text")}
        return JsonResponse({"sentence": str(meanwhile.sentence)} | now_there, status=409)
    except ActionNotPossible as refusal:
        return JsonResponse({"sentence": str(refusal.sentence)}, status=410)
    zone = request.zone or section.minutes.session.time_zone  # type: ignore[attr-defined]
    return JsonResponse({"edition": saved.edition, "hour": f"{now.astimezone(dates.zone_info(zone)):%H:%M}"})


@login_required
def section_refresh(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Join what people made of a section with what the records give today, and store what they make of that."""
    section = _section(request, slug, pk)
    version = section.minutes.session.current_version
    assert version is not None
    drafted = drafting.text_of(section, version, request.user)
    if not drafted:
        raise Http404
    form = RefreshForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        sent = {name: typed[name] for name in ("shown", "text", "edition")}
        try:
            actions.refresh_section(section, drafted=drafted, **sent, by=person(request), now=database_now())
        except actions.RecordsMoved as moved:
            merged = merge(typed["shown"], mine=typed["text"], theirs=drafted)
            return _refresh_page(request, section, drafted, merged, notice=str(moved.sentence))
        except actions.EditedMeanwhile as meanwhile:
            merged = reports.merged_edit(meanwhile.current, edition=typed["edition"], mine=typed["text"])
            return _refresh_page(request, meanwhile.current, drafted, merged, notice=str(meanwhile.sentence))
        else:
            messages.success(request, _("The section is saved."))
            return redirect(f"{section.minutes.get_absolute_url()}#section-{section.pk}")
    return _refresh_page(request, section, drafted, reports.merged_with_records(section, drafted))


def _refresh_page(
    request: HttpRequest, section: MinutesSection, drafted: str, merged: Merged, *, notice: str = ""
) -> HttpResponse:
    shown = {"heading": section.heading, "text": merged.text, "edition": section.edition, "shown": drafted}
    session = section.minutes.session
    context = {
        "section": section,
        "session": session,
        "version": session.current_version,
        "is_demo": session.is_demo,
        "form": RefreshForm(initial=shown),
        "merged": merged,
        "drafted": drafted,
        "notice": notice,
    }
    return render(request, "workshops/minutes_refresh.html", context, status=409 if notice else 200)


# --- Corrected --------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def minutes_correct(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what is wrong or missing."""
    minutes = readable_minutes(request, slug)
    form = CorrectionForm(request.POST, minutes=minutes)
    if form.is_valid():
        try:
            actions.correct(minutes, **form.cleaned_data, by=person(request), now=database_now())
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Thank you. You get a reply by mail."))
            return redirect(f"{minutes.get_absolute_url()}#corrections")
    return _page(request, minutes, correction_form=form)


@login_required
@require_POST
def correction_decide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say what was done about a correction."""
    minutes = _editable(request, slug)
    correction = get_object_or_404(Correction.objects.select_related("minutes__session"), pk=pk, minutes=minutes)
    form = _decision_form(pk, request.POST)
    if form.is_valid():
        try:
            actions.decide(correction, **form.cleaned_data, by=person(request), now=database_now())
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("It is decided, and the person is told."))
            return redirect(f"{minutes.get_absolute_url()}#corrections")
    return _page(request, minutes, deciding=(correction.pk, form))


# --- To take along ----------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def minutes_docx(request: HttpRequest, slug: str) -> HttpResponse:
    """The minutes as a document of Word."""
    minutes = readable_minutes(request, slug)
    content = minutes_documents.as_docx(minutes, reports.sections_to_read(minutes))
    return _file(minutes, content, content_type=minutes_documents.DOCX_TYPE, ending="docx")


@login_not_required
@require_safe
def minutes_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The minutes as tagged PDF."""
    minutes = readable_minutes(request, slug)
    content = minutes_documents.as_pdf(minutes, reports.sections_to_read(minutes))
    return _file(minutes, content, content_type="application/pdf", ending="pdf")


def _file(minutes: Minutes, content: bytes, *, content_type: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="minuta-{minutes.session.slug}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
