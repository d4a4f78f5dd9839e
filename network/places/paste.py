"""Split a pasted address into name, phone, division and detail, offering candidates instead of guessing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from network.places.gazetteer import Place, full_name
from network.places.matcher import BREAKS, Reading, read
from network.places.surnames import has_surname

LONGEST = 400  # characters read; what follows goes to the detail as it is
CUT, REGION, PHONE = "\n", "\x1e", "\x1f"  # what stands in the text where something was taken out
FOLD = str.maketrans(
    {code: " " for code in (*range(0x20), 0x7F, 0x3000) if chr(code) != CUT}
    | {code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), 0xFF0B, 0xFF0D)}
)
MOBILE = re.compile(
    r"[(（]?(?<!\d)(?:(?:\+|00)?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)(?:[-转](?P<ext>\d{1,6})(?!\d))?[)）]?"
)
LANDLINE = re.compile(
    r"(?<!\d)(?:(?:\+|00)86[- ]?)?[(（]?(0(?:10|2\d|[3-9]\d\d))[)）]?[- ]?(\d{7,8})(?!\d)"
    r"(?:(?:-|[,，]?\s?转|\s?ext\.?\s?)(?P<ext>\d{1,6})(?!\d))?",
    re.IGNORECASE,
)
HOTLINE = re.compile(r"(?<!\d)([48]00)[- ]?(\d{3})[- ]?(\d)[- ]?(\d{3})(?!\d)(?:[-转](?P<ext>\d{1,6})(?!\d))?")
JOIN = {MOBILE: "", LANDLINE: "-", HOTLINE: ""}
NAMED = re.compile(rf"(?:收货人|收件人|发货人|寄件人|联系人|姓名)\s*[:：]?\s*(?<=[:： ])([^\d{BREAKS}]{{1,20}})")
LABEL = re.compile(
    r"(?:收货|收件|发货|寄件|详细|联系)?(?:地址|所在地区|手机号码|手机号|手机|电话号码|电话|邮编)\s*[:：]|"
    r"(?:联系)?(?:手机号码|手机号|手机|电话号码|电话)\s*(?=\x1f)|(?:收货人|收件人|发货人|寄件人|联系人|姓名)\s*[:：]"
)
COUNTRY = re.compile(r"(?:中国|中华人民共和国)[\s,，]*$")
WORD = re.compile(rf"[A-Za-z][A-Za-z.'-]*(?: [A-Za-z][A-Za-z.'-]*)+|[^{BREAKS}]+")
ADDRESS_WORD = re.compile(r"[路街巷弄号楼室村镇乡区县市栋幢座层厦园店厂院所场港湾站屯府]|大道|单元|公司|广场|大学")
BEHIND_A_HOUSE = re.compile(r"(?<=[号室楼栋幢座层])([^\W\d_]{2,4})(?=\x1f)")
EDGE = " \t\n,，;；、|/。:："


@dataclass(frozen=True, slots=True)
class Candidate:
    place: Place
    full_name: str


@dataclass(frozen=True, slots=True)
class Split:
    """What a pasted text says. Several candidates, equally good, mean that the text does not decide between them."""

    candidates: tuple[Candidate, ...]
    name: str
    phone: str
    detail: str
    second_phone: str = ""


def split(text: str) -> Split:
    """Read a pasted text: name, phone, address in any order, with or without 省 and 市, full-width digits, labels."""
    text = text.translate(FOLD)
    phones, head = _take_phones(text[:LONGEST])
    name, head = _take_labels(head)
    readings = read(head)
    if readings:
        head = _without(head, readings[0])
    if not name:
        name, head = _take_name(head)
    pieces = [" ".join(piece.split(" ")).strip(EDGE) for piece in re.split(f"[{CUT}{REGION}{PHONE}]", head)]
    detail = " ".join(piece for piece in pieces if piece) + text[LONGEST:].replace(CUT, " ")
    candidates = tuple(Candidate(each.place, full_name(each.place.code)) for each in readings)
    return Split(candidates, name, phones[0], detail, phones[1])


def _take_phones(text: str) -> tuple[tuple[str, str], str]:
    """Take out up to two numbers, mobile ones first: 13800138000, 13800138000-1234, 0571-88888888-801, 4008208820."""
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        if len(found) == 2:
            return match[0]
        *number, extension = match.groups()
        found.append(JOIN[match.re].join(number) + (f"-{extension}" if extension else ""))
        return PHONE

    for pattern in JOIN:
        text = pattern.sub(take, text)
    first, second, *_ = (*dict.fromkeys(found), "", "")
    return (first, second), text


def _take_labels(text: str) -> tuple[str, str]:
    """Take out labels such as 收货人：, and the name that follows one."""
    named = NAMED.search(text)
    if named:
        text = f"{text[: named.start()]}{CUT}{text[named.end() :]}"
    return named[1] if named else "", LABEL.sub(CUT, text)


def _without(text: str, reading: Reading) -> str:
    before = COUNTRY.sub("", text[: reading.start])
    return f"{before}{REGION}{text[reading.end :]}"


def _take_name(text: str) -> tuple[str, str]:
    """Take out the word most like a person's name, if one is like enough."""
    text = BEHIND_A_HOUSE.sub(lambda match: CUT + match[1] if has_surname(match[1]) else match[1], text)
    words = [(_likeness(text, word), -word.start(), word) for word in WORD.finditer(text)]
    likeness, _start, word = max(words, default=(0, 0, None))
    if word is None or likeness < 1:
        return "", text
    return word[0], f"{text[: word.start()]}{CUT}{text[word.end() :]}"


def _likeness(text: str, word: re.Match[str]) -> int:
    """Weigh a word as a name: for a surname, a phone beside it, an end of the text; against words of an address."""
    before, after = text[: word.start()], text[word.end() :]
    if not _could_be_a_name(word[0]) or before.endswith(REGION):
        return 0
    beside = before.rstrip(EDGE).endswith(PHONE) or after.lstrip(EDGE).startswith(PHONE)
    return (
        2 * has_surname(word[0])
        + beside
        + (not before.strip(EDGE))
        + (not after.strip(EDGE))
        - before.rstrip(EDGE).endswith(REGION)
        - 3 * bool(ADDRESS_WORD.search(word[0]))
    )


def _could_be_a_name(word: str) -> bool:
    """Two to four characters, more with a · in it or in Latin letters; emoji may stand beside them, digits not."""
    letters = [char for char in word if char.isalpha()]
    if any(char.isascii() and not char.isalpha() and char not in " .'-" for char in word):
        return False
    return 2 <= len(letters) <= (20 if "·" in word or all(map(str.isascii, letters)) else 4)
