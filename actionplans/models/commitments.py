"""What a plan promises: commitments in the fields of the OGP's template, and the milestones on the way."""

from datetime import date, timedelta
from typing import Any, Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from actionplans.models.days import WITHIN, within
from actionplans.models.plans import ActionPlan
from ogpgroup.changes import counted
from ogpgroup.models import User


class OgpValue(models.TextChoices):
    """The values of the OGP as its pages of local commitments name them. Source: OGP Local Handbook."""

    ACCESS_TO_INFORMATION = "access_to_information", _("access to information")
    CIVIC_PARTICIPATION = "civic_participation", _("civic participation")
    PUBLIC_ACCOUNTABILITY = "public_accountability", _("public accountability")
    TECHNOLOGY = "technology", _("technology and innovation for transparency and accountability")


class PolicyArea(models.TextChoices):
    """The OGP's policy areas (opengovpartnership.org/policy-areas; the list is reviewed every year)."""

    ACCESS_TO_JUSTICE = "access_to_justice", _("access to justice")
    AID = "aid", _("aid")
    ANTI_CORRUPTION_INSTITUTIONS = "anti_corruption_institutions", _("anti-corruption institutions")
    ANTI_CORRUPTION_STRATEGIES = "anti_corruption_strategies", _("anti-corruption strategies")
    ASSET_DISCLOSURE = "asset_disclosure", _("asset disclosure")
    CAPACITY_BUILDING = "capacity_building", _("capacity building")
    CIVIC_SPACE = "civic_space", _("civic space")
    CLIMATE_FINANCE = "climate_finance", _("climate finance")
    CLIMATE_MITIGATION = "climate_mitigation", _("climate mitigation and adaptation")
    CONFLICTS_OF_INTEREST = "conflicts_of_interest", _("conflicts of interest")
    DATA_STEWARDSHIP = "data_stewardship", _("data stewardship and privacy")
    DIGITAL_GOVERNANCE = "digital_governance", _("digital governance")
    EDUCATION = "education", _("education")
    GENDER = "gender", _("gender")
    HEALTH = "health", _("health and nutrition")
    HUMAN_RIGHTS = "human_rights", _("human rights")
    INFRASTRUCTURE = "infrastructure", _("infrastructure and transport")
    INTERNATIONAL_ENVIRONMENT = "international_environment", _("international environmental agreements")
    JUSTICE = "justice", _("justice")
    LABOR = "labor", _("labour")
    LAND_PLANNING = "land_planning", _("land rights and spatial planning")
    LEGISLATION = "legislation", _("legislation and regulation")
    LOBBYING = "lobbying", _("lobbying")
    MAINSTREAMING_PARTICIPATION = "mainstreaming_participation", _("mainstreaming participation")
    MARGINALIZED_COMMUNITIES = "marginalized_communities", _("marginalised communities")
    MEDIA = "media", _("media and telecommunications")
    ONLINE_CIVIC_SPACE = "online_civic_space", _("online civic space")
    OPEN_CONTRACTING = "open_contracting", _("open contracting")
    OPEN_DATA = "open_data", _("open data")
    DISABILITIES = "disabilities", _("people with disabilities")
    POLICING = "policing", _("policing and corrections")
    POLITICAL_FINANCE = "political_finance", _("political finance")
    PRIVATE_SECTOR = "private_sector", _("private sector")
    PUBLIC_PARTICIPATION = "public_participation", _("public participation")
    PUBLIC_SERVICES = "public_services", _("public service delivery")
    RIGHT_TO_INFORMATION = "right_to_information", _("right to information")
    SCIENCE = "science", _("science and technology")
    SECURITY = "security", _("security and public safety")
    SOCIAL_ACCOUNTABILITY = "social_accountability", _("social accountability")
    SUBNATIONAL = "subnational", _("subnational")
    DEVELOPMENT_GOALS = "development_goals", _("Sustainable Development Goals")


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Commitments of the plans the person may see."""
        return self.filter(plan__in=ActionPlan.objects.visible_to(user))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Commitments of the plans the person may keep."""
        return self.filter(plan__in=ActionPlan.objects.editable_by(user))


