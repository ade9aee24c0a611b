"""Small drawn scenes for the demonstration's diary: nobody's photo, and seen as drawings at once."""

from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (960, 640)
PAPER, INK, GREEN, ORANGE, SAND = "#fbfaf7", "#1b1f23", "#0b6e5f", "#b23a0a", "#e4ddcd"


def draw_scene(number: int) -> bytes:
    """A PNG of people around tables, of a circle, of a board or of bars, by turns; the same number, the same bytes."""
    image = Image.new("RGB", SIZE, PAPER)
    canvas = ImageDraw.Draw(image)
    (_tables, _circle, _board, _bars)[number % 4](canvas)
    canvas.text((24, SIZE[1] - 44), "Demostración: dibujo, no fotografía", fill=INK, font_size=24)
    output = BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


def _person(canvas: ImageDraw.ImageDraw, x: int, y: int, color: str) -> None:
    canvas.ellipse((x - 16, y - 52, x + 16, y - 20), fill=INK)
    canvas.rounded_rectangle((x - 26, y - 18, x + 26, y + 40), radius=18, fill=color)


def _tables(canvas: ImageDraw.ImageDraw) -> None:
    canvas.polygon([(80, 150), (480, 40), (880, 150)], fill=SAND)
    for column, x in enumerate((220, 480, 740)):
        for seat in (-70, 0, 70):
            _person(canvas, x + seat, 320, GREEN if (column + seat) % 2 else ORANGE)
        canvas.rounded_rectangle((x - 110, 350, x + 110, 420), radius=12, fill=SAND, outline=INK, width=3)


def _circle(canvas: ImageDraw.ImageDraw) -> None:
    canvas.ellipse((240, 150, 720, 520), outline=SAND, width=30)
    seats = [(300, 220), (480, 170), (660, 220), (720, 350), (620, 470), (340, 470), (240, 350)]
    for number, (x, y) in enumerate(seats):
        _person(canvas, x, y, GREEN if number % 3 else ORANGE)


def _board(canvas: ImageDraw.ImageDraw) -> None:
    canvas.rounded_rectangle((140, 70, 820, 440), radius=14, fill="#ffffff", outline=INK, width=6)
    for row in range(5):
        canvas.line((190, 130 + row * 58, 560 + row % 3 * 70, 130 + row * 58), fill=GREEN if row % 2 else INK, width=12)
    _person(canvas, 760, 520, ORANGE)


def _bars(canvas: ImageDraw.ImageDraw) -> None:
    canvas.line((120, 500, 860, 500), fill=INK, width=6)
    for number, height in enumerate((120, 210, 180, 290, 340, 380)):
        left = 150 + number * 118
        canvas.rectangle((left, 500 - height, left + 80, 500), fill=ORANGE if number == 2 else GREEN)
