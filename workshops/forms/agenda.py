"""A point of an agenda as a coordinator describes it."""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cities.models import Membership, Organization, group_day
from ogpgroup.mail import database_now
from ogpgroup.models import User
from ogpgroup.text import validate_visible
from workshops.actions.agenda import DoesNotFit
from workshops.forms.differences import Difference, compared
from workshops.forms.posted import replaced
from workshops.forms.sessions import FIRST_DAY, LAST_DAY, PeopleField, people_by_name
from workshops.models import AgendaItem, Session
from workshops.models.sessions import SessionQuerySet

PEOPLE = ("presenter", "co_presenters", "respondent")


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """One person, each with the institutions they act for."""

    label_from_instance = PeopleField.label_from_instance  # type: ignore[assignment]


def _people_in(value: User | Iterable[User] | None) -> list[User]:
    """Of a field for one person, or for several."""
    if value is None:
        return []
    return [value] if isinstance(value, User) else list(value)


class AgendaItemForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A point with its people. Only accounts of the session's own world are offered; what is typed is never lost."""

    presenter = PersonField(
        label=gettext_lazy("Presented by"),
        queryset=User.objects.none(),
        required=False,
        help_text=gettext_lazy("Somebody with an account: they hand out materials, hear of questions and answer them."),
    )
    co_presenters = PeopleField(
        label=gettext_lazy("Presented together with"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    respondent = PersonField(
        label=gettext_lazy("First feedback by"),
        queryset=User.objects.none(),
        required=False,
        help_text=gettext_lazy(
            "They are told by e-mail at once, once the session is published. Where nobody presents this point, they "
            "answer what was presented since the feedback before it."
        ),
    )
    edition = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    form_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = AgendaItem
        fields: ClassVar[list[str]] = [
            "title",
            "kind",
            "minutes",
            "parent",
            "presenter",
            "presenter_name",
            "presenter_organization",
            "respondent",
            "respondent_name",
            "respondent_organization",
            "response_due_on",
        ]
        labels: ClassVar[dict[str, Any]] = {
            "parent": gettext_lazy("Part of"),
            "presenter_name": gettext_lazy("Or by somebody without an account"),
            "presenter_organization": gettext_lazy("On behalf of"),
            "respondent_name": gettext_lazy("Or by somebody without an account"),
            "respondent_organization": gettext_lazy("On behalf of"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "minutes": gettext_lazy("The hours follow from the minutes. Empty if it is not known yet."),
            "response_due_on": gettext_lazy("The day by which the feedback is to be written; they are reminded of it."),
        }
        error_messages: ClassVar[dict[str, Any]] = {
            "minutes": {"min_value": gettext_lazy("At least one minute.")},
        }

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session, is_demo = session, session.is_demo
        item: AgendaItem | None = self.instance if self.instance.pk else None
        fields: Any = self.fields
        fields["kind"].choices = [(value, capfirst(label)) for value, label in AgendaItem.Kind.choices]
        fields["minutes"].widget.attrs |= {"inputmode": "numeric", "min": 1}
        parents = session.agenda.filter(parent=None)
        parents = parents.exclude(pk=item.pk) if item else parents
        fields["parent"].queryset, fields["parent"].empty_label = parents, _("No: a point of its own")
        if not parents.exists() or (item and item.parts.exists()):
            del self.fields["parent"]
        self._stored = self._named_before(item)
        people = self._people()
        for name in PEOPLE:
            fields[name].queryset = people
        for name in ("presenter", "respondent"):
            fields[name].empty_label = _("Nobody with an account")
            fields[f"{name}_name"].validators.append(validate_visible)
        named = [item.presenter_organization_id, item.respondent_organization_id] if item else []
        known = Q(pk__in=[pk for pk in named if pk])
        in_group = Organization.objects.in_group(group_day(database_now())).filter(is_demo=is_demo)
        organizations = Organization.objects.filter(known | Q(pk__in=in_group.values("pk"))).by_name()
        for name in ("presenter_organization", "respondent_organization"):
            fields[name].queryset, fields[name].empty_label = organizations, _("Not said")
        days = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        fields["response_due_on"].validators += days
        if item:
            self.initial["co_presenters"] = [one.pk for one in item.co_presenters.all()]
            self.initial["edition"] = item.edition
            del self.fields["form_id"]
        else:
            del self.fields["edition"]
            self.initial.setdefault("form_id", uuid4)

    def _named_before(self, item: AgendaItem | None) -> set[int]:
        if item is None:
            return set()
        ids = [item.presenter_id, item.respondent_id, *item.co_presenters.values_list("pk", flat=True)]
        return {pk for pk in ids if pk}

    def _people(self) -> QuerySet[User]:
        chosen = User.objects.filter(pk__in=self._stored) if self._stored else None
        return people_by_name(is_demo=self.session.is_demo, on=group_day(database_now()), also=chosen)

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, but for the people beside the first presenter, the edition and the form's own mark."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for role, name in (("presenter", "presenter_name"), ("respondent", "respondent_name")):
            if typed.get(role) and typed.get(name):
                self.add_error(name, _("Choose somebody with an account or write a name, not both."))
        if typed.get("respondent") and typed["respondent"] in [typed.get("presenter"), *typed.get("co_presenters", [])]:
            self.add_error("respondent", _("Whoever presents does not give the first feedback on it."))
        named = any(typed.get(name) for name in ("respondent", "respondent_name", "respondent_organization"))
        if typed.get("response_due_on") and not named:
            self.add_error("response_due_on", _("Say who gives the feedback that is due by this day."))
        self._check_who_is_outside(typed)
        return typed

    def _check_who_is_outside(self, typed: dict[str, Any]) -> None:
        """Who is newly named and could not do it: feedback is the group's to give, sessions open to who is expected.

        People of the group are expected because they are named here; somebody else only by name.
        """
        named = {one.pk: one for name in PEOPLE for one in _people_in(typed.get(name)) if one.pk not in self._stored}
        members = Membership.objects.on(group_day(database_now())).filter(user__in=named)
        outside = set(named) - set(members.values_list("user_id", flat=True))
        is_chosen = self.session.audience == Session.Audience.CHOSEN
        guests = set(self.session.audience_people.values_list("pk", flat=True)) if outside and is_chosen else set()
        for name in PEOPLE:
            strangers = [one for one in _people_in(typed.get(name)) if one.pk in outside]
            if name == "respondent" and strangers:
                told = _("%(who)s does not belong to the group, whose members alone write feedback.")
            elif strangers := [one for one in strangers if one.pk not in guests]:
                told = _("%(who)s does not belong to the group and is not expected at this session by name.")
            else:
                continue
            self.add_error(name, told % {"who": ", ".join(str(one) for one in strangers)})

    def _post_clean(self) -> None:
        """The row itself is written by an action; nothing typed gets into it here."""

    def refuse(self, sentence: str, error: Exception) -> None:
        """Say why the action did not do it: beside the minutes where they are too many, else above all fields."""
        self.add_error("minutes" if isinstance(error, DoesNotFit) else None, sentence)

    def reopen(self, stored: AgendaItem) -> list[Difference]:
        """What is stored beside what was typed; the next attempt counts as made after looking at it."""
        told = compared(self, AgendaItemForm(instance=stored, session=self.session))
        self.data = replaced(self.data, "edition", str(stored.edition))
        return told


class CopyAgendaForm(forms.Form):
    """From which session the points come: the latest first, of the session's own world."""

    source = forms.ModelChoiceField(
        label=gettext_lazy("Copy the points of"),
        queryset=Session.objects.none(),
        help_text=gettext_lazy("Kind, title and minutes; people are not copied."),
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["source"]
        field.queryset = sources(session)
        field.label_from_instance = lambda one: f"{one.title} ({one.local_day:%Y-%m-%d})"


def sources(session: Session) -> SessionQuerySet:
    """Sessions that have an agenda to copy."""
    others = Session.objects.filter(is_demo=session.is_demo, agenda__isnull=False).exclude(pk=session.pk)
    return Session.objects.filter(pk__in=others.values("pk")).order_by("-starts_at", "-day", "pk")
