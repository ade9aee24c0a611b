"""The part of a form that brings evidence: files, what the pictures show, links."""

import time
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.actions import evidence as actions
from actionplans.models import ActionPlan, Evidence
from ogpgroup.models import User
from ogpgroup.uploads import LARGEST, Refused, kinds, links, names

SECONDS: Final = 30  # for all files of one form; who waits longer thinks it is broken
ACCEPT: Final = ",".join([f".{ending}" for ending in kinds.BY_ENDING] + [kind.content_type for kind in kinds.PICTURES])


@dataclass(frozen=True)
class Kept:
    """What was accepted already, and the names of the fields about it."""

    evidence: Evidence
    kept: str
    remove: str
    alt: str


class FilesInput(forms.FileInput):
    """Chooses several files at once; static/js/files.js shows them with their sizes before they are sent."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ACCEPT, "data-files": str(LARGEST)})


class FilesField(forms.Field):
    """Any number of files. What is wrong with one of them is said of that one, by `uploads.accept`."""

    widget = FilesInput

    def clean(self, value: Any) -> "list[UploadedFile[bytes]]":
        return [one for one in value or [] if one]


class EvidenceForm(forms.Form):
    """For forms that bring evidence; `evidence` of the cleaned data holds the uuids for `actions.attach`.

    What is accepted is kept at once, so that a mistake elsewhere costs nobody a second upload: the form comes back
    with it (`kept`) and takes only what the same person sent for the same plan.
    """

    files = FilesField(  # type: ignore[assignment]  # the field; what Django calls so is what was sent
        label=gettext_lazy("Photos and files"),
        required=False,
        help_text=gettext_lazy(
            "JPG, PNG, WebP, PDF, DOCX, XLSX, ODS or CSV, up to 10 MB each. Where a photo was taken is not kept."
        ),
    )
    alt = forms.CharField(
        label=gettext_lazy("What the photos show"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("One sentence for people who cannot see them."),
    )
    links = forms.CharField(
        label=gettext_lazy("Links"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy("One to a line. After the address you may write what it is."),
    )

    def __init__(self, *args: Any, plan: ActionPlan, by: User, standing: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plan, self._by = plan, by
        self._standing = standing
        self.kept: list[Evidence] = []
        self._attached: list[Evidence] = []

    @property
    def most(self) -> int:
        """So many files and links the form may hold, with those that it has kept."""
        return Evidence.MOST - self._standing

    @property
    def room(self) -> int:
        """The same, without what stays of an entry that is corrected."""
        return self.most

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._take_back()
        self._take_files(cleaned.get("files", []))
        self._forget_alt()
        given = self._read_links(cleaned.get("links", ""))
        linked = []
        if not self.errors:
            linked = [actions.keep_link(self._plan, url=url, name=name, by=self._by) for url, name in given]
        cleaned["evidence"] = [one.uuid for one in dict.fromkeys([*self._attached, *self.kept, *linked])]
        return cleaned

    def kept_rows(self) -> list[Kept]:
        """For the template: what stays without being sent again."""
        name = self.add_prefix
        return [Kept(one, name("kept"), name("remove"), name(f"alt-{one.uuid}")) for one in self.kept]

    def _take_back(self) -> None:
        """What earlier tries of this form have brought, but for what is to be removed; what is gone is told."""
        removed = set(self._uuids("remove"))
        actions.drop(self._plan, uuids=removed, by=self._by)
        wanted = {uuid for uuid in self._uuids("kept") if uuid not in removed}
        mine = Evidence.objects.filter(plan=self._plan, uploaded_by=self._by, uuid__in=wanted)
        for one in mine.order_by("pk"):
            if one.is_attached:
                self._attached.append(one)  # a form sent twice, or a file that went with another: the action knows
                continue
            alt = self.data.get(self.add_prefix(f"alt-{one.uuid}"))
            self.kept.append(one if alt is None else actions.describe(one, alt=alt))
        if wanted - {one.uuid for one in [*self.kept, *self._attached]}:
            self.add_error("files", str(actions.gone().sentence))

    def _uuids(self, name: str) -> Iterable[UUID]:
        for text in self.data.getlist(self.add_prefix(name)):  # type: ignore[attr-defined]
            try:
                yield UUID(text)
            except ValueError:
                continue

    def _take_files(self, files: "list[UploadedFile[bytes]]") -> None:
        until = time.monotonic() + SECONDS
        for position, upload in enumerate(files):
            try:
                if len(self.kept) >= self.room:
                    raise actions.too_many()
                one = actions.keep_file(
                    self._plan, upload=upload, alt=self._alt(position), by=self._by, seconds=until - time.monotonic()
                )
            except Refused as refused:
                shown = names.visible(upload.name or "")[:80]
                told = _("“%(name)s” was not kept. %(reason)s") % {"name": shown, "reason": refused.sentence}
                self.add_error("files", told)
            else:
                self.kept += [one] if one not in self.kept else []

    def _alt(self, position: int) -> str:
        """With JavaScript each file has a field of its own, in the order of the files; else one field is for all."""
        alts = self.data.getlist(self.add_prefix("alt"))  # type: ignore[attr-defined]
        if len(alts) == 1:
            return str(alts[0])
        return str(alts[position]) if position < len(alts) else ""

    def _forget_alt(self) -> None:
        """It went with its files; shown again it would be said of the next ones too."""
        told = self.data.copy()  # type: ignore[attr-defined]
        told.pop(self.add_prefix("alt"), None)
        self.data = told

    def _read_links(self, text: str) -> list[tuple[str, str]]:
        found: dict[str, str] = {}
        for line in filter(None, map(str.strip, text.splitlines())):
            url, _space, name = line.partition(" ")
            try:
                found[links.web_address(url)] = name
            except Refused as refused:
                told = _("“%(name)s” was not kept. %(reason)s") % {"name": url[:80], "reason": refused.sentence}
                self.add_error("links", told)
        if len(found) + len(self.kept) > self.room:
            self.add_error("links" if found else "files", str(actions.too_many().sentence))
        return list(found.items())


class KeepingForm(EvidenceForm):
    """Beside new evidence, what stood with the old words and stays with the new ones."""

    keep = forms.MultipleChoiceField(
        label=gettext_lazy("Evidence that stays"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, evidence: Iterable[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(evidence)

    @property
    def room(self) -> int:
        """What stays takes its part."""
        return super().room - len(self.cleaned_data.get("keep", []))

    def offer(self, evidence: Iterable[Evidence]) -> None:
        """What may stay; all of it does unless somebody says otherwise."""
        self._evidence = {str(one.pk): one for one in evidence}
        self.fields.pop("keep", None)
        if self._evidence:
            self.fields["keep"] = field = deepcopy(self.base_fields["keep"])
            field.choices = [(key, one.alt or one.name) for key, one in self._evidence.items()]  # type: ignore[attr-defined]
            field.initial = list(self._evidence)

    def clean_keep(self) -> list[Evidence]:
        return [self._evidence[key] for key in self.cleaned_data["keep"]]
