"""At the door and on the line: codes to scan, people who check in by themselves, the way into a remote session."""

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.access import coordinator_required, roles_of
from cities.models import group_day
from ogpgroup import visits
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops import attendance as hours
from workshops import join_links, preparation, qr, voters
from workshops.actions import attendance as actions
from workshops.forms.attendance import ConsentForm, DoorForm, institution_names
from workshops.models import Participation, Session, SessionVersion, VotingRound
from workshops.reports.rows import Reader
from workshops.reports.sessions import when_of
from workshops.views.answering import answering, takes_answers, visible_version
from workshops.views.attendance import published

CheckedIn = Participation.CheckedIn
# A whole hall may stand behind one address; a machine that writes names does not get far.
VISITORS: Final = 120  # within ten minutes


def _about(version: SessionVersion, now: datetime) -> dict[str, Any]:
    return {
        "version": version,
        "session": version.session,
        "is_demo": version.is_demo,
        "when": preparation.when_of(version),
        "is_open": hours.is_open(version, now),
        "is_too_early": now < hours.opens_at(version),
        "counts": hours.counts_on_the_line(version, now),
    }


def _own(version: SessionVersion, request: HttpRequest) -> Participation | None:
    return Participation.objects.filter(session=version.session_id, user=request.user.pk).first()


def _consent(request: HttpRequest, own: Participation | None) -> ConsentForm:
    initial = {"may_be_named": own.may_be_named if own else False}
    return ConsentForm(request.POST if request.method == "POST" else None, initial=initial)


# --- The person's own code --------------------------------------------------------------------------------------------


@never_cache
@require_safe
def my_code(request: HttpRequest, slug: str) -> HttpResponse:
    """What a person shows at the door; a coordinator scans it."""
    version, now = visible_version(request, slug), timezone.now()
    own = _own(version, request)
    address = reverse("workshops:person_check_in", args=[hours.personal_code(version.session, _person(request))])
    context = {
        **_about(version, now),
        "own": own,
        "is_present": bool(own and own.attended == Participation.Attended.PRESENT),
        "drawing": qr.drawn(settings.PUBLIC_URL + address),
        "form": _consent(request, own) if own else None,
    }
    return render(request, "workshops/attendance/my_code.html", context)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_POST
