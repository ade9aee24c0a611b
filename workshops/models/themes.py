"""From notes to a diagnosis: themes that group notes, votes on themes, and the statements that were published."""

import uuid
from typing import ClassVar, Final, Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cities.access import roles_of
from ogpgroup.models import User
from workshops.models.participations import Participation
from workshops.models.sessions import Session
from workshops.models.tables import WorkTable


class ThemeQuerySet(models.QuerySet["Theme"]):
    def standing(self) -> Self:
        """Those that were not dissolved."""
        return self.filter(dissolved_at__isnull=True)


@pghistory.track()
class Theme(models.Model):
    """What several notes of a session's tables have in common, named by a facilitator.

    The notes stay as they were spoken, with their table. `statement` is what the diagnosis says of it; `rank` its place
    there, which a coordinator may set apart from the votes. `continues` is the theme of an earlier session of the cycle
    that comes back in this one.
    """

    MOST: Final = 100  # of one session

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="themes")
    title = models.CharField(_("name of the theme"), max_length=200)
    statement = models.TextField(_("what the group says of it"), max_length=2000, blank=True)
    rank = models.PositiveSmallIntegerField(_("place"), null=True, blank=True)
    rank_reason = models.CharField(
        _("why it stands there, and not by votes"), max_length=300, blank=True, default="", db_default=""
    )
    continues = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="continued_by",
        verbose_name=_("comes back from"),
    )
    edition = models.PositiveIntegerField(default=1, db_default=1)
    form_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    dissolved_at = models.DateTimeField(
        null=True, blank=True
    )  # its notes went elsewhere; an undone step brings it back

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="theme_has_name"),
            models.CheckConstraint(
                condition=Q(rank__isnull=True, rank_reason="") | (Q(rank__isnull=False) & ~Q(rank_reason="")),
                name="theme_set_apart_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(continues__isnull=True) | ~Q(continues=models.F("pk")), name="theme_continues_another"
            ),
        ]
        indexes = [models.Index(fields=["session", "rank"], name="theme_of_session")]

    def __str__(self) -> str:
        return self.title


class GroupingStep(models.Model):
    """One thing a facilitator did with notes and themes, so that it can be undone: the last one first.

    `before` and `after` hold what each note and theme that was touched had then:
    `{"notes": {id: theme id or null}, "themes": {id: {"title": ..., "dissolved": bool}}}`.
    """

    class Kind(models.TextChoices):
        GROUP = "group", pgettext_lazy("grouping", "grouped")
        MOVE = "move", pgettext_lazy("grouping", "moved")
        TAKE_OUT = "take_out", pgettext_lazy("grouping", "taken out")
        RENAME = "rename", pgettext_lazy("grouping", "renamed")
        SPLIT = "split", pgettext_lazy("grouping", "split")
        MERGE = "merge", pgettext_lazy("grouping", "merged")
        DISSOLVE = "dissolve", pgettext_lazy("grouping", "dissolved")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="grouping_steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    before = models.JSONField()
    after = models.JSONField()
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("step of grouping")
        verbose_name_plural = _("steps of grouping")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"


