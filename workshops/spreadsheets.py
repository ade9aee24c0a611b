"""Tables that people send: pasted from a spreadsheet, as CSV or as a workbook, read into rows of words. Bounded."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.uploads import workbooks
from workshops.attendance import fold

MOST_COLUMNS: Final = 40
LONGEST_CELL: Final = 8000  # characters


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


def text_of_workbook(content: bytes) -> str:
    """The cells of a workbook that `uploads.accept` let in, as if they were pasted."""
    output = io.StringIO()
    csv.writer(output, delimiter="\t").writerows(workbooks.rows(content))
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
