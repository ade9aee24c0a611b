"""Proves the Spanish translation complete: makemessages on a copy finds nothing new, fuzzy or left over.

The source texts are English, so English needs no catalogue. Needs GNU gettext, which nothing else here does.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ["es_MX"]
SOURCES = ["ogpgroup", "cities", "actionplans", "workshops", "feedback", "templates", "locale", "manage.py"]


def complaints(catalog_file: Path) -> Iterator[str]:
    with catalog_file.open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        if message.id and message.fuzzy:
            yield f"fuzzy: {message.id!r}"
        elif message.id and not is_translated(message):
            yield f"untranslated: {message.id!r}"
    for message in catalog.obsolete.values():
        yield f"no longer used: {message.id!r}"


def is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def main() -> int:
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in SOURCES:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
            elif (ROOT / name).exists():
                shutil.copy(ROOT / name, copy / name)
        for locale in LOCALES:
            options = [f"--locale={locale}", "--no-location", "--verbosity=0"]
            subprocess.run([sys.executable, "manage.py", "makemessages", *options], cwd=copy, check=True)
            catalog_file = copy / "locale" / locale / "LC_MESSAGES" / "django.po"
            for complaint in complaints(catalog_file):
                print(f"{locale}: {complaint}")
                found += 1
            found += subprocess.run(["msgfmt", "--check", "-o", "/dev/null", str(catalog_file)], check=False).returncode
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
