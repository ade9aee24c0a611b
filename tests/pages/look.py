"""How one visit of a page is written down; the visits themselves are in `tests.pages.looks` and its parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

At = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """One page; nobody named means a stranger."""

    template: str
    url: str
    args: Callable[[At], list[Any]] = lambda _at: []
    who: str = ""
    status: int = 200
    before: Callable[[Client, At], Any] | None = None  # what the person has just done
    note: str = ""
    query: str = ""

    def __str__(self) -> str:
        name = self.template.removesuffix(".html").replace("/", ".")
        return f"{name}, {self.note}" if self.note else name

    def address(self, at: At) -> str:
        return reverse(self.url, args=self.args(at)) + self.query


def of(*names: str) -> Callable[[At], list[Any]]:
    return lambda at: [at[name] for name in names]


def send(url: str, **data: str) -> Callable[[Client, At], Any]:
    return lambda client, _at: client.post(reverse(url), data)


def coordinated(template: str, url: str, args: Callable[[At], list[Any]] = lambda _at: [], note: str = "") -> Look:
    return Look(template, url, args, who="coordinator", note=note)
