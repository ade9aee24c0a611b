"""Moving and repeating drafts on the planning board."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workshops.actions import Every
from workshops.actions.arranging import MOST_TIMES
from workshops.forms.sessions import FIRST_DAY, LAST_DAY


class MoveForm(forms.Form):
    """Another day for a draft: so many days on or back, or the day itself."""

    DAYS: ClassVar[tuple[int, ...]] = (-7, -1, 1, 7)

    days = forms.TypedChoiceField(choices=[(number, number) for number in DAYS], coerce=int, required=False)
    to = forms.DateField(required=False, validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)])
    edits = forms.IntegerField(min_value=0)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not typed.get("days") and not typed.get("to"):
            raise forms.ValidationError(_("Please choose a day."))
        return typed

    def day_from(self, day: date) -> date:
        """The day that was chosen, for a draft that is on `day` now."""
        to: date | None = self.cleaned_data["to"]
        return to or day + timedelta(days=self.cleaned_data["days"])


class RepeatForm(forms.Form):
    """How often a session repeats, and how many there are in all."""

    every = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=[
            (Every.WEEK.value, gettext_lazy("Every week")),
            (Every.FORTNIGHT.value, gettext_lazy("Every two weeks")),
            (Every.MONTH.value, gettext_lazy("Every month, on the same weekday of the month")),
        ],
        widget=forms.RadioSelect,
        initial=Every.WEEK.value,
    )
    times = forms.IntegerField(
        label=gettext_lazy("How many sessions in all"),
        help_text=gettext_lazy("This one included, from 2 to 26."),
        min_value=2,
        max_value=MOST_TIMES,
        initial=4,
    )
    edits = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
