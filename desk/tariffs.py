"""A tariff from a table: every row checked with its line, what it changes against the live version, bad rows back as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from desk.chargesheets import (
    CHARGES,
    PLANS,
    Change,
    Fault,
    charge_changes,
    examples,
    read_charges,
    read_plans,
    sheets_of,
    unknown_plans,
)
from network.places import exists, full_name, split
from orders.sheets import BadTable, Column, Sheet, Table, book_of, read_all
from pricing.models import Lane, TariffVersion, Zone
from pricing.models.tariffs import MOST
from pricing.services.lanes import MOST_DAYS, lies
from pricing.services.tariffs import predecessor
from pricing.services.values import LaneRow, PlanRow
from rulebook.prices import plain
from rulebook.products import PRODUCTS
from rulebook.quotes import Break, Charge

HEADERS = {
    "product": "产品", "start": "始发", "end": "到达", "heavy": "重货单价", "light": "轻货单价", "minimum": "最低收费",
    "days": "时效天数", "arrives": "到达时刻", "cut_off": "截单时刻",
}  # fmt: skip
"""The columns of the file; they are the file's own names in every language, so that a file fits whoever reads it."""

BREAKS = {"kg": "重货分段", "m3": "轻货分段"}
"""Columns that may be left out: "500:1.9 1000:1.7" is 1.9 a unit from 500 on, 1.7 from 1000 on."""

PLACES = {"heavy": 3, "light": 2, "minimum": 2}
PREFIX_LENGTHS = (2, 4, 6)


