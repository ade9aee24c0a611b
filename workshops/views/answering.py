"""A person's own part in a session: whether they come, how, and the seat they hold or wait for."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_page
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from cities.access import roles_of
from cities.models import group_day
from ogpgroup import htmx
from workshops import actions, answer_links, audience
from workshops.actions import delegates
from workshops.forms.answers import AnswerForm
from workshops.models import Participation, SessionVersion
from workshops.reports.rows import Reader
from workshops.reports.sessions import when_of
from workshops.seating import standing_of


def visible_version(request: HttpRequest, slug: str) -> SessionVersion:
    """The published version, for who may see it; 404 for the others."""
    versions = SessionVersion.objects.current().visible_to(request.user)
    return get_object_or_404(versions.select_related("session__cycle", "release"), session__slug=slug)


def answering(request: HttpRequest, version: SessionVersion, now: datetime) -> dict[str, Any]:
    """The person's own part in the session: what they answered, whether they may answer and join."""
    if not request.user.is_authenticated:
        return {}
    people = Participation.objects.select_related("delegated_by__user")
    own = people.filter(session=version.session_id, user=request.user.pk).first()
    roles = roles_of(request.user)
    is_expected = own is not None and own.opens(in_group=roles.in_group)
    is_open = takes_answers(version, now)
    may_answer = is_open and (roles.in_group or is_expected)
    has_place = own is not None and own.has_place_on_line(version)
    may_join = roles.is_coordinator or has_place and (is_expected or _is_about_to_be_expected(version, own, now))
    return {
        "own": own,
        "may_answer": may_answer,
        "standing": standing_of(own, version, now=now) if may_answer else None,
        **_delegation(own, may_answer=may_answer),
        "join_url": version.join_url if is_open and may_join else "",
        "choices": CHOICES,
    }


def _delegation(own: Participation | None, *, may_answer: bool) -> dict[str, Any]:
    """Whom the person sends, or in whose place they come."""
    if own is None or not own.expected or not may_answer:
        return {}
    sends = Participation.objects.in_place_of_others().filter(delegated_by=own).select_related("user").first()
    is_sent = own.expected_because == Participation.Because.DELEGATE
    comes_for = own.delegated_by.user if is_sent and own.delegated_by is not None else None
    return {"sends": sends, "comes_for": comes_for, "may_send": delegates.may_send(own) and sends is None}


CHOICES = [(choice.value, choice.label) for choice in Participation.Answer if choice != "none"]


def takes_answers(version: SessionVersion, now: datetime) -> bool:
    """See also `actions.answer`, which refuses in words."""
    return version.finishes_at > now and version.status == SessionVersion.Status.PLANNED


def _is_about_to_be_expected(version: SessionVersion, own: Participation | None, now: datetime) -> bool:
    """Whether everybody is expected, the person among them, and said yes before the planner has written it down.

    Where the audience is chosen an answer opens nothing.
    """
    if own is None or own.answer != Participation.Answer.YES or version.audience != SessionVersion.Audience.EVERYBODY:
        return False
    assert own.user_id is not None
    return bool(audience.among(version, [own.user_id], on=group_day(now)))


@require_POST
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """The person says whether they come; HTMX gets the answer's part of the page back."""
    now = timezone.now()
    version = visible_version(request, slug)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    own = Participation.objects.open_to(request.user).filter(session=version.session_id)
    if not (roles_of(request.user).in_group or own.exists()):
        raise Http404
    actions.answer(
        version.session,
        user=request.user,  # type: ignore[arg-type]
        answer=form.given,
        comes_by=form.way,
        now=now,
    )
    if htmx.wants_part(request):
        context = {"version": version, "is_answered": True, **answering(request, version, now)}
        return render_page(request, "workshops/session_detail.html#answer", context)
    messages.success(request, _("Your answer is noted. Thank you."))
    return redirect(version)


# --- From a mail, without signing in ----------------------------------------------------------------------------------


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_link(request: HttpRequest, token: str) -> HttpResponse:
    """Answer from the link in a mail: reading the page changes nothing, its buttons do.

    Without a CSRF token, because the link itself is the proof; whoever holds it sees what its person may see, without
    the link to join.
    """
    now = timezone.now()
    if (claim := answer_links.read_token(token)) is None:
        raise Http404
    own, chosen = claim
    assert own.user is not None  # a link names somebody with an account
    versions = SessionVersion.objects.current().visible_to(own.user).select_related("session")
    version = get_object_or_404(versions, session=own.session_id)
    if not (own.expected or roles_of(own.user).in_group):
        raise Http404
    if not takes_answers(version, now):
        return render_page(request, "workshops/answer_closed.html", {"version": version}, status=410)
    if request.method == "POST":
        return _answer_by_link(request, own, version, chosen, now)
    context = {
        "version": version,
        "own": own,
        "chosen": chosen,
        "is_recorded": own.answer == chosen,
        "when": when_of(version, Reader(request.LANGUAGE_CODE, own.user.time_zone), ()),
        "standing": standing_of(own, version, now=now),
        "choices": CHOICES,
        "is_demo": version.is_demo,
    }
    return render_page(request, "workshops/answer_link.html", context)


def _answer_by_link(
    request: HttpRequest, own: Participation, version: SessionVersion, chosen: Participation.Answer, now: datetime
) -> HttpResponse:
    """Record what the button says, and lead to the link of that answer, which shows what was recorded."""
    form = AnswerForm({"answer": chosen} | request.POST.dict())
    if not form.is_valid():
        return HttpResponseBadRequest()
    assert own.user is not None
    actions.answer(version.session, user=own.user, answer=form.given, comes_by=form.way, now=now)
    return redirect(answer_links.answer_url(own, uid=own.session.uid.hex, answer=form.given))
