"""How coordinators set up tables and have places drawn."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cities.models import group_day
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops.actions.tables import edition_of
from workshops.attendance import known_people
from workshops.forms.differences import Difference, compared
from workshops.forms.posted import replaced
from workshops.models import Session, WorkTable

MOST_SEATS = 500


class TableForm(forms.ModelForm):  # type: ignore[type-arg]
    """One table; people are those of the group and of the session's list."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = WorkTable
        fields = ["number", "theme", "facilitator", "rapporteur", "co_rapporteurs", "seats", "join_url"]
        widgets = {"co_rapporteurs": forms.CheckboxSelectMultiple}
        help_texts = {
            "seats": _("Leave it empty for as many as come."),
            "join_url": _("For a table on the line. Only those expected at the session or seated at the table see it."),
        }

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        self.initial["seen"] = edition_of(self.instance)
        people = known_people(session, on=group_day(database_now())).order_by("name", "pk")
        chosen = User.objects.filter(pk__in=[self.instance.facilitator_id, self.instance.rapporteur_id])
        for name in ("facilitator", "rapporteur", "co_rapporteurs"):
            field: Any = self.fields[name]
            field.queryset = people if self.instance._state.adding else (people | chosen).distinct()
        self.fields["number"].min_value = 1  # type: ignore[attr-defined]
        self.fields["number"].validators.append(forms.IntegerField(min_value=1, max_value=999).run_validators)
        self.fields["seats"].validators.append(forms.IntegerField(min_value=1, max_value=MOST_SEATS).run_validators)

    def validate_unique(self) -> None:
        """The number is judged by the action, whoever is quicker."""

    def reopen(self, stored: WorkTable) -> list[Difference]:
        """What is stored beside what was typed; the next attempt counts as made after looking at it."""
        told = compared(self, TableForm(instance=stored, session=self.session))
        self.data = replaced(self.data, "seen", edition_of(stored))
        return told


class DrawForm(forms.Form):
    """Whom a draw seats, and by which seed."""

    whom = forms.ChoiceField(
        label=_("Whom to seat"),
        choices=[
            ("coming", _("who is here or said yes or maybe")),
            ("here", _("only who is here")),
            ("expected", _("also those who have not answered")),
        ],
        widget=forms.RadioSelect,
        initial="coming",
    )
    keep = forms.BooleanField(label=_("Leave those where they are who have a place"), required=False, initial=True)
    seed = forms.RegexField(
        label=_("Seed of the draw"),
        regex=r"^[\w-]{1,40}$",
        required=False,
        help_text=_("Leave it empty for a new one. The same seed with the same people gives the same places."),
    )


class SeatForm(forms.Form):
    """Where one person sits: a table by its number, none, or the one before or after."""

    table = forms.IntegerField(min_value=1, max_value=999, required=False)
    step = forms.ChoiceField(choices=[("up", "up"), ("down", "down")], required=False)
