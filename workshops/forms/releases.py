"""Releases, postponements and cancellations."""

from django import forms
from django.utils.translation import gettext_lazy

from workshops.forms.posted import replaced
from workshops.models import ScheduleRelease, Session


class ReleaseForm(forms.Form):
    """The covering note, and the fingerprint of the preview it was written under."""

    note = forms.CharField(
        label=gettext_lazy("Covering note"),
        help_text=gettext_lazy(
            "What changes, and why. Whoever hears of a change of this version reads it, on its page and in the mail."
        ),
        max_length=ScheduleRelease._meta.get_field("note").max_length,
        required=False,
        widget=forms.Textarea,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def showing(self, fingerprint: str) -> "ReleaseForm":
        """The same note under a fresh preview."""
        self.initial["seen"] = fingerprint
        if self.is_bound:
            self.data = replaced(self.data, "seen", fingerprint)
        return self


class PostponeForm(forms.Form):
    """Why a session does not take place on its date, in words that everybody invited will read."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Everybody invited reads it. They are asked again once the new date is published."),
        max_length=Session._meta.get_field("cancel_reason").max_length,
        widget=forms.Textarea,
    )


class CancelForm(forms.Form):
    """Why a session does not take place, in words that everybody invited will read."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Everybody invited reads it, and it stays in the public schedule."),
        max_length=Session._meta.get_field("cancel_reason").max_length,
        widget=forms.Textarea,
    )
