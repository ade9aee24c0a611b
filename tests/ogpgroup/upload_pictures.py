"""Pictures as cameras, programs and attackers make them; each says what may not be found in it afterwards."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

PLANTED = "PLANTADO-19.2436N-103.7309W"
SECRET = PLANTED.encode()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><gps>' + SECRET + b"</gps></x:xmpmeta>"


def sketch(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Left half dark, right half light, so that one sees how it was turned."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="black")
    return picture if mode == "RGB" else picture.convert(mode)


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    written = BytesIO()
    picture.save(written, form, **options)
    return written.getvalue()


def archive(**parts: bytes) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return written.getvalue()


# --- JPEG -------------------------------------------------------------------------------------------------------------


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jpeg(*segments: bytes, picture: Image.Image | None = None, tail: bytes = b"", **options: Any) -> bytes:
    plain = saved(picture or sketch(), "JPEG", **options)
    return plain[:2] + b"".join(segments) + plain[2:] + tail


def gps(**options: Any) -> bytes:
    """What a phone writes: where it was, whose it is, which way up, and a small picture."""
    exif = Image.Exif()
    exif[0x010E] = f"descripcion {PLANTED}"
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (19.0, 14.0, 37.0), 3: "W", 4: (103.0, 43.0, 51.0), 29: PLANTED}
    exif[0x8769] = {0x9286: b"ASCII\0\0\0" + SECRET, 0x927C: SECRET}
    return jpeg(exif=exif.tobytes(), **options)


def iptc() -> bytes:
    record = b"\x1c\x02\x69" + struct.pack(">H", len(SECRET)) + SECRET
    return jpeg(segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record + b"\0"))


def mpo() -> bytes:
    second = sketch()
    second.info["comment"] = SECRET
    return saved(sketch(), "MPO", save_all=True, append_images=[second], comment=SECRET)


def coloured() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return jpeg(icc_profile=profile + SECRET)


def claims(width: int, height: int) -> bytes:
    """Says that it has so many pixels, whatever follows."""
    plain = bytearray(jpeg())
    at = plain.index(b"\xff\xc0")
    plain[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(plain)


# --- PNG --------------------------------------------------------------------------------------------------------------


def chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def flat_png(width: int, height: int, *, colour: int = 0, depth: int = 8) -> bytes:
    """Any number of pixels in a few kilobytes."""
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    row = b"\0" + b"\x7f" * (width * channels * depth // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def png(*chunks: bytes, picture: Image.Image | None = None, **options: Any) -> bytes:
    plain = saved(picture or sketch(), "PNG", **options)
    return plain[:33] + b"".join(chunks) + plain[33:]


def told_png() -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", PLANTED)
    told.add_text("Comment", PLANTED, zip=True)
    told.add_itxt("XML:com.adobe.xmp", XMP.decode())
    exif = Image.Exif()
    exif[0x010E] = PLANTED
    return png(pnginfo=told, exif=exif.tobytes(), dpi=(300, 300))


def text_bomb() -> bytes:
    """A comment that unpacks to a hundred megabytes."""
    packed = zlib.compress(b"a" * 100_000_000, 9)
    return png(chunk(b"zTXt", b"Comment\0\0" + packed))


def see_through() -> Image.Image:
    picture = sketch("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture


# --- WebP -------------------------------------------------------------------------------------------------------------


def webp(**options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = PLANTED
    return saved(sketch(), "WEBP", exif=exif.tobytes(), xmp=XMP, **options)


# --- what is left -----------------------------------------------------------------------------------------------------


def parts(content: bytes) -> set[str]:
    """What the file is made of, read by its grammar; anything before, between or after the parts is named too."""
    if content.startswith(b"\xff\xd8"):
        return set(_jpeg_parts(content))
    if content.startswith(b"\x89PNG"):
        return set(_png_parts(content))
    return set(_webp_parts(content))


PIXELS_ALONE = {"JFIF", "DQT", "SOF", "DHT", "SOS", "IHDR", "IDAT", "IEND", "VP8", "VP8L", "VP8X", "ALPH"}
MARKERS = {0xDB: "DQT", 0xC0: "SOF", 0xC2: "SOF", 0xC4: "DHT", 0xDA: "SOS"}


def _jpeg_parts(content: bytes) -> Iterator[str]:
    at = 2
    while content[at : at + 2] != b"\xff\xd9":
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        payload = content[at + 4 : at + 2 + length]
        plain = marker == 0xE0 and payload.startswith(b"JFIF\0") and length == 16
        yield "JFIF" if plain else MARKERS.get(marker, f"{marker:x}")
        at += 2 + length
        if marker == 0xDA:
            while content[at] != 0xFF or content[at + 1] == 0:
                at += 1
    if at + 2 != len(content):
        yield "tail"


def _png_parts(content: bytes) -> Iterator[str]:
    at = 8
    while at < len(content):
        kind = content[at + 4 : at + 8].decode("latin-1")
        yield kind
        at += 12 + int.from_bytes(content[at : at + 4], "big")
    if kind != "IEND" or at != len(content):
        yield "tail"


def _webp_parts(content: bytes) -> Iterator[str]:
    at = 12
    while at < len(content):
        yield content[at : at + 4].decode("latin-1").strip()
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    if int.from_bytes(content[4:8], "little") + 8 != len(content) or at != len(content):
        yield "tail"