def may_be_named(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether the person may be named in public as somebody who took part; they may change it at any time."""
    version = visible_version(request, slug)
    own = get_object_or_404(Participation, session=version.session_id, user=request.user.pk)
    form = _consent(request, own)
    if form.is_valid():
        actions.name_in_public(own, now=database_now(), **form.cleaned_data)
        said = form.cleaned_data["may_be_named"]
        messages.success(
            request, _("You may be named in public.") if said else _("You are not named in public, only counted.")
        )
    return redirect("workshops:my_code", slug=slug)


@coordinator_required
def person_check_in(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody's code, scanned: GET shows who it is, POST records that they are there."""
    session, user = _whose(request, token)
    now, row = database_now(), Participation.objects.filter(session=session, user=user).first()
    version = session.current_version
    if version is None:
        raise Http404
    if request.method == "POST":
        mode = hours.LINE if request.POST.get("mark") == "line" else hours.mode_at_the_door(version)
        how = CheckedIn.PERSONAL_CODE
        actions.check_in(session, user=user, how=how, mode=mode, by=_person(request), now=now)
        messages.success(request, _("%(name)s is here.") % {"name": user})
        return redirect("workshops:person_check_in", token=token)
    context = {
        **_about(version, now),
        "person": user,
        "institutions": hours.institutions_of(user),
        "row": row,
        "is_present": bool(row and row.attended == Participation.Attended.PRESENT),
        "has_opened": hours.has_opened(version, now),
    }
    return render(request, "workshops/attendance/person.html", context)


def _whose(request: HttpRequest, token: str) -> tuple[Session, User]:
    read = hours.read_personal_code(token)
    if read is None:
        raise Http404
    sessions = Session.objects.editable_by(request.user).select_related("current_version")
    session = get_object_or_404(sessions, pk=read[0])
    people = hours.with_institutions(User.objects.filter(is_active=True), on=group_day(timezone.now()))
    return session, get_object_or_404(people, pk=read[1])


# --- The session's code -----------------------------------------------------------------------------------------------


@coordinator_required
def door(request: HttpRequest, slug: str) -> HttpResponse:
    """The session's code for the wall: POST makes it, or another one; GET shows it."""
    session, version = published(request, slug)
    if request.method == "POST":
        actions.make_check_in_code(session, anew="anew" in request.POST)
        return redirect("workshops:door", slug=slug)
    address = drawing = ""
    if session.check_in_code:
        address = settings.PUBLIC_URL + reverse("workshops:short_check_in", args=[session.check_in_code])
        drawing = qr.drawn(address)
    context = {
        **_about(version, database_now()),
        "address": address.partition("://")[2],
        "drawing": drawing,
    }
    return render(request, "workshops/attendance/door.html", context)


@login_not_required
@require_safe
def short_check_in(request: HttpRequest, code: str) -> HttpResponse:
    """The address as it is typed from the wall."""
    session = get_object_or_404(Session, check_in_code=code.lower(), current_version__isnull=False)
    return redirect("workshops:check_in", slug=session.slug, code=session.check_in_code)


@login_not_required
@never_cache
def check_in(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Who holds the code says that they are there: with an account by one button, else by name. GET only asks."""
    versions = SessionVersion.objects.current().select_related("session").defer("vevent")
    version = get_object_or_404(versions, session__slug=slug, session__check_in_code=code)
    if request.user.is_authenticated:
        return _member_at_the_door(request, version)
    return _visitor_at_the_door(request, version)


def _member_at_the_door(request: HttpRequest, version: SessionVersion) -> HttpResponse:
    now, own, user = database_now(), _own(version, request), _person(request)
    form = _consent(request, own)
    if request.method == "POST" and form.is_valid():
        mode = hours.mode_at_the_door(version)
        how = CheckedIn.SESSION_CODE
        actions.check_in(version.session, user=user, how=how, mode=mode, by=user, now=now, **form.cleaned_data)
        messages.success(request, _("You are on the list of who took part. Welcome!"))
        return redirect(_on_to(request, version))
    is_present = bool(own and own.attended == Participation.Attended.PRESENT)
    context = {**_about(version, now), "form": form, "own": own, "is_present": is_present}
    return render(request, "workshops/attendance/check_in.html", context)


def _visitor_at_the_door(request: HttpRequest, version: SessionVersion) -> HttpResponse:
    now, status = database_now(), 200
    form = DoorForm(request.POST or None, mode=hours.mode_at_the_door(version))
    is_known = voters.known(request, version.session_id) is not None
    if request.method == "POST" and form.is_valid():
        if visits.is_too_many(request, "door", most=VISITORS):
            form.add_error(None, _("Too many people from this connection within minutes. Please try again soon."))
            status = 429
        else:
            row = actions.walk_in(version.session, **form.as_written(), by=None, now=now)
            messages.success(request, _("%(name)s is on the list of who took part. Welcome!") % {"name": row.name})
            response = redirect(_on_to(request, version))
            # Known by name and institution alone is no proof: only the phone that wrote the entry down stands for it.
            if row.form_id == form.as_written()["form_id"] and not is_known:
                voters.remember(response, row)
            return response
    institutions = institution_names(is_demo=version.is_demo)
    context = {**_about(version, now), "form": form, "institutions": institutions, "is_known": is_known}
    return render(request, "workshops/attendance/check_in_visitor.html", context, status=status)


def _on_to(request: HttpRequest, version: SessionVersion) -> str:
    """Back to the vote from which the person was led to the door; else to this page, which says that they are here."""
    rounds = VotingRound.objects.filter(session=version.session_id, code=request.GET.get("vote", ""))
    one = rounds.first()
    return one.get_absolute_url() if one else request.path


# --- On the line ------------------------------------------------------------------------------------------------------


@never_cache
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Join a remote session: POST leads on, and records who is on the line; GET leads to the page."""
    if request.method != "POST":
        return redirect("workshops:session_detail", slug=slug)
    version, now = visible_version(request, slug), timezone.now()
    address = answering(request, version, now).get("join_url")
    if not address:
        raise Http404
    return _led_on(request, version, _person(request), address, now)


def _led_on(request: HttpRequest, version: SessionVersion, user: User, address: str, now: datetime) -> HttpResponse:
    """Record that the person is on the line, from a little before the start, and lead on to the room.

    The way on is a header of the answer, not a redirect: forms may send people to our own pages alone.
    """
    form = ConsentForm(request.POST)
    if hours.counts_on_the_line(version, now) and form.is_valid():
        # From the desk people join by one button, and nobody asks: what they said before stays.
        said = form.cleaned_data if "asked" in request.POST else {}
        how = CheckedIn.LINK
        actions.check_in(version.session, user=user, how=how, mode=hours.LINE, by=user, now=now, **said)
    response = render(request, "workshops/attendance/join.html", {**_about(version, now), "address": address})
    response["Refresh"] = f"0; url={iri_to_uri(address)}"
    return response


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_link(request: HttpRequest, token: str) -> HttpResponse:
    """Join from the link in a mail: reading the page records nothing and tells no address, its button does both.

    Without a CSRF token and without signing in, because the link itself is the proof that its person is expected.
    """
    now, own = timezone.now(), join_links.read_token(token)
    if own is None or own.user is None or not own.opens(in_group=roles_of(own.user).in_group):
        raise Http404
    versions = SessionVersion.objects.current().visible_to(own.user).select_related("session")
    version = get_object_or_404(versions, session=own.session_id)
    if not takes_answers(version, now):
        return render(request, "workshops/attendance/join_closed.html", _about(version, now), status=410)
    if not own.has_place_on_line(version):
        return redirect(version)  # where the person reads where they stand
    if request.method == "POST" and version.join_url:
        return _led_on(request, version, own.user, version.join_url, now)
    context = {
        **_about(version, now),
        "own": own,
        "told": when_of(version, Reader(request.LANGUAGE_CODE, own.user.time_zone), ()),
    }
    return render(request, "workshops/attendance/join_link.html", context)
