"""What a city is to hand in, what it hands in, and what a coordinator answers."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from actionplans.forms.commitments import KeptTogether
from actionplans.forms.evidence import KeepingForm
from actionplans.models import Deliverable


class DeliverableForm(KeptTogether):
    """What is expected and by when."""

    GROUPS = ((gettext_lazy("Deliverable"), ("kind", "title", "due_on", "due_is_computed")),)

    class Meta:
        model = Deliverable
        fields: ClassVar = ["kind", "title", "due_on", "due_is_computed"]


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
