"""A round in which members evaluate a plan by a rubric, and the city replies; both are published together."""

import uuid
from datetime import date
from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actionplans.models import ActionPlan, Commitment
from cities.access import roles_of
from cities.models import Membership, Organization, group_day
from feedback.models.rubrics import Criterion, Level, Rubric
from ogpgroup import withholding
from ogpgroup.changes import counted, updates_of
from ogpgroup.models import User
from ogpgroup.withholding import Withheld

# A trigger's function takes no parameters; the names are ours, never input.
LOCKED = """
    -- Waits for whoever is just moving the row on; the question after it sees what they have committed. OLD is empty on
    -- an INSERT and NEW on a DELETE; an UPDATE may lead from one row to another, and both must be open to it.
    PERFORM 1 FROM {table} AS whole WHERE whole.id IN (OLD.{column}, NEW.{column}) FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM {table} AS whole WHERE whole.id IN (OLD.{column}, NEW.{column}) AND whole.status <> '{status}'
    ) THEN
        RAISE EXCEPTION '{table} is no longer {status}: % of % refused', TG_OP, TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class LockedWith(pgtrigger.Protect):
    """Rows that can be written only while the row they belong to is in a given status; the database sees to it.

    A kind of Protect, so that `ogpgroup.erasure` finds and lifts it like the others.
    """

    def __init__(self, *, name: str, table: str, column: str, status: str) -> None:
        super().__init__(name=name, operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)
        self.locked = LOCKED.format(table=table, column=column, status=status)

    def get_func(self, model: models.Model) -> str:
        """Protect refuses everything; this asks first."""
        return self.locked


class ReviewRoundQuerySet(models.QuerySet["ReviewRound"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rounds on plans the person may see: published ones for everybody, others for the group."""
        rounds = self.filter(plan__in=ActionPlan.objects.visible_to(user))
        return rounds if roles_of(user).in_group else rounds.filter(status=ReviewRound.Status.PUBLISHED)

    def results_visible_to(self, user: User | AnonymousUser) -> Self:
        """Rounds whose results the person may read: published; before that, once closed, the city and coordinators."""
        roles = roles_of(user)
        status = ReviewRound.Status
        if roles.is_coordinator:
            return self.filter(status__in=[status.CLOSED, status.PUBLISHED])
        own = Q(status=status.CLOSED, plan__city__in=roles.official_city_ids)
        return self.visible_to(user).filter(Q(status=status.PUBLISHED) | own)

    def open_for(self, user: User | AnonymousUser) -> Self:
        """Open rounds to which an organisation of the person is invited and whose city is not the person's own.

        Of the city's own is also who belongs to an institution of it that is not in the group.
        """
        roles = roles_of(user)
        if not roles.organization_ids:
            return self.none()
        assert isinstance(user, User)  # who has an organisation has an account
        own = Membership.objects.in_force(group_day(timezone.now())).filter(user=user)
        own_city = own.filter(organization__city__isnull=False).values("organization__city")
        invited = self.filter(status=ReviewRound.Status.OPEN, organizations__in=roles.organization_ids)
        return invited.exclude(plan__city__in=own_city).distinct()

    def begun_by(self, user: User | AnonymousUser) -> Self:
        """Rounds with an evaluation of the person's own, whatever became of either: they go on reading their words."""
        own = Evaluation.objects.of(user).values("round")
        return self.filter(pk__in=own, plan__in=ActionPlan.objects.visible_to(user))

    def waiting_for(self, user: User | AnonymousUser) -> Self:
        """Open rounds in which the person has neither submitted an evaluation nor declared a conflict."""
        done = Evaluation.objects.of(user).exclude(status=Evaluation.Status.DRAFT)
        return self.open_for(user).exclude(pk__in=done.values("round"))

    def lacking_replies(self) -> Self:
        """Closed rounds with results on which the city has not said its word yet."""
        replied = CriterionReply.objects.filter(
            Q(commitment=OuterRef("commitment")) | Q(commitment__isnull=True),
            round=OuterRef("evaluation__round"),
            criterion=OuterRef("criterion"),
        )
        scores = Score.objects.filter(evaluation__round=OuterRef("pk"), evaluation__status=Evaluation.Status.SUBMITTED)
        return self.filter(Exists(scores.filter(~Exists(replied))), status=ReviewRound.Status.CLOSED)

    def to_be_replied_by(self, user: User | AnonymousUser) -> Self:
        """Rounds that wait for the word of a city whose official the person is, or for the word that it is all."""
        submitted = Evaluation.objects.filter(round=OuterRef("pk")).submitted()
        waiting = self.filter(Exists(submitted), status=ReviewRound.Status.CLOSED, replies_ready_at=None)
        return waiting.filter(plan__city__in=roles_of(user).official_city_ids)

    def overdue(self, on: date) -> Self:
        """Open beyond the day of evaluation, or closed beyond the day of reply. See also `ReviewRound.is_overdue`."""
        status = ReviewRound.Status
        return self.filter(Q(status=status.OPEN, due_on__lt=on) | Q(status=status.CLOSED, reply_due_on__lt=on))


