"""Telephone numbers as customers write them, and the one way we store them."""

import re
import unicodedata

MOBILE = re.compile(r"1[3-9]\d{9}")
VIRTUAL = re.compile(r"(1[3-9]\d{9})-(\d{4})")  # a platform's privacy number
LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})-?([2-8]\d{6,7})(?:-(\d{1,6}))?")
SERVICE = re.compile(r"[48]00\d{7}|95\d{3,4}")
EXTENSION = re.compile(r"转|分机|ext\.?|[x#*,]", re.IGNORECASE)
LONGEST = 40  # as written, with all its blanks and brackets


def canonical(text: str) -> str | None:
    """
    Return the number as we store it, or None if it is none that can be called in China.

    Mobile 13800138000, privacy number 13800138000-1234, landline 0571-88886666 with extension 0571-88886666-801,
    service numbers 4008001234 and 95xxx. Blanks, brackets, +86 and full-width digits are the writer's own.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > LONGEST or not plain.isprintable():
        return None
    plain = EXTENSION.sub("-", re.sub(r"[\s()]|^(\+|00)86-?", "", plain.replace("(+86)", "")))
    plain = re.sub(r"[-‐‑–—]+", "-", plain)
    bare = plain.replace("-", "")
    if not bare.isascii():
        return None
    if MOBILE.fullmatch(bare) or SERVICE.fullmatch(bare):
        return bare
    if VIRTUAL.fullmatch(plain):
        return plain
    if parts := LANDLINE.fullmatch(plain):
        return "-".join(part for part in parts.groups() if part)
    return None
