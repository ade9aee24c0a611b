"""Rows of the tables in docs/benchmarks.md."""

from typing import Final

MISSED: Final = "**MISSED**"


def row(what: str, seen: str, aim: str = "", *, reached: bool = True) -> str:
    """What was measured, the figure as seen, and its aim; one that is not reached lets `make bench` fail."""
    return f"| {what} | {seen} | {aim}{'' if reached else f' {MISSED}'} |"