@pghistory.track()
class ReviewRound(models.Model):
    """The group evaluates one plan by one rubric until a day.

    `commitments` are those of the plan when the round opened, where the rubric judges each. While the round is open
    nobody reads results; closed, the city reads them, replies, and says when its replies are ready; published,
    everybody reads both.
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("review round", "open")
        CLOSED = "closed", pgettext_lazy("review round", "closed, the city replies")
        PUBLISHED = "published", pgettext_lazy("review round", "published")
        CANCELLED = "cancelled", pgettext_lazy("review round", "cancelled")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.OPEN: {Status.CLOSED, Status.CANCELLED},
        Status.CLOSED: {Status.PUBLISHED, Status.OPEN},
        Status.PUBLISHED: set(),
        Status.CANCELLED: set(),
    }

    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("rubric"))
    commitments = models.ManyToManyField(Commitment, blank=True, related_name="rounds")
    organizations = models.ManyToManyField(Organization, related_name="rounds", verbose_name=_("invited organisations"))
    due_on = models.DateField(_("evaluate until"))
    reply_due_on = models.DateField(_("the city replies until"))
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    # Comes with the form, so that a form sent twice over a bad line opens one round.
    form_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    opened_at = models.DateTimeField(db_default=Now())
    opened_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    replies_ready_at = models.DateTimeField(null=True, blank=True)  # the city has said that its replies are all
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("review round")
        verbose_name_plural = _("review rounds")
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="reviewround_number_once"),
            models.CheckConstraint(
                condition=Q(reply_due_on__gte=F("due_on")), name="reviewround_reply_after_evaluation"
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(closed_at__isnull=False, published_at__isnull=False),
                name="reviewround_published_after_closing",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="reviewround_due")]
        triggers = [
            counted(),
            pgtrigger.ReadOnly(name="frame", fields=["plan", "number", "rubric"]),
            pgtrigger.Protect(
                name="published",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="published"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} · {self.rubric}"

    def get_absolute_url(self) -> str:
        return reverse("feedback:round", args=[self.plan.slug, self.number])

    def is_overdue(self, on: date) -> bool:
        """Whether what the round waits for should have come by now. See also `ReviewRoundQuerySet.overdue`."""
        due = {self.Status.OPEN: self.due_on, self.Status.CLOSED: self.reply_due_on}
        return (day := due.get(self.Status(self.status))) is not None and day < on


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def of(self, user: User | AnonymousUser) -> Self:
        """The person's own; nobody else reads a draft."""
        return self.filter(evaluator=user) if user.is_authenticated else self.none()

    def submitted(self) -> Self:
        """Those that count."""
        return self.filter(status=Evaluation.Status.SUBMITTED)


