"""Answers to an invitation."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from ogpgroup.models import User
from workshops.models import Participation
from workshops.models.seats import LINE, ROOM


class AnswerForm(forms.Form):
    """Yes, maybe or no, by one of three buttons; and how, where the session is hybrid."""

    answer = forms.ChoiceField(choices=[choice for choice in Participation.Answer.choices if choice[0] != "none"])
    comes_by = forms.ChoiceField(
        label=gettext_lazy("How do you come?"),
        choices=[("", ""), (ROOM, ROOM.label), (LINE, LINE.label)],
        required=False,
    )

    @property
    def given(self) -> Participation.Answer:
        return Participation.Answer(self.cleaned_data["answer"])

    @property
    def way(self) -> str:
        return str(self.cleaned_data["comes_by"])


class DelegateForm(forms.Form):
    """Who comes instead."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Who comes in your place?"),
        queryset=User.objects.none(),
        help_text=gettext_lazy("People of your city or institution who have an account and are not expected already."),
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
