"""Tables in three formats: the same rows, and no text that a spreadsheet would reckon."""

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import gettext_lazy, override
from openpyxl import load_workbook

from ogpgroup import sheets
from ogpgroup.sheets import Column

COLUMNS = [
    Column("number", "Número"),
    Column("text", gettext_lazy("Person"), width=400),
    Column("at", "Hora"),
    Column("on", "Día"),
    Column("counts", "Cuenta"),
    Column("cities", "Ciudades"),
]
AT = datetime(2026, 11, 29, 12, 30, 15, tzinfo=ZoneInfo("America/Mexico_City"))
ROW = [-3, "Falta agua, «mucha»", AT, date(2026, 1, 5), True, ["Colima", "Mérida"]]
FORMULAS = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "\n=1", "|x", "   =1"]


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def lines(rows, columns=COLUMNS) -> list[list[str]]:
    text = content(sheets.write("csv", "notas", columns, rows)).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def book(rows, columns=COLUMNS):
    response: Any = sheets.write("xlsx", "notas", columns, rows)
    return load_workbook(io.BytesIO(response.content)).active


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("json", "application/json"),
    ],
)
def test_file_has_the_name_and_type_of_its_format(kind, content_type):
    response = sheets.write(kind, "notas-taller", COLUMNS, [])

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="notas-taller.{kind}"'


def test_csv_has_headings_and_tells_each_value_in_words():
    with override("es-mx"):
        assert lines([ROW, [None] * 6]) == [
            ["Número", "Persona", "Hora", "Día", "Cuenta", "Ciudades"],
            ["-3", "Falta agua, «mucha»", "2026-11-29 18:30:15", "2026-01-05", "sí", "Colima; Mérida"],
            [""] * 6,
        ]


def test_xlsx_has_numbers_dates_and_instants_of_its_own():
    with override("es-mx"):
        heads, row = book([ROW]).iter_rows(values_only=True)

    assert heads == ("Número", "Persona", "Hora", "Día", "Cuenta", "Ciudades")
    instant = datetime(2026, 11, 29, 18, 30, 15)
    assert row == (-3, "Falta agua, «mucha»", instant, datetime(2026, 1, 5), "sí", "Colima; Mérida")


def test_json_has_objects_with_keys_that_never_change():
    with override("es-mx"):
        found = json.loads(content(sheets.write("json", "notas", COLUMNS, [ROW, ROW])))

    assert len(found) == 2
    assert found[0] == {
        "number": -3,
        "text": "Falta agua, «mucha»",
        "at": "2026-11-29T12:30:15-06:00",
        "on": "2026-01-05",
        "counts": True,
        "cities": ["Colima", "Mérida"],
    }


def test_no_rows_are_an_empty_table():
    assert len(lines([])) == 1
    assert len(list(book([]).iter_rows())) == 1
    assert json.loads(content(sheets.write("json", "notas", COLUMNS, []))) == []


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_is_text_in_csv(text):
    assert lines([[text]], [Column("text", "Texto")])[1] == [f"'{text}"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", '=HYPERLINK("https://x.mx")'])
def test_formula_is_text_in_xlsx_and_stays_so_when_edited(text):
    cell = book([[text]], [Column("text", "Texto")])["A2"]

    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)


def test_formula_within_a_list_is_text():
    assert lines([[["=1", "b"]]], [Column("text", "Texto")])[1] == ["'=1; b"]


def test_signs_that_xlsx_cannot_hold_are_left_out():
    assert book([["a\x00b\x0bc\ufffed"]], [Column("text", "Texto")])["A2"].value == "abcd"


def test_rows_are_asked_for_one_by_one():
    asked = []

    def rows():
        for number in range(1000):
            asked.append(number)
            yield [number]

    response: Any = sheets.write("csv", "notas", [Column("number", "Número")], rows())
    chunks = iter(response.streaming_content)
    for _chunk in range(3):
        next(chunks)

    assert asked == [0]


def test_instant_is_told_in_utc_whatever_its_zone():
    assert lines([[AT], [AT.astimezone(UTC)]], [Column("at", "Hora")])[1:] == [["2026-11-29 18:30:15"]] * 2
