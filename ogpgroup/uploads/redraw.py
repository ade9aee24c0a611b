"""Draws a picture anew: pixels in, pixels out, nothing else. Runs in a process of its own, started by `pictures`.

It reads what somebody sent, so it trusts nothing: it has little memory, few seconds, opens no file and knows no secret.
From the upload on standard input it writes to standard output a line of JSON, and after it the new picture.
"""

import json
import resource
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from typing import Final

# All of them now: once the limits hold, no file can be opened, so nothing can be imported.
from PIL import Image, ImageCms, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

MEMORY: Final = 300 * 1024 * 1024  # bytes of address space: what the process can hold at most is less
CPU_SECONDS: Final = 10
LARGEST: Final = 10 * 1024 * 1024  # bytes of the new picture
MOST_PIXELS: Final = {"JPEG": 40_000_000, "PNG": 40_000_000, "WEBP": 15_000_000}  # WebP takes 16 bytes a pixel
LONGEST_SIDE: Final = 2400
STRIP: Final = 1 << 20  # pixels worked on at a time
ORIENTATION: Final = 0x0112
PLUGINS: Final = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
OPTIONS: Final[dict[str, dict[str, int | bool]]] = {
    "JPEG": {"quality": 85, "optimize": True},
    "PNG": {},
    "WEBP": {"quality": 88},
}


def limit() -> None:
    """Bind this process. What a system does not know of (macOS has no limit of address space) is left out there."""
    Image.preinit()
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST + 4096),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def redraw(source: bytes, kind: str, side: int = LONGEST_SIDE) -> tuple[Image.Image, bytes]:
    """The picture as it is seen: turned upright, in sRGB, no side over `side`, only its first frame."""
    picture = Image.open(BytesIO(source), formats=[kind])
    orientation = _orientation(picture)
    profile = picture.info.get("icc_profile")
    target = _fit(picture.size, side)
    picture.draft(None, target)  # JPEG alone can be decoded smaller than it is
    picture.load()
    drawn = _in_srgb(_scale(picture, target), profile)
    if orientation in TURNS:
        drawn = drawn.transpose(TURNS[orientation])
    return _encode(drawn, kind)


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # what a camera wrote may be nonsense; the picture is good all the same
        return 1


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    width, height = size
    factor = min(1.0, side / max(width, height))
    return max(1, round(width * factor)), max(1, round(height * factor))


def _scale(picture: Image.Image, target: tuple[int, int]) -> Image.Image:
    """Scale strip by strip, first across and then down: never a second copy of the whole picture in memory."""
    mode = _working_mode(picture)
    if mode == "RGBa" and picture.size == target:
        mode = "RGBA"  # nothing to weigh, so nothing is rounded
    width, height = picture.size
    across = Image.new(mode, (target[0], height))
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        strip = _convert(picture.crop((0, top, width, bottom)), mode)
        across.paste(strip.resize((target[0], bottom - top), Image.Resampling.LANCZOS), (0, top))
    _let_go(picture)
    return across.resize(target, Image.Resampling.LANCZOS)


def _working_mode(picture: Image.Image) -> str:
    """Transparent pictures are scaled with their colours weighed by alpha, else invisible colours would bleed."""
    if picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info:
        return "RGBa"
    if picture.mode in {"1", "L", "I", "F"} or picture.mode.startswith("I;16"):
        return "L"
    return "CMYK" if picture.mode == "CMYK" else "RGB"


def _convert(strip: Image.Image, mode: str) -> Image.Image:
    if strip.mode == "I" or strip.mode.startswith("I;16"):
        strip = strip.convert("I").point([value // 256 for value in range(65536)], "L")
    if mode == "RGBa":
        strip = strip.convert("RGBA")
    return strip if strip.mode == mode else strip.convert(mode)


def _let_go(picture: Image.Image) -> None:
    picture._im = None
    if isinstance(picture, WebPImagePlugin.WebPImageFile):
        picture._decoder = None


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as every screen shows them, so that the profile can go; one that makes no sense is not heeded."""
    mode = {"RGBa": "RGBA", "CMYK": "RGB"}.get(picture.mode, picture.mode)
    source = picture.convert("RGBA") if picture.mode == "RGBa" else picture
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            shown = "RGB" if mode == "L" else mode
            turned = ImageCms.profileToProfile(source, own, ImageCms.createProfile("sRGB"), outputMode=shown)
            if turned is not None:
                return turned
    return source.convert(mode)


def _encode(picture: Image.Image, kind: str) -> tuple[Image.Image, bytes]:
    """Encode onto a clean sheet: what the picture carried in `info` stays behind. Smaller until the file is allowed."""
    while True:
        if kind == "JPEG" and picture.mode == "RGBA":
            picture = picture.convert("RGB")
        clean = Image.new(picture.mode, picture.size)
        clean.paste(picture)
        written = BytesIO()
        clean.save(written, kind, **OPTIONS[kind])
        if written.tell() <= LARGEST:
            return clean, written.getvalue()
        picture = clean.resize(_fit(clean.size, max(clean.size) * 3 // 4), Image.Resampling.LANCZOS)


def main(kind: str, side: str = str(LONGEST_SIDE)) -> None:
    limit()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS[kind]
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    content = b""
    try:
        picture, content = redraw(sys.stdin.buffer.read(LARGEST + 1), kind, int(side))
        answer: dict[str, object] = {"width": picture.width, "height": picture.height}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        answer = {"refused": "pixels"}
    except MemoryError:
        answer = {"refused": "heavy"}
    except Exception:  # whatever a decoder stumbles over, the picture is not one that can be shown
        answer = {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
