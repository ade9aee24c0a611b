"""Tables that people send: pasted from a spreadsheet, as CSV or as a workbook, read into rows of words. Bounded."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from ogpgroup.errors import ActionNotPossible
from workshops.attendance import fold

MOST_COLUMNS: Final = 40
LONGEST_CELL: Final = 8000  # characters
LARGEST_WORKBOOK: Final = 24 * 1024 * 1024  # bytes unpacked: it is read in memory


class Unreadable(ActionNotPossible):
    """Nothing of the sheet can be used; the sentence says what is missing."""


def rows_of_text(text: str, *, most: int) -> list[tuple[int, list[str]]]:
    """The lines that are not empty, each with its number: of a paste (tabs) or of CSV (commas or semicolons)."""
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="").readlines()
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(lines, delimiter=_delimiter(first))
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if any(cell.strip() for cell in cells):
                rows.append((line, [_words(cell) for cell in cells[:MOST_COLUMNS]]))
            if len(rows) > most + 1:  # and the headings
                raise Unreadable(_("The sheet has more than %(most)s lines. Send it in parts.") % {"most": most})
    except csv.Error as error:
        raise Unreadable(_("The sheet cannot be read as a table. Copy the cells anew, with the headings.")) from error
    return rows


def text_of_workbook(content: bytes, *, most: int) -> str:
    """The first sheet of a workbook as pasted cells. Formulas are not reckoned: what the program saved counts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST_WORKBOOK:
            raise Unreadable(_("The workbook is too large. Copy the cells you need and paste them."))
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        output = io.StringIO()
        writer = csv.writer(output, delimiter="\t")
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)):
            if number > 2 * most:
                raise Unreadable(_("The sheet has more than %(most)s lines. Send it in parts.") % {"most": most})
            writer.writerow([_cell(value) for value in cells])
    except Unreadable:
        raise
    except Exception as error:  # whatever the library stumbles over, the workbook is not one that can be read
        raise Unreadable(_("The workbook cannot be read. Copy the cells and paste them.")) from error
    return output.getvalue()


def columns_of(cells: Sequence[str], headings: dict[str, set[str]]) -> dict[str, int]:
    """Where each column stands, by its folded heading; Unreadable where two say the same."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        for column, known in headings.items():
            if fold_heading(cell) not in known:
                continue
            if column in columns:
                raise Unreadable(_("Two columns have the heading “%(heading)s”.") % {"heading": cell.strip()[:80]})
            columns[column] = place
    return columns


def fold_heading(cell: str) -> str:
    """A heading without accents, capitals and the marks that people put around it."""
    return fold(cell).strip(" :*.?¿")


def _delimiter(heading: str) -> str:
    found = max("\t;,", key=heading.count)
    return found if found in heading else "\x1f"  # one column: a comma belongs to the words


def _words(cell: str) -> str:
    lines = (" ".join(line.split()) for line in cell[:LONGEST_CELL].splitlines())
    return "\n".join(line for line in lines if line)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)[:LONGEST_CELL]
