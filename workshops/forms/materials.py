"""What is handed out: one file or one link, what it is, and who may see it."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogpgroup.uploads import Refused, kinds, links
from workshops.models import Material

ENDINGS = (*kinds.BY_ENDING, *(kind.ending for kind in kinds.SLIDES))
ACCEPT = ",".join([f".{ending}" for ending in ENDINGS] + [kind.content_type for kind in kinds.PICTURES])


class VersionForm(forms.Form):
    """A file, or the address of what lies elsewhere."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy(
            "PDF, PPTX, ODP, DOCX, XLSX, ODS, CSV, JPG, PNG or WebP, up to 10 MB. Best is PDF: everybody can "
            "read that, and slides look as you made them."
        ),
    )
    url = forms.CharField(
        label=gettext_lazy("Or a link"),
        required=False,
        max_length=links.LONGEST,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocapitalize": "none"}),
        help_text=gettext_lazy("For what is larger or lies elsewhere, such as a recording."),
    )

    def clean_url(self) -> str:
        given = str(self.cleaned_data["url"])
        try:
            return links.web_address(given) if given.strip() else ""
        except Refused as refused:
            raise ValidationError(str(refused.sentence)) from None

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_source(typed)
        return typed

    def _check_source(self, typed: dict[str, Any]) -> None:
        if "file" in self.errors or "url" in self.errors:
            return
        if typed.get("file") and typed.get("url"):
            self.add_error("url", _("A file or a link, not both."))
        elif not typed.get("file") and not typed.get("url"):
            self.add_error("file", _("Choose a file, or give a link."))


class MaterialForm(VersionForm):
    """Something new to hand out."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty if the name of the file says it."),
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may see it"), choices=Material.Visibility.choices, widget=forms.RadioSelect
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput)

    field_order: tuple[str, ...] = ("file", "url", "kind", "title", "visibility", "form_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {
            "kind": Material.Kind.SLIDES,
            "visibility": Material.Visibility.PUBLIC,
            "form_id": uuid4(),
            **self.initial,
        }
        for name, choices in (("kind", Material.Kind.choices), ("visibility", Material.Visibility.choices)):
            self.fields[name].choices = [(value, capfirst(label)) for value, label in choices]  # type: ignore[attr-defined]


class MaterialEditForm(MaterialForm):
    """What is known of it; with a file or a link it gets another version."""

    field_order = ("title", "kind", "visibility", "file", "url")

    def __init__(self, *args: Any, material: Material, **kwargs: Any) -> None:
        kwargs["initial"] = {"kind": material.kind, "title": material.title, "visibility": material.visibility}
        super().__init__(*args, **kwargs)
        self.fields["title"].required, self.fields["title"].help_text = True, ""
        self.fields["file"].label = _("A new version of it")
        del self.fields["form_id"]

    def _check_source(self, typed: dict[str, Any]) -> None:
        if typed.get("file") and typed.get("url"):
            self.add_error("url", _("A file or a link, not both."))
