"""Where members evaluate: page by page, with a draft that keeps itself, until they submit."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback.actions import evaluations as actions
from feedback.forms.rounds import NOT_APPLICABLE, ConflictForm, EvaluationForm
from feedback.models import Evaluation, ReviewRound
from feedback.reports import evaluations as reports
from feedback.reports.evaluations import Progress, Step
from feedback.views.rounds import find
from ogpgroup.dates import spoken_hour
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User

SAVED = "#saved"  # tells the device, by the address, that it need not keep the page any longer; see kept.js


class _Desk:
    """A person before one round: what they have answered, and the page of it they are on.

    Those of the city's own organisations, and who is not invited, find nothing here; nor does anybody once the round is
    closed, but where they only read (`keeps_words`) who has begun an evaluation finds it as long as its plan is there.
    """

    def __init__(self, request: HttpRequest, slug: str, number: int, *, keeps_words: bool = False) -> None:
        assert isinstance(request.user, User)
        self.user = request.user
        rounds = ReviewRound.objects.open_for(request.user)
        if keeps_words:
            begun = ReviewRound.objects.begun_by(request.user)
            rounds = ReviewRound.objects.filter(Q(pk__in=rounds.values("pk")) | Q(pk__in=begun.values("pk")))
        self.round = find(rounds, slug, number)
        self.takes_answers = not keeps_words or ReviewRound.objects.open_for(request.user).contains(self.round)
        mine = Evaluation.objects.of(request.user).filter(round=self.round).select_related("organization")
        self.evaluation = mine.first()
        self.organizations = actions.organizations_for(self.round, request.user)
        self.progress: Progress = reports.progress_of(self.round, self.evaluation)
        self.step: Step = self._step(request.POST.get("commitment") or request.GET.get("commitment"))

    def _step(self, number: str | None) -> Step:
        """The page asked for; without one the first that is not done."""
        steps = self.progress.steps
        if number:
            wanted = [step for step in steps if step.commitment and str(step.commitment.number) == number]
            if not wanted:
                raise Http404
            return wanted[0]
        return next((step for step in steps if not step.is_done), steps[0])

    @property
    def is_locked(self) -> bool:
        is_over = self.evaluation is not None and self.evaluation.status != Evaluation.Status.DRAFT
        return is_over or not self.takes_answers

    def form(self, request: HttpRequest) -> EvaluationForm:
        return EvaluationForm(
            request.POST if request.method == "POST" else None,
            criteria=self.progress.criteria,
            commitment=self.step.commitment,
            evaluation=self.evaluation,
            scores=self.progress.scores,
            organizations=self.organizations,
            person=self.user.pk,
        )

    def address(self, name: str, step: Step | None = None) -> str:
        address = reverse(f"feedback:{name}", args=[self.round.plan.slug, self.round.number])
        return f"{address}?commitment={step.commitment.number}" if step and step.commitment else address

    @property
    def next(self) -> Step | None:
        """The page after this one."""
        steps = self.progress.steps
        place = steps.index(self.step) + 1
        return steps[place] if place < len(steps) else None


@login_required
@require_safe
def evaluate(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One page of the person's evaluation: each criterion with its levels, evidence, or why it does not apply.

    Once it is submitted or the round is closed, the same to be read alone.
    """
    desk = _Desk(request, slug, number, keeps_words=True)
    return _page(request, desk, desk.form(request))


