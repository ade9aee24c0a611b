"""By what a plan is judged: versioned rubrics of criteria with named levels. A change is a new version."""

from typing import ClassVar

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


def _local(spanish: str, english: str) -> str:
    return english if get_language() == "en" else spanish


class Rubric(models.Model):
    """A set of criteria with its source. `about` says whether it judges each commitment or the plan as a whole."""

    class About(models.TextChoices):
        COMMITMENTS = "commitments", _("each commitment")
        PLAN = "plan", _("the plan as a whole")

    slug = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    about = models.CharField(max_length=11, choices=About.choices)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    introduction = models.TextField(max_length=2000)
    introduction_en = models.TextField(max_length=2000)
    source = models.CharField(max_length=300)  # where criteria, names and scales come from
    source_url = models.URLField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        ordering = ["slug", "version"]
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="rubric_version_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.local_title} ({self.version})"

    @property
    def local_title(self) -> str:
        return _local(self.title, self.title_en)

    @property
    def local_introduction(self) -> str:
        return _local(self.introduction, self.introduction_en)


class Criterion(models.Model):
    """One question of a rubric.

    Weights are relative to each other; over what was answered they are made to sum to one. Where it needs evidence, a
    level without a word of it is no answer.
    """

    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    question = models.TextField(max_length=1000)
    question_en = models.TextField(max_length=1000)
    weight = models.DecimalField(max_digits=5, decimal_places=2, default=1, validators=[MinValueValidator(0)])
    needs_evidence = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["rubric", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rubric", "position"], name="criterion_position_once"),
            models.UniqueConstraint(fields=["rubric", "slug"], name="criterion_slug_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="criterion_weighs_something"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        return _local(self.name, self.name_en)

    @property
    def local_question(self) -> str:
        return _local(self.question, self.question_en)


class Level(models.Model):
    """A named step of a criterion's scale, from low to high.

    `value` from 0 to 1 places it for the weighted figure; null where the name is no step of the scale ("no evidence
    available"): such a score is shown and not counted.
    """

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="levels")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    description = models.TextField(max_length=500, blank=True)
    description_en = models.TextField(max_length=500, blank=True)
    value = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ["criterion", "position"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "position"], name="level_position_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0, value__lte=1), name="level_value_is_a_share"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=_APPEND_ONLY)]

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        return _local(self.name, self.name_en)

    @property
    def local_description(self) -> str:
        return _local(self.description, self.description_en)
