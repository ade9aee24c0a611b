"""Documents: tagged, in their language, the same each time; whatever people wrote is shown and never run."""

import logging
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from ogpgroup import pdf
from tests.ogpgroup import pdf_reading as reading

type Compile = Callable[..., bytes]

BEGIN = '#import "_page.typ": *\n#show: page\n'


@pytest.fixture
def typeset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compile:
    """Sets templates written for one test, beside the frame that all share."""
    (tmp_path / "_page.typ").write_bytes((pdf.TEMPLATES / "_page.typ").read_bytes())
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)

    def compile(template: str, *, pictures: dict[str, bytes] | None = None, **content: str) -> bytes:
        (tmp_path / "one.typ").write_text(BEGIN + template)
        return pdf.compile("one.typ", {"title": "Orden del día", **content}, language="es-mx", pictures=pictures)

    return compile


def test_document_is_tagged_in_its_language_and_brings_its_letters(typeset: Compile) -> None:
    document = typeset(
        "= Mesa 1\n#table(columns: 2, table.header[A][B], [1], [2])",
        pages="Página {n} de {all}",
        source="https://a.mx/",
    )

    assert reading.claims_pdf_ua(document)
    assert reading.is_tagged(document)
    assert reading.language(document) == "es-MX"
    assert reading.words(document) == "Orden del día Mesa 1 A B 1 2 https://a.mx/ Página 1 de 1"
    tags = reading.tags(document)
    assert [tag for tag in tags if tag in {"Title", "H1", "Table", "TH", "TD"}] == [
        *("Title", "H1", "Table", "TH", "TH", "TD", "TD")
    ]
    assert set(reading.fonts_embedded(document).values()) == {True}


def test_same_content_gives_the_same_bytes(typeset: Compile) -> None:
    first = typeset("#content.body", body="uno")
    pdf._kept.clear()

    assert typeset("#content.body", body="uno") == first
    assert typeset("#content.body", body="dos") != first


def test_what_people_write_is_shown_and_not_read_as_typst(typeset: Compile) -> None:
    hostile = '#read("/etc/passwd") *a* _b_ $x$ `c` @d <e> \\ #panic("x") = f // g <script>h</script>'

    assert hostile in reading.words(typeset("#paragraphs(content.body)", body=hostile))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Reynosa 🎉", "Reynosa □"),
        ("日本", "□□"),
        ("un\u0007o", "uno"),
        ("\U0001f3f3\ufe0f sol", "□ sol"),
        ("comillas \" y \\ y ' 🎉", "comillas \" y \\ y ' □"),
        ("".join(chr(one) for one in range(0x4E00, 0x4F00)), "□" * 256),
        ("ñandú – ¿qué? «así» → Колима Ελλάδα", "ñandú – ¿qué? «así» → Колима Ελλάδα"),
    ],
)
def test_letters_without_a_shape_stop_no_document(written: str, shown: str, typeset: Compile) -> None:
    document = typeset("#content.body", body=written)

    assert "".join(shown.split()) in "".join(reading.words(document).split())
    assert reading.claims_pdf_ua(document)


def test_pictures_are_in_the_document_with_words_for_them(typeset: Compile) -> None:
    picture = BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")

    document = typeset(
        "#image(content.name, alt: content.alt)", name="a.jpg", alt="Una mesa", pictures={"a.jpg": picture.getvalue()}
    )

    assert "Figure" in reading.tags(document)
    assert len(reading.reader(document).pages[0].images) == 1


@pytest.mark.parametrize(
    "template",
    [
        '#read("/etc/hostname")',
        '#read("../secret")',
        '#import "@preview/cetz:0.3.0"',
        "#panic(content.title)",
        '#image("missing.jpg", alt: "x")',
    ],
    ids=["a file of the machine", "a folder above", "a package of the network", "a mistake", "a missing picture"],
)
def test_template_reaches_nothing_outside(template: str, typeset: Compile, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(pdf.NotSet):
        typeset(template)

    assert "A document was not set from one.typ" in caplog.text


@pytest.mark.slow
def test_document_that_takes_all_memory_is_given_up(typeset: Compile) -> None:
    with pytest.raises(pdf.NotSet):
        typeset('#let a = ("x" * 1000000,)\n#for i in range(12) { a = a + a }\n#for one in a [#one]')


def test_document_that_takes_all_time_is_given_up(typeset: Compile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 1)

    with pytest.raises(pdf.NotSet):
        typeset("#let n = 0\n#while n < 1000000000 { n += 1 }")
