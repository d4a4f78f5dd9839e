"""Uploaded pictures: drawn anew, or refused in plain words (limits.md §4 "uploads")."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from delivery.services import pictures
from rulebook.errors import Refused
from tests.delivery.pictures import bomb, drawing, geotagged, jpeg, saved

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = saved(Image.new("P", (64, 64)), "GIF")
TIFF = saved(Image.new("RGB", (64, 64)), "TIFF")
NO_PICTURES = {
    "empty": b"", "svg": SVG, "html": b"<!doctype html><script>alert(1)</script>", "php": b"<?php system('id');",
    "exe": b"MZ" + bytes(400), "gif": GIF, "tiff": TIFF, "cut off": jpeg()[:300], "png without end": drawing()[:120],
    "header alone": b"\xff\xd8\xff\xe0", "pdf": b"%PDF-1.7\n",
}  # fmt: skip


def opened(picture: pictures.Picture) -> Image.Image:
    return Image.open(BytesIO(picture.content))


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(Refused) as refusal:
        pictures.read("slip", content)
    assert (refusal.value.clause, refusal.value.field) == ("§4.3.2.8", "photo")


def test_a_small_file_of_fifty_million_pixels_is_refused_unopened():
    content = bomb()
    assert len(content) < 100_000
    with pytest.raises(Refused, match="像素过多"):
        pictures.read("slip", content)


def test_more_than_eight_megabytes_are_refused():
    with pytest.raises(Refused, match="8 MB"):
        pictures.read("slip", jpeg() + bytes(8 * 1024 * 1024))


def test_a_polyglot_keeps_its_pixels_alone():
    picture = pictures.read("slip", jpeg() + b"<script>alert(1)</script>")
    assert b"script" not in picture.content
    assert (picture.media, opened(picture).format, picture.width, picture.height) == ("image/jpeg", "JPEG", 320, 240)


def test_where_a_photo_was_taken_is_dropped_and_it_stands_upright():
    picture = pictures.read("damage", geotagged())
    assert dict(opened(picture).getexif()) == {}
    assert b"secret" not in picture.content
    assert (picture.width, picture.height) == (200, 400)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_whatever_it_was_a_photo_becomes_a_jpeg_on_white(form):
    picture = pictures.read("goods", saved(Image.new("RGBA", (100, 60), (0, 0, 0, 0)), form))
    assert (picture.media, opened(picture).getpixel((5, 5))) == ("image/jpeg", (255, 255, 255))


def test_a_large_photo_is_made_smaller():
    picture = pictures.read("slip", jpeg(4000, 3000))
    assert (picture.width, picture.height) == (2000, 1500)


def test_a_drawn_signature_is_kept_black_on_white():
    picture = pictures.read("signature", drawing(), field="signature")
    assert (picture.media, opened(picture).mode, opened(picture).getextrema()) == ("image/png", "L", (25, 255))


def test_a_blank_signature_is_none():
    blank = saved(Image.new("RGBA", (600, 240), (0, 0, 0, 0)), "PNG")
    with pytest.raises(Refused, match="签名是空白的") as refusal:
        pictures.read("signature", blank, field="signature")
    assert refusal.value.field == "signature"


def test_an_unknown_kind_is_refused():
    with pytest.raises(Refused) as refusal:
        pictures.read("passport", jpeg())
    assert refusal.value.field == "kind"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_picture_is_a_picture_or_a_refusal(data):
    """Bytes turned, cut or doubled at random: never anything but an answer."""
    whole = data.draw(st.sampled_from([jpeg(), drawing(), saved(Image.new("RGB", (64, 64), "red"), "WEBP")]))
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(broken)))
    try:
        picture = pictures.read("slip", bytes(broken[:cut] + broken[data.draw(st.integers(0, cut)) :]))
    except Refused:
        return
    assert opened(picture).size == (picture.width, picture.height)
