"""Workbooks read cell by cell: as their reader sees them, and never more than is good for the server."""

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook

from ogpgroup.uploads import Refused, workbooks

pytestmark = pytest.mark.slow


def workbook(*sheets: list[list[Any]], hidden: int = 0) -> bytes:
    """The first `hidden` sheets are not shown."""
    book = Workbook()
    assert book.active
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet()
        sheet.sheet_state = "hidden" if number < hidden else "visible"
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, change: Any) -> bytes:
    """The same archive with one part changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            text = old.read(part)
            new.writestr(part.filename, change(text) if part.filename == name else text)
    return changed.getvalue()


def reason(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        workbooks.rows(content)
    return refused.value.reason


def test_cells_are_text_as_their_reader_sees_them():
    content = workbook(
        [["Nombre", "Folio", "Vino"], ["Ana", 7.0, True], [None, 1.5, False], ["Luz", datetime(2026, 12, 3)]]
    )

    assert workbooks.rows(content) == [
        ["Nombre", "Folio", "Vino"],
        ["Ana", "7", "yes"],
        ["", "1.5", "no"],
        ["Luz", "2026-12-03", ""],
    ]


def test_empty_rows_within_keep_their_place_and_those_at_the_end_go():
    assert workbooks.rows(workbook([["Nombre"], [], ["Ana"], [], [None]])) == [["Nombre"], [""], ["Ana"]]


def test_first_visible_sheet_with_anything_in_it_is_read():
    content = workbook([["secreta"]], [[]], [["Nombre"], ["Ana"]], [["otra"]], hidden=1)

    assert workbooks.rows(content) == [["Nombre"], ["Ana"]]


def test_formula_that_was_never_reckoned_is_empty():
    assert workbooks.rows(workbook([["Nombre"], ['=HYPERLINK("http://mal.example","Ana")'], ["Beto"]])) == [
        ["Nombre"],
        [""],
        ["Beto"],
    ]


def test_what_a_sheet_says_of_its_size_is_not_believed():
    content = workbook([["Nombre"], ["Ana"]])
    lying = with_part(content, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"A1:A2", b"A1:XFD1048576"))
    short = with_part(content, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"A1:A2", b"A1:A1"))

    assert workbooks.rows(lying) == workbooks.rows(short) == [["Nombre"], ["Ana"]]


def test_a_row_far_below_does_not_make_a_million_rows():
    far = with_part(
        workbook([["Nombre"], ["Ana"]]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'r="A2"', b'r="A1048576"').replace(b'<row r="2"', b'<row r="1048576"'),
    )

    assert reason(far) == "long_table"


@pytest.mark.parametrize("rows", [[["Ana"]] * 5001, [["x"] * 61]])
def test_too_many_rows_or_columns_are_refused(rows):
    assert reason(workbook(rows)) == "long_table"


def test_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read():
    padded = with_part(
        workbook([["Nombre"]]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + b"<!--" + b" " * 17_000_000 + b"-->"),
    )

    assert len(padded) < 100_000
    assert reason(padded) == "long_table"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_type_is_refused(encoding):
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "1"><!ENTITY c "&b;&b;">]><sst><si><t>&c;</t></si></sst>'

    content = with_part(workbook([["Nombre"], ["Ana"]]), "xl/styles.xml", lambda _xml: bomb.encode(encoding))

    assert reason(content) == "damaged"


def test_sheet_that_is_no_xml_is_damaged():
    assert reason(with_part(workbook([["a"]]), "xl/worksheets/sheet1.xml", lambda xml: xml[:-30])) == "damaged"
