"""Charges that come on top of an issued waybill (§1.3.3.3): one row a cause, never changed."""

from __future__ import annotations

from datetime import datetime

import pricing.services as prices
from core.journal import publish
from core.models import Actor
from orders.models import AddedCharge, Order
from orders.services.common import about
from orders.services.price import customer_of, facts_of
from rulebook.events import On


def charge_redelivery(order: Order, *, attempt: int, by: Actor, at: datetime) -> AddedCharge | None:
    """
    Charge a delivery attempt from the 2nd on, by the tariff the order was priced by, once an attempt (§1.3.3.3).

    The order's row is locked by the caller. None: the first attempt, a key customer without such a contract (§2.1.3.3), or
    no tariff covers the lane, and then the branch amends the waybill by its own price.
    """
    waybill = order.waybill
    facts = facts_of(
        order, at=order.price.at if order.price else at, customer=customer_of(order), pieces=waybill.pieces,
        weight_kg=waybill.weight_kg, volume_m3=waybill.volume_m3, attempts=attempt,
    )  # fmt: skip
    line = prices.redelivery(facts)
    if line is None or not line.amount:
        return None
    added, new = AddedCharge.objects.get_or_create(
        waybill=waybill, cause=f"redelivery/{attempt}",
        defaults={
            "code": line.code, "zh": line.zh, "en": line.en, "amount": line.amount, "rule": line.rule, "tariff": line.version,
            "words_zh": line.words_zh, "words_en": line.words_en, "by_kind": by.kind, "by": by.id, "at": at,
        },
    )  # fmt: skip
    if new:
        publish(about(order, On.CHARGE_ADDED, by, at, attempt=attempt, amount=str(added.amount), charge=added.pk))
    return added
