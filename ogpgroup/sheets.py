"""Tables that people take along: CSV and XLSX for spreadsheets, JSON for programs; one description, three formats.

`columns` say once what a row has: a key that programs read, which never changes, and a heading in the reader's
language. `rows` may be a generator over thousands: CSV and JSON are sent row by row.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import register_converter
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

FORMATS: Final = ("csv", "xlsx", "json")
# A cell that begins like this is a formula to a spreadsheet: it would be reckoned, and could call home.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML, hence XLSX, has no such signs
JOINED_BY: Final = "; "
WIDEST: Final = 60  # signs; longer texts are wrapped
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Column:
    """One column; `key` is its name in JSON, `heading` the one above it in a spreadsheet."""

    key: str
    heading: str | Promise
    width: int = 16  # signs, in XLSX


class SheetFormat:
    """`<sheet:kind>` in an address: `path("notes.<sheet:kind>", ...)`."""

    regex = "|".join(FORMATS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SheetFormat, "sheet")


def write(kind: str, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """The table as a file to keep, called `name` with the ending of its format.

    A row has one value for each column: text, a number, a date, an instant (told in UTC), yes or no, several of these,
    or nothing. Text that a spreadsheet would take for a formula is text to it.
    """
    writer = {"csv": _csv, "xlsx": _xlsx, "json": _json}[kind]
    response = writer(columns, rows)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def plain(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    told = _told(value)
    # A number is no formula, though it may begin with a minus.
    return f"'{told}" if isinstance(told, str) and _is_formula(told) else str(told)


def _is_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(FORMULA)


def _told(value: Any) -> str | int | float | date | datetime:
    """The value as a cell can hold it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    if isinstance(value, list | tuple | set | frozenset):
        return JOINED_BY.join(force_str(_told(one)) for one in value)
    if isinstance(value, int | float | date):
        return value
    return force_str(value)


# --- CSV --------------------------------------------------------------------------------------------------------------


class _Line:
    """What `csv` writes to: gives each line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _csv(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    headings = [str(column.heading) for column in columns]  # in the reader's language: lines are made after the request
    return StreamingHttpResponse(_lines(headings, rows), content_type="text/csv; charset=utf-8")


def _lines(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"  # without it Excel takes the accents for something else
    yield writer.writerow(headings)
    for row in rows:
        yield writer.writerow([plain(value) for value in row])


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _xlsx(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = min(column.width, WIDEST)
    sheet.append([_cell(sheet, str(column.heading), font=Font(bold=True)) for column in columns])
    top = Alignment(vertical="top", wrap_text=True)
    for row in rows:
        sheet.append([_cell(sheet, _told(value), alignment=top) for value in row])
    file = io.BytesIO()
    book.save(file)
    return HttpResponse(file.getvalue(), content_type=XLSX_TYPE)


def _cell(sheet: Any, value: Any, **style: Any) -> WriteOnlyCell:
    if isinstance(value, str):
        value = UNPRINTABLE.sub("", value)
    cell = WriteOnlyCell(sheet, value=value)
    for name, look in style.items():
        setattr(cell, name, look)
    if isinstance(value, str):
        cell.data_type = "s"  # text, whatever it begins with
        # And text it stays when somebody edits the cell, or saves the sheet as another kind of file.
        cell.quotePrefix = _is_formula(value)
    return cell


# --- JSON -------------------------------------------------------------------------------------------------------------


def _json(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    keys = [column.key for column in columns]
    return StreamingHttpResponse(_objects(keys, rows), content_type="application/json")


def _objects(keys: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    encoder = DjangoJSONEncoder(ensure_ascii=False)
    before = "["
    for row in rows:
        yield f"{before}\n{encoder.encode(dict(zip(keys, row, strict=True)))}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"
