"""What a plan promises, in the fields of the OGP's template; and what to do when two people write at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.db.models import Manager, Model, QuerySet
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.models import Commitment, Milestone, OgpValue
from actionplans.reports import history

THEIRS = "theirs"


@dataclass(frozen=True)
class Clash:
    """A field that two people changed: what the other one stored, beside the field with what was typed."""

    field: BoundField
    theirs: str
    choice: str  # name of the box that takes theirs

    @property
    def label(self) -> str:
        return str(self.field.label)


@dataclass(frozen=True)
class Taken:
    """A field that only the other person changed: it is in the form already."""

    label: str
    old: str
    new: str


class KeptTogether(forms.ModelForm):  # type: ignore[type-arg]
    """A form on something that several people keep: it carries the edition it was opened on.

    What was typed is never lost, and what somebody else stored meanwhile is never overwritten unseen: `merged` gives
    the form once more on the newer edition, with `clashes` to decide and `taken` as news.
    """

    GROUPS: ClassVar[tuple[tuple[str | Promise, tuple[str, ...]], ...]] = ()

    edition = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    form_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    clashes: list[Clash]
    taken: list[Taken]

    def __init__(self, data: QueryDict | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.clashes, self.taken = [], []
        if self.instance.pk:
            self.fields["edition"].initial = self.instance.edition
            del self.fields["form_id"]
        else:
            del self.fields["edition"]  # a new thing has none yet, but a form that may be sent twice
            self.fields["form_id"].initial = uuid4
        if data and self.instance.pk:
            self.data = self._chosen(data)

    @property
    def content(self) -> dict[str, Any]:
        """What was typed, without the edition."""
        typed = {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.fields}
        return {name: list(value) if isinstance(value, QuerySet) else value for name, value in typed.items()}

    @property
    def groups(self) -> Iterator[tuple[str | Promise, list[BoundField]]]:
        """The fields by legend, but for those that stand among the clashes."""
        apart = {clash.field.name for clash in self.clashes}
        for legend, names in self.GROUPS:
            if fields := [self[name] for name in names if name in self.fields and name not in apart]:
                yield legend, fields

    def clean(self) -> dict[str, Any]:
        """Line ends as the database has them, whatever the browser sends: else untouched text would look changed."""
        cleaned = super().clean() or self.cleaned_data
        return {name: _plain(value) for name, value in cleaned.items()}

    def merged(self, current: Model) -> "KeptTogether":
        """This form on the newer edition: theirs where only they wrote, a clash where both did, else what was typed."""
        base = history.edition_of(current, self.cleaned_data["edition"])
        before = {name: getattr(base, name) for name in self.content if hasattr(base, name)}
        data: QueryDict = self.data.copy()  # type: ignore[attr-defined]
        for name in [name for name in data if name.startswith("take-")]:
            del data[name]  # chosen when something else stood beside it
        data["edition"] = str(current.edition)  # type: ignore[attr-defined]
        clashing, taken = [], []
        for name, typed in self.content.items():
            stored = _stored(current, name)
            if _same(typed, stored) or (name in before and _same(stored, before[name])):
                continue
            words = history.in_words(type(current), name, stored)
            if name in before and _same(typed, before[name]):
                data.setlist(name, _as_sent(stored))
                told = history.in_words(type(current), name, before[name])
                taken.append(Taken(str(self[name].label), told, words))
            else:
                clashing.append((name, words))
        form = self._again(data, type(current)._default_manager.get(pk=current.pk))
        form.taken = taken
        form.clashes = [Clash(form[name], words, f"take-{name}") for name, words in clashing]
        return form

    def _again(self, data: QueryDict, current: Any) -> "KeptTogether":
        return type(self)(data, instance=current)

    def _chosen(self, data: QueryDict) -> QueryDict:
        """With the other person's words where the box for them is ticked; those are of the edition the page showed."""
        names = [name for name in self._meta.fields or () if data.get(f"take-{name}") == THEIRS]
        edition = data.get("edition", "")
        if not names or not edition.isdecimal():
            return data
        source = history.edition_of(self.instance, int(edition[:9]))
        if source is None:
            return data
        chosen = data.copy()
        for name in names:
            # What is between many and many is no part of the history: the newest stands for it.
            chosen.setlist(name, _as_sent(_stored(source if hasattr(source, name) else self.instance, name)))
        return chosen


def _stored(thing: Any, name: str) -> Any:
    value = getattr(thing, name)
    return list(value.all()) if isinstance(value, Manager) else value


