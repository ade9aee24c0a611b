"""What facilitators send: the time of a task, notes put together, votes opened, hands counted. And what voters send."""

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workshops.actions.votes import MOST_HANDS
from workshops.models import Theme, VotingRound

# A note with the theme in which it was seen, or 0 for none; a theme with the mark of what was seen.
SEEN: Final = re.compile(r"\A([1-9]\d{0,17})-(0|[1-9]\d{0,17})\Z", re.ASCII)
TARGET: Final = re.compile(r"\A([1-9]\d{0,17})-([0-9a-f]{12})\Z", re.ASCII)
NEW, NONE = "new", "none"


class TimerForm(forms.Form):
    """How long, and what for."""

    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=240, initial=15)
    label = forms.CharField(
        label=gettext_lazy("What the time is for"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("It stands beside the clock on the wall."),
    )


class SeenNotes(forms.Field):
    """Notes that were chosen, each with where it was seen: `{note: theme or None}`."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> dict[int, int | None]:
        matches = [SEEN.match(one) for one in value or []]
        if not all(matches):
            raise ValidationError(_("Choose the notes again."))
        seen = {int(match[1]): int(match[2]) or None for match in matches if match}
        if self.required and not seen:
            raise ValidationError(_("Choose at least one note."))
        return seen


class SeenTheme(forms.CharField):
    """A theme of the session with the mark of what was seen: `(theme, mark)`."""

    themes: Mapping[int, Theme] = {}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        match = TARGET.match(text)
        if match is None:
            return self.otherwise(text)
        theme = self.themes.get(int(match[1]))
        if theme is None:
            raise ValidationError(_("This theme is not there any more. Choose again."))
        return theme, match[2]

    def otherwise(self, text: str) -> Any:
        raise ValidationError(_("Choose a theme."))


class _Target(SeenTheme):
    """Where notes go: a theme, a new one, or none."""

    def otherwise(self, text: str) -> Any:
        if text not in {NEW, NONE}:
            raise ValidationError(_("Choose a theme."))
        return text


class GroupingForm(forms.Form):
    """Notes chosen, and where they go."""

    notes = SeenNotes(required=False)
    to = _Target()
    title = forms.CharField(max_length=200, required=False)
    form_id = forms.UUIDField()

    def __init__(self, *args: Any, themes: Mapping[int, Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].themes = themes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("to") == NEW:
            if not cleaned.get("title"):
                self.add_error("title", _("Give the new theme a name."))
        elif "notes" in cleaned and not cleaned["notes"]:
            self.add_error("notes", _("Choose at least one note."))
        return cleaned

    def sentence(self) -> str:
        """The first thing that is wrong."""
        return str(next(iter(self.errors.values()))[0])


class RenameForm(forms.Form):
    """Another name of a theme, and the mark of the one that was seen."""

    title = forms.CharField(label=gettext_lazy("Name of the theme"), max_length=200)
    mark = forms.CharField(max_length=12, widget=forms.HiddenInput)


class MergeForm(forms.Form):
    """Into which theme; with the mark of what was seen of this one."""

    into = SeenTheme(label=gettext_lazy("Into which theme"), widget=forms.Select)
    mark = forms.CharField(max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], themes: Mapping[int, Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].themes = themes  # type: ignore[attr-defined]
        self.fields["into"].widget.choices = choices


# --- Votes ------------------------------------------------------------------------------------------------------------


class OpenVoteForm(forms.Form):
    """Themes to vote on, and how many votes each person has."""

    themes = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Themes"), queryset=Theme.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    votes_each = forms.IntegerField(
        label=gettext_lazy("Votes each person has"),
        min_value=1,
        max_value=VotingRound.MOST_VOTES,
        initial=3,
        help_text=gettext_lazy("Several may go to one theme."),
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, themes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].queryset = themes  # type: ignore[attr-defined]
        self.fields["themes"].initial = [one.pk for one in themes]


def _theme_field(pk: int) -> str:
    return f"theme-{pk}"


class _PerTheme(forms.Form):
    """A number for each theme of a round."""

    most = 0

    def __init__(self, *args: Any, themes: list[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.themes = themes
        for theme in themes:
            field = forms.IntegerField(label=theme.title, min_value=0, max_value=self.most, required=False)
            self.fields[_theme_field(theme.pk)] = field

    def by_theme(self) -> dict[int, int | None]:
        """What was given to each theme by its number in the database."""
        return {theme.pk: self.cleaned_data.get(_theme_field(theme.pk)) for theme in self.themes}


class HandsForm(_PerTheme):
    """Hands counted for each theme, at one table or in the room."""

    most = MOST_HANDS

    def __init__(self, *args: Any, tables: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = forms.ModelChoiceField(
            label=_("Where the hands were counted"), queryset=tables, required=False, empty_label=_("in the whole room")
        )
        where.label_from_instance = lambda obj: _("Table %(number)s") % {"number": obj.number}  # type: ignore[method-assign]
        self.fields = {"table": where, **self.fields}


class BallotForm(_PerTheme):
    """A person's votes: so many for each theme, together not more than each has."""

    def __init__(self, *args: Any, votes_each: int, **kwargs: Any) -> None:
        self.most = self.votes_each = votes_each
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = sum(self.cleaned_data.get(_theme_field(theme.pk)) or 0 for theme in self.themes)
        if given > self.votes_each:
            text = _("You gave %(given)s votes and have %(each)s. Take some back.")
            self.add_error(None, text % {"given": given, "each": self.votes_each})
        return cleaned

    def given(self) -> dict[int, int]:
        """The votes of each theme that got any."""
        return {pk: count for pk, count in self.by_theme().items() if count}


class VoterForm(forms.Form):
    """A person's own code of the session."""

    code = forms.CharField(label=gettext_lazy("Your own code, or its address"), max_length=300)
