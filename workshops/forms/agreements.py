"""What people type about agreements: the agreement, the choice of the fellow city, what became of it, a sheet."""

from typing import Any, ClassVar, Final
from uuid import uuid4

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.forms.commitments import KeptTogether
from actionplans.models import ActionPlan, Commitment
from cities.models import City, Cycle, Organization, group_day
from ogpgroup.uploads import Refused, accept, kinds, names
from workshops.models import Agreement, Session
from workshops.spreadsheets import text_of_workbook

LONGEST_SHEET: Final = 400_000  # characters


class FellowChoice(forms.Form):
    """The city that the group chose, with the reason that it gave."""

    fellow_city = forms.ModelChoiceField(
        label=gettext_lazy("City chosen"), queryset=City.objects.none(), empty_label=gettext_lazy("Not chosen")
    )
    fellow_reason = forms.CharField(
        label=gettext_lazy("Reason the group gave"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=gettext_lazy("It is published with the cycle."),
    )

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_cities(self.fields["fellow_city"], cycle)


def offer_cities(field: Any, cycle: Cycle) -> None:
    """Those that stand in the cycle first, and under them the other cities of the group."""
    standing = City.objects.filter(candidacies__cycle=cycle).exclude(candidacies__status="withdrawn")
    others = City.objects.in_group(group_day(timezone.now())).filter(is_demo=cycle.is_demo)
    field.queryset = City.objects.filter(pk__in=standing.values("pk")) | City.objects.filter(pk__in=others.values("pk"))
    field.queryset = field.queryset.distinct().by_name()
    proposed = set(standing.values_list("pk", flat=True))
    field.label_from_instance = lambda city: (
        _("%(city)s (proposed)") % {"city": city.full_name} if city.pk in proposed else city.full_name
    )


class AgreementForm(KeptTogether):
    """One agreement: what, who, by when, where it came from and what it belongs to."""

    GROUPS = (
        (gettext_lazy("What was agreed"), ("kind", "text")),
        (gettext_lazy("The fellow city, where this is its choice"), ("fellow_city", "fellow_reason")),
        (gettext_lazy("Who and by when"), ("responsible_group", "responsible", "due_on")),
        (gettext_lazy("Where it came from"), ("agenda_item", "table")),
        (gettext_lazy("What it belongs to"), ("plan", "commitment")),
    )

    fellow_city = forms.ModelChoiceField(
        label=gettext_lazy("City chosen"),
        queryset=City.objects.none(),
        required=False,
        empty_label=gettext_lazy("Not chosen"),
    )
    fellow_reason = forms.CharField(
        label=gettext_lazy("Reason the group gave"),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        help_text=gettext_lazy("It is published with the cycle. Left empty, the text of the agreement."),
    )

    class Meta:
        model = Agreement
        fields: ClassVar = [
            *("kind", "text", "responsible_group", "responsible", "due_on"),
            *("agenda_item", "table", "plan", "commitment"),
        ]
        widgets: ClassVar[dict[str, type[forms.Widget]]] = {
            "kind": forms.RadioSelect,
            "responsible": forms.CheckboxSelectMultiple,
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "text": gettext_lazy("So that somebody who was not there understands it."),
            "due_on": gettext_lazy(
                "Those responsible are reminded 14 and 3 days before, on the day and each week after."
            ),
        }

    def __init__(self, data: Any = None, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.session = session
        fields: Any = self.fields
        fields["kind"].choices = [(value, str(label)) for value, label in Agreement.Kind.choices]
        self._offer("responsible", self._organizations())
        self._offer("agenda_item", session.agenda.all())
        self._offer("table", session.tables.all())
        plans = ActionPlan.objects.filter(is_demo=session.is_demo, organization=None).select_related("city")
        self._offer("plan", plans.order_by("-starts_on", "pk"))
        self._offer("commitment", Commitment.objects.filter(plan__in=plans).select_related("plan").order_by("plan"))
        fields["commitment"].label_from_instance = lambda one: f"{one.plan}: {one}"
        for name in ("agenda_item", "table", "plan", "commitment"):
            fields[name].empty_label = _("None")
        if self.instance.pk:
            del fields["fellow_city"], fields["fellow_reason"]
        else:
            offer_cities(fields["fellow_city"], session.cycle)

    def _organizations(self) -> QuerySet[Organization]:
        offered = Organization.objects.in_group(group_day(timezone.now())).filter(is_demo=self.session.is_demo)
        offered |= Organization.objects.filter(pk__in=self.session.participating_organizations.values("pk"))
        if self.instance.pk:
            offered |= Organization.objects.filter(pk__in=self.instance.responsible.values("pk"))
        return offered.distinct().by_name()

    def _offer(self, name: str, queryset: QuerySet[Any]) -> None:
        self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def _again(self, data: Any, current: Model) -> "AgreementForm":
        return type(self)(data, instance=current, session=self.session)

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("responsible_group") and typed.get("responsible"):
            self.add_error("responsible", _("The whole group or single institutions: one of the two."))
        plan, commitment = typed.get("plan"), typed.get("commitment")
        if commitment is not None:
            if plan is not None and commitment.plan_id != plan.pk:
                self.add_error("commitment", _("This commitment belongs to another plan."))
            typed["plan"] = commitment.plan
        if not self.instance.pk:
            self._check_choice(typed)
        return typed

    def _check_choice(self, typed: dict[str, Any]) -> None:
        if typed.get("kind") != Agreement.Kind.FELLOW_CITY:
            typed["fellow_city"] = None  # what another kind leaves there stops nobody
        elif typed.get("fellow_city") is None:
            self.add_error("fellow_city", _("Which city was chosen?"))


class NewsForm(forms.Form):
    """What became of an agreement, in the words of somebody who answers for it."""

    status = forms.ChoiceField(label=gettext_lazy("It is now"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("What was done"),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        help_text=gettext_lazy("Everybody who may read the agreement reads this, too."),
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = {agreement.status, *Agreement.TRANSITIONS[agreement.status]}
        as_before = _("as before: %(status)s") % {"status": agreement.get_status_display()}
        field: Any = self.fields["status"]
        field.choices = [
            (value, as_before if value == agreement.status else label)
            for value, label in Agreement.Status.choices
            if value in steps
        ]

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()


class AgreementSheetForm(forms.Form):
    """A table of agreements: pasted, or as a CSV file or workbook that was looked into."""

    text = forms.CharField(
        label=gettext_lazy("Cells copied from a spreadsheet"),
        max_length=LONGEST_SHEET,
        required=False,
        strip=False,
        widget=forms.Textarea({"spellcheck": "false"}),
        help_text=gettext_lazy(
            "With the line of headings: agreement, responsible, due, kind, status. In English or in Spanish."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("or a file of Excel (XLSX) or CSV"),
        required=False,
        widget=forms.FileInput({"accept": ".csv,.xlsx,text/csv"}),
    )

    def clean_file(self) -> str:
        """The words of the file, once `uploads.accept` has let it in."""
        upload = self.cleaned_data["file"]
        if not upload:
            return ""
        try:
            kind = kinds.by_name(names.ending(upload.name or ""))
            if kind not in {kinds.CSV, kinds.XLSX}:
                raise forms.ValidationError(_("Send a file of Excel (XLSX) or CSV, or paste the cells above."))
            content = accept(upload).content
            return text_of_workbook(content) if kind == kinds.XLSX else _decoded(content)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal.sentence)) from refusal

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if bool(cleaned["text"].strip()) == bool(cleaned["file"]):
            self.add_error("text", _("Paste the cells or choose a file: one of the two."))
        elif cleaned["file"] and len(cleaned["file"]) > LONGEST_SHEET:
            self.add_error("file", _("The file is too long. Send it in parts."))
        return cleaned

    def table(self) -> str:
        """What was sent, whichever way."""
        return str(self.cleaned_data["file"] or self.cleaned_data["text"])


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")
