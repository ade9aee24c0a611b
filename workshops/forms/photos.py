"""What people say of photos when they add, describe or remove them."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy

from actionplans.forms.evidence import FilesField, FilesInput
from ogpgroup.uploads import LARGEST
from workshops.actions.photos import Words


class PhotosInput(FilesInput):
    """Chooses several photos at once, on a phone from the camera or the gallery."""

    def __init__(self) -> None:
        super().__init__()
        self.attrs = {"accept": "image/jpeg,image/png,image/webp", "data-files": str(LARGEST)}


class WordsForm(forms.Form):
    """What a photo shows, the line under it, who took it."""

    alt = forms.CharField(
        label=gettext_lazy("What the photos show"),
        max_length=300,
        help_text=gettext_lazy("One sentence for people who cannot see them."),
    )
    caption = forms.CharField(label=gettext_lazy("Caption"), max_length=300)
    credit = forms.CharField(label=gettext_lazy("Taken by"), max_length=120, required=False)

    def words(self) -> Words:
        """The same without spaces around."""
        typed = self.cleaned_data
        return Words(*(" ".join(typed[name].split()) for name in ("alt", "caption", "credit")))


class PhotosForm(WordsForm):
    """Several photos, with the word that everybody on them agrees."""

    field_order = ("photos", "alt", "caption", "credit", "people_agree")

    photos = FilesField(
        label=gettext_lazy("Photos"),
        widget=PhotosInput,
        help_text=gettext_lazy(
            "JPG, PNG or WebP, up to 10 MB each, ten at once. Where and when they were taken is not kept."
        ),
    )
    people_agree = forms.BooleanField(
        label=gettext_lazy("Everybody who can be recognised agrees that it is public"),
        error_messages={"required": gettext_lazy("Without the consent of who is on them photos are not shown.")},
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean_photos(self) -> Any:
        photos = self.cleaned_data["photos"]
        if not photos:
            raise forms.ValidationError(gettext_lazy("Choose at least one photo."))
        return photos


class DescribeForm(WordsForm):
    """One photo described anew."""

    position = forms.IntegerField(label=gettext_lazy("Place among the photos"), min_value=1, max_value=1000)


class RemovalForm(forms.Form):
    """Why a photo goes."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
