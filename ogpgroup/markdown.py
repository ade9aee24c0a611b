"""Plain Markdown that people type, as HTML that harms nobody, and as words alone.

Two nets, one behind the other: the parser knows no raw HTML and no images, and what it makes is cleaned by a narrow
list of what may stay. Of addresses only `https` and `mailto` lead anywhere, and pages of our own. A link that leads
outside says where to, in words: its text may claim anything.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import Any, Final
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LARGEST: Final = 20 * 1024  # bytes of UTF-8
RULES: Final = [
    *("heading", "lheading", "list", "blockquote", "code", "fence", "hr"),
    *("emphasis", "link", "autolink", "image", "backticks", "escape", "entity", "newline"),
]
TAGS: Final = {
    *("p", "br", "hr", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6"),
    *("em", "strong", "code", "pre", "a", "small"),
}
ATTRIBUTES: Final = {"a": {"href", "rel"}, "ol": {"start"}}
HIGHEST_HEADING: Final = 3  # the page has a heading of its own, and a section
OUTSIDE_REL: Final = "nofollow noopener noreferrer external"
BARE_LINK: Final = re.compile(r"https://[^\s<>\"'`|\\^{}\[\]]+")
# What may be more than words; where there is none of it, a line of a list needs no parser.
MARK: Final = re.compile(r"[*_`\[\]<>#&\\~=]|^\s*(?:[-+]|\d+[.)])|^(?: {4}|\t)", re.MULTILINE)
END_OF_SENTENCE: Final = ".,;:!?…)"


class TooLong(ValueError):
    """The text is larger than `LARGEST`. Forms say so before it comes here."""


def render(text: str) -> SafeString:
    """The text as HTML. Raises TooLong before anything is parsed."""
    if is_too_long(text):
        raise TooLong
    html = nh3.clean(
        _parser.render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"https", "mailto"},
        link_rel=None,  # ours say it link by link
    )
    return mark_safe(html)  # noqa: S308 - this is what was cleaned a line above


def parse(text: str) -> list[Token]:
    """What the text is made of, with links settled as `render` draws them; for `ogpgroup.markdown_parts`."""
    return _parser.parse(text)


def is_too_long(text: str) -> bool:
    return len(text.encode()) > LARGEST


def words(text: str, *, most: int) -> str:
    """The first words of the text on one line without its marks, at most so many characters."""
    start = text[: most * 3 + 100]  # marks and addresses take room; nobody parses a page for a line
    plain = " ".join((_plain(start) if MARK.search(start) else start).split())
    if len(plain) <= most and len(start) == len(text):
        return plain
    return plain[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


@lru_cache(maxsize=1024)  # a page of a ledger says dozens of them to each of its readers
def _plain(text: str) -> str:
    return " ".join(_spoken(_parser.parse(text)))


def _spoken(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(_text_of(child) for child in token.children or [])
        elif token.type in {"code_block", "fence"}:
            yield token.content


def _text_of(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return token.content if token.type in {"text", "text_special", "code_inline", "image"} else ""


# --- What our parser does otherwise -----------------------------------------------------------------------------------


def _demote_headings(state: StateCore) -> None:
    """Below those of the page, and none skipped: screen readers lead by them."""
    level = HIGHEST_HEADING - 1
    for token in state.tokens:
        if token.type == "heading_open":
            level = min(int(token.tag[1]) + HIGHEST_HEADING - 1, level + 1, 6)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"


def _link_bare_addresses(state: StateCore) -> None:
    """People paste addresses; https alone is recognised."""
    for token in state.tokens:
        if token.type != "inline" or "https://" not in token.content:
            continue
        children, inside = [], 0
        for child in token.children or []:
            inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            children += _with_links(child) if child.type == "text" and not inside else [child]
        token.children = children


def _with_links(token: Token) -> list[Token]:
    found, position = [], 0
    for match in BARE_LINK.finditer(token.content):
        address = match[0].rstrip(END_OF_SENTENCE)
        found += [_text(token.content[position : match.start()]), Token("link_open", "a", 1, attrs={"href": address})]
        found += [_text(address), Token("link_close", "a", -1)]
        position = match.start() + len(address)
    return [*found, _text(token.content[position:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _settle_links(state: StateCore) -> None:
    """Take away links that lead nowhere allowed; mark those that lead outside."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_settled(token.children))


def _settled(children: list[Token]) -> Iterator[Token]:
    host: str | None = ""  # where the link around leads; links hold no links
    text = ""
    for token in children:
        if token.type == "link_open":
            host, text = _host_of(str(token.attrs["href"])), ""
            token.attrs = {"href": token.attrs["href"]} | ({"rel": OUTSIDE_REL} if host else {})
        text += _text_of(token)
        if host is not None or token.type not in {"link_open", "link_close"}:
            yield token
        if token.type == "link_close" and host and not _says(text, host):
            yield Token("outside", "small", 0, content=f" ({host})")


def _host_of(address: str) -> str | None:
    """Where outside the address leads; empty for our own pages and mail, None where no link may stand."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme == "mailto":
        return ""
    if parts.scheme not in {"", "https"} or (parts.scheme and not host) or "@" in parts.netloc:
        return None
    if host:
        return "" if parts.netloc == urlsplit(settings.PUBLIC_URL).netloc else host
    return "" if address.startswith(("/", "#")) else None


def _says(text: str, host: str) -> bool:
    """Whether the link's own text names the host. What only looks like an address, “//[x”, names none."""
    if "//" not in text:
        return text == host
    try:
        return (urlsplit(text.strip()).hostname or "").removeprefix("www.") == host
    except ValueError:
        return False


def _draw_image(_renderer: Any, tokens: list[Token], index: int, _options: Any, _env: Any) -> str:
    return escape(tokens[index].content)  # the words that stand for it


def _draw_outside(_renderer: Any, tokens: list[Token], index: int, _options: Any, _env: Any) -> str:
    return f"<small>{escape(tokens[index].content)}</small>"


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "linkify": False, "typographer": False}).enable(RULES)
    parser.core.ruler.push("headings", _demote_headings)
    parser.core.ruler.push("addresses", _link_bare_addresses)
    parser.core.ruler.push("links", _settle_links)
    parser.add_render_rule("image", _draw_image)
    parser.add_render_rule("outside", _draw_outside)
    return parser


_parser: Final = _make_parser()