class Wrong(Exception):
    """A cell that says nothing usable."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """
    What a file holds, or what is wrong with its rows; never both. Charges and plans are None where it has no such sheet.

    `tables` are the sheets as they were, the lanes under "".
    """

    lanes: list[LaneRow]
    charges: list[Charge] | None
    plans: list[PlanRow] | None
    faults: list[Fault]
    tables: dict[str, Table]


def template() -> bytes:
    """Return an .xlsx with the headers of its sheets and invented rows."""
    example = ["汽运专线", "浙江省杭州市", "上海市", "0.85", "178.00", "30.00", "1", "18:00", "17:00", "500:0.80 1000:0.75", ""]
    return book_of([_lane_sheet([example]), *examples()])


def export(version: TariffVersion) -> bytes:
    """Return a version as an .xlsx that can be changed and read back."""
    lanes = Lane.objects.filter(version=version).prefetch_related("from_zone__places", "to_zone__places", "breaks").order_by("pk")
    rows = [
        [
            PRODUCTS[row.product].zh, _zone(row.from_zone), _zone(row.to_zone), str(row.heavy_rate), str(row.light_rate),
            str(row.minimum), str(row.days), f"{row.arrives:%H:%M}", f"{row.cut_off:%H:%M}",
            *(_brackets(row, basis) for basis in BREAKS),
        ]
        for row in lanes
    ]  # fmt: skip
    return book_of([_lane_sheet(rows), *sheets_of(version)])


def _lane_sheet(rows: Sequence[Sequence[str]]) -> Sheet:
    columns = [Column(header, required=True) for header in HEADERS.values()]
    return Sheet("线路", [*columns, *(Column(header) for header in BREAKS.values())], rows)


def _brackets(lane: Lane, basis: str) -> str:
    return " ".join(f"{plain(each.start)}:{plain(each.price)}" for each in lane.breaks.all() if each.basis == basis)


def _zone(zone: Zone) -> str:
    """Return a zone as its cell says it: its places by name."""
    places = sorted(place.prefix for place in zone.places.all())
    return "、".join(full_name(prefix.ljust(6, "0")) for prefix in places if exists(prefix.ljust(6, "0"))) or zone.name


def parse(content: bytes) -> Parsed:
    """
    Read a tariff; nothing is stored.

    :raises BadTable: the file as a whole cannot be taken
    """
    tables = read_all(content, others=(CHARGES, PLANS))
    table = tables[""]
    if missing := [header for header in HEADERS.values() if header not in table.headers]:
        raise BadTable(_("缺少必填的列：%s。") % _("、").join(missing))
    faults: list[Fault] = []
    rows: list[tuple[int, LaneRow]] = []
    for line, cells in table.rows:
        row, wrong = _row(line, cells)
        faults += wrong
        rows += [(line, row)] if row else []
    faults += [*_twice(rows), *_shared(rows)]
    charges, plans, more = _besides(tables)
    faults += more
    lanes = [] if faults else [row for _line, row in rows]
    return Parsed(lanes, charges, plans, sorted(faults), tables)


def _besides(tables: dict[str, Table]) -> tuple[list[Charge] | None, list[PlanRow] | None, list[Fault]]:
    """Read the sheets of charges and plans, where the file has them; a fee names a plan of the file."""
    charges, faults = read_charges(tables[CHARGES]) if CHARGES in tables else (None, [])
    plans, more = read_plans(tables[PLANS]) if PLANS in tables else (None, [])
    faults = [*faults, *more]
    if charges is not None and plans is not None and not faults:
        faults = list(unknown_plans(charges, plans, tables[CHARGES]))
    return charges, plans, faults


def _row(line: int, cells: dict[str, str]) -> tuple[LaneRow | None, list[Fault]]:
    values: dict[str, object] = {}
    faults = []
    for name, header in HEADERS.items():
        try:
            values[name] = READ[name](cells.get(header, ""), name)
        except Wrong as wrong:
            faults.append(Fault("", line, header, str(wrong)))
    try:
        values["breaks"] = tuple(each for basis in BREAKS for each in _breaks(cells.get(BREAKS[basis], ""), basis))
    except Wrong as wrong:
        faults.append(Fault("", line, BREAKS["kg"], str(wrong)))
    if faults:
        return None, faults
    for name in ("start", "end"):
        values[name], values[f"{name}_places"] = values[name]  # type: ignore[misc]
    row = LaneRow(**values)  # type: ignore[arg-type]
    return row, list(_lies(line, row))


def _lies(line: int, row: LaneRow) -> Iterator[Fault]:
    return (Fault("", line, HEADERS.get(field, BREAKS["kg"]), words) for field, words in lies(row))


def _breaks(text: str, basis: str) -> Iterator[Break]:
    """Read the brackets of a cell. :raises Wrong: one of them says nothing usable"""
    for part in text.replace("；", " ").replace(";", " ").replace("：", ":").split():
        start, colon, price = part.partition(":")
        if not colon:
            raise Wrong(_("“%s”不是分段，请填如 500:1.9（自 500 起单价 1.9）。") % part[:20])
        yield Break(basis, _number(start, "heavy"), _number(price, "heavy"))


def _product(text: str, _name: str) -> str:
    for row in PRODUCTS.values():
        if text in (row.code, row.zh, row.en):
            return row.code
    raise Wrong(_("没有“%s”这个产品。") % text[:20])


def _places(text: str, _name: str) -> tuple[str, tuple[str, ...]]:
    """Read a zone: places by name or code, several with 、 between; its name is the cell."""
    parts = [part.strip() for part in text.replace("；", "、").replace(";", "、").replace(",", "、").split("、") if part.strip()]
    if not parts:
        raise Wrong(_("请填写地区。"))
    return "、".join(parts)[:120], tuple(dict.fromkeys(prefix(part) for part in parts))


def prefix(text: str) -> str:
    """
    Return the GB/T 2260 prefix of a place given by name or code.

    :raises Wrong: no such place, or more than one
    """
    if text.isascii() and text.isdigit():
        if len(text) in PREFIX_LENGTHS and exists(text.ljust(6, "0")):
            return _shortened(text)
        raise Wrong(_("没有“%s”这个行政区划代码。") % text[:20])
    found = split(text)
    if len(found.candidates) != 1 or found.detail:
        raise Wrong(_("不能确定“%s”是哪个地区，请填省市区全称或代码。") % text[:30])
    return _shortened(found.candidates[0].place.code)


def _shortened(code: str) -> str:
    """Return the prefix a code stands for: 330000 → 33, 330100 → 3301."""
    code = code.ljust(6, "0")
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _number(text: str, name: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Wrong(_("“%s”不是数字。") % text[:20]) from None
    if not value.is_finite():
        raise Wrong(_("“%s”不是数字。") % text[:20])
    if value < 0 or (value == 0 and name != "minimum") or value >= MOST:
        raise Wrong(_("“%s”须大于 0 且小于 1000000。") % text[:20])
    if value != value.quantize(Decimal(1).scaleb(-PLACES[name])):
        raise Wrong(_("“%(value)s”最多 %(places)s 位小数。") % {"value": text[:20], "places": PLACES[name]})
    return value


def _days(text: str, _name: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:4]) <= MOST_DAYS:
        return int(text)
    raise Wrong(_("时效须为 0–%s 的整数天。") % MOST_DAYS)


def _time(text: str, _name: str) -> time:
    try:
        return time.fromisoformat(text if ":" in text else "x").replace(tzinfo=None)
    except ValueError:
        raise Wrong(_("“%s”不是时刻，请填如 18:00。") % text[:20]) from None


READ = {
    "product": _product, "start": _places, "end": _places, "heavy": _number, "light": _number, "minimum": _number,
    "days": _days, "arrives": _time, "cut_off": _time,
}  # fmt: skip


def _twice(rows: Sequence[tuple[int, LaneRow]]) -> Iterator[Fault]:
    """Name the rows that price the same product between the same zones again."""
    seen: dict[tuple[str, frozenset[str], frozenset[str]], int] = {}
    for line, row in rows:
        first = seen.setdefault((row.product, frozenset(row.start_places), frozenset(row.end_places)), line)
        if first != line:
            yield Fault("", line, HEADERS["end"], _("与第 %s 行重复：同一产品、同一线路只能有一个价格。") % first)


def _shared(rows: Sequence[tuple[int, LaneRow]]) -> Iterator[Fault]:
    """Name the rows whose zone holds a place that another zone of the file holds too."""
    owners: dict[str, tuple[int, str]] = {}
    told = set()
    for line, row in rows:
        for name, zone, places in (("start", row.start, row.start_places), ("end", row.end, row.end_places)):
            for prefix in places:
                first, owner = owners.setdefault(prefix, (line, zone))
                if owner != zone and (zone, prefix) not in told:
                    told.add((zone, prefix))
                    words = _("地区 %(place)s 已属于第 %(line)s 行的“%(zone)s”，区域不能重叠。")
                    yield Fault("", line, HEADERS[name], words % {"place": prefix, "line": first, "zone": owner[:30]})


def rejected(parsed: Parsed) -> bytes:
    """Return the rows that are wrong, each with its line and what is wrong, as a file to be corrected and sent again."""
    wrong = sorted({fault.sheet for fault in parsed.faults})
    return book_of([_rejected(name, parsed) for name in wrong])


def _rejected(sheet: str, parsed: Parsed) -> Sheet:
    words: dict[int, list[str]] = {}
    for fault in parsed.faults:
        if fault.sheet == sheet:
            words.setdefault(fault.line, []).append(f"{fault.column}：{fault.words}")
    table = parsed.tables[sheet]
    rows = [[str(line), "；".join(words[line]), *(cells.get(h, "") for h in table.headers)] for line, cells in table.rows if line in words]
    return Sheet(sheet, [Column(header) for header in (_("行号"), _("错误"), *table.headers)], rows)


# What a version changes.


def changes(version: TariffVersion, *, most: int = 200) -> tuple[list[Change], dict[str, int]]:
    """Return what differs from the live version of the same list (at most so many rows), and the counts."""
    last = predecessor(version)
    old, new = _by_lane(last) if last else {}, _by_lane(version)
    found = [
        Change(PRODUCTS[key[0]].zh, f"{key[1]} → {key[2]}", old.get(key, ""), new.get(key, ""))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]
    found = [*charge_changes(version, last), *found]
    counts = {
        "added": sum(not each.before for each in found),
        "dropped": sum(not each.after for each in found),
        "changed": sum(bool(each.before and each.after) for each in found),
        "same": sum(old.get(key) == terms for key, terms in new.items()),
    }
    return found[:most], counts


def _by_lane(version: TariffVersion) -> dict[tuple[str, str, str], str]:
    rows = Lane.objects.filter(version=version).select_related("from_zone", "to_zone").prefetch_related("breaks")
    return {
        (row.product, row.from_zone.name, row.to_zone.name): (
            f"{row.heavy_rate} / {row.light_rate} / {row.minimum} · {row.days}d {row.arrives:%H:%M}"
            f"{''.join(f' · ≥{plain(each.start)} {each.basis} {plain(each.price)}' for each in row.breaks.all())}"
        )
        for row in rows
    }
