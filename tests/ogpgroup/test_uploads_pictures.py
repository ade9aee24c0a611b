"""Pictures look as they did, and drawing them costs little memory and little time whatever they are."""

import json
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from ogpgroup.uploads import Reason, Refused, pictures
from ogpgroup.uploads.kinds import JPG, PNG, WEBP, Kind
from ogpgroup.uploads.pictures import redraw
from tests.ogpgroup import upload_pictures as pics
from tests.ogpgroup.upload_corpus import PICTURES
from tests.ogpgroup.upload_pictures import sketch

MB = 1024 * 1024


def drawn(content: bytes, kind: Kind) -> Image.Image:
    return Image.open(BytesIO(redraw(content, kind).content))


def test_corpus_plants_what_must_not_be_found() -> None:
    """Else its absence afterwards would prove nothing."""
    planted = {case.what for case in PICTURES if pics.SECRET in case.content}

    assert planted >= {"GPS in EXIF", "XMP", "comment", "IPTC", "two pictures in one (MPO)", "PNG with text, XMP, EXIF"}
    assert len(planted) >= 14
    assert all(not pics.parts(case.content) <= pics.PIXELS_ALONE for case in PICTURES if case.what in planted)


def test_photo_is_turned_upright() -> None:
    picture = drawn(pics.gps(), JPG).convert("L")

    assert picture.size == (40, 60)
    assert [picture.getpixel((20, y)) for y in (5, 55)] == [pytest.approx(0, abs=9), pytest.approx(255, abs=9)]


@pytest.mark.parametrize(
    ("size", "expected"), [((4800, 3600), (2400, 1800)), ((90, 2401), (90, 2400)), ((9, 9), (9, 9))]
)
def test_picture_is_made_smaller_and_never_larger(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert drawn(pics.jpeg(picture=sketch(size=size)), JPG).size == expected


@pytest.mark.parametrize(("kind", "form"), [(PNG, "PNG"), (WEBP, "WEBP")])
def test_what_one_can_see_through_stays_so(kind: Kind, form: str) -> None:
    original = pics.see_through()

    picture = drawn(pics.saved(original, form, **({"lossless": True} if form == "WEBP" else {})), kind)

    assert picture.mode == "RGBA"
    for y in (0, 20, 39):
        assert picture.getpixel((50, y))[3] == original.getpixel((50, y))[3]  # type: ignore[index]


def test_colours_under_nothing_do_not_bleed_when_a_picture_is_made_smaller() -> None:
    picture = Image.new("RGBA", (4800, 40), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 2401, 40))

    edge = drawn(pics.saved(picture, "PNG"), PNG).getpixel((1200, 10))

    assert edge[0] < 30  # type: ignore[index]
    assert edge[2] > 200  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (lambda: pics.flat_png(8, 8, depth=16), 0x7F),
        (lambda: pics.flat_png(8, 8, colour=4), (0x7F, 0x7F, 0x7F, 0x7F)),
        (lambda: pics.flat_png(8, 8, colour=2, depth=16), (0x7F, 0x7F, 0x7F)),
        (lambda: pics.png(picture=sketch("1", (8, 8))), 0),
        (lambda: pics.png(picture=sketch("P", (8, 8))), (0, 0, 0)),
    ],
)
def test_each_way_to_write_a_pixel_is_read(content: Callable[[], bytes], expected: object) -> None:
    assert drawn(content(), PNG).getpixel((1, 1)) == expected


def test_colours_of_another_profile_are_put_into_those_of_screens() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert drawn(pics.jpeg(icc_profile=lab), JPG).getpixel((50, 20)) == (255, 255, 255)  # no sense: not heeded

    inks = drawn(pics.jpeg(picture=Image.new("CMYK", (8, 8), (0, 255, 255, 0)), quality=95), JPG).getpixel((4, 4))
    assert list(inks) == [pytest.approx(255, abs=6), pytest.approx(0, abs=6), pytest.approx(0, abs=6)]  # type: ignore[arg-type]


def test_moving_picture_stands_still_at_its_first_frame() -> None:
    moving = pics.saved(
        sketch(), "WEBP", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")], lossless=True
    )

    assert drawn(moving, WEBP).convert("RGB").getpixel((50, 20)) == (255, 255, 255)


