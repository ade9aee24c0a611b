"""What is typed at a work table: one note as a form, or many as a waiting phone sends them."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cities.models import City
from ogpgroup.errors import ActionNotPossible
from workshops import noting
from workshops.actions.table_notes import MOST_AT_ONCE, Typed
from workshops.models import TableNote

MARKS: Final = ("strike", "back", "accept")
LONGEST_AGE: Final = 10**11  # milliseconds: three years


def cities_for(*, is_demo: bool) -> Any:
    """Cities somebody may speak for: those with an institution in the record, of the session's world."""
    return City.objects.filter(is_demo=is_demo, organizations__isnull=False).distinct().by_name()


class NoteForm(forms.Form):
    """One note, written or corrected; `client_id` makes a form that is sent twice one note."""

    kind = forms.ChoiceField(
        label=_("What it is"), choices=TableNote.Kind.choices, widget=forms.RadioSelect, initial=TableNote.Kind.DOUBT
    )
    text = forms.CharField(
        label=_("Note"),
        widget=forms.Textarea({"rows": 2, "autocomplete": "off", "enterkeyhint": "send"}),
        strip=False,
        required=False,
    )
    said_by = forms.CharField(
        label=_("Who said it"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "maxlength": str(noting.LONGEST_NAME)}),
    )
    city = forms.ModelChoiceField(label=_("City"), queryset=City.objects.none(), required=False, empty_label=_("none"))
    from_paper = forms.BooleanField(label=_("Entered from paper"), required=False)
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    edition = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_demo: bool, note: TableNote | None = None, **kwargs: Any) -> None:
        """Of a note that is there: on the edition that the person reads."""
        super().__init__(*args, **kwargs)
        city: Any = self.fields["city"]
        city.queryset = cities_for(is_demo=is_demo)
        city.label_from_instance = lambda one: one.name
        self.fields["client_id"].initial = uuid4
        if note is None:
            del self.fields["edition"]
            return
        del self.fields["client_id"], self.fields["from_paper"]
        for name in ("kind", "text", "said_by", "edition"):
            self.fields[name].initial = getattr(note, name)
        city.initial = note.city_id

    def clean(self) -> dict[str, Any]:
        """The same sentences as for a note of a batch, next to the field."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                noting.checked(kind=cleaned["kind"], text=cleaned["text"], said_by=cleaned["said_by"])
            except ActionNotPossible as error:
                self.add_error("text", str(error.sentence))
        return cleaned

    def typed(self) -> Typed:
        """A new note."""
        said = self.cleaned_data
        return Typed(
            client_id=said["client_id"],
            kind=said["kind"],
            text=said["text"],
            said_by=said["said_by"],
            city_id=said["city"].pk if said["city"] else None,
            from_paper=said["from_paper"],
        )


# --- From a queue -----------------------------------------------------------------------------------------------------


class NotUnderstood(ValueError):
    """What was sent is no batch of ours; people never see this."""


@dataclass(frozen=True)
class Change:
    """Something done to a note that is there: other words on an edition, or a mark."""

    client_id: UUID
    note_id: int
    mark: str  # one of MARKS, or nothing: then `typed` are the words
    edition: int
    typed: Typed


@dataclass(frozen=True)
class Batch:
    """What one person's device sends together; the order is that in which things were done."""

    user_id: int
    entries: list[Typed | Change]


def batch_of(body: bytes) -> Batch:
    """Read what a device sent. Raises NotUnderstood; what a person can mend is left to the action, which says so."""
    user_id, entries = opened(body)
    return Batch(user_id, [_entry(one) for one in entries])


def opened(body: bytes) -> tuple[int, list[dict[str, Any]]]:
    """Whose device it is, and what it sends: fifty things at most."""
    try:
        read = json.loads(body)
    except ValueError as error:
        raise NotUnderstood from error
    entries = read.get("entries") if isinstance(read, dict) else None
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_AT_ONCE:
        raise NotUnderstood
    if not all(isinstance(one, dict) for one in entries):
        raise NotUnderstood
    return number(read.get("user")), entries


def number(value: object) -> int:
    """An id or an edition; 0 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62 else 0


def uuid_of(value: object) -> UUID:
    """A number that a device made up for what it sends."""
    try:
        return forms.UUIDField().clean(value)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise NotUnderstood from error


def age_of(one: dict[str, Any]) -> timedelta | None:
    """How long the device says that this waited there, in milliseconds; nothing where it says none. Below zero where
    its clock was set back: what can be is for the action to say."""
    age = one.get("age")
    if not isinstance(age, int) or isinstance(age, bool):
        return None
    return timedelta(milliseconds=max(-LONGEST_AGE, min(age, LONGEST_AGE)))


def _entry(one: dict[str, Any]) -> Typed | Change:
    typed = Typed(
        client_id=uuid_of(one.get("client_id")),
        kind=_words(one, "kind"),
        text=_words(one, "text"),
        said_by=_words(one, "said_by"),
        city_id=number(one.get("city")) or None,
        waited=age_of(one),
        from_paper=one.get("from_paper") is True,
    )
    if "note" not in one:
        return typed
    mark = _words(one, "mark")
    if mark and mark not in MARKS:
        raise NotUnderstood
    return Change(typed.client_id, number(one["note"]), mark, number(one.get("edition")), typed)


def _words(one: dict[str, Any], name: str) -> str:
    said = one.get(name, "")
    return said if isinstance(said, str) else ""
