"""Pictures as phones take them, and files that only pretend to be pictures."""

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageDraw

from delivery.services import pictures
from delivery.services.pictures import Picture


def jpeg(width: int = 320, height: int = 240, color: str = "steelblue", **options: object) -> bytes:
    return saved(Image.new("RGB", (width, height), color), "JPEG", **options)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def drawing() -> bytes:
    """A stroke on nothing, as a signature pad gives it."""
    image = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(40, 200), (300, 40), (560, 180)], fill=(20, 20, 60, 255), width=5)
    return saved(image, "PNG")


def photo(kind: str = "slip", color: str = "steelblue") -> Picture:
    return pictures.read(kind, jpeg(color=color))


def signature() -> Picture:
    return pictures.read("signature", drawing())


def bomb(width: int = 10_000, height: int = 5_000) -> bytes:
    """A small file that unfolds to 50 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def geotagged() -> bytes:
    """A photo lying on its side that tells where it was taken."""
    image = Image.new("RGB", (400, 200), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010E] = "secret place"
    exif.get_ifd(0x8825)[1] = "N"
    return saved(image, "JPEG", exif=exif)
