"""The register of agreements: read by everybody, written by coordinators, its news told by those who answer for it."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required, roles_of
from cities.models import group_day
from ogpgroup import htmx, sheets
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import agreement_sheets
from workshops.actions import agreements as actions
from workshops.agreement_sheets import Outcome
from workshops.filters import AgreementFilter
from workshops.forms.agreements import AgreementForm, AgreementSheetForm, FellowChoice, NewsForm
from workshops.models import Agreement, Session
from workshops.reports import agreements as reports

PER_PAGE = 100


def person(request: HttpRequest) -> User:
    """Who asks, where only somebody signed in may ask."""
    assert request.user.is_authenticated
    return request.user


def published_session(request: HttpRequest, slug: str) -> Session:
    """The session, for coordinators: 404 for everybody else and for what is not published."""
    sessions = Session.objects.editable_by(request.user).select_related("current_version", "cycle")
    session = get_object_or_404(sessions.defer("current_version__vevent"), slug=slug)
    if session.current_version is None:
        raise Http404
    return session


def _readable(request: HttpRequest, slug: str, number: int) -> Agreement:
    found = reports.register(request.user).select_related("session__cycle", "commitment", "agenda_item", "table")
    return get_object_or_404(found, session__slug=slug, number=number)


# --- Read by everybody ------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """The register, narrowed by what became of each; HTMX gets the list alone."""
    narrowing = AgreementFilter(request.GET or None, queryset=reports.register(request.user))  # type: ignore[no-untyped-call]
    page = Paginator(narrowing.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": narrowing,
        "page": page,
        "today": group_day(timezone.now()),
        "is_demo": any(one.session.is_demo for one in page.object_list),
        "is_narrowed": bool(request.GET.get("status")),
    }
    return htmx.render(request, "workshops/agreements.html", context, partial="rows")


@login_not_required
@require_safe
def agreements_sheet(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The register as the page shows it, to take along."""
    narrowing = AgreementFilter(request.GET or None, queryset=reports.register(request.user))  # type: ignore[no-untyped-call]
    response = sheets.write(kind, "acuerdos", reports.COLUMNS, list(reports.rows(narrowing.qs)))
    response["Cache-Control"] = "private, no-store" if request.user.is_authenticated else "public, max-age=300"
    return response


@login_not_required
@require_safe
def agreement_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One agreement: who, by when, what became of it, and who changed its words."""
    return _detail(request, _readable(request, slug, number))


def _detail(request: HttpRequest, agreement: Agreement, **forms: Any) -> HttpResponse:
    today, roles = group_day(timezone.now()), roles_of(request.user)
    answers_for = Agreement.objects.answered_for_by(request.user).filter(pk=agreement.pk).exists()
    cycle = agreement.session.cycle
    context = {
        "one": agreement,
        "version": agreement.session.current_version,
        "is_demo": agreement.session.is_demo,
        "today": today,
        "plan": reports.visible_plan(agreement, request.user),
        "history": reports.history_of(agreement, on=today),
        "is_coordinator": roles.is_coordinator,
        "news": NewsForm(agreement=agreement, initial={"status": agreement.status}) if answers_for else None,
        "choice": FellowChoice(cycle=cycle) if roles.is_coordinator and _lacks_choice(agreement) else None,
    }
    status = 409 if forms else 200
    return render(request, "workshops/agreement_detail.html", context | forms, status=status)


def _lacks_choice(agreement: Agreement) -> bool:
    return agreement.kind == Agreement.Kind.FELLOW_CITY and agreement.session.cycle.fellow_city_id is None


# --- Told by those who answer for it ----------------------------------------------------------------------------------


@login_required
@require_POST
def agreement_tell(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Tell what became of an agreement."""
    agreement = _readable(request, slug, number)
    if not Agreement.objects.answered_for_by(request.user).filter(pk=agreement.pk).exists():
        raise Http404
    form = NewsForm(request.POST, agreement=agreement)
    if form.is_valid():
        try:
            actions.tell(agreement, **form.cleaned_data, by=person(request))
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Thank you: it is on record."))
            return redirect(agreement)
    return _detail(request, agreement, news=form)


# --- Written by coordinators ------------------------------------------------------------------------------------------


