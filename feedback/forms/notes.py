"""What members write to a city, and what a city answers."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from cities.access import roles_of
from cities.models import Organization, group_day
from feedback.actions.notes import edition_of
from feedback.models import Answer, Note
from feedback.targets import Target, plan_of
from ogpgroup import markdown
from ogpgroup.models import User

# What each kind means, beside its name.
MEANINGS: Final = {
    Note.Kind.STRENGTH: gettext_lazy("It works well and is worth keeping. Asks for no answer."),
    Note.Kind.DOUBT: gettext_lazy("Something is not clear to you."),
    Note.Kind.DIFFICULTY: gettext_lazy("Something stands in the way."),
    Note.Kind.SUGGESTION: gettext_lazy("You would do something otherwise."),
}
YES, NO = "yes", "no"
PROMISED_AT_MOST: Final = timedelta(days=3 * 366)


class OrganizationChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.local_name)


class NoteForm(forms.Form):
    """One note. What it is on comes from the address, never from the form."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you want to say?"), choices=Note.Kind.choices, widget=forms.RadioSelect
    )
    # No maxlength: a browser would cut what is pasted without a word, and count letters where bytes count.
    text = forms.CharField(
        label=gettext_lazy("Your note"),
        widget=forms.Textarea,
        help_text=gettext_lazy(
            "An empty line begins a paragraph, “- ” a point of a list; *asterisks* stress a word. Links begin with "
            "https://."
        ),
    )
    organization = OrganizationChoiceField(
        label=gettext_lazy("On whose behalf"), queryset=Organization.objects.none(), required=False
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may read it"),
        help_text=gettext_lazy("Those of the organisation on whose behalf you write read it in any case."),
        choices=Note.Visibility.choices,
        initial=Note.Visibility.PUBLIC,
        widget=forms.RadioSelect,
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, target: Target, by: User, note: Note | None = None, **kwargs: Any) -> None:
        if note is not None:
            was = {name: getattr(note, name) for name in ("kind", "text", "organization", "visibility", "form_id")}
            kwargs["initial"] = {**was, "seen": edition_of(note)}
        super().__init__(*args, **kwargs)
        own = roles_of(by).organization_ids | ({note.organization_id} if note and note.organization_id else set())
        organizations = Organization.objects.filter(pk__in=own).by_name()
        choice: Any = self.fields["organization"]
        choice.queryset, choice.empty_label = organizations, gettext("for yourself")
        if plan_of(target) is None:
            # To the city: an item of an agenda stands in no city's ledger.
            allowed = [one for one in Note.Visibility.choices if one[0] != Note.Visibility.CITY]
            self.fields["visibility"].choices = allowed  # type: ignore[attr-defined]

    @property
    def kinds(self) -> Iterable[tuple[Any, Any]]:
        """Each kind's button with what it means."""
        return zip(self["kind"], MEANINGS.values(), strict=True)

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if markdown.is_too_long(text):
            raise ValidationError(
                _(
                    "The note is too long: %(size)s kB of at most %(most)s. What you typed is still here; please "
                    "shorten it."
                )
                % {"size": -(-len(text.encode()) // 1024), "most": markdown.LARGEST // 1024}
            )
        return text


class AnswerForm(forms.Form):
    """The city's reasoned response."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What does the city do with it?"),
        choices=[
            (Answer.Decision.ACCEPTED, gettext_lazy("It accepts it")),
            (Answer.Decision.IN_PART, gettext_lazy("It accepts a part")),
            (Answer.Decision.DECLINED, gettext_lazy("It declines it")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=4000, widget=forms.Textarea)
    change = forms.CharField(
        label=gettext_lazy("What will change"),
        max_length=2000,
        widget=forms.Textarea,
        required=False,
        help_text=gettext_lazy("Not needed where the note is declined."),
    )
    change_by = forms.DateField(label=gettext_lazy("By when"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, note: Note, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = edition_of(note)
        self.today = group_day(now)
        self.fields["change_by"].widget.attrs["min"] = self.today.isoformat()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("decision") in (None, Answer.Decision.DECLINED):
            return data
        if not data.get("change"):
            self.add_error("change", _("What is accepted changes something: say what."))
        day = data.get("change_by")
        if day is None and "change_by" not in self.errors:
            self.add_error("change_by", _("Say by which day."))
        elif day is not None and day < self.today:
            self.add_error("change_by", _("The day by which it will change cannot be in the past."))
        elif day is not None and day > self.today + PROMISED_AT_MOST:
            self.add_error("change_by", _("A change is promised for the next three years at most."))
        return data


class SettleForm(forms.Form):
    """The author's word on an answer."""

    settles = forms.ChoiceField(
        label=gettext_lazy("Does this settle it for you?"),
        choices=[
            (YES, pgettext_lazy("settles the note", "Yes, it is settled")),
            (NO, pgettext_lazy("settles the note", "No, I ask for another answer")),
        ],
        widget=forms.RadioSelect,
    )
    reaction = forms.CharField(
        label=gettext_lazy("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    answer = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, answer: Answer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["answer"] = answer.pk
        if answer.settles is not None:
            self.initial["settles"], self.initial["reaction"] = YES if answer.settles else NO, answer.reaction


class ChangedForm(forms.Form):
    """What the city changed, as it had promised."""

    changed_on = forms.DateField(label=gettext_lazy("On which day"))
    report = forms.CharField(label=gettext_lazy("What was changed"), max_length=2000, widget=forms.Textarea)

    def __init__(self, *args: Any, since: date, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since = since
        self.today = self.initial["changed_on"] = group_day(now)
        self.fields["changed_on"].widget.attrs |= {"min": since.isoformat(), "max": self.today.isoformat()}

    def clean_changed_on(self) -> Any:
        day = self.cleaned_data["changed_on"]
        if day > self.today:
            raise ValidationError(_("The day of the change cannot be in the future."))
        if day < self.since:
            raise ValidationError(_("The day of the change cannot be before the note was written."))
        return day