def _plain(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one, key=str) == sorted(other, key=str)
    if isinstance(one, str) and isinstance(other, str):
        return bool(_plain(one).strip() == _plain(other).strip())
    return bool(one == other)


def _as_sent(value: Any) -> list[str]:
    """A stored value as a browser would send it."""
    if isinstance(value, list):
        return [one for each in value for one in _as_sent(each)]
    if isinstance(value, bool):
        return ["on"] if value else []
    return ["" if value is None else str(value.pk if isinstance(value, Model) else value)]


def _by_label(choices: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return sorted(choices, key=lambda choice: str(choice[1]).casefold())


class CommitmentForm(KeptTogether):
    """One commitment. The plan comes from the address, the number from the order in which they are added."""

    GROUPS = (
        (gettext_lazy("What"), ("title", "short_title", "title_en", "code")),
        (gettext_lazy("Why"), ("problem", "causes", "status_quo")),
        (gettext_lazy("How"), ("action", "expected_results", "contribution", "long_term_goal")),
        (gettext_lazy("Who and when"), ("lead", "institutions", "starts_on", "ends_on")),
        (gettext_lazy("Where it belongs"), ("ogp_values", "policy_area", "sector")),
        (gettext_lazy("More"), ("additional", "source", "source_note")),
    )

    ogp_values = forms.MultipleChoiceField(
        label=gettext_lazy("OGP values"),
        choices=OgpValue.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Technology alone is not enough: it needs one of the first three beside it."),
    )

    class Meta:
        model = Commitment
        fields: ClassVar = [
            "title",
            "short_title",
            "title_en",
            "code",
            "problem",
            "causes",
            "status_quo",
            "action",
            "expected_results",
            "contribution",
            "long_term_goal",
            "lead",
            "institutions",
            "starts_on",
            "ends_on",
            "ogp_values",
            "policy_area",
            "sector",
            "additional",
            "source",
            "source_note",
        ]
        help_texts: ClassVar = {
            "short_title": gettext_lazy("As headings and lists say it."),
            "code": gettext_lazy("If the OGP has given it one, for instance MXMTY0005."),
            "problem": gettext_lazy("Which public problem is it about, and whom does it concern?"),
            "causes": gettext_lazy("Where does the problem come from?"),
            "status_quo": gettext_lazy("How are things now, and what was done so far?"),
            "action": gettext_lazy("What will be done?"),
            "expected_results": gettext_lazy("What will be different, and how can one see it?"),
            "institutions": gettext_lazy("One a line, of government and of society."),
            "policy_area": gettext_lazy("From the OGP's list."),
            "additional": gettext_lazy("Budget, other programmes, the Sustainable Development Goals ..."),
            "source": gettext_lazy("Where it was published."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area: Any = self.fields["policy_area"]
        area.choices = [area.choices[0], *_by_label(list(area.choices)[1:])]


class MilestoneForm(KeptTogether):
    """One milestone: a step with a result that can be verified."""

    GROUPS = (
        (gettext_lazy("Milestone"), ("title", "expected_output", "starts_on", "ends_on", "moved_because", "lead")),
    )

    class Meta:
        model = Milestone
        fields: ClassVar = ["title", "expected_output", "starts_on", "ends_on", "moved_because", "lead"]
        help_texts: ClassVar = {
            "title": gettext_lazy("What is done in this step."),
            "expected_output": gettext_lazy("What will lie on the table, so that anybody can verify it?"),
            "moved_because": gettext_lazy(
                "Only where you change the last day. Everybody reads it beside the day first promised."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (self.instance.pk and self.instance.commitment.plan.is_running):
            del self.fields["moved_because"]  # nothing is promised in public yet
        self._stored = (self.instance.ends_on, self.instance.moved_because)  # validation writes on the instance

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day, reason = self._stored
        # On an older edition both are compared with what somebody else stored meanwhile, not with what was read.
        is_newest = "moved_because" in self.fields and cleaned.get("edition") == self.instance.edition
        if not is_newest or cleaned.get("ends_on") is None or "moved_because" not in cleaned:
            return cleaned
        if cleaned["ends_on"] != day and reason and cleaned["moved_because"] == reason:
            self.add_error("moved_because", _("Say why it is moved this time."))
        elif not cleaned["moved_because"] and (cleaned["ends_on"] != day or self.instance.first_ends_on):
            self.add_error("moved_because", _("Say why the last day is moved."))
        elif cleaned["ends_on"] == day and not self.instance.first_ends_on:
            cleaned["moved_because"] = ""  # typed where nothing is moved
        return cleaned