@coordinator_required
def agreement_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Write down what a session agreed; where it chose the fellow city, that is recorded with it."""
    session = published_session(request, slug)
    form = AgreementForm(request.POST or None, instance=Agreement(session=session), session=session)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            agreement = _written(session, form, by=person(request))
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
            status = 409
        else:
            messages.success(request, _("The agreement is on record."))
            return redirect(agreement)
    context = {"form": form, "session": session, "version": session.current_version, "is_demo": session.is_demo}
    return render(request, "workshops/agreement_form.html", context, status=status)


def _written(session: Session, form: AgreementForm, *, by: User) -> Agreement:
    typed = form.cleaned_data
    written: dict[str, Any] = {"fields": form.content, "form_id": typed["form_id"]}
    if typed["fellow_city"] is None:
        return actions.write_agreement(session, **written)
    assert session.current_version is not None
    reason = typed["fellow_reason"] or typed["text"]
    choice = {"city": typed["fellow_city"], "reason": reason, "on": session.current_version.local_day}
    return actions.write_choice_of_fellow(session, **choice, **written, by=by)


@coordinator_required
def agreement_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change an agreement; whoever saved meanwhile is not overwritten unseen."""
    agreement = _readable(request, slug, number)
    session, status = agreement.session, 200
    form = AgreementForm(request.POST or None, instance=agreement, session=session)
    context: dict[str, Any] = {"agreement": _readable(request, slug, number), "session": session}
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_agreement(agreement, fields=form.content, edition=form.cleaned_data["edition"])
        except actions.EditedMeanwhile as meanwhile:
            form, status = form.merged(meanwhile.current), 409  # type: ignore[assignment]
            context["writer"] = reports.writer_of(meanwhile.current)
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
            status = 409
        else:
            messages.success(request, _("The changes are saved."))
            return redirect(agreement)
    context |= {"form": form, "version": session.current_version, "is_demo": session.is_demo}
    return render(request, "workshops/agreement_form.html", context, status=status)


@coordinator_required
@require_POST
def agreement_choose(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Name the fellow city that an agreement already written down has chosen."""
    agreement = _readable(request, slug, number)
    form = FellowChoice(request.POST, cycle=agreement.session.cycle)
    if form.is_valid():
        version = agreement.session.current_version
        assert version is not None
        typed = form.cleaned_data
        choice = {"city": typed["fellow_city"], "reason": typed["fellow_reason"], "on": version.local_day}
        actions.choose_fellow(agreement, **choice, by=person(request))
        messages.success(request, _("The fellow city is on record."))
        return redirect(agreement)
    return _detail(request, agreement, choice=form)


@coordinator_required
def agreements_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a sheet and show what it would write down; with the button under that, write down exactly it."""
    session = published_session(request, slug)
    form = AgreementSheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"session": session, "version": session.current_version, "is_demo": session.is_demo}
    if request.method == "POST" and form.is_valid():
        try:
            entries = agreement_sheets.read(form.table())
            if "shown" in request.POST:
                return _imported(request, session, entries)
            context |= _preview(session, form.table(), entries)
        except actions.NotAsShown as changed:
            context |= _preview(session, form.table(), entries) | {"notice": changed.sentence}
        except ActionNotPossible as refusal:
            form.add_error(None, str(refusal.sentence))
    return render(request, "workshops/agreements_import.html", context | {"form": form})


def _preview(session: Session, text: str, entries: list[agreement_sheets.Entry]) -> dict[str, Any]:
    matches = agreement_sheets.match(session, entries)
    counts = Counter(one.outcome for one in matches)
    return {
        "matches": matches,
        "text": text,
        "shown": agreement_sheets.fingerprint(matches),
        "changes": counts[Outcome.NEW],
        "counts": [(str(outcome.label), counts[outcome]) for outcome in Outcome if counts[outcome]],
    }


def _imported(request: HttpRequest, session: Session, entries: list[agreement_sheets.Entry]) -> HttpResponse:
    count = actions.write_sheet(session, entries, shown=request.POST["shown"])
    if count:
        told = ngettext("%(count)s agreement is on record.", "%(count)s agreements are on record.", count)
        messages.success(request, told % {"count": count})
    else:
        messages.success(request, _("Everything in the sheet is on record already."))
    return redirect(f"{session.get_absolute_url()}#agreements")
