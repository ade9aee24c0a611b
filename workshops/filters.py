"""What readers may narrow a list down by; the same on the page and, later, in the API."""

from functools import cache
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.filters import CharFilter, ChoiceFilter
from django_filters.filterset import FilterSet

from ogpgroup.models import User
from ogpgroup.text import SortKey
from workshops.guests import UNAWARE
from workshops.models import Agreement, Participation, SessionBase, SessionVersion

SEARCHED = ("title", "purpose", "bring", "decisions", "venue", "city_name")
LONGEST_SEARCH = 100
MOST_WORDS = 8


def _cities(versions: QuerySet[SessionVersion]) -> tuple[tuple[str, str], ...]:
    """Cities in which the sessions take place, by their name when they were published."""
    named = versions.exclude(city_slug="").annotate(order=SortKey("city_name")).order_by("order")
    return tuple(dict(named.values_list("city_slug", "city_name").distinct()).items())


class ScheduleFilter(FilterSet):
    """Mode, kind, city and free text over the versions a person may see; accents and case do not matter."""

    q = CharFilter(
        label=_("Search"),
        method="containing_each_word",
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = ChoiceFilter(label=_("Kind"), choices=SessionBase.Kind.choices, empty_label=_("All kinds"))
    mode = ChoiceFilter(
        label=_("How it is held"), choices=SessionBase.Mode.choices, empty_label=_("Remote and face to face")
    )
    city = ChoiceFilter(label=_("City"), field_name="city_slug", empty_label=_("All cities"))
    when = CharFilter(method="leave", widget=forms.HiddenInput())

    class Meta:
        model = SessionVersion
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, user: User | AnonymousUser) -> None:
        versions = SessionVersion.objects.current().visible_to(user)
        super().__init__(data, queryset=versions)  # type: ignore[no-untyped-call]
        self.cities = cache(lambda: _cities(versions))  # asked when the form is drawn or checked, and only then
        self.filters["city"].extra["choices"] = self.cities

    @property
    def narrows(self) -> bool:
        """Whether anything is left out of the list."""
        if not self.form.is_valid():
            return True
        return any(value for name, value in self.form.cleaned_data.items() if name != "when")

    def containing_each_word(
        self, versions: QuerySet[SessionVersion], name: str, text: str
    ) -> QuerySet[SessionVersion]:
        for word in text.split()[:MOST_WORDS]:
            anywhere = Q()
            for searched in SEARCHED:
                anywhere |= Q(**{f"{searched}__unaccent__icontains": word})
            versions = versions.filter(anywhere)
        return versions

    def leave(self, versions: QuerySet[SessionVersion], name: str, value: str) -> QuerySet[SessionVersion]:
        return versions  # the period is a cut of the list, not a property of a session


class AgreementFilter(FilterSet):
    """The register by what became of each agreement."""

    status = ChoiceFilter(label=_("Status"), choices=Agreement.Status.choices, empty_label=_("All agreements"))

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = ()


class PeopleSearch(forms.Form):
    """People of a session by name, address or institution; the tab of the list on which they are looked for stays."""

    q = forms.CharField(
        label=_("Name, e-mail or institution"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    answer = forms.ChoiceField(
        choices=[*Participation.Answer.choices, (UNAWARE, "")], required=False, widget=forms.HiddenInput()
    )

    @property
    def words(self) -> list[str]:
        """What is looked for; nothing where it cannot be read."""
        return self.cleaned_data.get("q", "").split()[:MOST_WORDS] if self.is_valid() else []
