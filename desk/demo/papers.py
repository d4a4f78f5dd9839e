"""Pictures for the demonstration: a signature drawn by nobody, a slip of an invented carrier."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from delivery.choices import ProofKind
from delivery.services import pictures
from delivery.services.pictures import Picture

STROKES = ([(40, 150), (120, 50), (150, 170), (210, 60)], [(240, 60), (260, 160), (330, 90), (420, 150), (560, 110)])


@cache
def drawn(kind: str) -> Picture:
    """Return a picture of this kind; like any other it goes through the door that checks them."""
    image = _signature() if kind == ProofKind.SIGNATURE else _slip()
    out = BytesIO()
    image.save(out, "PNG")
    return pictures.read(kind, out.getvalue())


def _signature() -> Image.Image:
    image = Image.new("L", (600, 220), 255)
    pen = ImageDraw.Draw(image)
    for stroke in STROKES:
        pen.line(stroke, fill=25, width=6, joint="curve")
    return image


def _slip() -> Image.Image:
    image = Image.new("RGB", (480, 640), "#f4f1e8")
    pen = ImageDraw.Draw(image)
    pen.rectangle((24, 24, 455, 615), outline="#444444", width=3)
    for row in range(90, 520, 60):
        pen.line([(24, row), (455, row)], fill="#999999", width=2)
    pen.line([(160, 24), (160, 520)], fill="#999999", width=2)
    pen.ellipse((300, 500, 430, 600), outline="#b3261e", width=5)
    return image
