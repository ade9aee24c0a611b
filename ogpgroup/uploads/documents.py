"""Office and OpenDocument files: archives, unpacked and counted before they are believed."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final
from xml.parsers import expat

from ogpgroup.uploads import active, kinds
from ogpgroup.uploads.kinds import DOCX, OFFICE, PPTX, XLSX, Kind
from ogpgroup.uploads.refusals import Reason, Refused

MOST_PARTS: Final = 2000
MOST_BYTES: Final = 120 * 1024 * 1024  # unpacked, all parts and those of documents within together
MOST_INNER: Final = 32 * 1024 * 1024  # of one document or object within; it is held in memory
MOST_TYPES: Final = 1024 * 1024  # of the list of parts
SMALL: Final = 1024 * 1024  # a part up to this size may be packed as tightly as it likes
TIGHTEST: Final = 150  # times that a larger part may shrink; tables of XML seldom shrink more than 40 times
CHUNK: Final = 64 * 1024
HEAD: Final = 30  # bytes of a part's header before its name

TYPES_PART: Final = "[Content_Types].xml"
MANIFEST: Final = "META-INF/manifest.xml"
MAIN_TYPE: Final = {
    DOCX: f"{OFFICE}.wordprocessingml.document.main+xml",
    XLSX: f"{OFFICE}.spreadsheetml.sheet.main+xml",
    PPTX: f"{OFFICE}.presentationml.presentation.main+xml",
}
MACROS: Final = re.compile(
    r"(^|/)vba\w*\.(bin|xml)(\.rels)?$|/(macrosheets|activex|dialogsheets|intlmacrosheets)/"  # Office
    r"|^scripts/.|^basic/(?!([^/]+/)?(script|dialog)-l[bc]\.xml$).*\.xml$",  # OpenDocument
    re.IGNORECASE,
)
# A chart of Word or PowerPoint keeps its figures in a workbook of its own; nothing else has an archive inside for a
# good reason.
EMBEDDED: Final = re.compile(r"^(word|xl|ppt)/embeddings/[^/]+\.(docx|xlsx)$", re.IGNORECASE)
PACKED_DRAWING: Final = re.compile(r"/media/[^/]+\.[ew]mz$", re.IGNORECASE)  # as Word packs drawings of Windows
STRANGE: Final = re.compile(r"(^|/)\.\.(/|$)|^/|\\|[\x00-\x1f]|^[A-Za-z]:")


class _Budget:
    """How many bytes may still be unpacked, whatever the archive says of itself."""

    def __init__(self) -> None:
        self.left = MOST_BYTES

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Refused.because(Reason.BOMB)


def check(content: bytes, kind: Kind) -> None:
    """Refused unless it is a whole document of this kind, and nothing besides: no macros or programs, nothing
    fetched when it is opened, no bomb, no lock, no tail.
    """
    try:
        _check(content, kind, _Budget(), within=False)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, KeyError, OSError):
        raise Refused.because(Reason.DAMAGED) from None


def _check(content: bytes, kind: Kind, budget: _Budget, *, within: bool) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        _check_shape(content, parts, archive.start_dir)
        _check_names(parts)
        for part in parts:
            _check_part(archive, part, budget, within=within)
        _check_kind(archive, kind)


def _check_shape(content: bytes, parts: list[zipfile.ZipInfo], directory: int) -> None:
    """Parts lie one after the other from the first byte, and the archive ends where the file does."""
    if len(parts) > MOST_PARTS:
        raise Refused.because(Reason.BOMB)
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            raise Refused.because(Reason.BOMB)  # parts that share their bytes
        if part.header_offset > end + 64:  # sizes that some programs write behind a part take 16 or 24
            raise Refused.because(Reason.HIDDEN)
        head = content[part.header_offset : part.header_offset + HEAD]
        name, extra = (int.from_bytes(head[at : at + 2], "little") for at in (26, 28))
        end = part.header_offset + HEAD + name + extra + part.compress_size
    mark = content.rfind(b"PK\x05\x06")
    if not end <= directory <= end + 64 or mark + 22 != len(content):
        raise Refused.because(Reason.HIDDEN)


def _check_names(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.orig_filename for part in parts]
    if len({name.lower() for name in names}) != len(names) or any(STRANGE.search(name) for name in names):
        raise Refused.because(Reason.HIDDEN)
    if any(MACROS.search(name) for name in names):
        raise Refused.because(Reason.MACROS)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget: _Budget, *, within: bool) -> None:
    if part.flag_bits & 1:
        raise Refused.because(Reason.LOCKED)
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused.because(Reason.DAMAGED)
    name, head, inner = part.orig_filename, b"", bytearray()
    reader = active.Part(name)
    for chunk in _unpacked(archive, part, budget):
        head = head or chunk
        reader.read(chunk)
        if head.startswith((kinds.OLE, b"PK\x03\x04")):
            inner += chunk
        if len(inner) > MOST_INNER:
            raise Refused.because(Reason.BOMB)
    reader.finish()
    if inner:
        _check_inner(name, bytes(inner), budget, within=within)
    elif kinds.container(head) == "archive" and not PACKED_DRAWING.search(name):
        raise Refused.because(Reason.NESTED)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget: _Budget) -> Iterator[bytes]:
    """Unpack in small pieces and count what comes out: the sizes that an archive gives are not trusted."""
    size = 0
    with archive.open(part) as opened:
        while chunk := opened.read(CHUNK):
            size += len(chunk)
            budget.spend(len(chunk))
            if size > SMALL and size > TIGHTEST * part.compress_size:
                raise Refused.because(Reason.BOMB)
            yield chunk


def _check_inner(name: str, content: bytes, budget: _Budget, *, within: bool) -> None:
    if content.startswith(kinds.OLE):
        if kinds.holds_macros(content):
            raise Refused.because(Reason.MACROS)
        active.check_object(content)
        return
    if within or not EMBEDDED.match(name):
        raise Refused.because(Reason.NESTED)
    _check(content, kinds.by_name(name.lower().rpartition(".")[2]), budget, within=True)


def _check_kind(archive: zipfile.ZipFile, kind: Kind) -> None:
    if kind not in MAIN_TYPE:
        if _read(archive, "mimetype") != kind.content_type.encode():
            raise Refused.because(Reason.MISMATCH)
        if "encrypted-package" in archive.namelist() or b"encryption-data" in _read(archive, MANIFEST):
            raise Refused.because(Reason.LOCKED)
        return
    types = _content_types(_read(archive, TYPES_PART))
    if any("macroenabled" in one.lower() or "vbaproject" in one.lower() for one in types):
        raise Refused.because(Reason.MACROS)
    if MAIN_TYPE[kind] not in types:
        raise Refused.because(Reason.MISMATCH)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        raise Refused.because(Reason.MISMATCH)
    if archive.getinfo(name).file_size > MOST_TYPES:
        raise Refused.because(Reason.BOMB)
    return archive.read(name)


def _content_types(xml: bytes) -> set[str]:
    """What the document says its parts are. An entity could say one thing to us and another to Word: there are none."""
    found: set[str] = set()

    def element(_name: str, attributes: dict[str, str]) -> None:
        if "ContentType" in attributes:
            found.add(attributes["ContentType"])

    def doctype(*_args: object) -> None:
        raise Refused.because(Reason.DAMAGED)

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        raise Refused.because(Reason.DAMAGED) from None
    return found
