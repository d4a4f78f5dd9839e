"""Weighing and measuring at the branch (§1.4.3, §3.5): volume from lengths, what no goods can be."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CM3_PER_M3 = Decimal(1_000_000)
LITRE, TEN_GRAMS = Decimal("0.001"), Decimal("0.01")

MOST_PIECES = 99_999
MOST_KG, MOST_M3 = Decimal(100_000), Decimal(1_000)
MOST_CM, LEAST_CM = Decimal(2_000), Decimal("0.1")
MOST_KG_PER_M3 = Decimal(23_000)
"""Nothing on earth is denser: osmium weighs 22,590 kg a cubic metre. More is a slip of the unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Pieces of one size: lengths in cm (one decimal), the weight of each in kg where they were weighed singly."""

    pieces: int
    length_cm: Decimal
    width_cm: Decimal
    height_cm: Decimal
    weight_kg: Decimal | None = None

    @property
    def lengths(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.length_cm, self.width_cm, self.height_cm


def volume_of(parcels: Iterable[Parcel]) -> Decimal:
    """Return the volume in m³: length × width × height × pieces summed exactly, rounded once, half up to the litre, at least one."""
    cm3 = sum((p.length_cm * p.width_cm * p.height_cm * p.pieces for p in parcels), Decimal(0))
    return max((cm3 / CM3_PER_M3).quantize(LITRE, ROUND_HALF_UP), LITRE)


def weight_of(parcels: Iterable[Parcel]) -> Decimal | None:
    """Return the weight in kg when every piece was weighed singly, else None."""
    weights = [None if p.weight_kg is None else p.weight_kg * p.pieces for p in parcels]
    known = [weight for weight in weights if weight is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(weights) else None


def heaviest_of(parcels: Iterable[Parcel], *, weight_kg: Decimal, pieces: int) -> tuple[Decimal, bool]:
    """Return the weight in kg of the heaviest piece and whether it was weighed; pieces not weighed singly count as the mean †."""
    weights = [each.weight_kg for each in parcels]
    known = [weight for weight in weights if weight is not None]
    if known and len(known) == len(weights):
        return max(known), True
    return max([weight_kg / pieces, *known]), False


def is_exact(value: Decimal, step: Decimal) -> bool:
    """Tell whether a figure is a number with no more decimals than the scale or the rule gives."""
    return value.is_finite() and value == value.quantize(step)


def impossibly_dense(weight_kg: Decimal, volume_m3: Decimal) -> bool:
    """Tell whether goods would be denser than anything is; the last litre of rounding is granted."""
    return weight_kg > (volume_m3 + LITRE) * MOST_KG_PER_M3
