"""What in a document would act when somebody opens it: programs, packed files, and what is fetched from elsewhere."""

import re
from typing import Final
from urllib.parse import unquote
from xml.parsers import expat

from ogpgroup.uploads import kinds
from ogpgroup.uploads.refusals import Reason, Refused

PROGRAMS: Final = (b"MZ", b"\x7fELF")
PACKED_FILE: Final = "Ole10Native".encode("utf-16-le")  # as Windows packs any file at all into a document
EMBEDDED: Final = re.compile(r"(^|/)embeddings/[^/]+$", re.IGNORECASE)
# Tables that ask another program for their values, of Excel and OpenDocument; as text the sign before would be escaped.
DDE: Final = re.compile(rb"<(?:[\w.-]{1,30}:)?(?:ddeLink|dde-source)[\s/>]")
LONGEST_MARK: Final = 48

# A link waits until somebody follows it. Pictures and films that stand on the web are common where text was copied from
# a page; they are shown and run nothing. A template, another workbook and the figures of a chart are named by nearly
# every office that uses them, with a place on the writer's own disk, where on any other computer nothing is found. From
# a server they would be fetched, and a template brings its macros.
FOLLOWED: Final = {"hyperlink"}
SHOWN: Final = {"image", "video", "audio", "media"}
NAMED: Final = {"attachedtemplate", "externallinkpath", "externallinklongpath", "xlexternallinkpath"}
CHART_RELATIONS: Final = re.compile(r"/charts/_rels/[^/]+\.rels$", re.IGNORECASE)
ON_THE_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
ON_OWN_DISK: Final = re.compile(r"(?:file:///)?(?:/?[a-z]:[\\/]|/?)(?![\\/])[^:]*", re.IGNORECASE)


class Part:
    """Reads one part of a document as it is unpacked; Refused as soon as something in it would act."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_first = True
        self.last = b""
        self.relations = _relations(name) if name.lower().endswith(".rels") else None

    def read(self, chunk: bytes) -> None:
        if self.is_first and self._is_program(chunk):
            raise Refused.because(Reason.PROGRAM)
        self.is_first = False
        seen = self.last + chunk.replace(b"\0", b"")  # XML may be written in two bytes a sign
        if DDE.search(seen):
            raise Refused.because(Reason.FETCHES)
        self.last = seen[-LONGEST_MARK:]
        self._parse(chunk)

    def finish(self) -> None:
        self._parse(b"", is_last=True)

    def _is_program(self, head: bytes) -> bool:
        """Beside documents, and objects in the container of old Office, nothing is embedded for a good reason."""
        is_document = head.startswith((kinds.OLE, b"PK\x03\x04"))
        return head.startswith(PROGRAMS) or (EMBEDDED.search(self.name) is not None and not is_document)

    def _parse(self, chunk: bytes, *, is_last: bool = False) -> None:
        if self.relations is None:
            return
        try:
            self.relations.Parse(chunk, is_last)
        except expat.ExpatError:
            raise Refused.because(Reason.DAMAGED) from None


def check_object(content: bytes) -> None:
    """Refused if an object in the container of old Office is a file packed whole, such as a program."""
    if PACKED_FILE in content:
        raise Refused.because(Reason.PROGRAM)


def _relations(name: str) -> expat.XMLParserType:
    """What a part is tied to. An entity could say one thing to us and another to Word: there are none."""
    may_name = NAMED | ({"oleobject"} if CHART_RELATIONS.search(name) else set())

    def element(_name: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode", "").strip().lower() != "external":
            return
        what = attributes.get("Type", "").lower().rpartition("/relationships/")[2].partition("/")[0]
        where = unquote(attributes.get("Target", "")).strip()
        is_own = ON_OWN_DISK.fullmatch(where) is not None
        if not (
            what in FOLLOWED or (what in SHOWN and (is_own or ON_THE_WEB.match(where))) or (what in may_name and is_own)
        ):
            raise Refused.because(Reason.FETCHES)

    def doctype(*_args: object) -> None:
        raise Refused.because(Reason.DAMAGED)

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = doctype
    return parser
