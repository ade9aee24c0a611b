"""The same Markdown as parts of a document: paragraphs, headings, lines of lists, with bold and italic words.

For documents that are no web pages; what `ogpgroup.markdown` lets through and nothing more.
"""

from collections.abc import Iterator
from typing import Any

from markdown_it.token import Token

from ogpgroup.markdown import HIGHEST_HEADING, TooLong, is_too_long, parse

type Run = dict[str, Any]  # text, bold, italic, link
type Part = dict[str, Any]  # kind, level, number, runs


def parts_of(text: str) -> list[Part]:
    """The text as parts. Raises TooLong before anything is parsed.

    Of a part `kind` is paragraph, heading, item, quote or code; `level` the depth of a heading or a list, from 1;
    `number` that of an ordered item, else none. An item's later paragraphs are paragraphs of its level.
    """
    if is_too_long(text):
        raise TooLong
    walk = _Walk()
    for token in parse(text):
        walk.step(token)
    return walk.parts


class _Walk:
    """Where in the text we are, and the parts so far."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._lists: list[int | None] = []  # of each list that is open the number to come; none in one without
        self._quotes = self._heading = 0
        self._begins_item = False

    def step(self, token: Token) -> None:
        kind, _, side = token.type.rpartition("_")
        if kind in {"ordered_list", "bullet_list"}:
            self._list(token, opens=side == "open")
        elif token.type == "list_item_open":
            self._begins_item = True
        elif kind == "blockquote":
            self._quotes += token.nesting
        elif kind == "heading":
            self._heading = int(token.tag[1]) - HIGHEST_HEADING + 1 if side == "open" else 0
        elif token.type in {"fence", "code_block"}:
            self._add("code", len(self._lists), [{"text": token.content.rstrip("\n")}])
        elif token.type == "inline":
            self._words(list(_runs(token.children or [])))

    def _list(self, token: Token, *, opens: bool) -> None:
        if not opens:
            self._lists.pop()
        elif token.type == "ordered_list_open":
            self._lists.append(int(token.attrs.get("start", 1)))
        else:
            self._lists.append(None)

    def _words(self, runs: list[Run]) -> None:
        if self._heading:
            self._add("heading", self._heading, runs)
        elif self._begins_item:
            self._begins_item = False
            number = self._lists[-1]
            if number is not None:
                self._lists[-1] = number + 1
            self._add("item", len(self._lists), runs, number=number)
        else:
            self._add("quote" if self._quotes else "paragraph", len(self._lists), runs)

    def _add(self, kind: str, level: int, runs: list[Run], *, number: int | None = None) -> None:
        shown = [run for run in runs if run["text"]]
        self.parts.append({"kind": kind, "level": level, "number": number, "runs": shown})


def _runs(children: list[Token]) -> Iterator[Run]:
    bold = italic = False
    link = ""
    for child in children:
        if child.type in {"strong_open", "strong_close"}:
            bold = child.nesting == 1
        elif child.type in {"em_open", "em_close"}:
            italic = child.nesting == 1
        elif child.type in {"link_open", "link_close"}:
            link = str(child.attrs.get("href", "")) if child.nesting == 1 else ""
        else:
            text = "\n" if child.type in {"softbreak", "hardbreak"} else child.content
            yield {"text": text, "bold": bold, "italic": italic, "link": link}
