"""What a city is to hand in, what it hands in, and what a coordinator answers."""

from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy

from actionplans.forms.evidence import KeepingForm
from actionplans.models import Deliverable


class DeliverableForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is expected and by when. `form_id` is made with the form of a new one: sent twice, it is one."""

    form_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Deliverable
        fields: ClassVar = ["kind", "title", "due_on", "due_is_computed"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["form_id"]
        else:
            self.fields["form_id"].initial = uuid4


class HandInForm(KeepingForm):
    """A text, files, or both; what was returned can be gone on with."""

    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 12})
    )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What is missing"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The city reads it, and so does the public."),
    )


class DropForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is no longer expected"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Anybody reads it on the page of the deliverable."),
    )
