"""Rounding, tiers, and what a surcharge comes to. Money is CNY with 2 decimals, half-up (§0.9)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from rulebook.quotes import Charge, QuoteFacts, Tier

FEN, JIAO, YUAN = Decimal("0.01"), Decimal("0.1"), Decimal(1)

ROUNDINGS: dict[str, tuple[str, str, Decimal, str]] = {
    "fen": ("四舍五入到分", "to the fen, half-up", FEN, ROUND_HALF_UP),
    "jiao": ("四舍五入到角", "to the jiao, half-up", JIAO, ROUND_HALF_UP),
    "up_yuan": ("进位到元", "up to the yuan", YUAN, ROUND_CEILING),
}


def rounded(amount: Decimal, how: str = "fen") -> Decimal:
    """Round an amount in CNY as its rule says, to 2 decimals (§0.9)."""
    step, mode = ROUNDINGS[how][2:]
    return amount.quantize(step, mode).quantize(FEN)


def tiered(base: Decimal, tiers: tuple[Tier, ...]) -> Decimal:
    """Return what the step that holds `base` comes to; the end of a step belongs to it (不超过, §0.3)."""
    for tier in tiers:
        if tier.upto is None or base <= tier.upto:
            amount = tier.fixed + tier.rate * base
            return amount if tier.cap is None else min(amount, tier.cap)
    return Decimal(0)


def is_due(charge: Charge, facts: QuoteFacts) -> bool:
    """Tell whether these goods and services carry the charge; re-delivery from the 2nd attempt on (§1.3.3.3)."""
    return DUE[charge.when](facts, charge.detail)


DUE: dict[str, Callable[[QuoteFacts, str], bool]] = {
    "always": lambda facts, _detail: True,
    "pickup": lambda facts, _detail: facts.pickup,
    "door": lambda facts, _detail: facts.delivery in ("door", "upstairs"),
    "upstairs": lambda facts, _detail: facts.delivery == "upstairs",
    "insured": lambda facts, _detail: facts.insured and facts.declared_value > 0,
    "cod": lambda facts, plan: facts.cod_amount > 0 and plan in ("", facts.cod_plan),
    "slip": lambda facts, kind: facts.slip_return == kind if kind else facts.slip_return != "none",
    "redelivery": lambda facts, _detail: facts.attempts > 1,
}
"""When a charge is due. Key customers pay for re-delivery by contract only (§2.1.3.3): the reckoning leaves it out."""

BASES: dict[str, tuple[str, str, Callable[[QuoteFacts, Decimal], Decimal]]] = {
    "flat": ("票", "order", lambda facts, _freight: Decimal(1)),
    "per_kg": ("千克", "kg", lambda facts, _freight: facts.weight_kg),
    "per_m3": ("立方米", "m³", lambda facts, _freight: facts.volume_m3),
    "per_piece": ("件", "pc", lambda facts, _freight: Decimal(facts.pieces)),
    "pct_freight": ("运费", "of freight", lambda _facts, freight: freight),
    "pct_declared": ("声明价值", "of declared value", lambda facts, _freight: facts.declared_value),
    "pct_cod": ("代收货款", "of COD", lambda facts, _freight: facts.cod_amount),
}
"""What a charge is counted on: its unit in Chinese and English, and how much of it there is."""


def quantity(charge: Charge, facts: QuoteFacts, freight: Decimal) -> Decimal:
    return BASES[charge.basis][2](facts, freight)


def amount(charge: Charge, facts: QuoteFacts, freight: Decimal) -> Decimal:
    """Return what a charge comes to in CNY: tier or rate, its minimum and cap, rounded as it says; re-delivery once an attempt."""
    base = quantity(charge, facts, freight)
    plain = tiered(base, charge.tiers) if charge.tiers else charge.rate * base
    plain = max(plain, charge.minimum)
    if charge.cap is not None:
        plain = min(plain, charge.cap)
    times = facts.attempts - 1 if charge.when == "redelivery" else 1
    return rounded(plain, charge.rounding) * times
