"""Verbs of coordinators and of the city on a review round: open, move, remind, close, reopen, reply, publish."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actionplans.models import ActionPlan, Commitment
from cities import worlds
from cities.models import Organization, OrganizationQuerySet, group_day
from feedback.emails import rounds as emails
from feedback.models import Criterion, CriterionReply, Evaluation, ReviewRound, Rubric
from feedback.reports import rounds as reports
from feedback.rubrics import ensure_builtin_rubrics
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User

Status = ReviewRound.Status
LASTS_AT_MOST = timedelta(days=366)


class RepliedMeanwhile(ActionNotPossible):
    """Somebody else of the city has saved a reply since the page was opened; `theirs` is what stands there."""

    def __init__(self, theirs: CriterionReply) -> None:
        super().__init__(_("Somebody of your city has saved a reply meanwhile. Nothing of it was overwritten."))
        self.theirs = theirs


@transaction.atomic
def open_round(
    plan: ActionPlan,
    *,
    rubric: str,
    organizations: Sequence[Organization],
    due_on: date,
    reply_due_on: date,
    form_id: UUID | None = None,
    by: User | None,
    now: datetime,
) -> ReviewRound:
    """Ask organisations to evaluate a plan by a built-in rubric until a day, and tell their people by mail.

    Guarantees that the round keeps the commitments the plan has now, that its number is its own, and that neither the
    city's own organisations nor any of another world are asked. Raises ActionNotPossible otherwise. A form sent twice
    opens one round.
    """
    plan = ActionPlan.objects.select_for_update(of=["self"]).select_related("city").get(pk=plan.pk)
    if form_id and (known := ReviewRound.objects.filter(form_id=form_id).first()):
        return _sent_before(known, plan, by=by)
    chosen = ensure_builtin_rubrics()[rubric]
    commitments = list(plan.commitments.all()) if chosen.about == Rubric.About.COMMITMENTS else []
    _check_can_open(plan, by=by)
    if chosen.about == Rubric.About.COMMITMENTS and not commitments:
        raise ActionNotPossible(_("This rubric judges commitments, and the plan has none yet."))
    _check_organizations(plan, organizations, on=group_day(now))
    check_days(due_on, reply_due_on, on=group_day(now))
    last = plan.rounds.aggregate(last=Max("number"))["last"] or 0
    opened = ReviewRound.objects.create(
        plan=plan,
        number=last + 1,
        rubric=chosen,
        due_on=due_on,
        reply_due_on=reply_due_on,
        form_id=form_id or uuid4(),
        opened_at=now,
        opened_by=by,
    )
    opened.commitments.set(commitments)
    opened.organizations.set(organizations)
    emails.queue_opened(opened, now=now)
    return opened


def _sent_before(known: ReviewRound, plan: ActionPlan, *, by: User | None) -> ReviewRound:
    if known.plan_id != plan.pk or known.opened_by != by:
        raise ActionNotPossible(_("This form was used already. Please begin again."))
    return known


def _check_can_open(plan: ActionPlan, *, by: User | None) -> None:
    if plan.status != ActionPlan.Status.ACTIVE:
        raise ActionNotPossible(_("Only a plan in force is evaluated."))
    if plan.city is None:
        raise ActionNotPossible(_("This plan is here to be read: no city keeps it, so nobody could reply."))
    if worlds.makes_demo(by) and not plan.is_demo:
        raise ActionNotPossible(
            _("Your account is a demonstration: it opens rounds on plans of the demonstration only.")
        )


def _check_organizations(plan: ActionPlan, organizations: Sequence[Organization], *, on: date) -> None:
    if not organizations:
        raise ActionNotPossible(_("Nobody is invited."))
    fit = set(evaluating_organizations(plan, on=on).values_list("pk", flat=True))
    if any(one.pk not in fit for one in organizations):
        raise ActionNotPossible(_("Only organisations of the group evaluate, and none that sits in the city itself."))


def evaluating_organizations(plan: ActionPlan, *, on: date) -> OrganizationQuerySet:
    """Who may be invited: organisations of the group, of the plan's own world, without those of its city."""
    organizations = Organization.objects.in_group(on).filter(is_demo=plan.is_demo)
    return organizations.exclude(city__isnull=False, city=plan.city).by_name()


def check_days(due_on: date, reply_due_on: date, *, on: date) -> None:
    """Raises ActionNotPossible unless there is time to evaluate, and then time to reply, all within a year."""
    if due_on < on:
        raise ActionNotPossible(_("The day until which people evaluate has passed already."))
    if reply_due_on < due_on:
        raise ActionNotPossible(_("The city replies once the evaluations are in: its day cannot come before theirs."))
    if reply_due_on > on + LASTS_AT_MOST:
        raise ActionNotPossible(_("A round lasts a year at most, the city’s time to reply included."))


@transaction.atomic
def remind(one: ReviewRound, *, by: User, now: datetime) -> int:
    """Remind those who have not answered, once a day at most; returns how many mails were new."""
    locked = _locked(one)
    if locked.status != Status.OPEN:
        raise ActionNotPossible(_("The round is not open."))
    return emails.queue_asked_again(locked, now=now)


def _was_evaluated(one: ReviewRound) -> bool:
    return Evaluation.objects.submitted().filter(round=one).exists()


@transaction.atomic
def close_round(one: ReviewRound, *, by: User | None, now: datetime) -> ReviewRound:
    """End the evaluation: from now on the database takes no evaluation, and the city reads the results and replies."""
    locked = _move(one, Status.CLOSED)
    locked.closed_at = now
    locked.save(update_fields=["status", "closed_at"])
    if _was_evaluated(locked):  # else there is nothing to reply to
        emails.queue_closed(locked, now=now)
    return locked


