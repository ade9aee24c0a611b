"""What a city hands in, and what a coordinator answers."""

from django import forms
from django.utils.translation import gettext_lazy

from actionplans.forms.evidence import EvidenceForm


class HandInForm(EvidenceForm):
    """A text, files, or both."""

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
