"""PDFs are kept as they came, so one is accepted only where it is nothing else besides."""

import re
from typing import Final

from ogpgroup.uploads import kinds
from ogpgroup.uploads.refusals import Reason, Refused

VERSION: Final = re.compile(rb"%PDF-[12]\.\d")
END: Final = b"%%EOF"
ZIP_END: Final = b"PK\x05\x06"
# A letter of a name may be written as its number: /J#61vaScript is /JavaScript.
NAME: Final = re.compile(rb"/((?:[^\x00\t\n\f\r ()<>\[\]{}/%#]|#[0-9A-Fa-f]{2}){2,64})")
NUMBERED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
ACTIVE: Final = {b"Launch", b"JavaScript", b"EmbeddedFile", b"EmbeddedFiles"}
# So short a name stands by chance in one of forty photos of 10 MB, so it counts where a script may follow it.
SCRIPT: Final = re.compile(rb"[\x09-\x0d\x20-\x7e]{4}/JS[\0\t\n\f\r ]*(?:[(<]|\d{1,10}\s{1,9}\d{1,5}\s{1,9}R\b)")


def check(content: bytes) -> None:
    """Refused if it is cut short, reads as a web page from the start or as an archive from the end, starts a program,
    runs a script or carries files.

    What stands packed in a stream of objects is not read: a script there is left to the reader's program, which asks.
    """
    if not VERSION.match(content):
        raise Refused.because(Reason.MISMATCH)
    if kinds.looks_like_page(content):
        raise Refused.because(Reason.HIDDEN)
    body, end, tail = content.rpartition(END)
    if not end or b"startxref" not in body[-4096:]:
        raise Refused.because(Reason.HIDDEN if _reads_as_zip(content) else Reason.DAMAGED)
    if tail.strip(b"\0\t\n\f\r \x1a") or _reads_as_zip(content):
        raise Refused.because(Reason.HIDDEN)
    if _acts(content):
        raise Refused.because(Reason.PROGRAM)


def _acts(content: bytes) -> bool:
    names = (found[1] for found in NAME.finditer(content))
    return SCRIPT.search(content) is not None or any(
        (_plain(name) in ACTIVE | {b"JS"} if b"#" in name else name in ACTIVE) for name in names
    )


def _plain(name: bytes) -> bytes:
    return NUMBERED.sub(lambda found: bytes([int(found[1], 16)]), name)


def _reads_as_zip(content: bytes) -> bool:
    """An archive is read from its end: from this mark, of 22 bytes, and a comment as long as it says."""
    at = content.rfind(ZIP_END, -22 - 65535)
    if at < 0:
        return False
    comment = int.from_bytes(content[at + 20 : at + 22], "little")
    return at + 22 + comment <= len(content)
