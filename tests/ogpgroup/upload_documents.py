"""Documents and tables as offices make them, and as attackers do."""

import struct
import zipfile
from io import BytesIO

OFFICE = "application/vnd.openxmlformats-officedocument"
WORD = f"{OFFICE}.wordprocessingml.document"
EXCEL = f"{OFFICE}.spreadsheetml.sheet"
POWERPOINT = f"{OFFICE}.presentationml.presentation"
IMPRESS = "application/vnd.oasis.opendocument.presentation"
TABLE = "application/vnd.oasis.opendocument.spreadsheet"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
VBA = OLE + "_VBA_PROJECT".encode("utf-16-le")
PACKED = OLE + "\x01Ole10Native".encode("utf-16-le")
LOCKED = OLE + "EncryptedPackage".encode("utf-16-le")

Parts = dict[str, bytes]


def types(main: str, *others: str, before: str = "") -> bytes:
    overrides = "".join(
        f'<Override PartName="/p{number}" ContentType="{one}"/>' for number, one in enumerate((main, *others))
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'{head}{before}<Types xmlns="{space}">{overrides}</Types>'.encode()


def zipped(parts: Parts, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def docx(parts: Parts | None = None, *, kinds: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    own = {"[Content_Types].xml": kinds or types(f"{WORD}.main+xml"), "word/document.xml": b"<w:document/>"}
    return zipped(own | (parts or {}), method=method)


def xlsx(parts: Parts | None = None, *, kinds: bytes = b"") -> bytes:
    own = {"[Content_Types].xml": kinds or types(f"{EXCEL}.main+xml"), "xl/workbook.xml": b"<workbook/>"}
    return zipped(own | (parts or {}))


def pptx(parts: Parts | None = None, *, kinds: bytes = b"") -> bytes:
    own = {"[Content_Types].xml": kinds or types(f"{POWERPOINT}.main+xml"), "ppt/presentation.xml": b"<presentation/>"}
    return zipped(own | (parts or {}))


def odp(parts: Parts | None = None) -> bytes:
    return ods(parts, of=IMPRESS)


def ods(parts: Parts | None = None, *, of: str = TABLE) -> bytes:
    own = {"content.xml": b"<office:document-content/>", "META-INF/manifest.xml": b"<manifest:manifest/>"}
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", of, zipfile.ZIP_STORED)
        archive.writestr("Configurations2/floater/", b"")
        for name, content in (own | (parts or {})).items():
            archive.writestr(name, content)
    return written.getvalue()


def tied(what: str, where: str) -> bytes:
    """The list of what a part is tied to: one thing outside of the document."""
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{what}"
    row = f'<Relationship Id="rId1" Type="{kind}" Target="{where}" TargetMode="External"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{space}">{row}</Relationships>'.encode()


def tied_docx(what: str, where: str, *, part: str = "document.xml") -> bytes:
    folder, _, name = part.rpartition("/")
    return docx({f"word/{folder}{'/' if folder else ''}_rels/{name}.rels": tied(what, where)})


def streamed_docx() -> bytes:
    """As programs write that do not know the sizes beforehand, such as Google Docs."""

    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_args: int) -> int:
            raise OSError

    written = Pipe()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types(f"{WORD}.main+xml"))
        archive.writestr("word/document.xml", b"<w:document/>" * 100)
    return written.getvalue()


def encrypted(content: bytes) -> bytes:
    """The same archive, whose parts say that they need a password."""
    locked = bytearray(content)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        while at >= 0:
            locked[at + flags] |= 1
            at = locked.find(mark, at + 4)
    return bytes(locked)


def lying() -> bytes:
    """Says in both places that its large part is of ten bytes."""
    made = bytearray(docx({"word/big.xml": b"a" * 5_000_000}))
    for mark, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = made.find(mark)
        while at >= 0:
            if made[at + name_at :].startswith(b"word/big.xml"):
                made[at + size_at : at + size_at + 4] = struct.pack("<I", 10)
            at = made.find(mark, at + 4)
    return bytes(made)


def overlapping(copies: int = 200) -> bytes:
    """Many entries of the directory that all unpack the same bytes: David Fifield's bomb in its simplest form."""
    made = docx({"word/big.xml": b"a" * 900_000})
    directory = made.index(b"PK\x01\x02")
    end = made.rindex(b"PK\x05\x06")
    last = made.rindex(b"PK\x01\x02")
    entry = made[last:end]
    entries = made[directory:end] + b"".join(entry.replace(b"big.xml", b"%07d" % n) for n in range(copies))
    head = made[:directory]
    count = 3 + copies
    return head + entries + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), len(head), 0)


def with_gap(hidden: bytes) -> bytes:
    """Bytes between two parts, of which no directory speaks."""
    made = docx()
    second = made.index(b"PK\x03\x04", 4)
    directory, end = made.index(b"PK\x01\x02"), made.rindex(b"PK\x05\x06")
    moved = len(hidden)
    entries = bytearray(made[directory:end])
    at = entries.rindex(b"PK\x01\x02")
    entries[at + 42 : at + 46] = struct.pack("<I", second + moved)
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(entries), directory + moved, 0)
    return made[:second] + hidden + made[second:directory] + bytes(entries) + tail


def doubled() -> bytes:
    """Two parts of one name: which one a program reads is its own affair."""
    return docx({"word/documenX.xml": b"<w:other/>"}).replace(b"word/documenX.xml", b"word/document.xml")


def renamed(name: str) -> bytes:
    """A part with a name that no program would write."""
    stand_in = "x" * len(name)
    return docx({stand_in: b"x"}).replace(stand_in.encode(), name.encode())


def pdf(*, head: bytes = b"%PDF-1.7\n", body: bytes = b"", tail: bytes = b"\n") -> bytes:
    objects = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    start = len(head) + len(body) + len(objects)
    return head + body + objects + b"trailer<</Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start + tail
