"""Lay a dialect's message over the native body: a table says which of their fields is which of ours, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from network.places import Level, Split, exists, place, split
from partners.dialects.problems import Kind, Problem
from partners.dialects.reading import Tree, at
from rulebook.due import SHANGHAI

EITHER_WAY = timedelta(hours=1)
MOST = Decimal(10_000_000)
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")


@dataclass(frozen=True, slots=True)
class Field:
    """`theirs`: dotted path, several with "|" between; `ours`: dotted path in the native body; `read` may raise ValueError."""

    theirs: str
    ours: str
    read: Callable[[str], Any] = str

    @property
    def name(self) -> str:
        return self.theirs.split("|")[0]


def codes(table: Mapping[str, Any]) -> Callable[[str], Any]:
    """Return how a coded field is read: by the dialect's table."""

    def read(text: str) -> Any:
        if text not in table:
            raise ValueError(f"没有代码“{text[:20]}”，可用 {'、'.join(table)}")
        return table[text]

    return read


def count(text: str) -> int:
    """Read a number of pieces: 10, "10", 10.0."""
    whole, _point, rest = text.partition(".")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 9 or rest.strip("0"):
        raise ValueError("须为整数")
    return int(whole)


def _moment(text: str) -> datetime:
    """Read a time without offset as GMT+8 (screens §1.5)."""
    for pattern in TIMES:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
    raise ValueError("时间格式须为 yyyy-MM-dd HH:mm:ss")


def put_appointment(shaped: dict[str, Any], read: Tree, start: str, end: str) -> None:
    """Set the appointment of a window: its middle, or an hour after its start where it has no end (§1.3.1.2)."""
    begins, ends = (_read(Field(path, "", _moment), said) if (said := at(read, path)) else None for path in (start, end))
    if begins:
        put(shaped, "pickup.appointment", (begins + ((ends - begins) / 2 if ends else EITHER_WAY)).isoformat())


def number(said: str, name: str) -> Decimal:
    """:raises Problem: it is no number"""
    try:
        found = Decimal(said)
    except ArithmeticError:
        raise Problem(Kind.FIELD, f"{name}：请填写数字，如 12.5") from None
    if not found.is_finite() or abs(found) > MOST:
        raise Problem(Kind.FIELD, f"{name}：数字过大，请核对单位")
    return found


def body(read: Tree, fields: Iterable[Field]) -> dict[str, Any]:
    """
    Return the native body of what a message says; fields that are missing or empty are left out.

    :raises Problem: naming their field
    """
    shaped: dict[str, Any] = {}
    for field in fields:
        if said := at(read, field.theirs):
            put(shaped, field.ours, _read(field, said))
    return shaped


def _read(field: Field, said: str) -> Any:
    try:
        return field.read(said)
    except ValueError as wrong:
        raise Problem(Kind.FIELD, f"{field.name}：{wrong}") from wrong


def put(shaped: dict[str, Any], path: str, value: Any) -> None:
    """Set a value by its dotted path."""
    *groups, leaf = path.split(".")
    for group in groups:
        shaped = shaped.setdefault(group, {})
    shaped[leaf] = value


def names(fields: Iterable[Field]) -> dict[str, str]:
    """Return how the dialect calls each of our fields."""
    return {field.ours: field.name for field in fields}


@dataclass(frozen=True, slots=True)
class Region:
    """Where a dialect says province, city and county by name, and the street; `code` where it may give the GB/T code itself."""

    province: str
    city: str
    county: str
    address: str
    code: str = ""


def place_of(read: Tree, region: Region) -> str:
    """
    Return the GB/T 2260 code of a region given by names, '' where none are given.

    :raises Problem: the names fit no place, or several
    """
    given = at(read, region.code) if region.code else ""
    if exists(given) and place(given).level != Level.PROVINCE:
        return given
    said = "".join(at(read, part) for part in (region.province, region.city, region.county))
    return found_in(said, at(read, region.address), region.county) if said else ""


def found_in(said: str, address: str, field: str) -> str:
    """:raises Problem: the names fit no place, or several even with the address beside them"""
    for text in (said, f"{said} {address}"):
        found = split(text).candidates
        if len(found) == 1 and found[0].place.level != Level.PROVINCE:
            return found[0].place.code
    words = "与多个地区相符，请写明省、市、区县" if len(found) > 1 else "没有这个地区，请写明省、市、区县的标准名称"
    raise Problem(Kind.FIELD, f"{field}：“{said[:40]}”{words}")


def whole_address(text: str, field: str) -> tuple[str, str]:
    """
    Return place and street of an address written in one line.

    :raises Problem: no place in it, or several that fit
    """
    told: Split = split(text)
    code = found_in(text, "", field)
    clean = told.detail and not told.name and not told.phone
    return code, told.detail if clean else text
