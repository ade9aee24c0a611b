"""What people type about minutes: a section, a correction, what became of it, who completes them."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cities.models import Membership, group_day
from ogpgroup import markdown
from ogpgroup.models import User
from workshops.forms.sessions import people_by_name
from workshops.models import Correction, Minutes, MinutesSection, Session


class SectionForm(forms.Form):
    """One section, made on the edition that the form shows."""

    heading = forms.CharField(label=gettext_lazy("Heading"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"dir": "auto"}),
        help_text=gettext_lazy("Markdown: **bold**, - list, ### heading. A section without text is not shown."),
    )
    edition = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    @classmethod
    def on(cls, section: MinutesSection, *, text: str | None = None) -> "SectionForm":
        """The form as it opens, on what is stored now; with another text where both were merged."""
        shown = section.text if text is None else text
        return cls(initial={"heading": section.heading, "text": shown, "edition": section.edition})

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if markdown.is_too_long(text):
            raise forms.ValidationError(_("The text is too long: at most 20 kB. Add another section."))
        return text


class RefreshForm(SectionForm):
    """The same, with the text of the records that the person saw."""

    shown = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class NewSectionForm(forms.Form):
    """A section for what the records know nothing of."""

    heading = forms.CharField(label=gettext_lazy("Heading of another section"), max_length=200)


class RapporteurForm(forms.Form):
    """Who completes the minutes beside the coordinators."""

    rapporteur = forms.ModelChoiceField(
        label=gettext_lazy("Rapporteur"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["rapporteur"]
        today = group_day(timezone.now())
        members = Membership.objects.on(today).values("user")
        field.queryset = people_by_name(is_demo=session.is_demo, on=today).filter(pk__in=members)


class CorrectionForm(forms.Form):
    """What is wrong or missing, and where."""

    section = forms.ModelChoiceField(
        label=gettext_lazy("Section"),
        queryset=MinutesSection.objects.none(),
        required=False,
        empty_label=gettext_lazy("The minutes as a whole"),
    )
    text = forms.CharField(
        label=gettext_lazy("What is wrong or missing"), max_length=Correction.LONGEST, widget=forms.Textarea
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, minutes: Minutes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["section"]
        field.queryset = minutes.sections.all()


class DecisionForm(forms.Form):
    """What was done about a correction."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=Correction.Decision.choices, widget=forms.RadioSelect
    )
    reply = forms.CharField(label=gettext_lazy("Reply to the person"), required=False, max_length=1000)