class Evaluation(models.Model):
    """One person's judgement in a round, for their organisation.

    Once submitted, or given up for a conflict of interest, the database locks it.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("evaluation", "draft")
        SUBMITTED = "submitted", pgettext_lazy("evaluation", "submitted")
        CONFLICTED = "conflicted", pgettext_lazy("evaluation", "conflict declared")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.DRAFT: {Status.SUBMITTED, Status.CONFLICTED},
        Status.SUBMITTED: set(),
        Status.CONFLICTED: set(),
    }

    round = models.ForeignKey(ReviewRound, on_delete=models.PROTECT, related_name="evaluations")
    evaluator = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="evaluations")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="evaluations")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    conflict = models.TextField(_("conflict of interest"), max_length=1000, blank=True)
    edition = models.PositiveIntegerField(default=0)  # rises with each saved draft; an older tab does not overwrite
    started_at = models.DateTimeField(db_default=Now())
    saved_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            models.UniqueConstraint(fields=["round", "evaluator"], name="evaluation_once_per_person"),
            models.CheckConstraint(
                condition=~Q(status="submitted") | Q(submitted_at__isnull=False), name="evaluation_submitted_has_time"
            ),
            models.CheckConstraint(
                condition=Q(status="conflicted") ^ Q(conflict=""), name="evaluation_conflict_has_words"
            ),
        ]
        triggers = [
            counted(pgtrigger.Insert | updates_of("status", "organization_id") | pgtrigger.Delete),
            pgtrigger.Protect(
                name="locked",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status="draft"),
            ),
            LockedWith(name="while_open", table="feedback_reviewround", column="round_id", status="open"),
        ]

    def __str__(self) -> str:
        return f"{self.round} · {self.organization}"

    def get_absolute_url(self) -> str:
        return reverse("feedback:evaluate", args=[self.round.plan.slug, self.round.number])


class ScoreQuerySet(models.QuerySet["Score"]):
    def answered(self) -> Self:
        """A level was chosen, with evidence where that is needed, or it was said why none applies.

        See also `Score.is_answer`.
        """
        levelled = Q(level__isnull=False) & (Q(criterion__needs_evidence=False) | ~Q(evidence=""))
        return self.filter(levelled | (Q(not_applicable=True) & ~Q(evidence="")))

    def with_withheld(self) -> Self:
        """See `NoteQuerySet.with_withheld`."""
        return self.annotate(withheld_as=withholding.as_told("score"))


class Score(models.Model):
    """What an evaluation says on one criterion, of one commitment or of the plan: a level with its evidence.

    "Not applicable" has a reason and is neither a level nor zero. An unanswered criterion has no row, or one with words
    alone while the evaluation is a draft.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="scores")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, null=True, blank=True, related_name="scores")
    not_applicable = models.BooleanField(_("not applicable"), default=False)
    evidence = models.TextField(_("evidence, or why it does not apply"), max_length=4000, blank=True)
    edition = models.PositiveIntegerField(default=0)  # of the evaluation, when this was last changed

    withheld_as: Any = withholding.NOT_ASKED  # see `with_withheld`

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "criterion", "commitment"], name="score_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(not_applicable=False), name="score_level_or_not_applicable"
            ),
        ]
        triggers = [
            # An answer in a draft stands on no page that is kept, and one that was submitted stays as it is.
            counted(pgtrigger.Delete),
            LockedWith(name="locked", table="feedback_evaluation", column="evaluation_id", status="draft"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level or '–'}"

    @property
    def withheld(self) -> Withheld | None:
        """What others than its author read in the place of its words; expects `with_withheld`."""
        return withholding.read(self.withheld_as)

    def is_answer(self, criterion: Criterion) -> bool:
        """Whether it answers its criterion. See also `ScoreQuerySet.answered`."""
        if self.level_id is not None and not criterion.needs_evidence:
            return True
        return (self.level_id is not None or self.not_applicable) and self.evidence != ""


class CriterionReply(models.Model):
    """The city's word on what the evaluations say on one criterion; locked when the round is published."""

    round = models.ForeignKey(ReviewRound, on_delete=models.PROTECT, related_name="replies")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="replies")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    text = models.TextField(_("the city's reply"), max_length=4000)
    replied_at = models.DateTimeField(db_default=Now())
    replied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    withheld_as: Any = withholding.NOT_ASKED  # a report asks for it

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "criterion", "commitment"], name="criterionreply_once", nulls_distinct=False
            )
        ]
        triggers = [
            counted(),
            LockedWith(name="locked", table="feedback_reviewround", column="round_id", status="closed"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def withheld(self) -> Withheld | None:
        """What is read in the place of the text."""
        return withholding.read(self.withheld_as)
