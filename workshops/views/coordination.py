"""What coordinators do with the schedule: draft, look at what would change, publish, cancel, see who comes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required
from cities.models import Cycle, group_day
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from workshops import actions, clock_rules, diff, guests, pending, preparation
from workshops.actions import Published
from workshops.advice import advice_on
from workshops.filters import PeopleSearch
from workshops.forms import CancelForm, PostponeForm, ReleaseForm, SessionForm, differences, initial_like
from workshops.models import Session
from workshops.preview import preview
from workshops.reports import telling
from workshops.views.answering import CHOICES, takes_answers

DRAFTS_PER_PAGE = 50
PEOPLE_PER_PAGE = 100
PEOPLE_WITHOUT_SEARCH = 10  # so many are seen at a glance


def _editable(request: HttpRequest, slug: str) -> Session:
    """The draft, with what its pages show; 404 for who may not edit it, and for what cannot be a slug."""
    if "\0" in slug:  # the address of another one may stand in the query, where anything may
        raise Http404
    sessions = diff.complete(Session.objects.editable_by(request.user))
    return get_object_or_404(sessions.select_related("edited_by", "responsible"), slug=slug)


# --- The schedule in preparation --------------------------------------------------------------------------------------


@coordinator_required
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """The sessions of one cycle as coordinators edit them, beside what is published; only those shown are loaded."""
    now, cycles = database_now(), list(Cycle.objects.newest_first())
    cycle = _cycle_asked_for(request, cycles, now)
    sessions = Session.objects.filter(cycle=cycle)
    ahead, over = pending.ahead(sessions, now), pending.over(sessions, now)
    past = "past" in request.GET
    shown = diff.complete(over if past else ahead)
    page = Paginator(shown, DRAFTS_PER_PAGE).get_page(request.GET.get("page"))
    ahead_count = ahead.count() if past else page.paginator.count
    over_count = page.paginator.count if past else over.count()
    context = {
        "cycle": cycle,
        "other_cycles": [one for one in cycles if one != cycle],
        "time_tabs": [
            _tab(_("Ahead (%(n)s)") % {"n": ahead_count}, cycle, current=not past),
            _tab(_("Over (%(n)s)") % {"n": over_count}, cycle, past=True, current=past),
        ],
        "page": page,
        "rows": preparation.rows_of(list(page.object_list), now=now),
        "past": past,
        "count": ahead_count + over_count,
        "pending_count": pending.pending(sessions).count(),
        "is_demo": bool(cycle and cycle.is_demo),
    }
    return render(request, "workshops/coordination/drafts.html", context)


def _tab(label: str, cycle: Cycle | None, *, current: bool, past: bool = False) -> dict[str, Any]:
    query = f"?cycle={cycle.slug}" if cycle else "?"
    return {"label": label, "href": f"{query}&past" if past else query, "current": current}


@coordinator_required
def create(request: HttpRequest) -> HttpResponse:
    """Draft a session; `like` takes over what another one says, all but its date."""
    now, like, initial = database_now(), None, {}
    if slug := request.GET.get("like"):
        like = _editable(request, slug)
        initial = initial_like(like, cycle=like.cycle)
    cycle = like.cycle if like else _cycle_asked_for(request, list(Cycle.objects.newest_first()), now)
    if cycle is None:
        messages.warning(request, _("Sessions belong to a cycle. Please create the cycle first."))
        return redirect("cities:cycle_create")
    form = SessionForm(request.POST or None, cycle=cycle, now=now, initial=initial)
    form.instance.lead_hours = like.lead_hours if like else None
    if request.method == "POST" and form.is_valid():
        session = form.save(by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The draft is saved. Nobody else sees it before you publish."))
        return redirect("workshops:edit", slug=session.slug)
    return render(
        request,
        "workshops/coordination/create.html",
        {"form": form, "cycle": cycle, "like": like, "is_demo": cycle.is_demo},
    )


def _cycle_asked_for(request: HttpRequest, cycles: Sequence[Cycle], now: datetime) -> Cycle | None:
    """The cycle the address names, 404 if there is none of that name; else where work goes on."""
    if slug := request.GET.get("cycle"):
        return _named(slug, cycles)
    return preparation.cycle_of_today(group_day(now), cycles)


def _named(slug: str, cycles: Sequence[Cycle]) -> Cycle:
    for cycle in cycles:
        if cycle.slug == slug:
            return cycle
    raise Http404


@coordinator_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Edit a draft; who saves second sees what the first one stored, and loses nothing."""
    now, session, conflict = database_now(), _editable(request, slug), None
    # A form writes into its session while it checks; the page goes on showing what is stored.
    instance = _editable(request, slug) if request.method == "POST" else session
    form = SessionForm(request.POST or None, instance=instance, cycle=session.cycle, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            form.save(by=request.user)  # type: ignore[arg-type]
        except ActionNotPossible as refusal:
            session = _editable(request, slug)
            conflict = differences(form, session)
            form.reopen(str(refusal.sentence), session)
        else:
            messages.success(request, _("The draft is saved. Nobody else sees it before you publish."))
            return redirect("workshops:edit", slug=session.slug)
    context = {"form": form, "conflict": conflict, **_standing(session, now)}
    return render(request, "workshops/coordination/edit.html", context)


def _standing(session: Session, now: datetime) -> dict[str, Any]:
    """Where a stored draft stands: against what is published, on the clocks of the cities, with the people expected."""
    cities, change = preparation.member_cities(is_demo=session.is_demo, now=now), diff.pending_change(session)
    return {
        "session": session,
        "is_demo": session.is_demo,
        "change": change,
        "state": preparation.state_of(session, change),
        "board": preparation.on_board(session, now=now),
        "when": preparation.when_of(session),
        "hours": preparation.hours_in(cities, session),
        "asked": clock_rules.asked_of(session, now=now),
        "advice": advice_on(session, cities=cities, now=now),
        "answers": preparation.answers_with_draft(session, now=now),
    }


# --- Cancelling, taking back, discarding ------------------------------------------------------------------------------


@coordinator_required
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """Cancel a session with its reason; people are told by the next release."""
    session = _editable(request, slug)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.cancel(session, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The session is marked as cancelled. People are told when you publish."))
        return redirect("workshops:edit", slug=session.slug)
    answers = preparation.answers_with_draft(session, now=database_now())
    context = {"form": form, "session": session, "answers": answers, "is_demo": session.is_demo}
    return render(request, "workshops/coordination/cancel.html", context)


@coordinator_required
def postpone(request: HttpRequest, slug: str) -> HttpResponse:
    """Postpone a session with its reason; people are told by the next release."""
    session = _editable(request, slug)
    form = PostponeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.postpone(session, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The session is marked as postponed. People are told when you publish."))
        return redirect("workshops:edit", slug=session.slug)
    answers = preparation.answers_with_draft(session, now=database_now())
    context = {"form": form, "session": session, "answers": answers, "is_demo": session.is_demo}
    return render(request, "workshops/coordination/postpone.html", context)


@coordinator_required
@require_POST
def reinstate(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a cancellation or a postponement back."""
    session = _editable(request, slug)
    actions.reinstate(session, by=request.user)  # type: ignore[arg-type]
    taken = _("The postponement is taken back.") if session.is_postponed else _("The cancellation is taken back.")
    messages.success(request, taken)
    return redirect("workshops:edit", slug=session.slug)


@coordinator_required
def discard(request: HttpRequest, slug: str) -> HttpResponse:
    """Throw away a draft that was never published, after a look at it."""
    session = _editable(request, slug)
    if request.method == "POST":
        actions.discard_draft(session)
        messages.success(request, _("The draft “%(title)s” is discarded.") % {"title": session.title})
        return redirect(f"{reverse('workshops:drafts')}?cycle={session.cycle.slug}")
    context = {
        "session": session,
        "when": preparation.when_of(session),
        "place": preparation.place_of(session),
        "is_demo": session.is_demo,
    }
    return render(request, "workshops/coordination/discard.html", context)


# --- Publishing -------------------------------------------------------------------------------------------------------


@coordinator_required
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a release would change and whom it would tell; publish exactly what was shown."""
    cycle, refusal = get_object_or_404(Cycle, slug=slug), None
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            published = actions.publish_release(cycle, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ActionNotPossible as error:
            refusal = error.sentence
        else:
            messages.success(request, _said(published))
            return redirect(published.release)
    shown = preview(cycle, now=database_now())
    context = {
        "cycle": cycle,
        "preview": shown,
        "form": form.showing(shown.fingerprint),
        "refusal": refusal,
        "is_demo": cycle.is_demo,
    }
    return render(request, "workshops/coordination/publish.html", context)


def _said(published: Published) -> str:
    """What publishing did, with the way to the mails it queued."""
    number = {"number": published.release.number}
    if not published.mail_count:
        return _("Version %(number)s is published. Nobody had to be told.") % number
    if published.left:
        told = _(
            "Version %(number)s is published; %(mails)s of %(total)s mails are queued and the rest follows by itself."
        )
        total = published.mail_count + published.left
        return told % (number | {"mails": intcomma(published.mail_count), "total": intcomma(total)})
    told = ngettext(
        "Version %(number)s is published and %(mails)s mail is on its way.",
        "Version %(number)s is published and %(mails)s mails are on their way.",
        published.mail_count,
    )
    outbox = reverse("outbox")
    if len(published.versions) == 1:
        outbox += f"?session={published.versions[0].session_id}"
    return format_html(
        '{} <a href="{}">{}</a>', told % (number | {"mails": published.mail_count}), outbox, _("See them in the outbox")
    )


# --- People -----------------------------------------------------------------------------------------------------------


@coordinator_required
@require_safe
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is expected, why, what they answered and what they were told."""
    session, now = _editable(request, slug), database_now()
    search = PeopleSearch(request.GET)
    everybody = guests.listed(session, now=now)
    listed = guests.found(everybody, search.words, now=now)
    asked = request.GET.get("answer", "")
    version = session.current_version
    unaware = telling.unaware(session, now=now)
    page = Paginator(guests.shown(listed, asked=asked, unaware=unaware), PEOPLE_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "session": session,
        "page": page,
        "choices": CHOICES if version and takes_answers(version, now) else [],
        "mode": version.mode if version else "",
        "is_demo": session.is_demo,
        "when": preparation.when_of(session),
        "answers": preparation.answers_with_draft(session, now=now),
        "guests": guests.guests_of(session, list(page.object_list), now=now),
        "asked": asked,
        "tabs": guests.tabs(listed, asked=asked, searched=" ".join(search.words), unaware=unaware),
        "search": search if len(everybody) > PEOPLE_WITHOUT_SEARCH else None,
        "totals": telling.totals(session.pk),
    }
    return render(request, "workshops/coordination/people.html", context)
