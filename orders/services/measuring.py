"""What was counted, weighed and measured at the branch, checked the same behind every door (§1.4.3, §3.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from orders.choices import Payer
from orders.models import Order
from rulebook.errors import Refused
from rulebook.measures import (
    LEAST_CM,
    LITRE,
    MOST_CM,
    MOST_KG,
    MOST_M3,
    MOST_PIECES,
    TEN_GRAMS,
    Parcel,
    impossibly_dense,
    is_exact,
    volume_of,
    weight_of,
)

CLAUSE = "§1.4.3"
MOST_SIZES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a waybill says of the goods and of who pays."""

    pieces: int
    weight_kg: Decimal
    volume_m3: Decimal
    payer: str
    parcels: tuple[Parcel, ...] = ()

    def stored_parcels(self) -> list[dict[str, Any]]:
        return [
            {
                name: value if value is None or isinstance(value, int) else str(value)
                for name, value in asdict(p).items()
            }
            for p in self.parcels
        ]


def measured(
    order: Order, *, pieces: int, weight_kg: Decimal | None, volume_m3: Decimal | None, payer: str = "",
    parcels: Sequence[Parcel] = (), cod_amount: Decimal | None = None,
) -> Measured:  # fmt: skip
    """
    Return the measures of an order's goods; sizes, where given, decide the volume, and the weight if every piece was weighed.

    :param cod_amount: the cash to collect where an amendment changes it; None: what was ordered

    :raises Refused: a figure that is none, that no goods can have, or that contradicts another; names the field
    """
    sizes = tuple(parcels)
    for problem in _wrong_sizes(sizes, pieces):
        raise Refused(CLAUSE, problem, field="parcels")
    weight = weight_of(sizes) if weight_kg is None else weight_kg
    volume = volume_of(sizes) if sizes else volume_m3
    if weight is None or volume is None:
        field = "weight_kg" if weight is None else "volume_m3"
        raise Refused(CLAUSE, _("请填写复核后的重量和体积（或每件尺寸）。"), field=field)
    found = Measured(
        pieces=pieces, weight_kg=weight, volume_m3=volume, payer=payer or order.payer, parcels=sizes,
    )  # fmt: skip
    check(found, order.cod_amount if cod_amount is None else cod_amount)
    if sizes and volume_m3 is not None and volume_m3 != volume:
        words = _("与按尺寸算出的 %(volume)s 立方米不一致：留空即可，体积以尺寸为准。")
        raise Refused(CLAUSE, words % {"volume": volume}, field="volume_m3")
    if (singly := weight_of(sizes)) is not None and singly != weight:
        words = _("与逐件重量之和 %(weight)s 千克不一致，请核对。")
        raise Refused(CLAUSE, words % {"weight": singly}, field="weight_kg")
    return replace(found, weight_kg=weight.quantize(TEN_GRAMS), volume_m3=volume.quantize(LITRE))


def check(found: Measured, cod_amount: Decimal) -> None:
    """:raises Refused: naming the field that cannot be"""
    if not 1 <= found.pieces <= MOST_PIECES:
        raise Refused(CLAUSE, _("件数须为 1 到 %s 的整数，请核对。") % MOST_PIECES, field="pieces")
    for field, value, step, most in (
        ("weight_kg", found.weight_kg, TEN_GRAMS, MOST_KG),
        ("volume_m3", found.volume_m3, LITRE, MOST_M3),
    ):
        if problem := _wrong_figure(value, step, most):
            raise Refused(CLAUSE, problem, field=field)
    if impossibly_dense(found.weight_kg, found.volume_m3):
        raise Refused(CLAUSE, _("每立方米超过 23 吨，没有这样的货物，请核对重量和体积的单位。"), field="volume_m3")
    if found.payer not in Payer.values:
        raise Refused(CLAUSE, _("没有这种付款方式，请从列表中选择。"), field="payer")
    if found.payer == Payer.FROM_COD and not cod_amount:
        raise Refused(CLAUSE, _("没有代收货款，不能选“货款扣”。"), field="payer")


def _wrong_figure(value: Decimal, step: Decimal, most: Decimal) -> str:
    """Return what is wrong with a figure, '' for nothing. The range comes first: what is huge is told so, not rounded."""
    if not value.is_finite():
        return _("请填写数字，如 12.5。")
    if value <= 0:
        return _("须大于 0，请重新称量。")
    if value > most:
        return _("不能大于 %s，请核对单位。") % most
    if not is_exact(value, step):
        return _("最多保留 %s 位小数。") % -int(step.as_tuple().exponent)
    return ""


def _wrong_sizes(sizes: Sequence[Parcel], pieces: int) -> Iterator[str]:
    if len(sizes) > MOST_SIZES:
        yield _("尺寸最多 %s 行。") % MOST_SIZES
    for row, size in enumerate(sizes, start=1):
        if problem := _wrong_size(size):
            yield _("第 %(row)s 行：%(problem)s") % {"row": row, "problem": problem}
    counted = sum(size.pieces for size in sizes)
    if sizes and counted != pieces:
        yield _("尺寸各行合计 %(counted)s 件，与件数 %(pieces)s 不一致。") % {"counted": counted, "pieces": pieces}


def _wrong_size(size: Parcel) -> str:
    if not 1 <= size.pieces <= MOST_PIECES:
        return _("件数须为 1 到 %s 的整数，请核对。") % MOST_PIECES
    problems = (_wrong_figure(length, LEAST_CM, MOST_CM) for length in size.lengths)
    if problem := next(filter(None, problems), ""):
        return problem
    return _wrong_figure(size.weight_kg, TEN_GRAMS, MOST_KG) if size.weight_kg is not None else ""


BILLED_FIELDS = ("pieces", "weight_kg", "volume_m3", "payer")


def differences(order: Order, found: Measured) -> list[list[str]]:
    """Return every figure and term that is not as ordered: [field, ordered, measured] (§1.4.3)."""
    pairs = [(name, getattr(order, name), getattr(found, name)) for name in BILLED_FIELDS]
    return [[name, str(ordered), str(now)] for name, ordered, now in pairs if ordered != now]
