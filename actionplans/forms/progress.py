"""What happened: logged on a phone, in three taps and a photo."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.actions.progress import too_early
from actionplans.forms.evidence import EvidenceForm, KeepingForm
from actionplans.models import Commitment, Completion, Milestone, ProgressEntry
from actionplans.models.days import FIRST_DAY, WITHIN
from actionplans.reports.progress import PlanProgress
from ogpgroup.dates import spoken_day


class ProgressForm(EvidenceForm):
    """One entry. The plan comes from the address, and what may be chosen from the plan.

    `form_id` is made with the form: however often a bad line sends it, it is one entry.
    """

    about = forms.ChoiceField(label=gettext_lazy("What is it about?"), widget=forms.RadioSelect)
    status = forms.ChoiceField(
        label=gettext_lazy("How far is it now?"), choices=Completion.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("What happened?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A sentence is enough. Anybody will read it."),
    )
    happened_on = forms.DateField(label=gettext_lazy("When?"), validators=WITHIN)
    form_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, progress: PlanProgress, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today, self._plan = today, progress.plan
        self._things: dict[str, Commitment | Milestone] = {}
        for one in progress.commitments:
            self._things |= {key_of(track.milestone): track.milestone for track in one.tracks}
            self._things[key_of(one.commitment)] = one.commitment
        self.fields["about"].choices = [(key, str(thing)) for key, thing in self._things.items()]  # type: ignore[attr-defined]
        self.fields["happened_on"].initial = today
        self.fields["happened_on"].widget.attrs |= {"min": FIRST_DAY.isoformat(), "max": today.isoformat()}
        self.fields["form_id"].initial = uuid.uuid4

    def clean_about(self) -> Commitment | Milestone:
        return self._things[self.cleaned_data["about"]]

    def clean_happened_on(self) -> date:
        day: date = self.cleaned_data["happened_on"]
        if day > self._today:
            raise ValidationError(
                _("That day has not come yet; today is %(day)s.") % {"day": spoken_day(self._today, weekday=False)}
            )
        if day < self._plan.first_day_of_progress:
            raise ValidationError(too_early(self._plan))
        return day


class CorrectionForm(KeepingForm, ProgressForm):
    """A new entry in the place of an old one."""

    reason = forms.CharField(
        label=gettext_lazy("What was wrong?"),
        max_length=300,
        help_text=gettext_lazy("The old entry stays readable, with this beside it."),
    )

    def put_on(self, entry: ProgressEntry) -> None:
        """From here on the form is about another entry: sent again, with what was typed, it corrects that one."""
        self.offer(entry.evidence.all())
        typed = self.data.copy()  # type: ignore[attr-defined]
        typed.setlist(self.add_prefix("keep"), list(self._evidence))
        self.data = typed


class RetractionForm(forms.Form):
    """Why an entry should never have been logged."""

    reason = forms.CharField(
        label=gettext_lazy("Why was it a mistake?"),
        max_length=300,
        help_text=gettext_lazy("The entry stays readable, struck out, with this beside it. Anybody will read it."),
    )


def key_of(thing: Commitment | Milestone) -> str:
    """How a form names what it is about."""
    return f"{'m' if isinstance(thing, Milestone) else 'c'}{thing.pk}"
