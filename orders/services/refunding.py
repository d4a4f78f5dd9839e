"""Timed air that comes late: the freight goes back to whoever pays it, as a ledger line of its own (§4.6)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from orders.models import FreightRefund, Order
from rulebook import coupons
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
    if waybill.refund:
        return None
    lines = waybill.lines_now().filter(code__in=FREIGHT_LINES | {coupons.CODE})  # what a coupon took off was not paid †
    amount = sum(lines.values_list("amount", flat=True), Decimal("0.00"))
    if amount <= 0:
        return None
    refund: FreightRefund = FreightRefund.objects.create(
        waybill=waybill, serial=waybill.refunds.count() + 1, version=waybill.version, amount=amount, promised_at=promised,
        there_at=there_at, at=now,
    )  # fmt: skip
    return refund


def take_refund_back(order: Order, *, now: datetime) -> FreightRefund | None:
    """Write the counter-row of the refund that stands, the signature it followed from being corrected; None where none stands."""
    waybill = order.waybill
    refund = waybill.refund
    if refund is None:
        return None
    counter: FreightRefund = FreightRefund.objects.create(
        waybill=waybill, serial=refund.serial + 1, undoes=refund, version=refund.version, amount=-refund.amount,
        promised_at=refund.promised_at, there_at=refund.there_at, at=now,
    )  # fmt: skip
    return counter
