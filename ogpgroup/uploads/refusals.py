"""Why a file is not accepted, each reason with a sentence that says what to do about it."""

from typing import Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ogpgroup.errors import ActionNotPossible


class Reason(TextChoices):
    """What is wrong with a file; the label is the sentence for the person who sent it."""

    EMPTY = "empty", _("The file is empty. Open the original, save it again and choose it anew.")
    TOO_LARGE = (
        "too_large",
        _("The file is larger than 10 MB. Save it smaller, or publish it elsewhere and add the link."),
    )
    TYPE = (
        "type",
        _(
            "This type of file is not accepted. Send a picture (JPG, PNG, WebP), a PDF, or a document or table "
            "(DOCX, XLSX, ODS, CSV)."
        ),
    )
    WEB_PAGE = (
        "web_page",
        _("Web pages and SVG drawings can carry programs, so they are not accepted. Save it as PDF or as PNG."),
    )
    ARCHIVE = "archive", _("Compressed folders are not accepted. Send the files in it one by one.")
    OLD_OFFICE = (
        "old_office",
        _("This is the old Office format. Open it and save it in the new one, such as DOCX or XLSX, or as PDF."),
    )
    HEIC = "heic", _("Photos in the HEIC format are not accepted. Save or send the photo as JPG.")
    MISMATCH = (
        "mismatch",
        _("Inside, the file is not what its name says. Open it in its program and save it again with the right type."),
    )
    DAMAGED = "damaged", _("The file is damaged or cut short. Open the original, save it again and choose it anew.")
    LOCKED = "locked", _("The file is protected with a password. Save it without the password.")
    MACROS = (
        "macros",
        _("The document carries macros, which are programs. Save it without them, such as DOCX or XLSX, or as PDF."),
    )
    PROGRAM = (
        "program",
        _("The file carries a program or another file inside. Take it out and save it anew, or print it as PDF."),
    )
    FETCHES = (
        "fetches",
        _(
            "The document would fetch something from elsewhere when it is opened, such as a template or figures. Save "
            "it without these links, or as PDF."
        ),
    )
    HIDDEN = (
        "hidden",
        _("Something else is hidden in the file beside the document. Open it and save it anew, or print it as PDF."),
    )
    BOMB = "bomb", _("Unpacked, the document is far larger than it looks, as an attack would be. Save it anew.")
    NESTED = "nested", _("The document carries compressed files inside. Take them out and send them one by one.")
    PIXELS = (
        "pixels",
        _("The picture has too many pixels: at most 40 million, or 15 million in WebP. Save it smaller."),
    )
    HEAVY = "heavy", _("The picture takes too much memory or time to open. Save it smaller, as a plain JPG or PNG.")
    ENCODING = "encoding", _("The text of the table cannot be read. Save it in Excel as “CSV UTF-8”.")
    FORMULAS = (
        "formulas",
        _("The table carries formulas, which run on the computer of whoever opens it. Save values alone."),
    )
    LONG_TABLE = (
        "long_table",
        _("The table is too large to be read here: at most 5,000 rows and 60 columns. Send the part with the people."),
    )
    VIRUS = (
        "virus",
        _("The virus scanner found something in the file. Clean the computer it comes from, and send it anew."),
    )
    NOT_SCANNED = (
        "not_scanned",
        _("The virus scanner does not answer, so no file is accepted now. Try again in a while."),
    )
    NO_TIME = (
        "no_time",
        _("The pictures before this one took all the time there is. Choose this one again and send the form."),
    )


LARGEST: Final = 10 * 1024 * 1024  # bytes a file


class Refused(ActionNotPossible):
    """The file, or the link, is not kept; the sentence says why and what to do."""

    def __init__(self, sentence: str | Promise, *, reason: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason

    @classmethod
    def because(cls, reason: Reason) -> "Refused":
        return cls(reason.label, reason=reason.value)
