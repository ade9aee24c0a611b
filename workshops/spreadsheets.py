"""Tables that people send: pasted from a spreadsheet, as CSV or as a workbook, read into rows of words. Bounded."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.uploads import workbooks
from workshops.attendance import fold

type Row = tuple[int, list[str]]  # the number of the line, and its cells
type Headings = Mapping[str, set[str]]  # of each column, folded: without accents and capitals

MOST_COLUMNS: Final = 100
MOST_ABOVE: Final = 10  # lines from the first one to the headings
DELIMITERS: Final = "\t;,"
LONGEST_CELL: Final = 8000  # characters


class Unreadable(ActionNotPossible):
    """Nothing of the sheet can be used; the sentence says what is missing."""


def read(
    text: str, headings: Headings, *, needs: Collection[str], missing: str, most: int
) -> tuple[dict[str, int], list[Row]]:
    """Where each column stands, and the lines under the headings that are not empty, each with its number.

    The text is a paste (tabs) or CSV (commas or semicolons). A title and a date may stand above the headings, as people
    write them. Raises Unreadable where it is no table, and in the words of `missing` where no column is one of `needs`.
    """
    if not text.strip():
        raise Unreadable(_("The sheet is empty."))
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="").readlines()
    needed = set().union(*(headings[column] for column in needs))
    try:
        rows = list(_numbered(lines, _delimiter(lines, needed), most=most + MOST_ABOVE))
    except csv.Error as error:
        raise Unreadable(_("The sheet cannot be read as a table. Copy the cells anew, with the headings.")) from error
    place = next((place for place, (_line, cells) in enumerate(rows[:MOST_ABOVE]) if _tells(cells, needed)), None)
    if place is None:
        raise Unreadable(missing)
    if len(rows) - place - 1 > most:
        raise Unreadable(_("The sheet has more than %(most)s lines. Send it in parts.") % {"most": most})
    return _columns(rows[place][1], headings), rows[place + 1 :]


def _numbered(lines: Sequence[str], delimiter: str, *, most: int) -> Iterator[Row]:
    """Each row that holds something, with the number of the line on which it begins; one more than `most` at most."""
    reader = csv.reader(lines, delimiter=delimiter)
    begins = found = 1
    for cells in reader:
        line, begins = begins, reader.line_num + 1
        if any(cell.strip() for cell in cells):
            yield line, [_words(cell) for cell in cells[:MOST_COLUMNS]]
            found += 1
        if found > most + 1:
            return


def text_of_workbook(content: bytes) -> str:
    """The cells of a workbook that `uploads.accept` let in, as if they were pasted."""
    output = io.StringIO()
    csv.writer(output, delimiter="\t").writerows(workbooks.rows(content))
    return output.getvalue()


def value_of(word: str, words: Mapping[str, set[str]]) -> str:
    """Which value people mean who write this word; nothing where we do not know it."""
    return next((value for value, known in words.items() if fold(word) in known), "")


def _columns(cells: Sequence[str], headings: Headings) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        for column, known in headings.items():
            if _heading(cell) not in known:
                continue
            if column in columns:
                raise Unreadable(_("Two columns have the heading “%(heading)s”.") % {"heading": cell.strip()[:80]})
            columns[column] = place
    return columns


def _heading(cell: str) -> str:
    """Without accents, capitals and the marks that people put around it."""
    return fold(cell).strip(" :*.?¿")


def _tells(cells: Sequence[str], needed: set[str]) -> bool:
    return any(_heading(cell) in needed for cell in cells)


def _delimiter(lines: Sequence[str], needed: set[str]) -> str:
    """What parts the cells of the line with the headings; in a column alone, commas belong to the words."""
    for line in [line for line in lines if line.strip()][:MOST_ABOVE]:
        for sign in DELIMITERS:
            if _tells(next(csv.reader([line], delimiter=sign), []), needed):
                return sign
    return DELIMITERS[0]


def _words(cell: str) -> str:
    lines = (" ".join(line.split()) for line in cell[:LONGEST_CELL].splitlines())
    return "\n".join(line for line in lines if line)
