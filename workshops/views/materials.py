"""Handing out: coordinators anywhere in a session, presenters with the points that they present."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cities.access import roles_of
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops.actions import materials as actions
from workshops.forms.materials import MaterialEditForm, MaterialForm
from workshops.models import AgendaItem, Material, Session


@login_required
def material_create(request: HttpRequest, slug: str, item: int | None = None) -> HttpResponse:
    """Hand out something with a point of the agenda, or, as a coordinator, with the session."""
    session, point = _place(request, slug, item)
    form, status = MaterialForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST" and form.is_valid():
        sent = {name: form.cleaned_data[name] for name in ("kind", "title", "visibility", "url", "form_id")}
        try:
            material = actions.add_material(
                session, item=point, upload=form.cleaned_data["file"], by=_person(request), **sent
            )
        except ActionNotPossible as error:
            status = _refused(form, error)
        else:
            messages.success(request, _("“%(title)s” is handed out.") % {"title": material.title})
            return redirect(_row(material))
    context = {"form": form, "session": session, "item": point, "is_demo": session.is_demo}
    return render(request, "workshops/agenda/material.html", context, status=status)


def _place(request: HttpRequest, slug: str, item: int | None) -> tuple[Session, AgendaItem | None]:
    """Where the person may hand out something; 404 else."""
    is_coordinator = roles_of(request.user).is_coordinator
    sessions = Session.objects.all() if is_coordinator else Session.objects.visible_to(request.user)
    session = get_object_or_404(sessions.select_related("current_version"), slug=slug)
    if item is None:
        if not is_coordinator:
            raise Http404
        return session, None
    items = AgendaItem.objects.all() if is_coordinator else AgendaItem.objects.presented_by(request.user)
    return session, get_object_or_404(items, session=session, pk=item)


@login_required
def material_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Describe it anew, and hand out another version of it; the earlier ones stay."""
    material = _kept(request, slug, pk)
    form, status = MaterialEditForm(request.POST or None, request.FILES or None, material=material), 200
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("kind", "title", "visibility")}
        upload, url = form.cleaned_data["file"], form.cleaned_data["url"]
        try:
            if upload or url:
                actions.add_version(material, upload=upload, url=url, by=_person(request))
            actions.describe_material(material, **words)
        except ActionNotPossible as error:
            status = _refused(form, error)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect(_row(material))
    context = {"form": form, "session": material.session, "material": material, "is_demo": material.session.is_demo}
    context |= {"item": material.agenda_item, "versions": material.versions.order_by("-number")}
    return render(request, "workshops/agenda/material.html", context, status=status)


@login_required
@require_POST
def material_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    material = actions.withdraw_material(_kept(request, slug, pk), now=database_now())
    messages.success(request, _("“%(title)s” is withdrawn.") % {"title": material.title})
    return redirect(_home_of(material.session))


def _kept(request: HttpRequest, slug: str, pk: int) -> Material:
    kept = Material.objects.kept_by(request.user).select_related("session__current_version", "agenda_item")
    return get_object_or_404(kept, session__slug=slug, pk=pk)


def _home_of(session: Session) -> str:
    """The page of the session, or of its agenda where it is not published yet."""
    if session.current_version_id:
        return session.get_absolute_url()
    return reverse("workshops:agenda_edit", args=[session.slug])


def _row(material: Material) -> str:
    return f"{_home_of(material.session)}#material-{material.pk}"


def _refused(form: forms.Form, error: ActionNotPossible) -> int:
    """Beside the file or the link, which has to be chosen anew; the other fields keep what was typed."""
    form.add_error("url" if form.cleaned_data.get("url") else "file", str(error.sentence))
    return 409


def _person(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user
