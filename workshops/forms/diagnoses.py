"""What coordinators write into a collective diagnosis."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workshops.models import Diagnosis, Theme


class IntroductionForm(forms.ModelForm):  # type: ignore[type-arg]
    """What stands above the statements."""

    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Diagnosis
        fields = ["introduction"]
        widgets = {"introduction": forms.Textarea(attrs={"rows": 6, "dir": "auto"})}


class StatementForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the group says of a theme, and where that stands."""

    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Theme
        fields = ["statement", "rank", "rank_reason", "continues"]
        widgets = {"statement": forms.Textarea(attrs={"rows": 6, "dir": "auto"})}
        help_texts = {
            "statement": gettext_lazy("One or two sentences that everybody at the tables would recognise."),
            "rank": gettext_lazy("Only where it is to stand apart from the order of the votes."),
            "rank_reason": gettext_lazy("The public reads it beside the statement."),
            "continues": gettext_lazy("A theme of an earlier session of the cycle that comes back in this one."),
        }

    def __init__(self, *args: Any, earlier: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["continues"]
        chooser.queryset = earlier  # type: ignore[attr-defined]
        chooser.label_from_instance = lambda theme: f"{theme.title} ({theme.session.current_version})"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        rank, reason = cleaned.get("rank"), cleaned.get("rank_reason")
        if rank == 0:
            self.add_error("rank", _("Places are counted from 1."))
        if rank and not reason and "rank_reason" not in self.errors:
            self.add_error("rank_reason", _("Say why it does not stand where the votes put it."))
        if reason and rank is None and "rank" not in self.errors:
            self.add_error("rank", _("Say at which place, or leave the reason empty."))
        return cleaned


class PublishForm(forms.Form):
    """What is new in this version."""

    note = forms.CharField(
        label=gettext_lazy("What is new"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("One sentence for whoever knows the version before."),
    )
