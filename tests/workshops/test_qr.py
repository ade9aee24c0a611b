"""Codes to scan are drawn by us, in markup that the strict policy lets through."""

import re

from workshops import qr

ADDRESS = "https://grupo.example.org/in/abcd2345/"


def test_code_is_a_drawing_without_scripts_styles_and_addresses() -> None:
    drawing = qr.drawn(ADDRESS)

    assert re.sub(r'="[^"]*"', "", drawing) == "<svg viewBox class><path fill d/><path class stroke d/></svg>"
    assert "http" not in drawing
    assert drawing == qr.drawn(ADDRESS)
    assert drawing != qr.drawn(ADDRESS + "x")
