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
        label=gettext_lazy("What the photo shows"),
        max_length=300,
        help_text=gettext_lazy("One sentence for people who cannot see it."),
    )
    caption = forms.CharField(label=gettext_lazy("Caption"), max_length=300)
    credit = forms.CharField(label=gettext_lazy("Taken by"), max_length=120, required=False)

    def words(self) -> Words:
        """The same without spaces around."""
        typed = self.cleaned_data
        return Words(*(" ".join(typed[name].split()) for name in ("alt", "caption", "credit")))


class PhotosForm(forms.Form):
    """Several photos, with the word that everybody on them agrees. Each is described apart, once it is seen."""

    photos = FilesField(
        label=gettext_lazy("Photos"),
        widget=PhotosInput,
        help_text=gettext_lazy(
            "JPG, PNG or WebP, up to 10 MB each, ten at once. Where and when they were taken is not kept."
        ),
    )
    credit = forms.CharField(label=gettext_lazy("Taken by"), max_length=120, required=False)
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

    def words(self) -> Words:
        """Who took them; what they show is said of each."""
        return Words(alt="", caption="", credit=" ".join(self.cleaned_data["credit"].split()))


class DescribeForm(WordsForm):
    """One photo described anew."""

    position = forms.IntegerField(label=gettext_lazy("Place among the photos"), min_value=1, max_value=1000)


class AskAwayForm(forms.Form):
    """Somebody on a photo wants it to be taken away. Nothing has to be said for that."""

    because = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("You need not give one."),
    )
    contact = forms.CharField(
        label=gettext_lazy("How we reach you"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only if you want an answer. It is deleted once the matter is decided."),
    )


class KeepForm(forms.Form):
    """Why a photo is shown again."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class RemovalForm(forms.Form):
    """Why a photo goes."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
