"""Review rounds as everybody reads them, as coordinators keep them, and as the city replies."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from actionplans.models import ActionPlan
from cities.access import coordinator_required, roles_of
from cities.models import group_day
from feedback.actions import rounds as actions
from feedback.forms.rounds import ReplyForm, RoundDaysForm, RoundForm
from feedback.models import Evaluation, ReviewRound, ReviewRoundQuerySet
from feedback.reports import evaluations as own_reports
from feedback.reports import rounds as reports
from feedback.views.pages import RoundResults
from feedback.withholding import reads_for_city
from ogpgroup import parts
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User

TO_EVALUATE = timedelta(days=21)  # proposed; coordinators choose
TO_REPLY = timedelta(days=21)

Status = ReviewRound.Status
REACHED = {"close": Status.CLOSED, "reopen": Status.OPEN, "cancel": Status.CANCELLED, "publish": Status.PUBLISHED}


def _user(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user


def find(rounds: ReviewRoundQuerySet, slug: str, number: int) -> ReviewRound:
    """The round of that address among those given, with its plan and rubric."""
    complete = rounds.select_related("plan__city", "plan__cycle", "rubric")
    return get_object_or_404(complete, plan__slug=slug, number=number)


@login_not_required
def rounds(request: HttpRequest, slug: str) -> HttpResponse:
    """The rounds of a plan that the reader may see, the newest first."""
    plan = get_object_or_404(
        ActionPlan.objects.visible_to(request.user).select_related("city", "organization", "cycle"), slug=slug
    )
    submitted = Count("evaluations", filter=Q(evaluations__status=Evaluation.Status.SUBMITTED))
    rows = ReviewRound.objects.visible_to(request.user).filter(plan=plan).select_related("rubric")
    context = {
        "plan": plan,
        "rounds": list(rows.annotate(submitted=submitted).order_by("-number")),
        "waiting": set(
            ReviewRound.objects.waiting_for(request.user).filter(plan=plan).order_by().values_list("pk", flat=True)
        ),
        "today": group_day(timezone.now()),
        "can_open": _can_open(request, plan),
        "is_demo": plan.is_demo,
    }
    return render(request, "feedback/rounds.html", context)


def _can_open(request: HttpRequest, plan: ActionPlan) -> bool:
    in_force = plan.status == ActionPlan.Status.ACTIVE and not plan.is_reference
    return in_force and roles_of(request.user).is_coordinator


@coordinator_required
def round_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a round: by which rubric, whom to ask, until when."""
    plan = get_object_or_404(ActionPlan.objects.select_related("city", "organization", "cycle"), slug=slug)
    now = timezone.now()
    today = group_day(now)
    form = RoundForm(
        request.POST or None,
        on=today,
        plan=plan,
        organizations=actions.evaluating_organizations(plan, on=today),
        initial={"due_on": today + TO_EVALUATE, "reply_due_on": today + TO_EVALUATE + TO_REPLY},
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            opened = actions.open_round(plan, **form.cleaned_data, by=_user(request), now=now)
        except ActionNotPossible as error:
            form.add_error(None, str(error.sentence))
            status = 409
        else:
            messages.success(request, _("The round is open, and those invited are told by mail."))
            return redirect(opened)
    context = {"plan": plan, "form": form, "commitments": plan.commitments.count(), "is_demo": plan.is_demo}
    return render(request, "feedback/round_form.html", context, status=status)


@login_not_required
def round(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One round, by its state and by who reads: what it asks, who is missing, what it found, what the city replied."""
    today = parts.begin(request).day
    one = find(ReviewRound.objects.visible_to(request.user), slug, number)
    roles = roles_of(request.user)
    is_city = one.plan.city_id in roles.official_city_ids
    asked = request.GET.get("commitment", "")
    context = {
        "round": one,
        "plan": one.plan,
        "found": RoundResults(
            one,
            int(asked) if asked.isdecimal() and len(asked) < 5 else None,
            reports.Sees(words=roles.is_coordinator, replies=reads_for_city(one.plan, request.user)),
        ),
        "shows_results": one.status == Status.PUBLISHED
        or ReviewRound.objects.results_visible_to(request.user).filter(pk=one.pk).exists(),
        "is_overdue": one.is_overdue(today),
        "is_coordinator": roles.is_coordinator,
        "is_city": is_city,
        "can_reply": is_city and one.status == Status.CLOSED,
        "own": own_part(request, one),
        "is_demo": one.plan.is_demo,
    }
    if roles.is_coordinator and one.status == Status.OPEN:
        context["turnout"] = own_reports.turnout_of(one, today)
    elif roles.is_coordinator:
        context["was_evaluated"] = one.evaluations.submitted().exists()
        context["conflicts"] = own_reports.conflicts_of(one)
    if is_city and one.status == Status.CLOSED and one.replies_ready_at is None:
        context["has_all_replies"] = one.evaluations.submitted().exists() and not reports.replies_missing(one)
    return render(request, "feedback/round.html", context)


@dataclass(frozen=True)
class OwnPart:
    """What the reader of a round page has to do with it."""

    evaluation: Evaluation | None
    answered: int
    total: int


def own_part(request: HttpRequest, one: ReviewRound) -> OwnPart | None:
    """The reader's own evaluation, or that they are asked for one; nothing for all others."""
    if not request.user.is_authenticated:
        return None
    evaluation = Evaluation.objects.of(request.user).filter(round=one).select_related("organization").first()
    if evaluation is None and not ReviewRound.objects.open_for(request.user).filter(pk=one.pk).exists():
        return None
    if one.status != Status.OPEN:  # how far it is, is no question any more
        return OwnPart(evaluation, 0, 0)
    answered = evaluation.scores.answered().count() if evaluation else 0
    total = one.rubric.criteria.count() * max(one.commitments.count(), 1)
    return OwnPart(evaluation, answered, total)


# --- Steps of coordinators --------------------------------------------------------------------------------------------


@coordinator_required
@require_POST
def remind(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = find(ReviewRound.objects.all(), slug, number)
    told = actions.remind(one, by=_user(request), now=timezone.now())
    if told:
        text = ngettext("%(count)s person is reminded by mail.", "%(count)s people are reminded by mail.", told)
        messages.success(request, text % {"count": told})
    else:
        messages.info(request, _("Nobody was reminded: all who are missing were reminded today, or want no reminders."))
    return redirect(one)


@coordinator_required
def close(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """End the evaluation, having seen who is missing."""
    one = find(ReviewRound.objects.all(), slug, number)
    now = timezone.now()
    if request.method == "POST":
        actions.close_round(one, by=_user(request), now=now)
        messages.success(request, _("The round is closed. The city reads the results and is asked to reply."))
        return redirect(one)
    turnout = own_reports.turnout_of(one, group_day(now))
    return _step(request, one, "close", turnout=turnout)


@coordinator_required
def reopen(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Let people evaluate again, until another day."""
    one = find(ReviewRound.objects.all(), slug, number)
    now = timezone.now()
    today = group_day(now)
    initial = {"due_on": max(one.due_on, today), "reply_due_on": max(one.reply_due_on, today)}
    form = RoundDaysForm(request.POST or None, on=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.reopen_round(one, **form.cleaned_data, by=_user(request), now=now)
        messages.success(request, _("The round is open again, and those who are missing are told by mail."))
        return redirect(one)
    return _step(request, one, "reopen", form=form, is_read=one.evaluations.submitted().exists())


@coordinator_required
def days(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Other days for an open round."""
    one = find(ReviewRound.objects.all(), slug, number)
    now = timezone.now()
    initial = {"due_on": one.due_on, "reply_due_on": one.reply_due_on}
    form = RoundDaysForm(request.POST or None, on=group_day(now), initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.move_days(one, **form.cleaned_data, by=_user(request), now=now)
        messages.success(request, _("The days are changed, and those who are missing are told by mail."))
        return redirect(one)
    return _step(request, one, "days", form=form)


@coordinator_required
def cancel(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give up an open round."""
    one = find(ReviewRound.objects.all(), slug, number)
    if request.method == "POST":
        actions.cancel_round(one, by=_user(request))
        messages.success(request, _("The round is cancelled."))
        return redirect(one)
    return _step(request, one, "cancel", turnout=own_reports.turnout_of(one, group_day(timezone.now())))


@coordinator_required
def publish(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Let everybody read results and replies."""
    one = find(ReviewRound.objects.all(), slug, number)
    now = timezone.now()
    if request.method == "POST":
        actions.publish_round(one, by=_user(request), now=now)
        messages.success(request, _("Results and replies are published: everybody may read them."))
        return redirect(one)
    missing = reports.replies_missing(one)
    day_has_passed = one.reply_due_on < group_day(now)
    too_early = not day_has_passed and (missing or one.replies_ready_at is None)
    return _step(request, one, "publish", missing=missing, day_has_passed=day_has_passed, too_early=too_early)


def _step(request: HttpRequest, one: ReviewRound, step: str, **context: Any) -> HttpResponse:
    """The page that says what a step will do before it is done."""
    is_possible = one.status == Status.OPEN if step == "days" else REACHED[step] in ReviewRound.TRANSITIONS[one.status]
    context |= {
        "round": one,
        "plan": one.plan,
        "step": step,
        "action": reverse(f"feedback:{step}", args=[one.plan.slug, one.number]),
        "is_possible": is_possible,
        "is_demo": one.plan.is_demo,
    }
    return render(request, "feedback/round_step.html", context)


# --- The city ---------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def finish_replies(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The city says that its replies are ready; its officials alone."""
    one = _of_own_city(request, slug, number)
    actions.finish_replies(one, by=_user(request), now=timezone.now())
    messages.success(request, _("The coordinators see that your replies are ready, and publish them with the results."))
    return redirect(one)


def _of_own_city(request: HttpRequest, slug: str, number: int) -> ReviewRound:
    cities = roles_of(request.user).official_city_ids
    return find(ReviewRound.objects.visible_to(request.user).filter(plan__city__in=cities), slug, number)


@login_required
def reply(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The city's word on one criterion; its officials alone."""
    one = _of_own_city(request, slug, number)
    criterion = get_object_or_404(one.rubric.criteria, slug=request.GET.get("criterion", ""))
    asked = request.GET.get("commitment", "")
    commitment = get_object_or_404(one.commitments, number=asked) if asked.isdecimal() and len(asked) < 5 else None
    known = one.replies.filter(criterion=criterion, commitment=commitment).first()
    initial = {"text": known.text, "seen": known.replied_at.isoformat()} if known else {}
    form = ReplyForm(request.POST or None, initial=initial)
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.reply(
                one,
                criterion=criterion,
                commitment=commitment,
                **form.cleaned_data,
                by=_user(request),
                now=timezone.now(),
            )
        except actions.RepliedMeanwhile as meanwhile:
            theirs = meanwhile.theirs
        else:
            messages.success(request, _("The reply is saved. Everybody reads it once the round is published."))
            query = f"?commitment={commitment.number}" if commitment else ""
            return redirect(f"{one.get_absolute_url()}{query}#{criterion.slug}")
    context = {
        "round": one,
        "plan": one.plan,
        "criterion": criterion,
        "commitment": commitment,
        "form": form,
        "theirs": theirs,
        "seen": theirs.replied_at.isoformat() if theirs else form["seen"].value() or "",
        "is_demo": one.plan.is_demo,
    }
    return render(request, "feedback/round_reply.html", context, status=409 if theirs else 200)
