"""PDFs are kept as they came, so one is accepted only where it is nothing else besides."""

import re
from typing import Final

from ogpgroup.uploads import kinds
from ogpgroup.uploads.refusals import Reason, Refused

VERSION: Final = re.compile(rb"%PDF-[12]\.\d")
END: Final = b"%%EOF"
ZIP_END: Final = b"PK\x05\x06"


def check(content: bytes) -> None:
    """Refused if it is cut short, or reads as a web page from the start or as an archive from the end."""
    if not VERSION.match(content):
        raise Refused.because(Reason.MISMATCH)
    if kinds.looks_like_page(content):
        raise Refused.because(Reason.HIDDEN)
    body, end, tail = content.rpartition(END)
    if not end or b"startxref" not in body[-4096:]:
        raise Refused.because(Reason.HIDDEN if _reads_as_zip(content) else Reason.DAMAGED)
    if tail.strip(b"\0\t\n\f\r \x1a") or _reads_as_zip(content):
        raise Refused.because(Reason.HIDDEN)


def _reads_as_zip(content: bytes) -> bool:
    """An archive is read from its end: from this mark, of 22 bytes, and a comment as long as it says."""
    at = content.rfind(ZIP_END, -22 - 65535)
    if at < 0:
        return False
    comment = int.from_bytes(content[at + 20 : at + 22], "little")
    return at + 22 + comment <= len(content)
