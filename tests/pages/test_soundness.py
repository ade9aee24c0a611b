"""Every page in a browser, in both languages: accessible in light and dark, narrow and wide, quiet and small."""

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.template.loader import render_to_string
from django.test.signals import template_rendered
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Response

from tests.browser import launched
from tests.pages.look import Look
from tests.pages.looks import ERRORS, LOOKS, NOT_VISITED, PUBLIC
from tests.pages.site import Site

pytestmark = pytest.mark.browser

LANGUAGES: Final = ["es-mx", "en"]
FIRST_VISIT: Final = 100_000  # bytes, compressed
PART: Final = re.compile(r"/_|^components/|^allauth/|/emails?/|/snippets/|^base\.html")  # of pages, and mails
NARROW: Final = 360
WIDE: Final = 1280
WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Without `preload` axe leaves style sheets alone; the rules that would read them are not among ours.
ALL_RULES: Final = {"runOnly": WCAG, "preload": False, "resultTypes": ["violations"]}
COLOURS: Final = ["color-contrast", "link-in-text-block"]
CONTRAST: Final = ALL_RULES | {"runOnly": {"type": "rule", "values": COLOURS}}
TARGETS: Final = ALL_RULES | {"runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]}}
# Every picture comes, also the one to which somebody would first scroll.
AT_ONCE: Final = """
    addEventListener("DOMContentLoaded", () => {
        for (const one of document.querySelectorAll("[loading=lazy]")) one.loading = "eager";
    });
"""

_sizes: dict[str, int] = {}  # files are the same on every page


def test_every_page_is_looked_at() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    pages = {name for name in names if not PART.search(name)}

    assert pages == {look.template for look in LOOKS} | set(ERRORS) | NOT_VISITED.keys()


# --- A browser --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unseen(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium that draws no frames, which nobody looks at: a fifth of its work.

    Where elements are, how they are styled and what comes over the wire does not depend on them; what waits until it
    is scrolled into view does (`AT_ONCE`). A whole Chromium does not know the first flag, and draws.
    """
    with launched(playwright, "--enable-begin-frame-control", "--run-all-compositor-stages-before-draw") as browser:
        yield browser


def opened(browser: Browser, **options: Any) -> BrowserContext:
    context = browser.new_context(reduced_motion="reduce", **options)
    context.add_init_script(AT_ONCE)
    return context


@pytest.fixture(scope="module")
def pages(unseen: Browser) -> Iterator[dict[str, Page]]:
    """One for all visits in a language, each of which brings its own cookies: it keeps style sheets and scripts.

    Where axe is needed it is there before the page: handed over with each visit it would be read anew.
    """
    contexts = {language: opened(unseen) for language in LANGUAGES}
    contexts[LANGUAGES[0]].add_init_script(AXE_SCRIPT)
    yield {language: context.new_page() for language, context in contexts.items()}
    for context in contexts.values():
        context.close()


@pytest.fixture
def page_without_worker(unseen: Browser) -> Iterator[Page]:
    """What a service worker asks for goes past the routes of a test; one stays where somebody has signed in."""
    context = opened(unseen, service_workers="block")
    context.add_init_script(AXE_SCRIPT)
    yield context.new_page()
    context.close()


def arrive(page: Page, site: Site, look: Look, language: str) -> None:
    """Bring the cookies of somebody who comes to this page."""
    client = site.client(look.who) if look.before else site.returning(look.who)
    if look.who:
        site.people[look.who].language = language
        site.people[look.who].save(update_fields=["language"])
    if look.before:
        look.before(client, site.at)
    cookies = {name: cookie.value for name, cookie in client.cookies.items()} | {
        settings.LANGUAGE_COOKIE_NAME: language
    }
    page.context.clear_cookies()
    page.context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])


@contextmanager
def templates_drawn() -> Iterator[set[str]]:
    drawn: set[str] = set()

    def note(template: Any, **_: Any) -> None:
        drawn.add(template.name)

    template_rendered.connect(note)
    try:
        yield drawn
    finally:
        template_rendered.disconnect(note)


# --- What may be wrong ------------------------------------------------------------------------------------------------


def visit(page: Page, url: str, *, status: int = 200) -> tuple[list[str], list[Response]]:
    """Go there; what the console, the scripts and the policy complain of, and everything that came."""
    wrong: list[str] = []
    received: list[Response] = []
    listeners: dict[Any, Callable[[Any], None]] = {
        "console": lambda said: wrong.append(f"{said.text} ({said.location})") if said.type == "error" else None,
        "pageerror": lambda error: wrong.append(f"script: {error}"),
        "response": lambda one: received.append(one),
    }
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDE, "height": 900})
    for event, listener in listeners.items():
        page.on(event, listener)
    answer = page.goto(url)
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert answer
    if status >= 400:  # the browser tells this of the page itself
        wrong = [line for line in wrong if not (line.startswith("Failed to load resource") and url in line)]
    if (answer.status, page.url) != (status, url):
        wrong.append(f"answers {answer.status} at {page.url}")
    return list(wrong), received


def compressed(received: list[Response]) -> int:
    """Bytes over the wire. The server of the tests sends as it is what the real one sends compressed."""
    ours = [one for one in received if one.url.startswith("http") and one.status == 200]
    for one in ours:
        if one.url not in _sizes or "/static/" not in one.url:
            _sizes[one.url] = len(gzip.compress(one.body()))
    return sum(_sizes[one.url] for one in ours)


def axe(page: Page, options: dict[str, Any]) -> list[str]:
    if not page.evaluate("'axe' in window"):  # a page of stories, to which it was not given before
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [
        f"axe: {one['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in violations
        for node in one["nodes"][:3]
    ]


def overflow(page: Page, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": 740})
    found = page.evaluate("document.documentElement.scrollWidth")
    return [f"is {found} pixels wide where {width} are there"] if found > width else []


def hindrances(page: Page, language: str) -> list[str]:
    """What hinders somebody at the page that is open now: in light and dark, wide and narrow.

    In the second language only whether it fits is looked at again: the elements are the same, and no text of a
    catalogue is empty (`deploy/translations.py`).
    """
    wrong = overflow(page, WIDE)
    if language != LANGUAGES[0]:
        return wrong + overflow(page, NARROW)
    wrong += axe(page, ALL_RULES)
    page.emulate_media(color_scheme="dark")
    wrong += [f"in the dark, {line}" for line in axe(page, CONTRAST)]
    wrong += overflow(page, NARROW)
    return wrong + [f"narrow, {line}" for line in axe(page, TARGETS)]


def visits() -> list[Any]:
    """Every look in the first language; in the second each template once, for whoever is named first."""
    firsts = {look.template: look for look in reversed(LOOKS)}.values()
    found = [(look, LANGUAGES[0]) for look in LOOKS] + [(look, LANGUAGES[1]) for look in LOOKS if look in firsts]
    return [pytest.param(look, language, id=f"{look}-{language}") for look, language in found]


@pytest.mark.parametrize(("look", "language"), visits())
def test_page_is_sound(look: Look, language: str, site: Site, pages: dict[str, Page]) -> None:
    page = pages[language]
    arrive(page, site, look, language)
    with templates_drawn() as drawn:
        wrong, received = visit(page, site.url + look.address(site.at), status=look.status)
    if look in PUBLIC and (size := compressed(received)) >= FIRST_VISIT:
        wrong.append(f"{size} bytes")
    # What the page itself did has been told; axe tries things that the policy forbids.
    wrong += hindrances(page, language)

    assert wrong == []
    assert look.template in drawn


@pytest.mark.parametrize("template", ERRORS)
def test_error_page_is_sound(template: str, site: Site, page_without_worker: Page) -> None:
    page = page_without_worker
    policy = site.client("").get("/").headers["Content-Security-Policy"]
    body = render_to_string(template, {})
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
    page.route("**/broken/", lambda route: route.fulfill(body=body, headers=headers), times=1)
    wrong, received = visit(page, f"{site.url}/broken/")
    wrong += hindrances(page, LANGUAGES[0])

    assert wrong == []
    assert compressed(received) < FIRST_VISIT
