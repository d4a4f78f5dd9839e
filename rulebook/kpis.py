"""The formulas of §1.5 and the targets of §4."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

SUCCESS_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    clause: str
    code: str
    zh: str
    en: str
    part_zh: str
    part_en: str
    whole_zh: str
    whole_en: str
    target: Decimal | None = None


KPIS = {
    row.code: row
    for row in (
        Kpi(
            clause="§1.5.1",
            code="timely_handling",
            zh="处理及时率",
            en="Timely-handling rate",
            part_zh="10 分钟内受理的受理时限",
            part_en="acceptance limits met within 10 min",
            whole_zh="期内已完成或已到期的全部受理时限（替换、作废、免责的除外）",
            whole_en="all acceptance limits of the period met or past due (replaced, void and excused left out)",
        ),
        Kpi(
            clause="§1.5.2",
            code="information_entry",
            zh="信息录入率",
            en="Information-entry rate",
            part_zh="已登记取消原因的取消订单",
            part_en="cancelled orders with a reason recorded",
            whole_zh="期内取消的订单",
            whole_en="cancelled orders of the period",
        ),
        Kpi(
            clause="§1.5.3",
            code="success",
            zh="交易成功率",
            en="Success rate",
            part_zh="下单后 24 小时内开单的订单",
            part_en="orders with a waybill within 24 h of placing",
            whole_zh="期内已成功或下单已超过 24 小时的线上订单（电话订单除外）",
            whole_en="online orders of the period that succeeded or are older than 24 h (phone orders left out)",
        ),
        Kpi(
            clause="§4.3.1.2",
            code="calls_answered",
            zh="电话接通率",
            en="Share of calls answered",
            part_zh="已接听的来电",
            part_en="calls answered",
            whole_zh="全部来电",
            whole_en="all calls",
            target=Decimal("0.99"),
        ),
        Kpi(
            clause="§4.6",
            code="express_on_time",
            zh="汽运快线准点率",
            en="Express road on time",
            part_zh="按时到达的快线运单",
            part_en="express shipments on time",
            whole_zh="全部快线运单",
            whole_en="all express shipments",
            target=Decimal("0.99"),
        ),
    )
}


def share(part: int, whole: int) -> Decimal | None:
    """Return part of whole with four decimals, half-up (0.9277 is 92.77 %); None where the whole is nothing."""
    if whole == 0:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def succeeded(placed_at: datetime, billed_at: datetime | None) -> bool:
    """Tell whether the waybill came within 24 h of placing, inclusive (§1.5.3, §0.2)."""
    return billed_at is not None and billed_at <= placed_at + SUCCESS_WITHIN


def counts_for_success(placed_at: datetime, billed_at: datetime | None, now: datetime) -> bool:
    """Tell whether an online order is in the whole of §1.5.3: it succeeded, or is older than 24 h."""
    return succeeded(placed_at, billed_at) or now > placed_at + SUCCESS_WITHIN
