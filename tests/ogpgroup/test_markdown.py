"""Markdown of people: what is drawn, and what never is."""

import re
import time
from html.parser import HTMLParser

import pytest

from ogpgroup import markdown
from ogpgroup.markdown import LARGEST, TooLong, render, words

OUTSIDE = 'rel="nofollow noopener noreferrer external"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Una *duda* y **otra**.", "<p>Una <em>duda</em> y <strong>otra</strong>.</p>\n"),
        ("- uno\n- dos", "<ul>\n<li>uno</li>\n<li>dos</li>\n</ul>\n"),
        ("3. tres\n4. cuatro", '<ol start="3">\n<li>tres</li>\n<li>cuatro</li>\n</ol>\n'),
        ("> dijeron", "<blockquote>\n<p>dijeron</p>\n</blockquote>\n"),
        ("`2 < 3`", "<p><code>2 &lt; 3</code></p>\n"),
        ("una línea\notra", "<p>una línea\notra</p>\n"),
        ("# Grande\n\n## Menor", "<h3>Grande</h3>\n<h4>Menor</h4>\n"),
        ("#### Hondo", "<h3>Hondo</h3>\n"),
        ("Título\n===", "<h3>Título</h3>\n"),
        ("[plan](/plans/reynosa/)", '<p><a href="/plans/reynosa/">plan</a></p>\n'),
        ("[aquí](http://localhost/plans/)", "<p>aquí</p>\n"),
        ("[escriba](mailto:a@ejemplo.mx)", '<p><a href="mailto:a@ejemplo.mx">escriba</a></p>\n'),
        (
            "[el plan](https://www.ejemplo.mx/plan)",
            f'<p><a href="https://www.ejemplo.mx/plan" {OUTSIDE}>el plan</a><small> (ejemplo.mx)</small></p>\n',
        ),
        (
            "Véase https://ejemplo.mx/a_b?c=1.",
            f'<p>Véase <a href="https://ejemplo.mx/a_b?c=1" {OUTSIDE}>https://ejemplo.mx/a_b?c=1</a>.</p>\n',
        ),
        (
            "<https://ejemplo.mx/>",
            f'<p><a href="https://ejemplo.mx/" {OUTSIDE}>https://ejemplo.mx/</a></p>\n',
        ),
    ],
)
def test_plain_markdown_is_drawn(text: str, html: str):
    assert render(text) == html


def test_a_link_that_claims_another_place_says_where_it_leads():
    html = render("[https://reynosa.gob.mx](https://evil.example/x)")

    assert html == (
        f'<p><a href="https://evil.example/x" {OUTSIDE}>https://reynosa.gob.mx</a><small> (evil.example)</small></p>\n'
    )


