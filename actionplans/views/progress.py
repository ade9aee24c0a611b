"""Logging progress, correcting what was logged, and taking it back."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans import actions
from actionplans.forms.progress import CorrectionForm, ProgressForm, RetractionForm, key_of
from actionplans.models import ActionPlan, Commitment, Completion, Milestone, ProgressEntry
from actionplans.reports.progress import PlanProgress, Track, progress_of
from actionplans.views.keeping import kept_plan, person, tried
from ogpgroup.errors import ActionNotPossible

NEAR = 4  # so many milestones stand on top; the others are one tap further


@dataclass(frozen=True)
class Card:
    """One thing to choose, large enough for a thumb."""

    value: str
    title: str
    notes: tuple[str, ...]
    is_chosen: bool
    is_late: bool = False


@dataclass(frozen=True)
class Choice:
    """What an entry can be about: the likely ones, and all others by commitment."""

    near: list[Card]
    others: list[tuple[Commitment, list[Card]]]

    @property
    def is_further(self) -> bool:
        """Whether the one chosen is not among the likely ones."""
        return any(card.is_chosen for _commitment, cards in self.others for card in cards)


@login_required
def progress_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Log progress: what about, how far, what happened, when, and the evidence."""
    plan = kept_plan(request, slug)
    progress = _progress(request, plan)
    first = _first_choice(progress, request.GET.get("milestone", ""))
    form = ProgressForm(*_sent(request), **_asked(request, plan, progress), initial={"about": first})
    status = 200
    if request.method == "POST" and form.is_valid():
        entry = tried(form, partial(actions.log_progress, **_typed(form), by=person(request), now=timezone.now()))
        if entry is not None:
            messages.success(request, _("It is in the diary, and anybody can read it."))
            return redirect(entry)
        status = 409
    return render(request, "actionplans/progress_form.html", _context(plan, progress, form), status=status)


