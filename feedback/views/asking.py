"""Questions from the floor, during a session and around it."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.access import roles_of
from cities.models import Organization
from feedback import targets
from feedback.actions import notes as actions
from feedback.forms.asking import AskForm
from feedback.models import Note
from feedback.reports import notes as reports
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops.agenda import agenda
from workshops.models import AgendaItem, Session, SessionVersion


@login_required
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask whoever presents; the point that is on now is chosen already, and the page is ready for the next question."""
    user, now = _person(request), timezone.now()
    sessions = Session.objects.visible_to(user).select_related("current_version")
    session = get_object_or_404(sessions, slug=slug)
    items = [one for one in reports.places_to_write(session, user) if isinstance(one, AgendaItem)]
    if not roles_of(user).in_group or not items:
        raise Http404
    running, status = _running(session, items, now), 200
    form = AskForm(request.POST or None, items=items, now_on=running)
    if request.method == "POST" and form.is_valid():
        try:
            _write(form, user, session, now)
        except ActionNotPossible as error:
            form.add_error(None, str(error.sentence))
            status = 409
        else:
            messages.success(request, _("It has reached whoever presents. You may ask more."))
            return redirect("feedback:ask", slug=slug)
    only = form.items[form.initial["item"]] if form.initial["item"] else None
    context = {"form": form, "session": session, "asked": _name_of(only) if only else ""}
    return render(request, "feedback/ask.html", context | {"is_demo": session.is_demo}, status=status)


def _running(session: Session, items: list[AgendaItem], now: datetime) -> AgendaItem | None:
    """The presentation that is on at this moment, by the agenda; the part rather than the whole."""
    assert session.current_version is not None
    known, found = {item.pk: item for item in items}, None
    for point in agenda(session.current_version, AgendaItem.objects.filter(session=session)):
        if point.item.pk in known and point.starts_at and point.ends_at and point.starts_at <= now < point.ends_at:
            found = known[point.item.pk]
    return found


def _name_of(item: AgendaItem) -> str:
    """Whom one asks, in short: a city by its name, not by its town hall's."""
    asked = targets.asked_of(item)
    if isinstance(asked, Organization):
        return asked.city.name if asked.city else asked.local_name
    return asked.name if asked else ""


def _write(form: AskForm, user: User, session: Session, now: datetime) -> Note:
    """For the only organisation the person acts for; what a session shows to some, it asks among them."""
    own = roles_of(user).organization_ids
    assert session.current_version is not None
    is_public = session.current_version.visibility == SessionVersion.Visibility.PUBLIC
    return actions.write_note(
        form.cleaned_data["item"],
        kind=form.cleaned_data["kind"],
        text=form.cleaned_data["text"],
        visibility=Note.Visibility.PUBLIC if is_public else Note.Visibility.GROUP,
        organization=Organization.objects.get(pk=next(iter(own))) if len(own) == 1 else None,
        form_id=form.cleaned_data["form_id"],
        by=user,
        now=now,
    )


def _person(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user
