"""The administrative divisions of China, province, city and county, with a centroid each (network/data/README.md)."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "places.csv"
FILLERS = frozenset({"省直辖县", "自治区直辖县级行政区划", "市辖区", "县"})
"""Names of levels that exist only on paper: counties ruled by their province, the counties of Chongqing."""


class Level(IntEnum):
    PROVINCE = 1  # 省
    CITY = 2  # 市
    COUNTY = 3  # 区县


class UnknownPlace(KeyError):
    """There is no division with this code."""

    def __str__(self) -> str:
        return f"no division of GB/T 2260 has the code {self.args[0]!r}"


@dataclass(frozen=True, slots=True)
class Place:
    """A division by its GB/T 2260 code; `lat`, `lng` are degrees, GCJ-02, good to a few kilometres.

    `fix` says where the position comes from; "city" and "province" mean that it is the parent's own.
    """

    code: str
    name: str
    level: Level
    parent: str
    lat: float
    lng: float
    fix: str

    @property
    def is_filler(self) -> bool:
        return self.name in FILLERS


@cache
def atlas() -> Mapping[str, Place]:
    """Return every place by its code, in order of codes."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return {row["code"]: _place(row) for row in csv.DictReader(file)}


def _place(row: Mapping[str, str]) -> Place:
    code = row["code"]
    level = Level.PROVINCE if code.endswith("0000") else Level.CITY if code.endswith("00") else Level.COUNTY
    parent = {Level.PROVINCE: "", Level.CITY: code[:2] + "0000", Level.COUNTY: code[:4] + "00"}[level]
    return Place(code, row["name"], level, parent, float(row["lat"]), float(row["lng"]), row["fix"])


@cache
def _below() -> Mapping[str, tuple[Place, ...]]:
    below: dict[str, list[Place]] = defaultdict(list)
    for each in atlas().values():
        below[each.parent].append(each)
    return {code: tuple(places) for code, places in below.items()}


def place(code: str) -> Place:
    """:raises UnknownPlace: no such code"""
    try:
        return atlas()[code]
    except KeyError:
        raise UnknownPlace(code) from None


def exists(code: str) -> bool:
    return code in atlas()


def provinces() -> tuple[Place, ...]:
    return _below()[""]


def children(code: str) -> tuple[Place, ...]:
    """Return the places directly below, in order of codes; a county has none."""
    return _below().get(place(code).code, ())


def lineage(code: str) -> tuple[Place, ...]:
    """Return province, city and county down to this place, fillers included."""
    here = place(code)
    return (*lineage(here.parent), here) if here.parent else (here,)


def full_name(code: str) -> str:
    """Return the name as one writes it: 浙江省 杭州市 余杭区, 北京市 朝阳区, 湖北省 仙桃市."""
    names = [each.name for each in lineage(code) if not each.is_filler]
    return " ".join(dict.fromkeys(names))
