"""What a tariff is written down from: plain rows, and the database rows they become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from pricing.models import Surcharge, SurchargeTier, TariffVersion
from rulebook.quotes import Break, Charge, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRow:
    """A lane of a new version: zones as sets of GB/T 2260 prefixes under a name, rates, promise."""

    product: str
    start: str
    start_places: tuple[str, ...]
    end: str
    end_places: tuple[str, ...]
    heavy: Decimal
    light: Decimal
    minimum: Decimal
    days: int
    arrives: time = time(18)
    cut_off: time = time(17)
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A COD plan: the shipper is paid within so many days after collection, for so much at most (CNY)."""

    code: str
    zh: str
    en: str
    days: int
    most: Decimal


def surcharge_row(version: TariffVersion, serial: int, row: Charge) -> Surcharge:
    return Surcharge(
        version=version, serial=serial, code=row.code, zh=row.zh, en=row.en or row.zh, when=row.when, detail=row.detail,
        product=row.product, basis=row.basis, rate=row.rate, minimum=row.minimum, cap=row.cap, rounding=row.rounding,
    )  # fmt: skip


def tier_row(row: Surcharge, tier: Tier) -> SurchargeTier:
    return SurchargeTier(surcharge=row, upto=tier.upto, fixed=tier.fixed, rate=tier.rate, cap=tier.cap)
