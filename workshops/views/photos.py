"""Photos of sessions: looked at by everybody who may see the session, kept by coordinators."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required, roles_of
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from workshops.actions import photos as actions
from workshops.forms.photos import DescribeForm, PhotosForm, RemovalForm
from workshops.models import Photo
from workshops.views.agreements import person, published_session
from workshops.views.answering import visible_version


@login_not_required
@require_safe
def photos(request: HttpRequest, slug: str) -> HttpResponse:
    """All photos of a session, with a way to ask for one to be taken away."""
    version = visible_version(request, slug)
    context = {
        "version": version,
        "session": version.session,
        "is_demo": version.is_demo,
        "photos": Photo.objects.visible_to(request.user).filter(session=version.session_id),
        "is_coordinator": roles_of(request.user).is_coordinator,
        "contact": settings.REPLY_ADDRESS,
    }
    return render(request, "workshops/photos.html", context)


@coordinator_required
def photos_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add several at once; those that cannot be kept are told, the others stay."""
    session = published_session(request, slug)
    form = PhotosForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        sent = {"files": typed["photos"], "words": form.words(), "form_id": typed["form_id"]}
        try:
            kept, not_kept = actions.add_photos(session, **sent, by=person(request), now=database_now())
        except ActionNotPossible as refusal:
            form.add_error("photos", str(refusal.sentence))
        else:
            for one in not_kept:
                form.add_error("photos", _("“%(name)s” was not kept. %(reason)s") % vars(one))
            if kept:
                told = ngettext("%(count)s photo is shown.", "%(count)s photos are shown.", len(kept))
                messages.success(request, told % {"count": len(kept)})
            if not not_kept:
                return redirect("workshops:photos", slug=slug)
    context = {"form": form, "session": session, "version": session.current_version, "is_demo": session.is_demo}
    return render(request, "workshops/photos_add.html", context)


@coordinator_required
def photo_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Describe a photo anew, or take it away."""
    photo = _photo(request, slug, pk)
    told = {"alt": photo.alt, "caption": photo.caption, "credit": photo.credit, "position": photo.position}
    form = DescribeForm(request.POST or None, initial=told)
    if request.method == "POST" and form.is_valid():
        actions.describe_photo(photo, words=form.words(), position=form.cleaned_data["position"])
        messages.success(request, _("The changes are saved."))
        return redirect("workshops:photos", slug=slug)
    return _edit_page(request, photo, form, RemovalForm())


@coordinator_required
@require_POST
def photo_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a photo away for good."""
    photo, form = _photo(request, slug, pk), RemovalForm(request.POST)
    if not form.is_valid():
        told = {"alt": photo.alt, "caption": photo.caption, "credit": photo.credit, "position": photo.position}
        return _edit_page(request, photo, DescribeForm(initial=told), form)
    actions.remove_photo(photo, reason=form.cleaned_data["reason"], by=person(request), now=database_now())
    messages.success(request, _("The photo is gone; that it was there stays on record."))
    return redirect("workshops:photos", slug=slug)


def _photo(request: HttpRequest, slug: str, pk: int) -> Photo:
    session = published_session(request, slug)
    photo = get_object_or_404(Photo.objects.visible_to(request.user), session=session, pk=pk)
    photo.session = session
    return photo


def _edit_page(request: HttpRequest, photo: Photo, form: DescribeForm, removal: RemovalForm) -> HttpResponse:
    session = photo.session
    context = {
        "photo": photo,
        "form": form,
        "removal": removal,
        "session": session,
        "version": session.current_version,
        "is_demo": session.is_demo,
    }
    return render(request, "workshops/photo_edit.html", context)
