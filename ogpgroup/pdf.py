"""Documents as tagged PDF/UA, set by typst in a process that can do no harm.

    pdf.compile("agenda.typ", {"title": "…", …}, language="es-mx") -> bytes

Templates stand in `templates/pdf/` and begin with `#import "_page.typ": *` (see there). What people wrote reaches them
as data alone, `content` in `_page.typ`: nothing of it is ever read as typst, as HTML or as Markdown.
"""

import hashlib
import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from ogpgroup.kept import Kept

logger = logging.getLogger(__name__)

SECONDS: Final = 30  # by the clock on the wall; the processor gives twenty
LARGEST: Final = 40 * 1024 * 1024  # bytes of a document
TEMPLATES: Final = Path(settings.BASE_DIR) / "templates" / "pdf"
CHILD: Final = Path(__file__).with_name("typesetter.py")

_kept: Kept[bytes] = Kept(megabytes=16)


class NotSet(RuntimeError):
    """The document could not be set: a mistake in a template, or more than there is memory and time for."""


def compile(
    template: str, content: Mapping[str, Any], *, language: str, pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """The document. The same template, content, language and pictures give the same bytes, and are set once.

    `content` is turned into JSON, dates and lazy translations as Django does; it has a `title`. `pictures` are JPEG,
    PNG or WebP by the names under which the template shows them, and each comes with words for those who do not see it.
    Characters for which there is no letter come out as a small square. Raises `NotSet`.
    """
    job = {
        "template": template,
        "content": json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True),
        "language": language,
    }
    pictures = pictures or {}
    sheets = {path.name: path.read_bytes() for path in sorted(TEMPLATES.glob("*.typ"))}
    digest = hashlib.sha256(json.dumps(job, sort_keys=True).encode())
    for name, held in sorted({**sheets, **pictures}.items()):
        digest.update(f"{name}\0{len(held)}\0".encode() + held)
    return _kept.get(digest.digest(), lambda: _set(job, {**pictures, **sheets}), size=len)


def _set(job: dict[str, str], files: Mapping[str, bytes]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="ogpgroup-pdf-") as folder, tempfile.TemporaryFile() as output:
        for name, held in files.items():
            (Path(folder) / Path(name).name).write_bytes(held)
        code = _run(job, folder, output)
        output.seek(0)
        words = output.readline(64 * 1024)
        document = output.read(LARGEST + 1)
    if code != 0 or words != b"\n" or not document.startswith(b"%PDF-") or len(document) > LARGEST:
        told = words.decode("utf-8", "replace").strip()
        logger.error("A document was not set from %s (%s): %s", job["template"], code, told)
        raise NotSet(told or f"{job['template']}: ended with {code}")
    return document


def _run(job: dict[str, str], folder: str, output: IO[bytes]) -> int:
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.DEVNULL,
        env={},
        cwd=folder,
    )
    with process:
        try:
            process.communicate(json.dumps(job).encode(), timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.returncode
