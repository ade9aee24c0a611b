"""The door for files: what comes in was looked into, bears a clean name, and pictures were drawn anew."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile

from ogpgroup.uploads import documents, kinds, names, pdfs, pictures, scanner, tables
from ogpgroup.uploads.kinds import Kind
from ogpgroup.uploads.refusals import LARGEST, Reason, Refused


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept and handed to others. Width and height are those of pictures alone."""

    name: str
    ending: str
    content_type: str
    content: bytes
    width: int | None = None
    height: int | None = None

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def accept(
    upload: "UploadedFile[bytes]", *, also: Collection[Kind] = (), seconds: float = pictures.SECONDS
) -> Accepted:
    """Look inside; the file as it may be kept, or Refused with the sentence for the person who sent it.

    Guarantees that name, content type and content agree, and that pictures hold nothing but pixels. What the browser
    said of the type is not asked. `also` are kinds that are accepted in this place beside those of everywhere.
    """
    ending = names.ending(upload.name or "")
    kind = kinds.by_name(ending, also=also)
    content = _read(upload)
    kinds.check(kind, content)
    name = names.clean(upload.name or "", ending=kind.ending)
    if kind in kinds.PICTURES:
        if seconds <= 0:
            raise Refused.because(Reason.NO_TIME)
        drawn = pictures.redraw(content, kind, seconds=min(seconds, pictures.SECONDS))
        return Accepted(name, kind.ending, kind.content_type, drawn.content, drawn.width, drawn.height)
    _look_into(content, kind)
    scanner.check(content)
    return Accepted(name, kind.ending, kind.content_type, content)


def _read(upload: "UploadedFile[bytes]") -> bytes:
    if (upload.size or 0) > LARGEST:
        raise Refused.because(Reason.TOO_LARGE)
    upload.seek(0)
    content: bytes = upload.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Refused.because(Reason.TOO_LARGE)
    if not content:
        raise Refused.because(Reason.EMPTY)
    return content


def _look_into(content: bytes, kind: Kind) -> None:
    if kind == kinds.PDF:
        pdfs.check(content)
    elif kind == kinds.CSV:
        tables.check(content)
    else:
        documents.check(content, kind)
