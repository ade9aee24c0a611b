"""What coordinators and the fellow city write about plans."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from actionplans.forms.commitments import KeptTogether
from actionplans.models import ActionPlan
from actionplans.models.days import WITHIN
from cities.access import roles_of
from cities.models import City, Membership, Role
from ogpgroup.models import User


class CityChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class FellowForm(forms.Form):
    """The group's decision, with its reason."""

    city = CityChoiceField(label=gettext_lazy("City"), queryset=City.objects.none())
    on = forms.DateField(label=gettext_lazy("Decided on"), validators=WITHIN)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("As the group put it. The public page of the cycle shows it."),
    )

    def __init__(self, *args: Any, cities: QuerySet[City], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["city"].queryset = cities  # type: ignore[attr-defined]


class PlanForm(KeptTogether):
    """The frame of a plan. The city and the cycle come from the address, never from the form."""

    GROUPS = (
        (gettext_lazy("What"), ("title", "instrument", "instrument_name", "aim", "vision")),
        (gettext_lazy("When"), ("starts_on", "ends_on")),
        (gettext_lazy("More"), ("contact", "source")),
    )

    class Meta:
        model = ActionPlan
        fields: ClassVar = [
            "title",
            "instrument",
            "instrument_name",
            "aim",
            "vision",
            "starts_on",
            "ends_on",
            "contact",
            "source",
        ]
        widgets: ClassVar = {
            "aim": forms.Textarea(attrs={"rows": 4}),
            "vision": forms.Textarea(attrs={"rows": 6}),
        }
        help_texts: ClassVar = {
            "title": gettext_lazy("What is new, in one line."),
            "source": gettext_lazy("Where the plan was published or told of."),
        }

    def __init__(self, *args: Any, city: City | None, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._city, self._by = city, by
        if city is None or not roles_of(by).is_coordinator:
            del self.fields["contact"]  # whom the group speaks to is agreed between coordinators and the city
            return
        officials = Membership.objects.filter(organization__city=city, role=Role.OFFICIAL, until__isnull=True)
        people = User.objects.filter(is_active=True, pk__in=officials.values("user"))
        self.fields["contact"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["contact"].help_text = gettext_lazy("One of the officials of the city.")

    def _again(self, data: QueryDict, current: Any) -> KeptTogether:
        return PlanForm(data, instance=current, city=self._city, by=self._by)
