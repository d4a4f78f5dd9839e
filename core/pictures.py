"""Pictures from phones and strangers: sniffed by content, decoded within bounds, drawn anew from their pixels alone."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from rulebook.errors import Refused

TAKEN = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 25_000_000  # what a phone's camera takes; 75 MB once decoded
LONGEST_SIDE = 2000
LEAST_SIDE = 16
WIDEST_DRAWING = (1200, 600)
NOT_A_PICTURE = (
    OSError, EOFError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, MemoryError,
    struct.error, zlib.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
"""What decoders raise on files that are not what they seem."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture that is safe to keep and to show: nothing of the file it came in but its pixels."""

    content: bytes
    media: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read(content: bytes, *, clause: str, field: str = "photo", drawing: bool = False) -> Pixels:
    """
    Return what was uploaded as a picture of ours; name, type and whatever else the sender says of it count for nothing.

    :param drawing: a signature or the like, kept as black strokes on white
    :raises Refused: too large, no JPEG, PNG or WebP, damaged, too many pixels, or a drawing without a stroke
    """
    if not 0 < len(content) <= MOST_BYTES:
        raise Refused(clause, _("图片须大于 0、不超过 8 MB。"), field=field)
    try:
        return _drawn_anew(content, clause, field, drawing)
    except NOT_A_PICTURE as error:
        words = _("文件不是可用的图片：请上传 JPEG、PNG 或 WebP 格式的照片。")
        raise Refused(clause, words, field=field) from error


def _drawn_anew(content: bytes, clause: str, field: str, drawing: bool) -> Pixels:
    with Image.open(BytesIO(content), formats=TAKEN) as opened:  # the header alone; pixels are decoded further down
        width, height = opened.size
        if width * height > MOST_PIXELS:
            raise Refused(clause, _("图片像素过多（最多 2500 万像素），请用普通画质重拍。"), field=field)
        if min(width, height) < LEAST_SIDE:
            raise Refused(clause, _("图片太小，看不清内容，请重拍。"), field=field)
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    return _strokes(upright, clause, field) if drawing else _photo(upright)


def _on_white(image: Image.Image) -> Image.Image:
    """Return it without transparency; a drawing's strokes lie on nothing."""
    layered = image.convert("RGBA")
    paper = Image.new("RGBA", layered.size, "white")
    paper.alpha_composite(layered)
    return paper.convert("RGB")


def _strokes(image: Image.Image, clause: str, field: str) -> Pixels:
    drawn = _on_white(image).convert("L")
    darkest, lightest = drawn.getextrema()
    if darkest == lightest:
        raise Refused(clause, _("签名是空白的，请签收人重新签名。"), field=field)
    drawn.thumbnail(WIDEST_DRAWING)
    return _kept(drawn, "PNG", optimize=True)


def _photo(image: Image.Image) -> Pixels:
    photo = _on_white(image) if image.has_transparency_data else image.convert("RGB")
    photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _kept(photo, "JPEG", quality=82, optimize=True)


def _kept(image: Image.Image, form: str, **options: object) -> Pixels:
    image.info.clear()  # what a writer would carry over: EXIF, colour profiles, comments
    out = BytesIO()
    image.save(out, form, **options)
    return Pixels(out.getvalue(), f"image/{form.lower()}", *image.size)
