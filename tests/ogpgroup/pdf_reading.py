"""What a PDF says to whoever cannot see it: its text in order, its tags, its language, its fonts."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader


def reader(document: bytes) -> PdfReader:
    return PdfReader(BytesIO(document))


def words(document: bytes) -> str:
    """All text in the order of the pages, spaces and line ends as one space."""
    return " ".join(" ".join(page.extract_text() for page in reader(document).pages).split())


def tags(document: bytes) -> list[str]:
    """The names of the elements in reading order: what a screen reader walks through."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"]).removeprefix("/"))
            if "/K" in node:
                walk(node["/K"])

    walk(reader(document).trailer["/Root"]["/StructTreeRoot"])  # type: ignore[index]
    return found


def language(document: bytes) -> str:
    return str(reader(document).trailer["/Root"]["/Lang"])  # type: ignore[index]


def is_tagged(document: bytes) -> bool:
    return bool(reader(document).trailer["/Root"]["/MarkInfo"]["/Marked"])  # type: ignore[index]


def claims_pdf_ua(document: bytes) -> bool:
    metadata = reader(document).xmp_metadata
    return metadata is not None and b"<pdfuaid:part>1</pdfuaid:part>" in metadata.stream.get_data()


def fonts_embedded(document: bytes) -> dict[str, bool]:
    """Each font by name, and whether its letters are in the file."""
    found: dict[str, bool] = {}
    for page in reader(document).pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[attr-defined]
            held = font.get_object()
            inner = held["/DescendantFonts"][0].get_object() if "/DescendantFonts" in held else held
            described = inner["/FontDescriptor"]
            found[str(held["/BaseFont"])] = any(f"/FontFile{kind}" in described for kind in ("", "2", "3"))
    return found
