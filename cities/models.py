"""Who: cities, the institutions that act for them or beside them, and the people who act for institutions."""

from datetime import date, datetime
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core import signing
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ogpgroup.changes import counted
from ogpgroup.models import User, validate_time_zone
from ogpgroup.text import SortKey


def group_day(now: datetime) -> date:
    """The group's calendar day, one for everybody: memberships do not begin and end by each reader's own clock."""
    return timezone.localdate(now, ZoneInfo(settings.TIME_ZONE))


def _days() -> Func:
    """The days from `since` to `until`, both included; open-ended while `until` is empty."""
    return Func(F("since"), F("until"), Value("[]"), function="daterange", output_field=DateRangeField())


def _ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(until__isnull=True) | Q(until__gte=F("since")),
        name=name,
        violation_error_message=_("The last day cannot be before the first."),
    )


class CityQuerySet(models.QuerySet["City"]):
    def in_group(self, on: date) -> Self:
        """Cities whose government belongs to the group on that day."""
        return self.filter(pk__in=GroupMembership.objects.on(on).values("organization__city"))

    def by_name(self) -> Self:
        return self.order_by(SortKey("name"), "state")

    def real(self) -> Self:
        return self.filter(is_demo=False)


class City(models.Model):
    """A municipality. Its facts come from INEGI and keep their year; real cities hold only facts with a source."""

    cvegeo = models.CharField(
        _("INEGI code"),
        max_length=5,
        unique=True,
        validators=[RegexValidator(r"^(\d{5}|D\d{4})$")],
        help_text=_("Two digits for the state and three for the municipality, with leading zeros."),
    )
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(_("state"), max_length=60)
    state_code = models.CharField(_("state code (ISO 3166-2)"), max_length=6)
    seat = models.CharField(_("seat"), max_length=120)
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, validators=[MinValueValidator(14), MaxValueValidator(33)]
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, validators=[MinValueValidator(-119), MaxValueValidator(-86)]
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(_("year of the census"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    is_demo = models.BooleanField(default=False)

    objects = CityQuerySet.as_manager()

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        constraints = [
            models.CheckConstraint(
                condition=Q(population__isnull=True, population_year__isnull=True)
                | Q(population__isnull=False, population_year__isnull=False),
                name="city_population_and_year_together",
            ),
        ]
        indexes = [models.Index(SortKey("name"), name="city_by_name")]
        triggers = [counted()]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cities:detail", args=[self.slug])

    @property
    def full_name(self) -> str:
        """Name and state: there are three Melchor Ocampos."""
        return f"{self.name}, {self.state}"


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def in_group(self, on: date) -> Self:
        return self.filter(pk__in=GroupMembership.objects.on(on).values("organization"))

    def by_name(self) -> Self:
        return self.order_by(SortKey("name"))

    def real(self) -> Self:
        return self.filter(is_demo=False)


@pghistory.track()
class Organization(models.Model):
    """An institution: a town council, a ministry, an NGO, a university. People act for it through `Membership`."""

    class Kind(models.TextChoices):
        MUNICIPAL_GOVERNMENT = "municipal_government", _("municipal government")
        STATE_BODY = "state_body", _("state body")
        FEDERAL_MINISTRY = "federal_ministry", _("federal ministry")
        AUTONOMOUS_BODY = "autonomous_public_body", _("autonomous public body")
        FORUM = "multi_stakeholder_forum", _("multi-stakeholder forum")
        PARTNERSHIP = "multilateral_partnership", _("international partnership")
        NGO = "ngo", _("civil society organisation")
        UNIVERSITY = "university", _("university")
        ASSOCIATION = "professional_association", _("professional association")
        COMPANY = "private_company", _("private company")
        UNVERIFIED = "unverified", _("kind to be confirmed")

    class Certainty(models.TextChoices):
        SURE = "sure", _("confirmed")
        GENERAL_KNOWLEDGE = "general_knowledge", _("general knowledge, not checked")
        UNSURE = "unsure", _("to be confirmed")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    scope = models.CharField(
        _("where it works"),
        max_length=10,
        blank=True,
        help_text=_("MX, a state such as MX-JAL, another country, or INT."),
    )
    website = models.URLField(_("website"), blank=True)
    certainty = models.CharField(_("certainty"), max_length=20, choices=Certainty.choices, default=Certainty.SURE)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    city = models.ForeignKey(
        City,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organizations",
        verbose_name=_("city"),
        help_text=_("The city it governs or sits in."),
    )
    coordinates_group = models.BooleanField(_("coordinates the group"), default=False)
    is_demo = models.BooleanField(default=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["city"],
                condition=Q(kind="municipal_government"),
                name="organization_one_government_per_city",
                violation_error_message=_("This city already has its government on record."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="municipal_government") | Q(city__isnull=False),
                name="organization_government_has_city",
                violation_error_message=_("A municipal government needs its city."),
            ),
        ]
        indexes = [models.Index(SortKey("name"), name="organization_by_name")]
        triggers = [counted()]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cities:organization_detail", args=[self.slug])

    @property
    def local_name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    @property
    def is_government(self) -> bool:
        return self.kind == self.Kind.MUNICIPAL_GOVERNMENT


class GroupMembershipQuerySet(models.QuerySet["GroupMembership"]):
    def on(self, day: date) -> Self:
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)

    def not_over(self, day: date) -> Self:
        """In force that day or later."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day))


@pghistory.track()
class GroupMembership(models.Model):
    """From when until when an organisation belongs to the group; a city is in the group through its government's."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="group_memberships")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership of the group")
        verbose_name_plural = _("memberships of the group")
        ordering = ["since"]
        constraints = [
            _ends_after_start("groupmembership_ends_after_start"),
            ExclusionConstraint(
                name="groupmembership_no_overlap",
                expressions=[("organization", RangeOperators.EQUAL), (_days(), RangeOperators.OVERLAPS)],
            ),
        ]
        triggers = [counted()]

    def __str__(self) -> str:
        return f"{self.organization}: {self.since} – {self.until or ''}"

    def is_current(self, on: date) -> bool:
        """See also `GroupMembershipQuerySet.on`."""
        return self.since <= on and (self.until is None or self.until >= on)


