"""What somebody wants to have in a calendar of their own."""

from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from workshops.models import CalendarFeed

ALARMS = [
    ("", gettext_lazy("no alarm")),
    ("15", gettext_lazy("15 minutes before")),
    ("60", gettext_lazy("an hour before")),
    ("1440", gettext_lazy("a day before")),
]


class CalendarFeedForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """One more address for a calendar."""

    alarm_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Alarm"), choices=ALARMS, coerce=int, empty_value=None, required=False
    )

    class Meta:
        model = CalendarFeed
        fields: ClassVar[list[str]] = ["scope", "with_deadlines", "alarm_minutes", "name"]
        widgets: ClassVar[dict[str, type[forms.Widget]]] = {"scope": forms.RadioSelect}
        help_texts: ClassVar[dict[str, Any]] = {
            "with_deadlines": gettext_lazy("Deliverables, milestones, notes and agreements, as tasks."),
            "name": gettext_lazy("What your calendar should call it; may stay empty."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope: Any = self.fields["scope"]
        scope.choices = [(value, capfirst(label)) for value, label in CalendarFeed.Scope.choices]
