"""What a lane of a tariff may say (§3.3), and how it is written down. Files, pages and the API all end here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain

from django.utils.translation import gettext as _

from pricing.models import Lane, LaneBreak, TariffVersion, Zone, ZonePlace
from pricing.models.tariffs import MOST
from pricing.services.values import LaneRow
from rulebook.errors import Refused
from rulebook.products import PRODUCTS
from rulebook.quotes import Break

CLAUSE = "§3.3"
MOST_DAYS = 60
MOST_BREAKS = 20
LEAST_DENSITY, MOST_DENSITY = 10, 2_000
"""kg a m³ at which both rates meet (¥/m³ ÷ ¥/kg): 100 to 333 in the trade; outside of these somebody mixed the columns up †."""


def check_lanes(rows: Sequence[LaneRow]) -> None:
    """:raises Refused: a lane that cannot be, or prices the same twice; names the row and its field ("lanes.3.light")"""
    seen: dict[tuple[str, str, str], int] = {}
    for at, row in enumerate(rows):
        for field, words in chain(_problems(row), lies(row)):
            raise Refused(CLAUSE, words, field=f"lanes.{at}.{field}")
        first = seen.setdefault((row.product, row.start, row.end), at)
        if first != at:
            words = _("与第 %s 行重复：同一产品、同一线路只能有一个价格。") % (first + 1)
            raise Refused(CLAUSE, words, field=f"lanes.{at}.end")


def _problems(row: LaneRow) -> Iterator[tuple[str, str]]:
    if row.product not in PRODUCTS:
        yield "product", _("没有这种产品，请从列表中选择。")
    for name in ("heavy", "light", "minimum"):
        value: Decimal = getattr(row, name)
        if not value.is_finite() or not 0 <= value < MOST or (not value and name != "minimum"):
            yield name, _("须大于 0 且小于 1000000。")
    if len(row.breaks) > MOST_BREAKS or not all(_is_break(each) for each in row.breaks):
        yield "breaks", _("分段须为数量和单价，均大于 0 且小于 1000000，最多 %s 段。") % MOST_BREAKS
    if not 0 <= row.days <= MOST_DAYS:
        yield "days", _("时效须为 0–%s 的整数天。") % MOST_DAYS
    for name, places in (("start", row.start_places), ("end", row.end_places)):
        if not places:
            yield name, _("请填写地区。")


def _is_break(each: Break) -> bool:
    sums = (each.start, each.price)
    return each.basis in ("kg", "m3") and all(value.is_finite() and 0 < value < MOST for value in sums)


def lies(row: LaneRow) -> Iterator[tuple[str, str]]:
    """Name what contradicts itself: rates that trade places, goods that arrive before they leave."""
    density = row.light / row.heavy
    if not LEAST_DENSITY <= density <= MOST_DENSITY:
        words = _("折合每立方米 %(density)s 千克，须在 %(least)s–%(most)s 之间：请核对重货、轻货单价是否填反。")
        told = {"density": density.quantize(Decimal("0.1")), "least": LEAST_DENSITY, "most": MOST_DENSITY}
        yield "light", words % told
    for basis, rate in (("kg", row.heavy), ("m3", row.light)):
        steps = [(each.start, each.price) for each in row.breaks if each.basis == basis]
        prices, starts = [rate, *(price for _start, price in steps)], [start for start, _price in steps]
        if starts != sorted(set(starts)) or prices != sorted(set(prices), reverse=True):
            yield "breaks", _("分段须数量逐段递增、单价逐段递减，且低于不分段的单价。")
    if row.days == 0 and row.arrives <= row.cut_off:
        yield "arrives", _("当日到达的时刻须晚于截单时刻。")


def write_lanes(version: TariffVersion, lanes: Sequence[LaneRow]) -> None:
    """:raises Refused: a lane that cannot be, or a place that lies in two zones"""
    check_lanes(lanes)
    zones = _zones(version, lanes)
    made = Lane.objects.bulk_create([_lane(version, row, zones) for row in lanes], batch_size=1000)
    breaks = [
        LaneBreak(lane=lane, basis=each.basis, start=each.start, price=each.price)
        for lane, row in zip(made, lanes, strict=True)
        for each in row.breaks
    ]
    LaneBreak.objects.bulk_create(breaks, batch_size=1000)


def _zones(version: TariffVersion, lanes: Sequence[LaneRow]) -> dict[str, Zone]:
    wanted: dict[str, tuple[str, ...]] = {}
    for row in lanes:
        wanted |= {row.start: row.start_places, row.end: row.end_places}
    owners: dict[str, str] = {}
    for name, places in wanted.items():
        for prefix in places:
            if owners.setdefault(prefix, name) != name:
                words = _("地区代码 %(place)s 同时属于“%(one)s”和“%(two)s”。")
                raise Refused(CLAUSE, words % {"place": prefix, "one": owners[prefix], "two": name}, field="zone")
    zones = {row.name: row for row in Zone.objects.bulk_create([Zone(version=version, name=name) for name in wanted])}
    ZonePlace.objects.bulk_create(
        [ZonePlace(version=version, zone=zones[name], prefix=prefix) for prefix, name in owners.items()], batch_size=1000
    )
    return zones


def _lane(version: TariffVersion, row: LaneRow, zones: dict[str, Zone]) -> Lane:
    return Lane(
        version=version, product=row.product, from_zone=zones[row.start], to_zone=zones[row.end], heavy_rate=row.heavy,
        light_rate=row.light, minimum=row.minimum, days=row.days, arrives=row.arrives, cut_off=row.cut_off,
    )  # fmt: skip