def _page(
    request: HttpRequest,
    desk: _Desk,
    form: EvaluationForm,
    *,
    theirs: dict[int, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "round": desk.round,
        "plan": desk.round.plan,
        "evaluation": desk.evaluation,
        "is_locked": desk.is_locked,
        "refusal": refusal,
        "progress": desk.progress,
        "step": desk.step,
        "next": desk.next,
        "form": form,
        "questions": [_question(criterion, desk, form, theirs or {}) for criterion in desk.progress.criteria],
        "has_conflict": theirs is not None,
        "saved": _hour(request, desk.evaluation) if desk.evaluation and desk.evaluation.edition else "",
        "speaks_for": desk.evaluation.organization if desk.evaluation else desk.organizations[0],
        "is_demo": desk.round.plan.is_demo,
    }
    return render(request, "feedback/evaluate.html", context, status=status)


def _question(criterion: Any, desk: _Desk, form: EvaluationForm, theirs: dict[int, str]) -> dict[str, Any]:
    commitment = desk.step.commitment
    score = desk.progress.scores.get((criterion.pk, commitment.pk if commitment else None))
    level, evidence = form[f"level-{criterion.pk}"], form[f"evidence-{criterion.pk}"]
    return {
        "criterion": criterion,
        "levels": criterion.levels.all(),
        "chosen": level.value() or "",
        "not_applicable": NOT_APPLICABLE,
        "evidence": evidence.value() or "",
        "errors": [*level.errors, *evidence.errors],
        "theirs": theirs.get(criterion.pk, ""),
        "withheld": score.withheld if score else None,
    }


@login_required
@require_POST
def draft(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Keep what was answered on a page. A script sends the changes and reads JSON, a browser alone sends it all."""
    desk = _Desk(request, slug, number, keeps_words=True)
    form = desk.form(request)
    as_json = request.headers.get("Accept", "").startswith("application/json")
    if request.POST.get("person") != str(desk.user.pk):
        raise PermissionDenied  # written by somebody else who was signed in on this computer
    if not desk.takes_answers:
        sentence = actions.takes_none()
        as_it_was_sent = _page(request, desk, form, refusal=sentence, status=409)
        return JsonResponse({"sentence": sentence}, status=410) if as_json else as_it_was_sent
    if not form.is_valid():
        errors = [str(error) for errors in form.errors.values() for error in errors]
        return (
            JsonResponse({"sentence": " ".join(errors)}, status=422)
            if as_json
            else _page(request, desk, form, status=422)
        )
    try:
        evaluation = actions.save_draft(
            desk.round,
            by=desk.user,
            answers=form.answers,
            edition=form.cleaned_data["edition"],
            organization=form.cleaned_data.get("organization"),
            now=timezone.now(),
        )
    except actions.ChangedElsewhere as changed:
        return _told_apart(request, desk, form, changed, as_json=as_json)
    except ActionNotPossible as error:
        if as_json:
            return JsonResponse({"sentence": str(error.sentence)}, status=410)
        raise
    return _saved(request, desk, evaluation, as_json=as_json)


def _saved(request: HttpRequest, desk: _Desk, evaluation: Evaluation, *, as_json: bool) -> HttpResponse:
    if as_json:
        progress = reports.progress_of(desk.round, evaluation)
        here = next(step for step in progress.steps if step.commitment == desk.step.commitment)
        return JsonResponse(
            {
                "edition": evaluation.edition,
                "hour": _hour(request, evaluation),
                "progress": progress_sentence(progress),
                "page": progress_sentence(here),
                "is_whole": progress.is_whole,
            }
        )
    messages.success(request, _("Saved at %(hour)s.") % {"hour": _hour(request, evaluation)})
    going_on = desk.next if "go_on" in request.POST else None
    if "go_on" in request.POST and going_on is None:
        return redirect(desk.address("submit") + SAVED)
    return redirect(desk.address("evaluate", going_on or desk.step) + SAVED)


def progress_sentence(progress: Progress | Step) -> str:
    """“7 of 10 answered”."""
    return _("%(answered)s of %(total)s answered") % {"answered": progress.answered, "total": progress.total}


def _told_apart(
    request: HttpRequest, desk: _Desk, form: EvaluationForm, changed: actions.ChangedElsewhere, *, as_json: bool
) -> HttpResponse:
    """What stands there beside what was typed: the person chooses, and until then nothing is overwritten."""
    names = {level.pk: level.local_name for one in desk.progress.criteria for level in one.levels.all()}
    if as_json:
        theirs = [
            {
                "criterion": score.criterion_id,
                "level": NOT_APPLICABLE if score.not_applicable else str(score.level_id or ""),
                "evidence": score.evidence,
            }
            for score in changed.theirs
        ]
        answer = {"sentence": str(changed.sentence), "edition": changed.evaluation.edition, "theirs": theirs}
        return JsonResponse(answer, status=409)
    said = {
        score.criterion_id: " · ".join(
            part
            for part in (
                str(_("Not applicable")) if score.not_applicable else names.get(score.level_id or 0, ""),
                score.evidence,
            )
            if part
        )
        or str(_("no answer"))
        for score in changed.theirs
    }
    form.data = {**request.POST.dict(), "edition": str(changed.evaluation.edition)}  # sent again, it is meant
    return _page(request, desk, form, theirs=said, status=409)


@login_required
def submit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What is missing, with links; once nothing is, hand it in."""
    desk = _Desk(request, slug, number, keeps_words=True)
    if request.method == "POST":
        sent = request.POST.get("edition", "")
        edition = int(sent) if sent.isdecimal() and len(sent) < 10 else -1
        actions.submit(desk.round, by=desk.user, edition=edition, now=timezone.now())
        messages.success(request, _("Thank you: your evaluation is submitted. From now on nobody can change it."))
        return redirect(desk.round)
    if desk.is_locked:
        return redirect(desk.round)
    context = {
        "round": desk.round,
        "plan": desk.round.plan,
        "evaluation": desk.evaluation,
        "progress": desk.progress,
        "person": desk.user.pk,
        "is_demo": desk.round.plan.is_demo,
    }
    return render(request, "feedback/evaluate_submit.html", context)


@login_required
def conflict(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Step back from evaluating this plan."""
    desk = _Desk(request, slug, number, keeps_words=True)
    if desk.is_locked and request.method != "POST":
        return redirect(desk.round)
    form = ConflictForm(request.POST or None, organizations=desk.organizations, known=desk.evaluation)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.declare_conflict(
                desk.round,
                by=desk.user,
                words=form.cleaned_data["conflict"],
                organization=form.cleaned_data.get("organization"),
                now=timezone.now(),
            )
        except ActionNotPossible as error:
            form.add_error(None, str(error.sentence))
            status = 409
        else:
            messages.success(request, _("You have stepped back from this round. Nobody will remind you of it."))
            return redirect(desk.round)
    context = {"round": desk.round, "plan": desk.round.plan, "form": form, "is_demo": desk.round.plan.is_demo}
    return render(request, "feedback/evaluate_conflict.html", context, status=status)


def _hour(request: HttpRequest, evaluation: Evaluation) -> str:
    return spoken_hour(timezone.localtime(evaluation.saved_at))
