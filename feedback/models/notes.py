"""Notes of members on what a city plans and does, and the city's answers to them."""

import uuid
from datetime import date, timedelta
from typing import Any, ClassVar, Final, Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Exists, Func, IntegerField, OuterRef, Q
from django.db.models.functions import Now
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actionplans.models import ActionPlan, Commitment, Deliverable, Milestone, ProgressEntry
from cities.access import roles_of
from cities.models import Membership, Organization, Role
from ogpgroup import withholding
from ogpgroup.changes import counted
from ogpgroup.models import User
from ogpgroup.withholding import Withheld
from workshops.models import AgendaItem

TARGETS: Final = ("plan", "commitment", "milestone", "entry", "deliverable", "agenda_item")


# The verbs below as conditions, so that one query can count by all of them.


def asking() -> Q:
    return ~Q(kind=Note.Kind.STRENGTH)


def unanswered() -> Q:
    return asking() & Q(status__in=[Note.Status.OPEN, Note.Status.UNSETTLED])


def late(on: date) -> Q:
    promised = Answer.objects.standing().promised().filter(change_by__lt=on)
    return (unanswered() & Q(answer_due_on__lt=on)) | Q(pk__in=promised.values("note"))


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Notes on what the person may see, as far as they are meant for that person. See also `feedback.readers`."""
        on_plan = Q(ledger__in=ActionPlan.objects.visible_to(user))
        on_session = Q(agenda_item__in=AgendaItem.objects.visible_to(user))
        return self.filter(on_plan | on_session).meant_for(user)

    def meant_for(self, user: User | AnonymousUser) -> Self:
        """Notes that their authors meant for the person; whether the person may see what they are on is asked apart.

        A note to the city alone is read by its officials, its author, the author's organisation and the coordinators.
        A withdrawn note is read by nobody but its author.
        """
        roles = roles_of(user)
        meant = Q(visibility=Note.Visibility.PUBLIC)
        if roles.in_group:
            meant |= Q(visibility=Note.Visibility.GROUP) | Q(organization__in=roles.organization_ids)
        if roles.official_city_ids:
            meant |= Q(ledger__city__in=roles.official_city_ids)
        if roles.is_coordinator:
            meant = Q()
        meant &= ~Q(status=Note.Status.WITHDRAWN)
        if user.is_authenticated:
            meant |= Q(author=user)
        return self.filter(meant)

    def answerable_by(self, user: User | AnonymousUser) -> Self:
        """Notes the person may answer: officials those on their city's plan; presenters, and whoever acts for their
        organisation, those on what is presented.

        Nobody answers their own. Whether they may read them is another question: see `visible_to`.
        """
        roles = roles_of(user)
        city = Q(ledger__city__in=roles.official_city_ids)
        presenters = Q(agenda_item__presenter_organization__in=roles.organization_ids)
        if user.is_authenticated and user.is_active:
            presenters |= Q(agenda_item__in=AgendaItem.objects.presented_by(user))
        found = self.filter(city | presenters).exclude(status=Note.Status.WITHDRAWN)
        return found.exclude(author=user) if user.is_authenticated else found

    def settled_by(self, user: User | AnonymousUser, *, on: date) -> Self:
        """Notes on whose answers the person has the last word: the author, as long as they belong to the group.

        For an author who has left, or is an official of the city asked by now, those who act for the organisation on
        whose behalf they wrote, but for whoever answers the note. Whether they may read it is another question: see
        `visible_to`.
        """
        roles = roles_of(user)
        if not user.is_authenticated or not roles.in_group:
            return self.none()
        in_group = Membership.objects.on(on).values("user")
        left_to_colleagues = self.filter(organization__in=roles.organization_ids).exclude(author=user)
        officials = Membership.objects.on(on).filter(
            user=OuterRef("author"), role=Role.OFFICIAL, organization__city=OuterRef("ledger__city")
        )
        left_to_colleagues = left_to_colleagues.filter(
            Q(author__isnull=True) | ~Q(author__in=in_group) | Q(Exists(officials))
        )
        left_to_colleagues = left_to_colleagues.exclude(pk__in=Note.objects.answerable_by(user).values("pk"))
        own = self.filter(author=user).exclude(ledger__city__in=roles.official_city_ids)
        return self.filter(Q(pk__in=own.values("pk")) | Q(pk__in=left_to_colleagues.values("pk")))

    def with_withheld(self) -> Self:
        """With what is read in the place of each that is withheld, and no query more."""
        return self.annotate(withheld_as=withholding.as_told("note"))

    def asking(self) -> Self:
        """Those that want an answer: all but the strengths."""
        return self.filter(asking())

    def unanswered(self) -> Self:
        """Those that ask and wait for the city."""
        return self.filter(unanswered())

    def late(self, on: date) -> Self:
        """Unanswered beyond its day, or with a change that was promised by a day and is not made."""
        return self.filter(late(on))


@pghistory.track()
class Note(models.Model):
    """What a member wants a city to hear about one thing: a strength, a doubt, a difficulty, a suggestion.

    `text` is plain Markdown of at most 20 kB. `ledger` is the plan in whose ledger the note stands, whatever part of
    the plan it is on; only notes on a session's agenda stand in none.
    """

    class Kind(models.TextChoices):
        STRENGTH = "strength", pgettext_lazy("note", "strength")
        DOUBT = "doubt", pgettext_lazy("note", "doubt")
        DIFFICULTY = "difficulty", pgettext_lazy("note", "difficulty")
        SUGGESTION = "suggestion", pgettext_lazy("note", "suggestion")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("everybody")
        GROUP = "group", _("the working group")
        CITY = "city", _("the city and the coordinators")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("note", "waits for an answer")
        ANSWERED = "answered", pgettext_lazy("note", "answered")
        SETTLED = "settled", pgettext_lazy("note", "settled")
        UNSETTLED = "unsettled", pgettext_lazy("note", "not settled")
        WITHDRAWN = "withdrawn", pgettext_lazy("note", "withdrawn")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.OPEN: {Status.ANSWERED, Status.WITHDRAWN},
        Status.ANSWERED: {Status.SETTLED, Status.UNSETTLED},
        Status.SETTLED: {Status.UNSETTLED},
        Status.UNSETTLED: {Status.ANSWERED, Status.SETTLED},
        Status.WITHDRAWN: set(),
    }

    ANSWER_WITHIN: Final = timedelta(days=30)  # what the group asks of a city
    LARGEST: Final = 20 * 1024  # bytes of UTF-8

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, null=True, blank=True, related_name="notes")
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, null=True, blank=True, related_name="notes")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, null=True, blank=True, related_name="notes")
    entry = models.ForeignKey(ProgressEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="notes")
    deliverable = models.ForeignKey(Deliverable, on_delete=models.CASCADE, null=True, blank=True, related_name="notes")
    agenda_item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, null=True, blank=True, related_name="notes")
    ledger = models.ForeignKey(
        ActionPlan, on_delete=models.CASCADE, null=True, blank=True, related_name="ledger_notes", editable=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.TextField(_("note"), max_length=LARGEST)
    visibility = models.CharField(
        _("who may read it"), max_length=6, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="notes")
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notes",
        verbose_name=_("on behalf of"),
    )
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    # Comes with the form, so that a form sent twice over a bad line is one note.
    form_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    written_at = models.DateTimeField(db_default=Now())
    answer_due_on = models.DateField()

    withheld_as: Any = withholding.NOT_ASKED  # see `with_withheld`

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Exact(Func(*TARGETS, function="num_nonnulls", output_field=IntegerField()), 1),
                name="note_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(agenda_item__isnull=True, ledger__isnull=False)
                | (Q(agenda_item__isnull=False, ledger__isnull=True) & ~Q(visibility="city")),
                name="note_in_the_ledger_of_its_plan",
            ),
        ]
        indexes = [models.Index(fields=["ledger", "status", "answer_due_on"], name="note_ledger")]
        triggers = [counted()]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        return reverse("feedback:note", args=[self.pk])

    @property
    def target(self) -> ActionPlan | Commitment | Milestone | ProgressEntry | Deliverable | AgendaItem:
        """The one thing the note is on."""
        targets = (self.plan, self.commitment, self.milestone, self.entry, self.deliverable, self.agenda_item)
        return next(one for one in targets if one is not None)

    @property
    def withheld(self) -> Withheld | None:
        """What others than its author read in its place; expects `with_withheld`. See `feedback.withholding`."""
        return withholding.read(self.withheld_as)

    def waits_for_answer(self) -> bool:
        """See also `NoteQuerySet.unanswered`."""
        return self.kind != self.Kind.STRENGTH and self.status in {self.Status.OPEN, self.Status.UNSETTLED}


class AnswerQuerySet(models.QuerySet["Answer"]):
    def standing(self) -> Self:
        """The last one to each note: what counts."""
        later = Answer.objects.filter(note=OuterRef("note"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))

    def with_withheld(self) -> Self:
        """See `NoteQuerySet.with_withheld`; the city's words and the author's on them are withheld each for itself."""
        told = {"withheld_as": withholding.as_told("answer"), "reaction_withheld_as": withholding.as_told("reaction")}
        return self.annotate(**told)

    def promised(self) -> Self:
        """With a change that is not made yet. See also `Answer.is_promised`."""
        return self.filter(change_by__isnull=False, changed_on__isnull=True)


@pghistory.track()
class Answer(models.Model):
    """The city's reasoned response to a note: what it does with it, why, what will change and by when.

    What was decided is never rewritten; a note that is not settled by it gets another answer. Later the city says when
    the change was made, and the author whether that settles the note.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("answer", "accepted")
        IN_PART = "in_part", pgettext_lazy("answer", "accepted in part")
        DECLINED = "declined", pgettext_lazy("answer", "declined")

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="answers")
    decision = models.CharField(_("decision"), max_length=8, choices=Decision.choices)
    reason = models.TextField(_("reason"), max_length=4000)
    change = models.TextField(_("what will change"), max_length=2000, blank=True)
    change_by = models.DateField(_("by when"), null=True, blank=True)
    answered_at = models.DateTimeField(db_default=Now())
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changed_on = models.DateField(_("changed on"), null=True, blank=True)
    change_report = models.TextField(_("what was changed"), max_length=2000, blank=True)
    reacted_at = models.DateTimeField(null=True, blank=True)
    # Nobody where the author did, before this was kept; a colleague where the author has left, see `settled_by`.
    reacted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    settles = models.BooleanField(null=True, blank=True)
    reaction = models.TextField(_("comment"), max_length=2000, blank=True)

    withheld_as: Any = withholding.NOT_ASKED  # see `with_withheld`
    reaction_withheld_as: Any = withholding.NOT_ASKED

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["answered_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="declined") | (~Q(change="") & Q(change_by__isnull=False)),
                name="answer_says_what_changes_by_when",
            ),
            models.CheckConstraint(
                condition=Q(changed_on__isnull=True, change_report="")
                | (Q(changed_on__isnull=False) & ~Q(change_report="")),
                name="answer_change_has_day_and_report",
            ),
            models.CheckConstraint(
                condition=Q(settles__isnull=True, reacted_at__isnull=True, reaction="")
                | Q(settles__isnull=False, reacted_at__isnull=False),
                name="answer_reaction_whole",
            ),
        ]
        indexes = [models.Index(fields=["change_by"], condition=Q(changed_on=None), name="answer_promised")]
        triggers = [
            counted(),
            pgtrigger.ReadOnly(
                name="decided", fields=["note", "decision", "reason", "change", "change_by", "answered_at"]
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.reason[:80]

    def get_absolute_url(self) -> str:
        return f"{self.note.get_absolute_url()}#answer-{self.pk}"

    @property
    def withheld(self) -> Withheld | None:
        """What is read in the place of the city's words; expects `with_withheld`."""
        return withholding.read(self.withheld_as)

    @property
    def reaction_withheld(self) -> Withheld | None:
        """What is read in the place of the author's word."""
        return withholding.read(self.reaction_withheld_as)

    def is_reaction_of_colleague(self) -> bool:
        """Whether somebody of the author's organisation spoke, once the author had left."""
        return self.reacted_by_id is not None and self.reacted_by_id != self.note.author_id

    def is_promised(self) -> bool:
        """Whether a change was promised and is not made yet."""
        return self.change_by is not None and self.changed_on is None
