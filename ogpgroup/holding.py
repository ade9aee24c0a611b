"""What a person holds and somebody else must take over when they leave."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Holding:
    """One thing in a leaving person's hands, in words, and where to look at it."""

    label: str
    url: str