class DiagnosisQuerySet(models.QuerySet["Diagnosis"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published ones of sessions the person may see; coordinators see those in preparation, too."""
        found = self.filter(session__in=Session.objects.visible_to(user))
        return found if roles_of(user).is_coordinator else found.filter(published__isnull=False)


@pghistory.track()
class Diagnosis(models.Model):
    """The collective diagnosis of a session as coordinators edit it; the public reads the version that is `published`.

    What it says of each theme stands on the themes (`Theme.statement`, `Theme.rank`).
    """

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="diagnosis")
    introduction = models.TextField(_("introduction"), max_length=4000, blank=True)
    edition = models.PositiveIntegerField(default=1, db_default=1)
    edited_at = models.DateTimeField(db_default=Now())
    edited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    published = models.OneToOneField(
        "DiagnosisVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="published_of"
    )

    objects = DiagnosisQuerySet.as_manager()

    class Meta:
        verbose_name = _("collective diagnosis")
        verbose_name_plural = _("collective diagnoses")

    def __str__(self) -> str:
        return str(self.session)

    def get_absolute_url(self) -> str:
        return reverse("workshops:diagnosis", args=[self.session.slug])


class DiagnosisVersion(models.Model):
    """A collective diagnosis as it was published. Never changed: a correction is another version.

    `content` is whole in itself: `{"introduction": text, "statements": [{"theme": id, "rank": n, "title": ...,
    "statement": ..., "votes": n, "notes": [{"id", "text", "kind", "table", "city"}]}], "ungrouped": [notes]}`.
    """

    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField()
    note = models.CharField(_("what is new"), max_length=500, blank=True)
    published_at = models.DateTimeField(db_default=Now())
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("published diagnosis")
        verbose_name_plural = _("published diagnoses")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["diagnosis", "number"], name="diagnosisversion_number_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.diagnosis} ({self.number})"


# --- Votes ------------------------------------------------------------------------------------------------------------


class VotingRoundQuerySet(models.QuerySet["VotingRound"]):
    def going_on(self) -> Self:
        """Open, or closed and not revealed yet."""
        return self.exclude(status=VotingRound.Status.REVEALED)


class VotingRound(models.Model):
    """A vote on themes: each who is checked in gives `votes_each` votes; hands of a room without devices are counted.

    Votes are secret for ever; totals until they are revealed. While a round is open nobody sees them, nor who leads.
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("voting", "open")
        CLOSED = "closed", pgettext_lazy("voting", "closed")
        REVEALED = "revealed", pgettext_lazy("voting", "revealed")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.OPEN: {Status.CLOSED},
        Status.CLOSED: {Status.OPEN, Status.REVEALED},
        Status.REVEALED: set(),
    }
    MOST_VOTES: Final = 10  # each; the database says so, too

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="voting_rounds")
    number = models.PositiveSmallIntegerField(_("number"))
    themes = models.ManyToManyField(Theme, related_name="+", verbose_name=_("themes"))
    # What each theme, by its number in the database, was called when it was voted on: it may get another name later.
    titles = models.JSONField(default=dict, db_default={}, editable=False)
    votes_each = models.PositiveSmallIntegerField(_("votes each"), default=3)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    code = models.CharField(max_length=32, unique=True)  # of the address to vote at, as a QR code shows it
    form_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    opened_at = models.DateTimeField(db_default=Now())
    opened_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)

    objects = VotingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="votinground_number_once"),
            models.UniqueConstraint(
                fields=["session"], condition=Q(status__in=["open", "closed"]), name="votinground_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(votes_each__gte=1, votes_each__lte=10), name="votinground_votes_each"),
        ]

    def __str__(self) -> str:
        return f"{self.session} ({self.number})"

    def get_absolute_url(self) -> str:
        return reverse("workshops:vote", args=[self.code])


# A vote counts while its round is open, on a theme of that round, and nobody has more than each may give. The row of
# the round is held, so that one closed meanwhile takes none.
_JUDGE = """
SELECT round.status, round.votes_each INTO standing, each
FROM workshops_votinground round
WHERE round.id = (CASE WHEN TG_OP = 'DELETE' THEN OLD.round_id ELSE NEW.round_id END) FOR SHARE;
IF standing IS DISTINCT FROM 'open' THEN
    RAISE EXCEPTION 'workshops: the vote is not open' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_while_open';
END IF;
IF TG_OP = 'DELETE' THEN
    RETURN OLD;
END IF;
IF NEW.slot < 1 OR NEW.slot > each THEN
    RAISE EXCEPTION 'workshops: one vote too many' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_none_too_many';
END IF;
IF NOT EXISTS (
    SELECT FROM workshops_votinground_themes WHERE votinground_id = NEW.round_id AND theme_id = NEW.theme_id
) THEN
    RAISE EXCEPTION 'workshops: not a theme of this vote'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_on_its_themes';
END IF;
RETURN NEW;
"""


class Vote(models.Model):
    """One of the votes of one person who is checked in; `slot` counts them from 1. Several may go to one theme."""

    round = models.ForeignKey(VotingRound, on_delete=models.PROTECT, related_name="votes")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    slot = models.PositiveSmallIntegerField()
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="votes")
    cast_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("vote of a person")
        verbose_name_plural = _("votes of people")
        constraints = [
            models.UniqueConstraint(fields=["round", "participation", "slot"], name="vote_once"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="judged",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("standing", "text"), ("each", "integer")],
                func=_JUDGE,
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.slot}"


class HandCount(models.Model):
    """Hands that a facilitator counted in the room for one theme, of one table or the whole room; the last stands."""

    round = models.ForeignKey(VotingRound, on_delete=models.PROTECT, related_name="hands")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="hands")
    table = models.ForeignKey(WorkTable, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    hands = models.PositiveSmallIntegerField(_("hands"))
    counted_at = models.DateTimeField(db_default=Now())
    counted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("count of hands")
        verbose_name_plural = _("counts of hands")
        constraints = [
            models.UniqueConstraint(fields=["round", "theme", "table"], name="handcount_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.theme}: {self.hands}"
