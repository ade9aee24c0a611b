"""A question from the floor: typed on a phone while somebody presents."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import Note
from ogpgroup import markdown
from workshops.models import AgendaItem


class AskForm(forms.Form):
    """What is asked, and of which presentation. Everything else follows: a doubt, read by whoever reads the session."""

    item = forms.ChoiceField(label=gettext_lazy("About which presentation"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Your question or comment"), widget=forms.Textarea(attrs={"rows": 4, "autofocus": True})
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("It is a"),
        choices=[(value, label.capitalize()) for value, label in Note.Kind.choices],
        widget=forms.RadioSelect,
        initial=Note.Kind.DOUBT,
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, items: list[AgendaItem], now_on: AgendaItem | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {str(item.pk): item for item in items}
        field: Any = self.fields["item"]
        field.choices = [(pk, item.title) for pk, item in self.items.items()]
        first = now_on or (items[0] if len(items) == 1 else None)
        self.initial = {"item": str(first.pk) if first else "", "form_id": uuid4(), **self.initial}

    def clean_item(self) -> AgendaItem:
        return self.items[self.cleaned_data["item"]]

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if markdown.is_too_long(text):
            raise ValidationError(_("This is too long. What you typed is still here; please shorten it."))
        return text
