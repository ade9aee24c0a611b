"""Tables as text (CSV), as Excel in Mexico writes them: UTF-8 or Windows-1252."""

import re
from typing import Final

from ogpgroup.uploads import kinds
from ogpgroup.uploads.refusals import Reason, Refused

CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# A saved table has values; what begins so in a cell would be worked out where it is opened: “=SUM(…)”, “=1+cmd|…!A0”,
# “@SUM(…)”. Not “-5”, “+52 55 …” and “- ya (hecho)”, nor “="001"”, by which Excel keeps zeros. Each repeat takes all it
# can and gives nothing back, so that the time stays in proportion to the text.
FORMULA: Final = re.compile(
    r"""
    (?:\A|[,;\t\r\n]) [\ "]{0,3}+
    (?: = (?! "{1,2} [^"\r\n]*+ "{1,3} (?:[,;\t\r\n]|\Z) )
      | [+@-] [A-Za-z_.]{1,40}+ [(|]
      | [=+@-] [^,;\t\r\n|]*+ \| [^,;\t\r\n!]*+ !
    )
    """,
    re.VERBOSE,
)


def check(content: bytes) -> None:
    """Refused unless it is plain text that a spreadsheet can read, without formulas and no web page."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise Refused.because(Reason.ENCODING)
    if b"\0" in content:
        raise Refused.because(Reason.MISMATCH)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or b"%PDF-" in content[:1024]:
        raise Refused.because(Reason.MISMATCH)
    if kinds.looks_like_page(content):
        raise Refused.because(Reason.MISMATCH)
    text = _decode(content)
    if CONTROL.search(text):
        raise Refused.because(Reason.MISMATCH)
    if FORMULA.search(text):
        raise Refused.because(Reason.FORMULAS)


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused.because(Reason.ENCODING)
