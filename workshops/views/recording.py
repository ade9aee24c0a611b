"""Answers given elsewhere, on the phone or by a mail that no rule could read: coordinators write them down."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cities.access import coordinator_required
from cities.models import group_day
from ogpgroup.mail import database_now
from workshops import actions
from workshops.actions import replies
from workshops.forms.answers import AnswerForm
from workshops.models import Participation, ReceivedReply, Session


@coordinator_required
@require_POST
def record_answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What one person on the list of a session has said."""
    session, now = get_object_or_404(Session.objects.editable_by(request.user), slug=slug), database_now()
    listed = Participation.objects.concerned(group_day(now)).filter(session=session, user__isnull=False)
    own = get_object_or_404(listed.select_related("user"), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    assert own.user is not None
    said = {"answer": form.given, "comes_by": form.way, "by": request.user}
    own = actions.answer(session, user=own.user, **said, now=now)  # type: ignore[arg-type]
    messages.success(request, _recorded(own))
    return redirect("workshops:people", slug=slug)


@coordinator_required
@require_POST
def reply_record(request: HttpRequest, pk: int) -> HttpResponse:
    """What a mail meant that no rule could use, of somebody we know at that session."""
    reply = get_object_or_404(ReceivedReply.objects.to_look_at(), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    said = {"answer": form.given, "comes_by": form.way, "by": request.user}
    own = replies.record(reply, **said, now=database_now())  # type: ignore[arg-type]
    messages.success(request, _recorded(own))
    return redirect("workshops:replies")


def _recorded(own: Participation) -> str:
    said = {"name": own.user, "answer": own.get_answer_display()}
    if own.place == Participation.Place.WAITING:
        return _("Recorded for %(name)s: %(answer)s. No seat is free; they are on the waiting list.") % said
    return _("Recorded for %(name)s: %(answer)s.") % said
