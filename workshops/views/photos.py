"""Photos of sessions: looked at by everybody who may see the session, kept by coordinators."""

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required, roles_of
from ogpgroup import visits
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from workshops.actions import photos as actions
from workshops.forms.photos import AskAwayForm, DescribeForm, KeepForm, PhotosForm, RemovalForm, WordsForm
from workshops.models import Photo
from workshops.views.agreements import person, published_session
from workshops.views.answering import visible_version

ASKED: Final = 20  # photos that one connection may ask to be taken away within ten minutes


@login_not_required
@require_safe
def photos(request: HttpRequest, slug: str) -> HttpResponse:
    """All photos of a session, with a way to ask for one to be taken away."""
    version = visible_version(request, slug)
    found = Photo.objects.visible_to(request.user).filter(session=version.session_id)
    context = {
        "version": version,
        "session": version.session,
        "is_demo": version.is_demo,
        "photos": found.shown(),
        "waiting": found.waiting(),
        "is_coordinator": roles_of(request.user).is_coordinator,
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
                told = ngettext("%(count)s photo is kept.", "%(count)s photos are kept.", len(kept))
                messages.success(request, told % {"count": len(kept)})
            if not not_kept:
                return redirect("workshops:photos_describe", slug=slug)
    context = {"form": form, "session": session, "version": session.current_version, "is_demo": session.is_demo}
    return render(request, "workshops/photos_add.html", context)


@coordinator_required
def photos_describe(request: HttpRequest, slug: str) -> HttpResponse:
    """Words for each photo that has none yet, all on one page; those that are described are shown from then on."""
    session = published_session(request, slug)
    rest = []
    for photo in session.photos.filter(described_at=None, removed_at=None):
        form = WordsForm(
            request.POST or None,
            prefix=str(photo.pk),
            initial={"credit": photo.credit},
            empty_permitted=True,  # some now, the others later
            use_required_attribute=False,
        )
        if form.is_bound and form.is_valid() and form.has_changed():
            actions.describe_photo(photo, words=form.words(), now=database_now())
        else:
            rest.append((photo, form))
    if request.method == "POST" and not any(form.errors for _photo, form in rest):
        messages.success(request, _("The changes are saved."))
        return redirect("workshops:photos", slug=slug)
    context = {"rest": rest, "session": session, "version": session.current_version, "is_demo": session.is_demo}
    return render(request, "workshops/photos_describe.html", context)


@coordinator_required
def photo_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Describe a photo anew, or take it away."""
    photo = _photo(request, slug, pk)
    form = DescribeForm(request.POST or None, initial=_told(photo))
    if request.method == "POST" and form.is_valid():
        actions.describe_photo(photo, words=form.words(), position=form.cleaned_data["position"], now=database_now())
        messages.success(request, _("The changes are saved."))
        return redirect("workshops:photos", slug=slug)
    return _edit_page(request, photo, form=form)


@coordinator_required
@require_POST
def photo_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a photo away for good."""
    photo, form = _photo(request, slug, pk), RemovalForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, photo, removal=form)
    actions.remove_photo(photo, reason=form.cleaned_data["reason"], by=person(request), now=database_now())
    messages.success(request, _("The photo is gone; that it was there stays on record."))
    return redirect("workshops:photos", slug=slug)


@coordinator_required
@require_POST
def photo_keep(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show a photo again that somebody asked to be taken away."""
    photo, form = _photo(request, slug, pk), KeepForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, photo, keep=form)
    actions.keep_photo(photo, reason=form.cleaned_data["reason"], by=person(request), now=database_now())
    messages.success(request, _("The photo is shown again."))
    return redirect("workshops:photos", slug=slug)


@login_not_required
@never_cache
def photo_ask(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Somebody on a photo wants it to be taken away: it is hidden at once, and coordinators decide."""
    version = visible_version(request, slug)
    photos = Photo.objects.visible_to(request.user).shown()
    photo = get_object_or_404(photos, session=version.session_id, pk=pk)
    form, status = AskAwayForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        if visits.is_too_many(request, "photos", most=ASKED):
            form.add_error(None, _("Too many photos from this connection within minutes. Please try again soon."))
            status = 429
        else:
            actions.ask_away(photo, **form.cleaned_data, now=database_now())
            messages.success(request, _("The photo is not shown any more. The coordinators of the group decide."))
            return redirect("workshops:photos", slug=slug)
    context = {"photo": photo, "form": form, "version": version, "session": version.session, "is_demo": version.is_demo}
    return render(request, "workshops/photo_ask.html", context, status=status)


def _told(photo: Photo) -> dict[str, Any]:
    return {"alt": photo.alt, "caption": photo.caption, "credit": photo.credit, "position": photo.position}


def _photo(request: HttpRequest, slug: str, pk: int) -> Photo:
    session = published_session(request, slug)
    photo = get_object_or_404(Photo.objects.visible_to(request.user), session=session, pk=pk)
    photo.session = session
    return photo


def _edit_page(
    request: HttpRequest,
    photo: Photo,
    *,
    form: DescribeForm | None = None,
    removal: RemovalForm | None = None,
    keep: KeepForm | None = None,
) -> HttpResponse:
    session = photo.session
    context = {
        "photo": photo,
        "form": form or DescribeForm(initial=_told(photo)),
        "removal": removal or RemovalForm(),
        "keep": keep or KeepForm(),
        "session": session,
        "version": session.current_version,
        "is_demo": session.is_demo,
    }
    return render(request, "workshops/photo_edit.html", context)
