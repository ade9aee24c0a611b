"""What is typed at the door and on the list of who came."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from cities.models import Organization
from ogpgroup.text import validate_visible
from ogpgroup.uploads import Refused, accept, kinds, names, workbooks
from workshops import sheets
from workshops.attendance import LINE, ROOM

LONGEST_SEARCH = 100
LONGEST_SHEET = 300_000  # letters


class AttendanceSearch(forms.Form):
    """Who of the list is shown."""

    q = forms.CharField(
        label=_("Name or institution"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "data-search": ""}),
    )
    show = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[
            ("", _("everybody")),
            ("missing", _("not recorded yet")),
            ("present", _("who is here")),
            ("away", _("absent and excused")),
            ("themselves", _("who wrote themselves down at the door")),
        ],
    )


class WalkInForm(forms.Form):
    """Somebody without an account; `form_id` makes a form that is sent twice one row."""

    name = forms.CharField(
        label=_("Name and surname"),
        max_length=120,
        validators=[validate_visible],
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    institution = forms.CharField(
        label=_("Institution"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "organization", "list": "institutions"}),
        help_text=_("Choose from the list or write it. Leave it empty for whoever comes for themselves."),
    )
    mode = forms.ChoiceField(
        label=_("Takes part"),
        choices=[(ROOM.value, _("in the room")), (LINE.value, _("on the line"))],
        widget=forms.RadioSelect,
    )
    may_be_named = forms.BooleanField(
        label=_("May be named in public as somebody who took part"),
        required=False,
        help_text=_("Ask first. Without a yes only the numbers are public."),
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, mode: str, **kwargs: Any) -> None:
        """`mode` is how the session is held: where there is one way to take part, nobody is asked."""
        super().__init__(*args, **kwargs)
        self.fields["form_id"].initial = uuid4
        self.fields["mode"].initial = LINE if mode == LINE else ROOM
        if mode in {ROOM, LINE}:
            del self.fields["mode"]
        self.only_mode = mode

    def as_written(self) -> dict[str, Any]:
        """What `actions.attendance.walk_in` asks for."""
        return {"mode": self.only_mode, **self.cleaned_data}


class DoorForm(WalkInForm):
    """The same, as the person fills it in at the door."""

    def __init__(self, *args: Any, mode: str, **kwargs: Any) -> None:
        super().__init__(*args, mode=mode, **kwargs)
        self.fields["name"].label = _("Your name and surname")
        self.fields["institution"].label = _("Your institution")
        self.fields["institution"].help_text = _(
            "Choose from the list or write it. Leave it empty if you come for yourself."
        )
        self.fields["may_be_named"].label = _("I may be named in public as somebody who took part")
        self.fields["may_be_named"].help_text = _("Without your yes only the numbers are public.")


class ConsentForm(forms.Form):
    """Whether the person may be named in public; no, unless they say yes."""

    may_be_named = forms.BooleanField(
        label=_("I may be named in public as somebody who took part"),
        required=False,
        help_text=_("Without your yes only the numbers are public. You can change this at any time."),
    )


def institution_names(*, is_demo: bool) -> list[str]:
    """What the form proposes: institutions of the session's world."""
    return list(Organization.objects.filter(is_demo=is_demo).by_name().values_list("name", flat=True))


class SheetForm(forms.Form):
    """A table of who came: pasted, or as a file of a spreadsheet that was looked into."""

    text = forms.CharField(
        label=_("Cells copied from a spreadsheet"),
        max_length=LONGEST_SHEET,
        required=False,
        strip=False,
        widget=forms.Textarea({"spellcheck": "false"}),
        help_text=_("With the line of headings: name, e-mail, institution, mode, status. In English or in Spanish."),
    )
    file = forms.FileField(
        label=_("or a file of Excel (XLSX) or CSV"),
        required=False,
        widget=forms.FileInput({"accept": f".xlsx,.csv,{kinds.XLSX.content_type},text/csv"}),
        help_text=_("Of a workbook the first sheet with anything in it is read."),
    )

    def clean_file(self) -> str:
        """The cells of the file as text, once `uploads.accept` has let it in."""
        upload = self.cleaned_data["file"]
        if not upload:
            return ""
        try:
            kind = kinds.by_name(names.ending(upload.name or ""))
            if kind not in {kinds.CSV, kinds.XLSX}:
                raise forms.ValidationError(
                    _("Send a file of Excel (XLSX) or CSV, or copy the cells of the spreadsheet and paste them above.")
                )
            content = accept(upload).content
            return sheets.as_text(workbooks.rows(content)) if kind == kinds.XLSX else _decoded(content)
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
    """The words of a CSV file, as Excel in Mexico writes them."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")
