"""What people type about rounds: opening one, evaluating, stepping back, replying."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from actionplans.models import ActionPlan, Commitment
from cities.forms import OrganizationChoiceField
from cities.models import Organization, OrganizationQuerySet
from feedback.actions import rounds as actions
from feedback.actions.evaluations import Said
from feedback.models import Criterion, CriterionReply, Evaluation, Score
from feedback.rubrics import BUILT_IN
from ogpgroup.errors import ActionNotPossible

NOT_APPLICABLE = "na"


class _OrganizationsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.local_name)


class RoundDaysForm(forms.Form):
    """Until when people evaluate, and until when the city replies."""

    due_on = forms.DateField(
        label=_("Evaluate until"), help_text=_("People are reminded three days before, and that day.")
    )
    reply_due_on = forms.DateField(
        label=_("The city replies until"), help_text=_("Results and replies are published together.")
    )

    def __init__(self, *args: Any, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "due_on" in cleaned and "reply_due_on" in cleaned:
            try:
                actions.check_days(cleaned["due_on"], cleaned["reply_due_on"], on=self.on)
            except ActionNotPossible as error:
                is_first = cleaned["due_on"] < self.on or cleaned["due_on"] > self.on + actions.LASTS_AT_MOST
                self.add_error("due_on" if is_first else "reply_due_on", str(error.sentence))
        return cleaned


class RoundForm(RoundDaysForm):
    rubric = forms.ChoiceField(label=_("Rubric"), widget=forms.RadioSelect)
    organizations = _OrganizationsField(
        label=_("Organisations asked to evaluate"),
        queryset=Organization.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody who acts for them is told by mail. Those of the city itself are not in the list."),
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("rubric", "organizations", "due_on", "reply_due_on", "form_id")

    def __init__(self, *args: Any, plan: ActionPlan, organizations: OrganizationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_id"].initial = uuid4
        from_code = [(text.slug, rubric_label(text.slug)) for text in BUILT_IN]
        self.fields["rubric"].choices = from_code  # type: ignore[attr-defined]
        self.fields["organizations"].queryset = organizations  # type: ignore[attr-defined]


def rubric_label(slug: str) -> str:
    """What stands beside the choice: the name, and what is judged."""
    labels = {
        "irm": _("IRM criteria: each commitment, by verifiability, potential, completion and what it opened"),
        "participation": _("Participation: the plan as a whole, by the influence people had on it"),
    }
    return str(labels[slug])


class SpeaksForMixin(forms.Form):
    """Asks for which organisation, where the person may speak for several of those invited."""

    def ask_for_organization(self, organizations: Sequence[Organization], known: Evaluation | None) -> None:
        """Asked of who acts for several, and of who no longer acts for the one they had begun for."""
        initial = known.organization_id if known else None
        self.must_say = known is None or initial not in {one.pk for one in organizations}
        if len(organizations) > 1 or (known and self.must_say):
            self.fields["organization"] = OrganizationChoiceField(
                label=_("You evaluate for"),
                queryset=Organization.objects.filter(pk__in=[one.pk for one in organizations]).by_name(),
                widget=forms.RadioSelect,
                empty_label=None,
                initial=initial,
            )


class EvaluationForm(SpeaksForMixin):
    """One page of an evaluation: the criteria on a commitment, or on the plan.

    A script sends only what was changed: then `answers` holds those criteria alone.
    """

    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    person = forms.IntegerField(widget=forms.HiddenInput)  # who the page was made for

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        commitment: Commitment | None,
        evaluation: Evaluation | None,
        scores: dict[tuple[int, int | None], Score],
        organizations: Sequence[Organization],
        person: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"auto_id": "%s", **kwargs})
        self.criteria, self.commitment = criteria, commitment
        self.initial.update(edition=evaluation.edition if evaluation else 0, person=person)
        self.ask_for_organization(organizations, evaluation)
        if "organization" in self.fields:
            self.fields["organization"].required = self.must_say
        for criterion in criteria:
            score = scores.get((criterion.pk, commitment.pk if commitment else None))
            choices = [(str(level.pk), level.local_name) for level in criterion.levels.all()]
            self.fields[f"level-{criterion.pk}"] = forms.ChoiceField(
                choices=[("", ""), *choices, (NOT_APPLICABLE, _("Not applicable"))], required=False
            )
            self.fields[f"evidence-{criterion.pk}"] = forms.CharField(
                required=False, max_length=Score._meta.get_field("evidence").max_length
            )
            if score is not None:
                level = NOT_APPLICABLE if score.not_applicable else str(score.level_id or "")
                self.initial.update({f"level-{criterion.pk}": level, f"evidence-{criterion.pk}": score.evidence})

    @property
    def answers(self) -> list[Said]:
        """What was sent; criteria of which nothing was sent are left as they are."""
        assert isinstance(self.data, QueryDict)
        sent = {name.partition("-")[2] for name in self.data if name.startswith(("level-", "evidence-"))}
        return [self._said(criterion) for criterion in self.criteria if str(criterion.pk) in sent]

    def _said(self, criterion: Criterion) -> Said:
        level = self.cleaned_data[f"level-{criterion.pk}"]
        return Said(
            criterion_id=criterion.pk,
            commitment_id=self.commitment.pk if self.commitment else None,
            level_id=int(level) if level and level != NOT_APPLICABLE else None,
            not_applicable=level == NOT_APPLICABLE,
            evidence=self.cleaned_data[f"evidence-{criterion.pk}"].replace("\r\n", "\n"),
        )


class ConflictForm(SpeaksForMixin):
    conflict = forms.CharField(
        label=_("Why you step back"),
        max_length=1000,
        widget=forms.Textarea,
        help_text=_("For instance: you worked on this plan, or are paid by the city. Coordinators read it."),
    )

    def __init__(
        self, *args: Any, organizations: Sequence[Organization], known: Evaluation | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ask_for_organization(organizations, known)


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("The city's reply"),
        max_length=CriterionReply._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # the reply that stood on the page
