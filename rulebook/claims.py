"""What a claim needs and what it can be settled at (§1.6.1.3, §4.5). The papers and the ceiling of uninsured goods are ours †."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rulebook.due import SMALL_CLAIM

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper of the checklist. `causes`: only where the loss has one of these causes; `small`: also for a small claim."""

    code: str
    zh: str
    en: str
    required: bool = True
    small: bool = True
    causes: frozenset[str] = frozenset()


PAPERS = {
    row.code: row
    for row in (
        Paper(code="application", zh="理赔申请书", en="Claim form"),
        Paper(code="waybill", zh="运单客户联", en="Customer's copy of the waybill"),
        Paper(code="photos", zh="货损照片或异常签收记录", en="Photos of the damage, or the exception on the slip"),
        Paper(code="invoice", zh="货物发票或价值证明", en="Invoice or proof of the goods' value", small=False),
        Paper(code="identity", zh="索赔人身份证明或委托书", en="Claimant's identity or authority", small=False),
        Paper(code="police", zh="报案回执", en="Police report", causes=frozenset({"theft_en_route"})),
        Paper(code="accident", zh="交通事故认定书", en="Traffic accident report", causes=frozenset({"vehicle_accident"})),
        Paper(code="other", zh="其他资料", en="Other papers", required=False),
    )
}


def is_small(amount: Decimal) -> bool:
    """Tell whether a claim is settled under the small-claims terms: up to 500 CNY, the amount itself included (§0.3, §1.6.1.3)."""
    return amount <= SMALL_CLAIM


def papers_for(*, cause: str, small: bool) -> list[tuple[Paper, bool]]:
    """Return the checklist of a claim, each paper with whether it is required (§4.5)."""
    rows = [row for row in PAPERS.values() if not row.causes or cause in row.causes]
    return [(row, row.required and (row.small or not small)) for row in rows]


def most_payable(
    *, insured: bool, declared: Decimal, freight: Decimal, freights: int, paid_before: Decimal, proven: Decimal
) -> Decimal:
    """Return the highest amount a claim can be settled at, in CNY (§4.5); never below zero.

    Insured goods: the proven loss, up to the declared value. Uninsured goods: the proven loss, up to so many `freights`
    billed (a setting †), and up to the declared value where one was declared. What was paid for the same order before
    counts against the ceiling.
    """
    ceiling = declared if insured else freight * freights
    if not insured and declared:
        ceiling = min(ceiling, declared)
    return max(min(proven, ceiling - paid_before), NOTHING)
