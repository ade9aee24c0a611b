"""Names of files as people may read, type and save them."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 100  # characters before the ending
UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, direction marks, zero width, broken surrogates
UNSAFE: Final = re.compile(r'[<>:"|?*%#&;`$\\/{}\[\]^~=+!\']+')
DOT: Final = re.compile(r"(?<!\d)\.|\.(?!\d)")  # “1.2” keeps its dot; “x.php.jpg” becomes “x-php.jpg”
WINDOWS: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)


def unseen_left_out(text: str) -> str:
    """The text without what cannot be seen, such as marks that turn its direction."""
    return "".join(char for char in text if unicodedata.category(char) not in UNSEEN)


def visible(name: str) -> str:
    """The last part of the path, as one reads it: what follows its last dot is then what one sees."""
    last = unseen_left_out(name.replace("\\", "/").rpartition("/")[2])
    return unicodedata.normalize("NFC", " ".join(last.split()))


def ending(name: str) -> str:
    """What stands after the last dot, in small letters; empty where there is none."""
    return visible(name).rpartition(".")[2].lower() if "." in visible(name) else ""


def clean(name: str, *, ending: str) -> str:
    """A name with no path, nothing unseen and no sign to which a shell or an address gives a meaning; our ending."""
    stem = visible(name).rpartition(".")[0] if "." in visible(name) else visible(name)
    stem = DOT.sub("-", UNSAFE.sub("-", stem))
    stem = " ".join(stem.split()).strip(" .-_")[:LONGEST].strip(" .-_")
    if not stem or WINDOWS.match(stem):
        stem = f"file {stem}".strip()
    return f"{stem}.{ending}"
