"""Two people at one text: what only one of them changed is taken from that one; where both did, both stand there."""

from dataclasses import dataclass

from merge3 import Merge3


@dataclass(frozen=True)
class Merged:
    """The text with the changes of both, and the passages of which both stand in it, one under the other."""

    text: str
    conflicts: tuple[tuple[str, str], ...] = ()  # mine, theirs


def merge(base: str, *, mine: str, theirs: str) -> Merged:
    """Three texts to one, line by line. Nothing that either of them wrote is left out where they disagree."""
    lines: list[str] = []
    conflicts: list[tuple[str, str]] = []
    merger = Merge3(_lines(base), _lines(mine), _lines(theirs))
    for kind, *chunks in merger.merge_groups():
        if kind != "conflict":
            lines += chunks[0]
            continue
        _before, own, other = chunks
        conflicts.append(("\n".join(own), "\n".join(other)))
        lines += [*other, *own]
    return Merged("\n".join(lines), tuple(conflicts))


def same(one: str, other: str) -> bool:
    """Equal but for line ends and spaces around."""
    return _lines(one.strip()) == _lines(other.strip())


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")