class Role(models.TextChoices):
    """What a person may do for an organisation."""

    COORDINATOR = "coordinator", _("coordinator")
    OFFICIAL = "official", _("city official")
    MEMBER = "member", _("working-group member")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> Self:
        """Memberships in force that day, of people whose account is open, in organisations that are in the group.

        See also `cities.access.roles_of`, which asks the same in SQL.
        """
        return self.in_force(day).filter(organization__in=GroupMembership.objects.on(day).values("organization"))

    def in_force(self, day: date) -> Self:
        """The same in any organisation, whether it is in the group or not: what somebody is, not what they may do."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day, user__is_active=True)

    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def not_over(self, day: date) -> Self:
        """In force that day or later."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day))


@pghistory.track()
class Membership(models.Model):
    """A person acts for an organisation in a role, from a day until a day. Ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    position = models.CharField(
        _("position"), max_length=120, blank=True, help_text=_("As on the door, for instance: director of planning.")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    successor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("successor")
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["since"]
        constraints = [
            _ends_after_start("membership_ends_after_start"),
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("organization", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["role", "since"], name="membership_role")]
        triggers = [counted()]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.organization}"


class AccountInvitationQuerySet(models.QuerySet["AccountInvitation"]):
    def open(self, now: datetime) -> Self:
        """Invitations whose link still works. See also `AccountInvitation.is_open`."""
        return self.filter(status=AccountInvitation.Status.OPEN, expires_at__gt=now)

    def with_token(self, token: str) -> "AccountInvitation | None":
        """The invitation a link leads to; none for a forged one, and none for the link of an earlier mail."""
        try:
            pk, link_number = signing.loads(token, salt=AccountInvitation.SALT)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return self.filter(pk=pk, link_number=link_number).select_related("organization__city", "invited_by").first()


class AccountInvitation(models.Model):
    """A coordinator invites an address into an organisation. The link is signed, lasts 14 days and works once."""

    class Status(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.OPEN: {Status.ACCEPTED, Status.WITHDRAWN},
        Status.ACCEPTED: set(),
        Status.WITHDRAWN: set(),
    }

    DAYS = 14
    SALT = "cities.account-invitation"

    email = models.EmailField(_("e-mail"), max_length=254)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.MEMBER)
    language = models.CharField(
        _("language of the mail"), max_length=5, choices=User._meta.get_field("language").choices, default="es-mx"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    link_number = models.PositiveSmallIntegerField(
        default=1
    )  # sent again, an invitation has a new link and the old one ends
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_demo = models.BooleanField(default=False)

    objects = AccountInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), "organization", "role", condition=Q(status="open"), name="accountinvitation_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", accepted_at__isnull=False)
                | (~Q(status="accepted") & Q(accepted_at=None)),
                name="accountinvitation_accepted_has_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "-created_at"], name="accountinvitation_status")]

    def __str__(self) -> str:
        return f"{self.email} → {self.organization}"

    def is_open(self, now: datetime) -> bool:
        """See also `AccountInvitationQuerySet.open`."""
        return self.status == self.Status.OPEN and self.expires_at > now

    @property
    def token(self) -> str:
        """What the link carries: only the mail to the address holds it, so it also proves the address."""
        return signing.dumps([self.pk, self.link_number], salt=self.SALT)

    @property
    def link(self) -> str:
        return settings.PUBLIC_URL + reverse("account_invitation", args=[self.token])


class CycleQuerySet(models.QuerySet["Cycle"]):
    def current(self, on: date) -> Self:
        return self.filter(starts_on__lte=on, ends_on__gte=on)

    def newest_first(self) -> Self:
        return self.order_by("-starts_on", "-pk")


@pghistory.track()
class Cycle(models.Model):
    """About a year in which one fellow city works on its plan before the group.

    The fellow city is named by `actionplans.actions.select`, with the reason the group gave.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120, help_text=_("For instance: Cycle 2017–2018."))
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    purpose = models.TextField(_("purpose"), max_length=2000, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    # What the group promises its people: so many days between the news of a date and the date.
    notice_days = models.PositiveSmallIntegerField(
        _("days of notice that the group promises"),
        default=14,
        db_default=14,
        validators=[MaxValueValidator(120)],
        help_text=_("Between publishing a date and the date. Whoever plans with less is warned, never stopped."),
    )
    fellow_city = models.ForeignKey(
        City,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="fellow_cycles",
        verbose_name=_("fellow city"),
    )
    fellow_named_on = models.DateField(_("named on"), null=True, blank=True)
    fellow_reason = models.TextField(_("reason"), max_length=2000, blank=True)
    is_demo = models.BooleanField(default=False)

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("cycle")
        verbose_name_plural = _("cycles")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="cycle_ends_after_start",
                violation_error_message=_("The last day must come after the first."),
            ),
            models.CheckConstraint(
                condition=Q(fellow_city__isnull=True, fellow_named_on__isnull=True, fellow_reason="")
                | (Q(fellow_city__isnull=False, fellow_named_on__isnull=False) & ~Q(fellow_reason="")),
                name="cycle_fellow_city_has_day_and_reason",
            ),
        ]
        triggers = [counted()]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cities:cycle_detail", args=[self.slug])

    @property
    def local_name(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name