@pytest.mark.slow
def test_picture_that_noise_makes_too_large_becomes_smaller() -> None:
    noise = Image.effect_noise((2400, 2000), 120)

    kept = redraw(pics.png(picture=Image.merge("LA", [noise, noise.rotate(180)]), compress_level=1), PNG)

    assert kept.width < 2400
    assert len(kept.content) <= 10 * MB


# --- the process ------------------------------------------------------------------------------------------------------

MEASURE = """
import json, os, subprocess, sys
with open(sys.argv[2], "rb") as source, open(os.devnull, "wb") as nowhere:
    child = subprocess.Popen([sys.executable, "-I", sys.argv[1], sys.argv[3]], stdin=source, stdout=nowhere, env={})
    _pid, status, used = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([child.returncode, used.ru_maxrss * 1024]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "make"),
    [
        ("PNG", lambda: pics.flat_png(12_000, 12_000)),
        ("PNG", lambda: pics.flat_png(6324, 6324, colour=6, depth=16)),
        ("PNG", pics.text_bomb),
        ("JPEG", lambda: pics.jpeg(picture=sketch(size=(6324, 6324)), progressive=True, subsampling=0)),
        ("WEBP", lambda: pics.saved(sketch(size=(3800, 3800)), "WEBP", method=0)),
        ("WEBP", lambda: pics.saved(sketch(size=(6300, 6300)), "WEBP", method=0)),
    ],
    ids=["bomb", "most pixels a PNG may have", "comment", "progressive", "most pixels of WebP", "too many of WebP"],
)
def test_process_stays_small(form: str, make: Callable[[], bytes], tmp_path: Path) -> None:
    """Measured from a small process of its own: what is said of a child includes what its parent had."""
    source = tmp_path / "picture"
    source.write_bytes(make())

    said = subprocess.run(
        [sys.executable, "-c", MEASURE, str(pictures.CHILD), str(source), form],
        capture_output=True,
        check=True,
    )
    code, peak = json.loads(said.stdout)

    assert code == 0
    assert peak < 300 * MB


CONFINED = """
import json, os, resource, socket, sys
sys.path.insert(0, sys.argv[1])
import redraw
redraw.limit()
tried = {}
for name, attempt in {
    "memory": lambda: bytearray(400 << 20),
    "read": lambda: open("/etc/passwd"),
    "write": lambda: open("/tmp/x", "w"),
    "network": lambda: socket.socket(),
}.items():
    try:
        attempt()
        tried[name] = "done"
    except Exception as error:
        tried[name] = type(error).__name__
print(json.dumps([tried, resource.getrlimit(resource.RLIMIT_CPU), dict(os.environ)]))
"""


def test_process_can_do_no_harm() -> None:
    folder = str(pictures.CHILD.parent)
    said = subprocess.run([sys.executable, "-I", "-c", CONFINED, folder], capture_output=True, check=True, env={})
    tried, seconds, environment = json.loads(said.stdout)

    assert tried == {"memory": "MemoryError", "read": "OSError", "write": "OSError", "network": "OSError"}
    assert seconds == [10, 10]
    assert set(environment) <= {"LC_CTYPE"}


def test_picture_that_takes_too_long_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        redraw(pics.jpeg(), JPG, seconds=0.001)

    assert refused.value.reason == Reason.HEAVY


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.kill(os.getpid(), 9)",
        "raise SystemExit(1)",
        "print('x' * 100_000)",
        "print('[1]')",
        'print(\'{"refused": "because"}\')',
        'print(\'{"width": 1, "height": 1}\')',
        'import sys; sys.stdout.buffer.write(b\'{"width": 1, "height": 1}\\n\' + bytes(11_000_000))',
    ],
    ids=["killed", "failed", "babble", "other JSON", "unknown reason", "no picture", "too much"],
)
def test_process_that_crashed_or_was_taken_over_is_not_believed(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text(program, encoding="utf-8")
    monkeypatch.setattr(pictures, "CHILD", child)

    with pytest.raises(Refused) as refused:
        redraw(pics.jpeg(), JPG)

    assert refused.value.reason == Reason.HEAVY
