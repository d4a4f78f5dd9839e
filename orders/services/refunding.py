"""Timed air that comes late: the freight goes back to whoever pays it, as a ledger line of its own (§4.6)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from orders.models import FreightRefund, Order
from rulebook.products import FREIGHT_LINES, freight_is_refunded


def refund_if_late(order: Order, *, there_at: datetime, now: datetime) -> FreightRefund | None:
    """
    Write the refund of a late timed-air waybill at the freight billed; None where none is due, or it is written already.

    :param there_at: when the goods were there, the instant the promise is judged by
    """
    waybill = order.waybill
    promised = waybill.promised_at
    if promised is None or not freight_is_refunded(waybill.product, promised_at=promised, there_at=there_at):
        return None
    lines = waybill.lines_now().filter(code__in=FREIGHT_LINES)
    amount = sum(lines.values_list("amount", flat=True), Decimal("0.00"))
    if amount <= 0:
        return None
    refund, written = FreightRefund.objects.get_or_create(
        waybill=waybill,
        defaults={
            "version": waybill.version, "amount": amount, "promised_at": promised, "there_at": there_at, "at": now,
        },
    )  # fmt: skip
    return refund if written else None
