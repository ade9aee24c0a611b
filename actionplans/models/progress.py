"""What a city says it did, entry by entry, and the evidence for it. Nothing here is ever rewritten."""

import uuid
from collections.abc import Callable
from typing import Any, ClassVar, Final, Self

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actionplans.models.commitments import Commitment, Milestone
from actionplans.models.days import WITHIN, within
from actionplans.models.deliverables import Deliverable
from actionplans.models.plans import ActionPlan
from ogpgroup import withholding
from ogpgroup.changes import counted
from ogpgroup.models import User, Withholding
from ogpgroup.withholding import Withheld


class Completion(models.TextChoices):
    """How far a milestone or commitment came, in the IRM's words; "no evidence" is said where nothing was logged."""

    NOT_STARTED = "not_started", pgettext_lazy("completion", "not started")
    LIMITED = "limited", pgettext_lazy("completion", "limited")
    SUBSTANTIAL = "substantial", pgettext_lazy("completion", "substantial")
    COMPLETE = "complete", pgettext_lazy("completion", "complete")


class ProgressEntryQuerySet(models.QuerySet["ProgressEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Entries of the plans the person may see."""
        return self.filter(commitment__plan__in=ActionPlan.objects.visible_to(user))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Entries the person may correct: those of the plans they may keep."""
        return self.filter(commitment__plan__in=ActionPlan.objects.editable_by(user))

    def standing(self) -> Self:
        """Those that no later entry corrects and nobody has taken back: what counts. See also `STANDS`."""
        return self.filter(correction__isnull=True, retraction__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by("-happened_on", "-reported_at", "-pk")

    def of_plan(self, plan: ActionPlan) -> Self:
        return self.filter(commitment__plan=plan)


# The same of a row of that name, for statements.
STANDS: Final = """NOT EXISTS (SELECT FROM actionplans_progressentry AS later WHERE later.corrects_id = {entry}.id)
    AND NOT EXISTS (SELECT FROM actionplans_retraction AS retraction WHERE retraction.entry_id = {entry}.id)"""


class ProgressEntry(models.Model):
    """Something that happened on the way to a milestone, or on the commitment as a whole, and how far it is since then.

    Append-only: a correction is a new entry that points at the one it corrects, and both are shown. `form_id` comes
    with the form, so that a form sent twice over a bad line is one entry.
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="entries")
    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("milestone")
    )
    text = models.TextField(_("what happened"), max_length=4000)
    status = models.CharField(_("how far it is"), max_length=12, choices=Completion.choices)
    happened_on = models.DateField(_("when"), validators=WITHIN)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="correction", verbose_name=_("corrects")
    )
    correction_reason = models.CharField(_("what was wrong"), max_length=300, blank=True)
    form_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    reported_at = models.DateTimeField(db_default=Now())
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    withheld: Withheld | None = None  # what is read in its place; a report says so of the entries that it reads

    objects = ProgressEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress entry")
        verbose_name_plural = _("progress entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, correction_reason="")
                | (Q(corrects__isnull=False) & ~Q(correction_reason="")),
                name="progressentry_correction_has_reason",
            ),
            models.CheckConstraint(condition=within("happened_on"), name="progressentry_day_within"),
        ]
        indexes = [
            models.Index(fields=["commitment", "-happened_on"], name="progressentry_diary"),
            models.Index(fields=["milestone", "-happened_on"], name="progressentry_milestone"),
        ]
        triggers = [counted(), pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        # The diary has pages; the address finds the one with the entry.
        return f"{self.commitment.get_absolute_url()}?entry={self.pk}#entry-{self.pk}"


class Retraction(models.Model):
    """That an entry was logged by mistake: it counts no more and stays readable, struck out, with the reason.

    What happened otherwise than it was said is corrected; what did not happen, or not here, is taken back. Append-only
    too: what was taken back by mistake is logged anew.
    """

    entry = models.OneToOneField(ProgressEntry, on_delete=models.PROTECT, related_name="retraction")
    reason = models.CharField(_("why it was a mistake"), max_length=300)
    retracted_at = models.DateTimeField(db_default=Now())
    retracted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("entry taken back")
        verbose_name_plural = _("entries taken back")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="retraction_has_reason")]
        triggers = [counted(), pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.reason[:80]


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What stands in a plan the person may see; what waits for its form, to the one who sent it.

        Of what is handed in anybody sees what stands; what was returned, those who keep the plan, as they see its text.
        So it is with what coordinators withhold.
        """
        attached = Q(entry__isnull=False) | Q(deliverable__isnull=False)
        stands = Q(deliverable__status__in=Deliverable.READ, attempt=F("deliverable__attempt"))
        kept = Q(plan__in=ActionPlan.objects.editable_by(user))
        open_to_all = (Q(entry__isnull=False) | stands) & ~Q(Exists(Evidence.objects.withheld().same_as(OuterRef)))
        seen = (open_to_all | (attached & kept)) & Q(plan__in=ActionPlan.objects.visible_to(user))
        if not user.is_authenticated:
            return self.filter(seen)
        return self.filter(seen | (~attached & Q(uploaded_by=user)))

    def waiting(self) -> Self:
        """Accepted, but the form that brought it is not saved yet."""
        return self.filter(entry__isnull=True, deliverable__isnull=True)

    def attached(self) -> Self:
        """What stands with an entry or a deliverable."""
        return self.exclude(entry__isnull=True, deliverable__isnull=True)

    def same_as(self, ref: Callable[[str], Any]) -> Self:
        """The same file or link in the same plan: a correction brings along what stood with the entry before.

        `ref` names a field of the other, such as `OuterRef` does.
        """
        return self.filter(plan=ref("plan"), sha256=ref("sha256"), url=ref("url"))

    def withheld(self) -> Self:
        """What coordinators withhold by name; whatever is the `same_as` one of these is withheld with it."""
        by_name = Withholding.objects.standing().filter(subject_type="evidence")
        return self.filter(pk__in=by_name.values("subject_id"))

    def with_withheld(self) -> Self:
        """With what is read in the place of each that is withheld; no query more. See also `WITHHELD_EVIDENCE`."""
        same = Evidence.objects.same_as(lambda name: OuterRef(OuterRef(name)))
        found = Withholding.objects.standing().filter(subject_type="evidence", subject_id__in=same.values("pk"))
        return self.annotate(withheld_as=withholding.told_by(found))


# Joins what is read in the place of a row named `evidence` to a statement; see also `EvidenceQuerySet.with_withheld`.
WITHHELD_EVIDENCE: Final = """LEFT JOIN LATERAL (
    SELECT withholding.* FROM ogpgroup_withholding AS withholding
    JOIN actionplans_evidence AS same ON same.id = withholding.subject_id
    WHERE withholding.subject_type = 'evidence' AND withholding.lifted_at IS NULL
        AND same.plan_id = evidence.plan_id AND same.sha256 = evidence.sha256 AND same.url = evidence.url
    ORDER BY withholding.id LIMIT 1
) AS evidence_withheld ON true"""


class Evidence(models.Model):
    """A file or a link that shows what was done. Once it stands with an entry or a deliverable it is never changed.

    A file is accepted before the form that brings it is saved, and waits for it (`waiting`): a mistake in another field
    costs nobody the upload. What nobody fetches within two days is deleted. `content_type` was found by looking inside;
    images were drawn anew and carry no metadata.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("file")
        LINK = "link", _("link")

    LARGEST: Final = 10 * 1024 * 1024  # bytes a file; also the OGP's limit for attachments
    MOST: Final = 10  # files and links with one entry or deliverable

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="evidence")
    entry = models.ForeignKey(ProgressEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence")
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    attempt = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)  # see Deliverable
    kind = models.CharField(max_length=4, choices=Kind.choices)
    url = models.URLField(_("link"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to="evidence/%Y/%m/", max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)  # pixels, of images alone
    height = models.PositiveIntegerField(null=True, blank=True)
    alt = models.CharField(_("what the picture shows"), max_length=300, blank=True)
    uploaded_at = models.DateTimeField(db_default=Now())
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    withheld_as: Any = withholding.NOT_ASKED  # see `with_withheld`

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="file", url="") & ~Q(file="") & ~Q(content_type="") & ~Q(sha256=""))
                | (Q(kind="link", file="") & ~Q(url="")),
                name="evidence_file_or_link",
            ),
            models.CheckConstraint(
                condition=Q(entry__isnull=True) | Q(deliverable__isnull=True), name="evidence_in_one_place"
            ),
        ]
        indexes = [
            models.Index(fields=["uploaded_at"], condition=Q(entry=None, deliverable=None), name="evidence_waiting"),
            models.Index(fields=["plan", "sha256", "url"], name="evidence_same"),  # see `EvidenceQuerySet.same_as`
        ]
        triggers = [
            counted(),
            pgtrigger.Protect(
                name="append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__entry_id__isnull=False) | pgtrigger.Q(old__deliverable_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.url or reverse("file", args=[self.uuid, self.name])

    @property
    def is_attached(self) -> bool:
        """It stands somewhere and waits for no form. See also `EvidenceQuerySet.waiting`."""
        return self.entry_id is not None or self.deliverable_id is not None

    @property
    def withheld(self) -> Withheld | None:
        """What is read in its place; expects `with_withheld`."""
        return withholding.read(self.withheld_as)

    @classmethod
    def in_place_of(cls, other: "Evidence") -> "Evidence":
        """What others than its keepers get of one that is withheld: neither name nor address."""
        one = cls(pk=other.pk)
        one.uuid, one.withheld_as = None, other.withheld_as  # type: ignore[assignment]
        return one

    IMAGES: ClassVar = {"image/jpeg", "image/png", "image/webp"}

    @property
    def is_image(self) -> bool:
        """Drawn anew by us, so that it may be shown within a page."""
        return self.content_type in self.IMAGES