def test_a_link_without_scheme_leads_outside_and_says_so():
    assert render("[plan](//evil.example/plan)") == (
        f'<p><a href="//evil.example/plan" {OUTSIDE}>plan</a><small> (evil.example)</small></p>\n'
    )


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "handler": '<img src=x onerror="alert(1)">',
    "svg": "<svg/onload=alert(1)>",
    "frame": '<iframe src="https://evil.example"></iframe>',
    "style": "<style>body{display:none}</style>",
    "comment": "<!--><script>alert(1)</script>-->",
    "broken tag": "<<script>script>alert(1)<</script>/script>",
    "javascript": "[a](javascript:alert(1))",
    "javascript in capitals and tabs": "[a](<JaVa\tScript:alert(1)>)",
    "javascript by entities": "[a](&#106;avascript&colon;alert(1))",
    "vbscript": "[a](vbscript:msgbox(1))",
    "data": "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "file": "[a](file:///etc/passwd)",
    "autolink": "<javascript:alert(1)>",
    "reference": "[a][1]\n\n[1]: javascript:alert(1)",
    "quotes in an address": '[a](https://evil.example/"onmouseover="alert(1))',
    "quotes in a title": "[a](https://evil.example '\" onmouseover=\"alert(1)')",
    "image": "![a](https://evil.example/pixel.png)",
    "image of script": "![a](javascript:alert(1))",
    "fence with attributes": '```"><script>alert(1)</script>\nx\n```',
    "template": "{{ settings.SECRET_KEY }}{% debug %}",
    "null": "a\x00<b>",
    "name and password in an address": "[a](https://reynosa.gob.mx@evil.example/)",
    "backslashes": r"[a](/\evil.example)",
    "a tab that browsers forget": "[a](</\t/evil.example>)",
    "a line break that browsers forget": "[a](</&#10;/evil.example>)",
    "direction": "[a](https://evil.example/\u202egpj.exe)",
    "half an address of version six as a link's words": r"[//\[x](https://evil.example)",
    "half an address of version six as code": "[`//[x`](https://evil.example)",
    "a slash in a host that is none": "[//evil.example\uff0fx](https://evil.example)",
}
ALLOWED = {"p", "br", "hr", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6", "em", "strong", "code", "pre", "a"}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_harmless(name: str):
    reader = Reader()

    reader.feed(render(HOSTILE[name]))

    assert reader.tags <= ALLOWED | {"small"}
    assert {attribute for attribute, _value in reader.attributes} <= {"href", "rel"}
    addresses = [value or "" for attribute, value in reader.attributes if attribute == "href"]
    assert [one for one in addresses if not re.match(r"https://evil\.example|/(?![/\\\t\n])", one)] == []


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        (r"[//\[x](https://evil.example)", "//[x", "//[x"),
        ("[`//[x`](https://evil.example)", "<code>//[x</code>", "//[x"),
        ("[//evil.example\uff0fx](https://evil.example)", "//evil.example\uff0fx", "//evil.example\uff0fx"),
    ],
)
def test_words_that_only_look_like_an_address_name_no_place(text: str, said: str, line: str):
    assert render(text) == f'<p><a href="https://evil.example" {OUTSIDE}>{said}</a><small> (evil.example)</small></p>\n'
    assert words(text, most=40) == line


@pytest.mark.parametrize("name", ["javascript", "data", "file", "autolink", "name and password in an address"])
def test_a_link_that_leads_nowhere_allowed_is_words(name: str):
    assert "<a" not in render(HOSTILE[name])


def test_an_image_is_its_words():
    assert render("![Foto del foro](https://ejemplo.mx/foto.png)") == "<p>Foto del foro</p>\n"


@pytest.mark.parametrize("mark", ["*", "[", ">", "`", "![", "- ", "a](", "_a_", "<a@", "&#", "\\", "https://", "1. "])
def test_a_page_of_marks_takes_no_time(mark: str):
    text = (mark * LARGEST)[:LARGEST]
    began = time.process_time()

    render(text)

    assert time.process_time() - began < 1


def test_what_is_too_long_is_not_parsed():
    assert render("ñ" * (LARGEST // 2))

    with pytest.raises(TooLong):
        render("ñ" * (LARGEST // 2) + "a")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# Título\n\nUna *duda* sobre [el plan](https://ejemplo.mx).", "Título Una duda sobre el plan."),
        ("una línea\notra", "una línea otra"),
        ("![Foto](https://ejemplo.mx/a.png) y `código`", "Foto y código"),
        ("palabra " * 20, "palabra palabra palabra palabra…"),
        ("<b>no</b>", "<b>no</b>"),
        ("Sin marcas: 2 - 1,\ny ya.", "Sin marcas: 2 - 1, y ya."),
        ("- uno\n- dos", "uno dos"),
        ("1. uno\n2) dos", "uno dos"),
        ("Título\n---\ny más", "Título y más"),
    ],
)
def test_first_words_are_one_line_without_marks(text: str, line: str):
    assert words(text, most=40) == line


def test_the_first_words_are_found_without_reading_the_whole():
    assert words("a " * 10_000, most=10) == "a a a a…"
    assert markdown.is_too_long("a " * 10_000) is False