@pghistory.track()
class Commitment(models.Model):
    """One promise of a plan. Fields and their order are those of the OGP's template for local commitments.

    `edition` rises with each change of the text: an edit made on an older edition is not saved over a newer one.
    """

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="commitments", verbose_name=_("plan"))
    number = models.PositiveSmallIntegerField(_("number"))
    code = models.CharField(_("OGP identifier"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=300)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    short_title = models.CharField(_("short title"), max_length=80, blank=True)
    lead = models.CharField(_("lead office or institution"), max_length=200, blank=True)
    institutions = models.TextField(_("institutions involved"), max_length=2000, blank=True)
    starts_on = models.DateField(_("starts"), null=True, blank=True, validators=WITHIN)
    ends_on = models.DateField(_("ends"), null=True, blank=True, validators=WITHIN)
    problem = models.TextField(_("problem"), max_length=4000, blank=True)
    causes = models.TextField(_("causes"), max_length=4000, blank=True)
    status_quo = models.TextField(_("status quo"), max_length=4000, blank=True)
    action = models.TextField(_("action"), max_length=4000, blank=True)
    expected_results = models.TextField(_("expected results"), max_length=4000, blank=True)
    contribution = models.TextField(_("how it will help solve the problem"), max_length=4000, blank=True)
    long_term_goal = models.TextField(_("long-term goal"), max_length=4000, blank=True)
    ogp_values = ArrayField(
        models.CharField(max_length=30, choices=OgpValue.choices),
        verbose_name=_("OGP values"),
        blank=True,
        default=list,
    )
    policy_area = models.CharField(_("policy area"), max_length=30, choices=PolicyArea.choices, blank=True)
    sector = models.CharField(_("sector"), max_length=100, blank=True)
    additional = models.TextField(_("additional information"), max_length=4000, blank=True)
    source = models.URLField(_("source"), max_length=300, blank=True)
    source_note = models.CharField(_("how sure this is"), max_length=300, blank=True)
    # Made with the form: however often a bad line sends it, it is one. What came without a form has none.
    form_id = models.UUIDField(null=True, unique=True, editable=False)
    edition = models.PositiveIntegerField(default=1, editable=False)
    edited_at = models.DateTimeField(db_default=Now(), editable=False)
    edited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="commitment_number_once"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="commitment_ends_after_start",
                violation_error_message=_("The last day must not come before the first."),
            ),
            models.CheckConstraint(condition=within("starts_on", "ends_on"), name="commitment_days_within"),
        ]
        triggers = [counted()]

    def __str__(self) -> str:
        return f"{self.number}. {self.heading}"

    def get_absolute_url(self) -> str:
        return reverse("actionplans:commitment", args=[self.plan.slug, self.number])

    @property
    def heading(self) -> str:
        """The title in the reader's language, the short one first."""
        if get_language() == "en" and self.title_en:
            return self.title_en
        return self.short_title or self.title


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Milestones of the plans the person may see."""
        return self.filter(commitment__plan__in=ActionPlan.objects.visible_to(user))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Milestones of the plans the person may keep."""
        return self.filter(commitment__plan__in=ActionPlan.objects.editable_by(user))

    def with_newest_status(self) -> Self:
        """Each with `newest_status`: how far the newest standing entry says it is, or None where there is none.

        See also `actionplans.reports.progress`, which says the same of a whole plan at once.
        """
        entries: Any = self.model._meta.get_field("entries").related_model  # its module imports this one
        newest = entries.objects.filter(milestone=OuterRef("pk")).standing().newest_first()
        return self.annotate(newest_status=Subquery(newest.values("status")[:1]))

    def unfinished(self) -> Self:
        """Not reported complete, on plans whose clock runs."""
        known = self.filter(commitment__plan__in=ActionPlan.objects.running()).with_newest_status()
        return known.filter(Q(newest_status__isnull=True) | ~Q(newest_status="complete"))

    def late(self, on: date) -> Self:
        """Planned to end before that day and not reported complete. See also `actionplans.reports.progress.Track`."""
        return self.unfinished().filter(ends_on__lt=on)

    def due(self, on: date, within: timedelta) -> Self:
        """Planned to end on that day or within so long after it, and not reported complete."""
        return self.unfinished().filter(ends_on__gte=on, ends_on__lte=on + within)


@pghistory.track()
class Milestone(models.Model):
    """A step of a commitment with a result that can be verified: planned from one day to another.

    How far it came is not kept here: the progress entries say it (see `actionplans.reports`). Its last day can be moved
    while the plan is in force, for a reason that everybody reads beside the day first promised. About `edition` see
    Commitment.
    """

    commitment = models.ForeignKey(
        Commitment, on_delete=models.CASCADE, related_name="milestones", verbose_name=_("commitment")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=300)
    expected_output = models.TextField(_("expected output"), max_length=2000, blank=True)
    lead = models.CharField(_("lead office or institution"), max_length=200, blank=True)
    starts_on = models.DateField(_("starts"), validators=WITHIN)
    ends_on = models.DateField(_("ends"), validators=WITHIN)
    first_ends_on = models.DateField(_("first promised for"), null=True, editable=False)  # where it was moved since
    moved_because = models.CharField(_("why its last day is moved"), max_length=300, blank=True, db_default="")
    form_id = models.UUIDField(null=True, unique=True, editable=False)  # see Commitment
    edition = models.PositiveIntegerField(default=1, editable=False)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["commitment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "number"], name="milestone_number_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="milestone_ends_after_start",
                violation_error_message=_("The last day must not come before the first."),
            ),
            models.CheckConstraint(condition=within("starts_on", "ends_on"), name="milestone_days_within"),
            models.CheckConstraint(
                condition=Q(first_ends_on__isnull=True) | ~Q(moved_because=""), name="milestone_moved_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["ends_on"], name="milestone_ends")]
        triggers = [counted()]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def get_absolute_url(self) -> str:
        return f"{self.commitment.get_absolute_url()}#milestone-{self.number}"

    @property
    def is_moved(self) -> bool:
        """Whether it ends on another day than was promised first."""
        return self.first_ends_on is not None and self.first_ends_on != self.ends_on
