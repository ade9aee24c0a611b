"""The cells of a workbook (XLSX) that was let in, as rows of text; bounded, whatever the file says of itself."""

import logging
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from itertools import islice
from typing import Any, Final

from openpyxl import load_workbook

from ogpgroup.uploads.refusals import Reason, Refused

# Tables of people are a few hundred kilobytes unpacked; what is larger takes minutes and memory to read.
MOST_UNPACKED: Final = 16 * 1024 * 1024
MOST_SHEETS: Final = 10
MOST_ROWS: Final = 5000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 2000  # signs; the rest is left out
XML: Final = (".xml", ".rels")
# An entity could grow to any size while it is read. No program writes one into a workbook.
DOCTYPE: Final = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))

logger = logging.getLogger(__name__)


def rows(content: bytes) -> list[list[str]]:
    """The rows of the first visible sheet that holds anything, each as wide as the widest; empty ones are kept.

    Expects what `uploads.accept` let in. Formulas are read as the value that was stored with them. Raises Refused for
    more than `MOST_ROWS` rows or `MOST_COLUMNS` columns, and for a workbook that takes too much to read.
    """
    _check_size(content)
    try:
        found = _first_with_cells(content)
    except Refused:
        raise
    except Exception as error:  # the library raises what its parts raise, and files are strange in many ways
        logger.info("A workbook could not be read.", exc_info=True)
        raise Refused.because(Reason.DAMAGED) from error
    while found and not any(found[-1]):
        found.pop()
    width = max((place for row in found for place, cell in enumerate(row, start=1) if cell), default=0)
    return [[*row[:width], *[""] * (width - len(row))] for row in found]


def _check_size(content: bytes) -> None:
    """The sizes that the archive gives may be believed: it yields no byte more of a part than it says."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = [part for part in archive.infolist() if part.filename.lower().endswith(XML)]
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Refused.because(Reason.LONG_TABLE)
        for part in parts:
            text = archive.read(part)
            if any(mark in text for mark in DOCTYPE):
                raise Refused.because(Reason.DAMAGED)


def _first_with_cells(content: bytes) -> list[list[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of looks and rules that are not read here
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in islice((one for one in book.worksheets if one.sheet_state == "visible"), MOST_SHEETS):
                found = list(_rows(sheet))
                if any(any(row) for row in found):
                    return found
        finally:
            book.close()
    return []


def _rows(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what it says of its size may be wrong
    cells = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
    for number, values in enumerate(cells, start=1):
        row = [_text(value) for value in values]
        if len(row) > MOST_COLUMNS and row[MOST_COLUMNS] or number > MOST_ROWS and any(row):
            raise Refused.because(Reason.LONG_TABLE)
        if number <= MOST_ROWS:  # of the empty ones below only those are counted through
            yield row


def _text(value: Any) -> str:
    """A cell as its reader sees it: whole numbers without a point, true and false as words that every list knows."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()  # a workbook knows no days, only their first moments
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value)[:LONGEST_CELL]
