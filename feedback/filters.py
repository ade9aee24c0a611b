"""What readers may narrow a ledger down by."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.forms import ModelChoiceField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_filters.filters import ChoiceFilter
from django_filters.filterset import FilterSet

from actionplans.models import ActionPlan, Commitment
from feedback.models import Note, NoteQuerySet
from feedback.reports.ledger import Choices
from feedback.reports.notes import STATES, on_thing


class NoteFilter(FilterSet):
    """Kind, state, institution, and what in the plan the note is on."""

    state = ChoiceFilter(
        label=pgettext_lazy("of notes", "State"),
        choices=[(state, label) for state, (label, _rule) in STATES.items()],
        method="in_state",
        empty_label=gettext_lazy("All states"),
    )
    kind = ChoiceFilter(label=gettext_lazy("Kind"), choices=Note.Kind.choices, empty_label=gettext_lazy("All kinds"))
    on = ChoiceFilter(
        label=pgettext_lazy("note", "On"), method="on_part", empty_label=gettext_lazy("The whole plan and its parts")
    )
    organization = ChoiceFilter(
        label=gettext_lazy("Institution"),
        empty_label=gettext_lazy("All institutions"),
        error_messages={"invalid_choice": ModelChoiceField.default_error_messages["invalid_choice"]},
    )

    class Meta:
        model = Note
        fields: tuple[str, ...] = ()

    def __init__(
        self, data: Any, *, plan: ActionPlan, notes: NoteQuerySet, on: date, commitments: Choices, institutions: Choices
    ) -> None:
        """`commitments` are those of the plan, `institutions` those of the notes."""
        super().__init__(data, queryset=notes)  # type: ignore[no-untyped-call]
        self.plan, self.today = plan, on
        self.filters["organization"].extra["choices"] = institutions
        self.filters["on"].extra["choices"] = [
            ("plan", _("The plan as a whole")),
            *commitments,
            ("deliverables", _("What the city hands in")),
        ]

    @property
    def narrows(self) -> bool:
        """Whether anything is left out of the list."""
        return not self.form.is_valid() or any(self.form.cleaned_data.values())

    def in_state(self, notes: NoteQuerySet, name: str, state: str) -> NoteQuerySet:
        _label, rule = STATES[state]
        return notes.filter(rule(self.today))

    def on_part(self, notes: QuerySet[Note], name: str, part: str) -> QuerySet[Note]:
        if part == "plan":
            return notes.filter(plan=self.plan)
        if part == "deliverables":
            return notes.filter(deliverable__isnull=False)
        commitment = Commitment(pk=int(part))  # one of the choices, hence of this plan
        return notes.filter(on_thing(commitment) & Q(ledger=self.plan))
