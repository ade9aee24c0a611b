"""The kinds of file that are accepted, and how each is known by its first bytes."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from ogpgroup.uploads.refusals import Reason, Refused

OFFICE: Final = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Kind:
    """One kind of file; what is kept always bears this ending and this content type."""

    ending: str
    content_type: str
    container: str  # what the first bytes must show: jpeg, png, webp, pdf, zip or text


JPG: Final = Kind("jpg", "image/jpeg", "jpeg")
PNG: Final = Kind("png", "image/png", "png")
WEBP: Final = Kind("webp", "image/webp", "webp")
PDF: Final = Kind("pdf", "application/pdf", "pdf")
DOCX: Final = Kind("docx", f"{OFFICE}.wordprocessingml.document", "zip")
XLSX: Final = Kind("xlsx", f"{OFFICE}.spreadsheetml.sheet", "zip")
ODS: Final = Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", "zip")
PPTX: Final = Kind("pptx", f"{OFFICE}.presentationml.presentation", "zip")
ODP: Final = Kind("odp", "application/vnd.oasis.opendocument.presentation", "zip")
CSV: Final = Kind("csv", "text/csv", "text")

PICTURES: Final = (JPG, PNG, WEBP)
KINDS: Final = (*PICTURES, PDF, DOCX, XLSX, ODS, CSV)
SLIDES: Final = (PPTX, ODP)  # only where somebody presents
BY_ENDING: Final = {kind.ending: kind for kind in KINDS} | {"jpeg": JPG}

NOT_ACCEPTED: Final = {
    Reason.WEB_PAGE: {"svg", "svgz", "html", "htm", "xhtml", "xht", "mht", "mhtml", "xml", "shtml"},
    Reason.MACROS: {"docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppsm"},
    Reason.OLD_OFFICE: {"doc", "dot", "xls", "xlt", "xlsb", "ppt", "pot", "pps"},
    Reason.HEIC: {"heic", "heif"},
    Reason.ARCHIVE: {"zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz"},
}

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office, and new Office behind a password
MAGIC: Final = {
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "pdf": (b"%PDF-",),
    "zip": (b"PK\x03\x04",),
    "ole": (OLE,),
    "archive": (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"PK\x05\x06"),
}
# With these a browser of old took a file for a web page, whatever it was called.
PAGE_MARKS: Final = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<iframe", b"<?php", b"<?xml")


def by_name(ending: str, *, also: Collection[Kind] = ()) -> Kind:
    """The kind that the name promises, of ours or of those accepted here `also`; Refused where it is none of them, with
    the sentence that helps most.
    """
    accepted = BY_ENDING | {kind.ending: kind for kind in also}
    if ending in accepted:
        return accepted[ending]
    for reason, endings in NOT_ACCEPTED.items():
        if ending in endings:
            raise Refused.because(reason)
    raise Refused.because(Reason.TYPE)


def container(content: bytes) -> str:
    """What the first bytes show; `text` is what shows nothing else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((name for name, marks in MAGIC.items() if content.startswith(marks)), "text")


def looks_like_page(content: bytes) -> bool:
    """Has, where a browser would look for it, what makes a file a web page, a drawing or a server's script."""
    head = content[:1024].lower()
    return any(mark in head for mark in PAGE_MARKS)


def check(kind: Kind, content: bytes) -> None:
    """Refused unless the first bytes are those of the kind that the name promises."""
    found = container(content)
    if kind.container == "zip" and found == "ole":
        raise Refused.because(
            Reason.MACROS if _holds_macros(content) else Reason.LOCKED if _locked(content) else Reason.OLD_OFFICE
        )
    if found != kind.container:
        raise Refused.because(Reason.MISMATCH)


def _locked(content: bytes) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in content


def _holds_macros(content: bytes) -> bool:
    return "_VBA_PROJECT".encode("utf-16-le") in content


def holds_macros(content: bytes) -> bool:
    """An old Office container with a macro project in it, whatever the part is called."""
    return content.startswith(OLE) and _holds_macros(content)
