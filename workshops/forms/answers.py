"""Answers to an invitation."""

from django import forms
from django.utils.translation import gettext_lazy

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
