"""Sets one document, in a process of its own: see `ogpgroup.pdf`. It knows nothing of Django, of settings or secrets.

Reads a job as JSON, with the templates and pictures in the folder it was started in; writes what went wrong in one line
(none if nothing did) and then the document. Typst reads nothing outside that folder, and there is no network to it.
"""

import json
import re
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import typst

MEMORY: Final = 1536 * 1024 * 1024  # bytes of address space
CPU_SECONDS: Final = 20
LARGEST: Final = 40 * 1024 * 1024 + 64 * 1024
FILES: Final = 64
TIMES: Final = 4  # missing letters are named in parts
MISSING: Final = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)", re.DOTALL)
SIMPLE: Final = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
STANDS_IN: Final = "\u25a1"
# Where naming them one by one leads nowhere: what is left of a text are Latin, Greek and Cyrillic letters.
STRANGE: Final = re.compile("[^\t\n\r\u0020-\u024f\u0370-\u0377\u0384-\u03ff\u0400-\u045f\u2010-\u2026\u20ac\u25a1]")


def limit() -> None:
    """Bind this process; what a system does not know of is left out there."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FILES),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def compile(template: str, content: str, language: str) -> bytes:
    """The document as PDF/UA; letters that no font has are replaced, as the standard allows no empty boxes."""
    words, _, region = language.partition("-")
    for _time in range(TIMES):
        try:
            return _once(template, content, words, region.upper())
        except typst.TypstError as error:
            missing = {_unescaped(found) for found in MISSING.findall(error.diagnostic)}
            if not missing:
                raise
            content = _without(content, missing)
    return _once(template, _each(content, lambda text: STRANGE.sub(STANDS_IN, text)), words, region.upper())


def _once(template: str, content: str, words: str, region: str) -> bytes:
    document: bytes = typst.compile(
        template,
        root=".",
        format="pdf",
        sys_inputs={"content": content, "language": words, "region": region},
        pdf_standards="ua-1",
        ignore_system_fonts=True,
    )
    return document


def _unescaped(text: str) -> str:
    """What Rust's quotes stand for."""
    return ESCAPED.sub(lambda one: chr(int(one[1], 16)) if one[1] else SIMPLE.get(one[2], one[2]), text)


def _without(content: str, missing: set[str]) -> str:
    letters = {letter for text in missing for letter in text}
    # What only changes how the letter before it looks stands for nothing by itself.
    table = {ord(letter): "" if letter in "\ufe0e\ufe0f\u200d" or letter < " " else STANDS_IN for letter in letters}
    return _each(content, lambda text: text.translate(table))


def _each(content: str, change: Callable[[str], str]) -> str:
    """The same content with each of its texts changed, not its JSON: that escapes some letters."""

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [walk(one) for one in value]
        return {name: walk(one) for name, one in value.items()} if isinstance(value, dict) else value

    return json.dumps(walk(json.loads(content)), ensure_ascii=False)


def main() -> None:
    limit()
    job = json.loads(sys.stdin.buffer.read())
    words, document = "", b""
    try:
        document = compile(job["template"], job["content"], job["language"])
    except typst.TypstError as error:
        words = " ".join(error.diagnostic.split())[:2000]
    sys.stdout.buffer.write(words.encode() + b"\n" + document)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