@transaction.atomic
def reopen_round(one: ReviewRound, *, due_on: date, reply_due_on: date, by: User | None, now: datetime) -> ReviewRound:
    """Let people evaluate again until another day; drafts go on where they were.

    Not once somebody has evaluated: since it was closed the results could be read, and nobody evaluates who knows what
    the others said. Who needs more time moves the days while the round is open.
    """
    locked = _move(one, Status.OPEN)
    if _was_evaluated(locked):
        raise ActionNotPossible(_("The results can be read since the round was closed: it cannot be opened again."))
    check_days(due_on, reply_due_on, on=group_day(now))
    locked.due_on, locked.reply_due_on = due_on, reply_due_on
    locked.opened_at, locked.closed_at = now, None
    locked.save(update_fields=["status", "due_on", "reply_due_on", "opened_at", "closed_at"])
    emails.queue_opened(locked, now=now)
    return locked


@transaction.atomic
def move_days(one: ReviewRound, *, due_on: date, reply_due_on: date, by: User | None, now: datetime) -> ReviewRound:
    """Give an open round other days; those who have not answered are told."""
    locked = _locked(one)
    if locked.status != Status.OPEN:
        raise ActionNotPossible(_("The round is not open."))
    check_days(due_on, reply_due_on, on=group_day(now))
    moved = locked.due_on != due_on
    locked.due_on, locked.reply_due_on = due_on, reply_due_on
    locked.save(update_fields=["due_on", "reply_due_on"])
    if moved:
        emails.queue_opened(locked, now=now)
    return locked


@transaction.atomic
def cancel_round(one: ReviewRound, *, by: User | None) -> ReviewRound:
    """Give up an open round; mails that wait are taken back by themselves, and nothing of it is published."""
    locked = _move(one, Status.CANCELLED)
    locked.save(update_fields=["status"])
    return locked


@transaction.atomic
def publish_round(one: ReviewRound, *, by: User | None, now: datetime) -> ReviewRound:
    """Let everybody read results and replies together.

    Guarantees that every criterion with results has its reply and that the city has said they are ready, unless the day
    of the reply has passed; the page says then what lacks one.
    """
    locked = _move(one, Status.PUBLISHED)
    if not _was_evaluated(locked):
        raise ActionNotPossible(_("Nobody has evaluated: there is nothing to publish. You can open the round again."))
    if locked.reply_due_on >= group_day(now):
        _check_replies(locked)
        if locked.replies_ready_at is None:
            raise ActionNotPossible(_("The city has not said yet that its replies are ready, and has time for it."))
    locked.published_at = now
    locked.save(update_fields=["status", "published_at"])
    emails.queue_published(locked, now=now)
    return locked


def _check_replies(one: ReviewRound) -> None:
    if missing := reports.replies_missing(one):
        sentence = ngettext(
            "The city has yet to reply to %(count)s criterion, and has time for it.",
            "The city has yet to reply to %(count)s criteria, and has time for it.",
            missing,
        )
        raise ActionNotPossible(sentence % {"count": missing})


@transaction.atomic
def finish_replies(one: ReviewRound, *, by: User | None, now: datetime) -> ReviewRound:
    """The city says that its replies are ready, so that nobody publishes half a sentence.

    Raises ActionNotPossible where a criterion lacks its reply. What is changed later has to be said ready again.
    """
    locked = _locked(one)
    if locked.status != Status.CLOSED:
        raise ActionNotPossible(_("The city replies once the round is closed, and until it is published."))
    _check_replies(locked)
    if locked.replies_ready_at is None:
        locked.replies_ready_at = now
        locked.save(update_fields=["replies_ready_at"])
    return locked


@transaction.atomic
def reply(
    one: ReviewRound,
    *,
    criterion: Criterion,
    commitment: Commitment | None,
    text: str,
    seen: str,
    by: User | None,
    now: datetime,
) -> CriterionReply:
    """The city's word on one criterion, until results and replies are published.

    `seen` is the moment of the reply that stood on the page ("" for none): a newer one by somebody else is never
    overwritten. Raises RepliedMeanwhile then. Replies that were said to be ready are so no more.
    """
    locked = _locked(one)
    if locked.status != Status.CLOSED:
        raise ActionNotPossible(_("The city replies once the round is closed, and until it is published."))
    if not reports.has_results(locked, criterion=criterion, commitment=commitment):
        raise ActionNotPossible(_("There are no results here to reply to."))
    known = CriterionReply.objects.filter(round=locked, criterion=criterion, commitment=commitment).first()
    if known is not None and known.text == text:
        return known
    if known is not None and known.replied_at.isoformat() != seen:
        raise RepliedMeanwhile(known)
    if locked.replies_ready_at:
        locked.replies_ready_at = None
        locked.save(update_fields=["replies_ready_at"])
    if known is None:
        return CriterionReply.objects.create(
            round=locked, criterion=criterion, commitment=commitment, text=text, replied_at=now, replied_by=by
        )
    known.text, known.replied_at, known.replied_by = text, now, by
    known.save(update_fields=["text", "replied_at", "replied_by"])
    return known


def _locked(one: ReviewRound) -> ReviewRound:
    """The row, held until the end of the transaction: evaluations and replies wait for it, by their triggers."""
    return ReviewRound.objects.select_for_update(of=["self"]).select_related("plan").get(pk=one.pk)


def _move(one: ReviewRound, status: str) -> ReviewRound:
    locked = _locked(one)
    if status not in ReviewRound.TRANSITIONS[locked.status]:
        raise ActionNotPossible(
            _("The round is %(status)s; this cannot be done now.") % {"status": locked.get_status_display()}
        )
    locked.status = status
    return locked