@login_required
def progress_correct(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Put a new entry in the place of one, with what was wrong."""
    plan = kept_plan(request, slug)
    entries = ProgressEntry.objects.of_plan(plan).select_related("commitment__plan", "milestone__commitment")
    entry = get_object_or_404(entries.prefetch_related("evidence"), pk=pk)
    progress = _progress(request, plan)
    if request.method != "POST" and (sentence := actions.why_settled(entry)):
        raise ActionNotPossible(sentence)
    form = CorrectionForm(
        *_sent(request),
        **_asked(request, plan, progress),
        evidence=entry.evidence.all(),
        initial={
            "about": key_of(entry.milestone or entry.commitment),
            "status": entry.status,
            "text": entry.text,
            "happened_on": entry.happened_on,
        },
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        correction = _corrected(request, form, entry)
        if correction is not None:
            messages.success(request, _("The correction stands; the old entry stays readable beside it."))
            return redirect(correction)
        entry, status = _put_on_newest(form, entry), 409
    context = _context(plan, progress, form) | {"entry": entry, "is_other": entry.pk != pk}
    return render(request, "actionplans/progress_form.html", context, status=status)


@login_required
def progress_retract(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take back what was logged by mistake; shows it first."""
    plan = kept_plan(request, slug)
    entries = ProgressEntry.objects.of_plan(plan).select_related("commitment__plan", "milestone__commitment")
    entry = get_object_or_404(entries, pk=pk)
    if request.method != "POST":
        _refuse_unless_running(plan)
        if sentence := actions.why_settled(entry):
            raise ActionNotPossible(sentence)
    form, status = RetractionForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        act = partial(actions.retract_progress, entry, reason=reason, by=person(request), now=timezone.now())
        if tried(form, act) is not None:
            messages.success(request, _("The entry is taken back; it stays readable, and it counts no more."))
            return redirect(entry)
        status = 409
    context = {"plan": plan, "entry": entry, "form": form, "is_demo": plan.is_demo}
    return render(request, "actionplans/progress_retract.html", context, status=status)


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _asked(request: HttpRequest, plan: ActionPlan, progress: PlanProgress) -> dict[str, Any]:
    return {"plan": plan, "by": person(request), "progress": progress, "today": plan.today(timezone.now())}


def _corrected(request: HttpRequest, form: CorrectionForm, entry: ProgressEntry) -> ProgressEntry | None:
    said = {"reason": form.cleaned_data["reason"], "keep": form.cleaned_data.get("keep", [])}
    act = partial(actions.correct_progress, entry, **_typed(form), **said, by=person(request), now=timezone.now())
    return tried(form, act)


def _put_on_newest(form: CorrectionForm, entry: ProgressEntry) -> ProgressEntry:
    """Where a colleague was first, the form goes on with their correction, which its sender then reads beside it."""
    newest = entry
    while (
        later := ProgressEntry.objects.filter(corrects=newest).select_related("commitment__plan").first()
    ) is not None:
        newest = later
    if newest != entry:
        form.put_on(newest)
    return newest


def _typed(form: ProgressForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {name: data[name] for name in ("about", "text", "status", "happened_on", "form_id", "evidence")}


def _progress(request: HttpRequest, plan: ActionPlan) -> PlanProgress:
    """Whether anything can be logged now is said before anybody types; what was typed is read whatever happened."""
    progress = progress_of(plan, on=plan.today(timezone.now()))
    if request.method == "POST":
        return progress
    _refuse_unless_running(plan)
    if not progress.commitments:
        raise ActionNotPossible(_("The plan has no commitments yet: add one, then log progress on it."))
    return progress


def _refuse_unless_running(plan: ActionPlan) -> None:
    if plan.is_reference:
        raise ActionNotPossible(_("This plan is read as a reference: nobody logs progress on it here."))
    if not plan.is_running:
        raise ActionNotPossible(
            _("The plan is %(status)s: progress is logged while it is in force.")
            % {"status": plan.get_status_display()}
        )


def _first_choice(progress: PlanProgress, asked: str) -> str:
    """What was asked for, else the milestone due next, else the one longest late, else the first commitment."""
    if f"m{asked}" in {key_of(track.milestone) for track in progress.tracks}:
        return f"m{asked}"
    for track in [*progress.ahead, *progress.late]:
        return key_of(track.milestone)
    return key_of(progress.commitments[0].commitment) if progress.commitments else ""


def _context(plan: ActionPlan, progress: PlanProgress, form: ProgressForm) -> dict[str, Any]:
    chosen = form["about"].value() or ""
    return {
        "plan": plan,
        "form": form,
        "choice": _choice(progress, chosen),
        "levels": [(level.value, level.label, level.value == form["status"].value()) for level in Completion],
        "is_demo": plan.is_demo,
    }


def _choice(progress: PlanProgress, chosen: str) -> Choice:
    likely = [*progress.ahead, *progress.late]
    likely.sort(
        key=lambda track: key_of(track.milestone) != chosen
    )  # the one chosen first; the others keep their order
    near = likely[:NEAR]
    on_top = {track.milestone.pk for track in near}
    others = []
    for one in progress.commitments:
        cards = [_card(track, chosen) for track in one.tracks if track.milestone.pk not in on_top]
        others.append((one.commitment, [*cards, _whole(one.commitment, chosen)]))
    return Choice([_card(track, chosen) for track in near], others)


def _card(track: Track, chosen: str) -> Card:
    milestone: Milestone = track.milestone
    notes = [milestone.commitment.heading, track.status_label]
    notes.append(track.delay_in_words or _("until %(day)s") % {"day": track.planned_in_words.rpartition("– ")[2]})
    key = key_of(milestone)
    return Card(key, milestone.title, tuple(notes), key == chosen, track.is_late)


def _whole(commitment: Commitment, chosen: str) -> Card:
    key = key_of(commitment)
    return Card(key, _("The commitment as a whole"), (commitment.heading,), key == chosen)
