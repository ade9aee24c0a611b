"""Dragging as a hand does it: the finger by events of the touch screen, which scroll the page where they may."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import FloatRect, Locator, Page

STEPS = 6


def _box(of: Locator) -> FloatRect:
    box = of.bounding_box()
    assert box
    return box


class Finger:
    """One finger on the screen of a page."""

    def __init__(self, page: Page) -> None:
        self.line = page.context.new_cdp_session(page)

    def _touch(self, kind: str, *points: dict[str, float]) -> None:
        self.line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    def lift(self) -> None:
        self._touch("touchEnd")

    def move(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Down at one point and over to another; it stays down."""
        (x, y), (to_x, to_y) = begin, end
        self._touch("touchStart", {"x": x, "y": y})
        for step in range(1, STEPS + 1):
            self._touch("touchMove", {"x": x + (to_x - x) * step / STEPS, "y": y + (to_y - y) * step / STEPS})

    @contextmanager
    def drag(self, grip: Locator, place: Locator) -> Iterator[None]:
        """From the middle of one thing to the middle of another; lifted at the end of the block."""
        begin, end = _box(grip), _box(place)
        self.move(
            (begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2),
            (end["x"] + end["width"] / 2, end["y"] + end["height"] / 2),
        )
        yield
        self.lift()
