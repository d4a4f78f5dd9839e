"""What a partner reads of an order's progress: our words and codes for the facts that concern it (screens §1.5)."""

from dataclasses import dataclass

from rulebook.events import On


@dataclass(frozen=True, slots=True)
class Progress:
    """`zh` names the site as %(site)s."""

    code: str
    zh: str


PROGRESS: dict[str, Progress] = {
    On.ORDER_SUBMITTED: Progress("SUBMITTED", "订单已提交"),
    On.ORDER_REACHED_BRANCH: Progress("ASSIGNED", "【%(site)s】已收到订单，待受理"),
    On.ORDER_ACCEPTED: Progress("ACCEPTED", "【%(site)s】已受理订单"),
    On.ORDER_POSTPONED: Progress("POSTPONED", "【%(site)s】已按约定延迟发货"),
    On.PRICE_QUOTED: Progress("QUOTED", "【%(site)s】已报价，待客户确认"),
    On.PICKUP_APPOINTED: Progress("PICKUP_APPOINTED", "【%(site)s】已约定上门接货时间"),
    On.PICKUP_DISPATCHED: Progress("PICKUP_ASSIGNED", "【%(site)s】已派车上门接货"),
    On.PICKUP_FAILED: Progress("PICKUP_FAILED", "【%(site)s】上门接货未成功，将再次联系"),
    On.PICKUP_COLLECTED: Progress("COLLECTED", "【%(site)s】已接到货物"),
    On.WAYBILL_ISSUED: Progress("WAYBILLED", "【%(site)s】已开单"),
    On.ORDER_CANCELLED: Progress("CANCELLED", "订单已取消"),
}
