"""The collective diagnosis: read by everybody once it is published, written by coordinators."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required, roles_of
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops.actions import diagnoses as actions
from workshops.forms.diagnoses import IntroductionForm, PublishForm, StatementForm
from workshops.forms.posted import replaced
from workshops.models import Diagnosis, DiagnosisVersion, Session, Theme
from workshops.reports import diagnoses as reports
from workshops.reports import themes as theme_reports
from workshops.reports.snapshots import content_of
from workshops.views.walls import about, led


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


# --- Reading ----------------------------------------------------------------------------------------------------------


def _published(request: HttpRequest, slug: str) -> tuple[Diagnosis, DiagnosisVersion]:
    visible = Diagnosis.objects.visible_to(request.user).filter(published__isnull=False)
    diagnosis = get_object_or_404(
        visible.select_related("session__current_version", "session__cycle", "published"), session__slug=slug
    )
    assert diagnosis.published is not None
    return diagnosis, diagnosis.published


@login_not_required
@require_safe
def diagnosis(request: HttpRequest, slug: str) -> HttpResponse:
    """The version that counts; coordinators are led to what is in preparation where there is none."""
    if roles_of(request.user).is_coordinator and not Diagnosis.objects.filter(
        session__slug=slug, published__isnull=False
    ):
        led(request, slug)
        return redirect("workshops:diagnosis_edit", slug=slug)
    found, version = _published(request, slug)
    return _reading(request, found, version)


@login_not_required
@require_safe
def diagnosis_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An earlier version, and what changed with it."""
    found, _version = _published(request, slug)
    return _reading(request, found, get_object_or_404(found.versions, number=number))


def _reading(request: HttpRequest, found: Diagnosis, version: DiagnosisVersion) -> HttpResponse:
    session = found.session
    before = found.versions.filter(number=version.number - 1).first()
    context = about(session) | {
        "diagnosis": found,
        "one": version,
        "is_current": version.pk == found.published_id,
        "reading": reports.reading_of(version.content, session.slug, request.user),
        "changes": reports.changes_between(before.content, version.content) if before else [],
        "before": before,
        "versions": reports.versions_of(found),
    }
    return render(request, "workshops/diagnosis/detail.html", context)


# --- Writing ----------------------------------------------------------------------------------------------------------


@coordinator_required
@never_cache
def diagnosis_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """What the diagnosis will say, theme by theme, and the button that publishes it."""
    session = led(request, slug)
    stored = Diagnosis.objects.filter(session=session).select_related("published").first() or Diagnosis(session=session)
    form = IntroductionForm(request.POST or None, instance=stored, initial={"edition": stored.edition})
    if request.method == "POST" and form.is_valid():
        return _introduced(request, session, form)
    return _desk(request, session, stored, form)


def _introduced(request: HttpRequest, session: Session, form: IntroductionForm) -> HttpResponse:
    try:
        actions.save_introduction(session, **form.cleaned_data, by=_person(request), now=database_now())
    except actions.EditedMeanwhile as conflict:
        current = Diagnosis.objects.get(session=session)
        theirs = current.introduction  # the form writes into its own copy what was typed
        again = IntroductionForm(replaced(request.POST, "edition", str(current.edition)), instance=current)
        again.add_error(None, str(conflict.sentence))
        return _desk(request, session, current, again, theirs=theirs, status=409)
    messages.success(request, _("The introduction is saved."))
    return redirect("workshops:diagnosis_edit", slug=session.slug)


def _desk(
    request: HttpRequest,
    session: Session,
    stored: Diagnosis,
    form: IntroductionForm,
    *,
    theirs: str | None = None,
    status: int = 200,
) -> HttpResponse:
    kept = Diagnosis.objects.filter(pk=stored.pk).select_related("published").first() or Diagnosis(session=session)
    kept.session = session
    content = content_of(kept)
    last = kept.published
    context = about(session) | {
        "diagnosis": kept,
        "form": form,
        "theirs": theirs,
        "reading": reports.reading_of(content, session.slug, request.user),
        "publish_form": PublishForm(),
        "published": last,
        "changes": reports.changes_between(last.content, content) if last else [],
        "is_new": last is None or last.content != content,
    }
    return render(request, "workshops/diagnosis/edit.html", context, status=status)


@coordinator_required
@never_cache
def diagnosis_statement(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What the group says of one theme, with its notes beside it."""
    session = led(request, slug)
    theme = get_object_or_404(session.themes.standing(), pk=pk)
    earlier = theme_reports.earlier_themes(session)
    form = StatementForm(request.POST or None, instance=theme, initial={"edition": theme.edition}, earlier=earlier)
    theirs: Theme | None = None
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            edition = fields.pop("edition")
            actions.save_statement(theme, fields=fields, edition=edition, by=_person(request), now=database_now())
        except actions.EditedMeanwhile as conflict:
            theirs = session.themes.get(pk=pk)
            data = replaced(request.POST, "edition", str(conflict.current.edition))
            form = StatementForm(data, instance=theme, earlier=earlier)
            form.add_error(None, str(conflict.sentence))
        else:
            messages.success(request, _("The statement is saved."))
            return redirect("workshops:diagnosis_edit", slug=slug)
    context: dict[str, Any] = about(session) | {
        "theme": session.themes.get(pk=pk),
        "form": form,
        "theirs": theirs,
        "notes": theme_reports.notes_of(theme),
    }
    return render(request, "workshops/diagnosis/statement.html", context, status=409 if theirs else 200)


@coordinator_required
@require_POST
def diagnosis_publish(request: HttpRequest, slug: str) -> HttpResponse:
    session, form = led(request, slug), PublishForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    version = actions.publish(session, note=note, by=_person(request), now=database_now())
    messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
    return redirect("workshops:diagnosis", slug=slug)


@coordinator_required
@require_POST
def diagnosis_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    actions.withdraw(led(request, slug))
    messages.success(request, _("The diagnosis is not public any more, and the notes are not either."))
    return redirect("workshops:diagnosis_edit", slug=slug)
