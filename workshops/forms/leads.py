"""Lead times of one session or of a kind, typed as people write them: 14 d, 3 d, 2 h."""

import re
from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogpgroup import dates
from workshops.models import Session, UsualLeads

MOST = 6
HOUR = timedelta(hours=1)
_ONE = re.compile(r"(\d{1,4})\s*([dh])", re.IGNORECASE)


def as_typed(hours: list[int]) -> str:
    """The longest first, whole days as days."""
    return ", ".join(f"{one // 24} d" if one % 24 == 0 else f"{one} h" for one in sorted(hours, reverse=True))


class LeadsField(forms.CharField):
    """Lead times as typed; hours, the longest first."""

    def clean(self, value: str) -> list[int]:
        text = super().clean(value)
        found = [int(number) * (24 if unit.lower() == "d" else 1) for number, unit in _ONE.findall(text)]
        if re.sub(r"[\s,;.]", "", _ONE.sub("", text)):
            raise ValidationError(_("Please write numbers with d for days or h for hours, such as 14 d, 3 d, 2 h."))
        hours = sorted(set(found), reverse=True)
        longest = Session.LONGEST_LEAD // HOUR
        if len(hours) > MOST or any(not 0 < one <= longest for one in hours):
            raise ValidationError(_("Please give six at most, each from one hour to 60 days."))
        return hours


class UsualLeadsForm(forms.Form):
    """When people are reminded of all sessions of each kind."""

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        known = dict(UsualLeads.objects.values_list("kind", "hours"))
        for kind in Session.Kind:
            built_in = [lead // HOUR for lead in Session.LEAD_TIMES[kind]]
            self.fields[kind.value] = LeadsField(
                label=str(kind.label).capitalize(),
                help_text=_("Leave it empty for %(leads)s.") % {"leads": as_typed(built_in)},
                initial=as_typed(known.get(kind) or built_in),
                max_length=100,
                required=False,
            )


class LeadTimesForm(forms.Form):
    """When people are reminded of one session; empty means as of all of its kind."""

    leads = LeadsField(
        label=gettext_lazy("How long before the start"),
        help_text=gettext_lazy(
            "For instance 14 d, 3 d, 2 h: fourteen days, three days and two hours before; six at most, the longest "
            "60 days. Leave it empty for the usual ones."
        ),
        max_length=100,
        required=False,
    )

    def __init__(self, data: QueryDict | None = None, *, session: Session, now: datetime) -> None:
        super().__init__(data, initial={"leads": as_typed(session.lead_hours or [])})
        self.session, self.now = session, now

    def clean_leads(self) -> list[int]:
        """A moment that has passed is refused, one of the usual ones too: it would surprise everybody at once."""
        hours: list[int] = self.cleaned_data["leads"]
        if not self.session.has_hours and any(one % 24 for one in hours):
            raise ValidationError(_("This session has a date and no hours; please give whole days."))
        cleared = [] if hours else [lead // HOUR for lead in self.session.usual_lead_times()]
        for one in hours or cleared:
            lead = timedelta(hours=one)
            if lead not in self.session.lead_times() and self.session.due_of(lead) <= self.now:
                moment = dates.spoken_instant(self.session.due_of(lead), self.session.time_zone)
                said = {"lead": as_typed([one]), "moment": moment}
                if cleared:
                    sentence = _(
                        "Of the usual ones %(lead)s before has passed already: %(moment)s. Please write those ahead."
                    )
                    raise ValidationError(sentence % said)
                raise ValidationError(_("%(lead)s before has passed already: %(moment)s.") % said)
        return hours
