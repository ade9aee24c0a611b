"""Every link from page to page, for each role, as far as links lead."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from tests.pages.site import Site

pytestmark = pytest.mark.slow

OURS: Final = {"testserver", "localhost"}
ALIKE: Final = 2  # hundreds of pages differ by their object or their filter alone; so many of each are seen
LINKS: Final = ("href", "src", "hx-get")
ACTIONS: Final = ("action", "formaction", "hx-post")


class Reading(HTMLParser):
    """Where a page leads, where its forms go, and what a link can point at."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, None] = {}  # in their order: which of many alike are seen is the same each time
        self.actions: set[str] = set()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in LINKS:
                self.links[value or ""] = None
            elif name in ACTIONS:
                self.actions.add(value or "")
            elif name == "id" and value:
                self.ids.add(value)


@dataclass
class Walk:
    """One person's way through all pages; `wrong` says what is amiss."""

    client: Client
    signed_in: bool
    wrong: set[str] = field(default_factory=set)
    ids: dict[str, set[str]] = field(default_factory=dict)  # of each page
    pointed_at: set[tuple[str, str, str]] = field(default_factory=set)  # from, page, fragment
    waiting: list[str] = field(default_factory=lambda: ["/"])
    seen: set[str] = field(default_factory=set)
    alike: Counter[str] = field(default_factory=Counter)

    def go(self) -> None:
        while self.waiting:
            address = self.waiting.pop()
            if address not in self.seen:
                self.seen.add(address)
                if self.is_worth_it(address):
                    self.visit(address)
        for source, address, fragment in self.pointed_at:
            if address in self.ids and fragment not in self.ids[address]:
                self.wrong.add(f"{source} points at {address}#{fragment}, which is not there")

    def is_worth_it(self, address: str) -> bool:
        path = urlsplit(address).path
        if not _exists(path):
            return True
        view = resolve(path).view_name
        self.alike[view] += 1
        return self.alike[view] <= ALIKE

    def visit(self, address: str) -> None:
        response = self.client.get(address)
        if response.streaming:
            b"".join(response)  # read to its end, a file is closed
        if response.status_code in {301, 302}:
            self.follow(address, response.headers["Location"])
            if self.signed_in and response.headers["Location"].startswith(reverse("account_login")):
                self.wrong.add(f"{address} asks somebody to sign in who is")
        elif response.status_code != 200:
            self.wrong.add(f"{address} answers {response.status_code}")
        elif _is_page(response):
            self.read(address, response.content.decode())

    def read(self, address: str, page: str) -> None:
        reading = Reading()
        reading.feed(page)
        reading.close()
        self.ids[address] = reading.ids
        for link in reading.links:
            self.follow(address, link)
        for action in reading.actions:
            if not _exists(urlsplit(urljoin(address, action)).path):
                self.wrong.add(f"{address} has a form for {action}, which is not there")

    def follow(self, source: str, link: str) -> None:
        there = urlsplit(urljoin(f"http://testserver{source}", link))
        if there.netloc not in OURS:
            return
        address = there.path + (f"?{there.query}" if there.query else "")
        if there.path.startswith("/static/"):
            if not finders.find(there.path.removeprefix("/static/")):
                self.wrong.add(f"{source} asks for {there.path}, which is not there")
            return
        if there.fragment:
            self.pointed_at.add((source, address, unquote(there.fragment)))
        if there.path != reverse("account_logout"):  # the walk would end
            self.waiting.append(address)


def _is_page(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def _exists(path: str) -> bool:
    try:
        return bool(resolve(path))
    except Resolver404:
        return False


@pytest.mark.parametrize(("who", "pages"), [("", 35), ("member", 45), ("official", 45), ("coordinator", 90)])
def test_no_link_is_dead(who: str, pages: int, site: Site, db: None) -> None:
    walk = Walk(site.client(who), signed_in=bool(who))

    walk.go()

    assert walk.wrong == set()
    assert len(walk.ids) > pages
