"""The waybill is issued from the accepted order, never directly (§1.4.3)."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core.fsm import perform
from core.journal import publish
from network.models import Person
from orders.models import Order, Waybill
from orders.numbers import waybill_number
from orders.services.common import about, label, locked, stamp
from rulebook.events import On


@transaction.atomic
def issue_waybill(
    *, number: str, clerk: Person, pieces: int, weight_kg: Decimal, volume_m3: Decimal, now: datetime
) -> Waybill:
    """
    Bill an order with what was counted, weighed (kg) and measured (m³); every difference from the order is stored (§1.4.3).

    :raises Refused: goods wanted by pickup have not been collected, or the price is not agreed (§3.3)
    :raises Conflict: the order is not accepted, or billed already
    """
    clerk.require("bill")
    order = locked(number, clerk)
    perform(order.issue_waybill, at=now)
    stamp(order, clerk.actor, label(clerk), now)
    order.save(update_fields=["state", "waybilled_at", "last_actor", "last_at"])
    waybill = Waybill.objects.create(
        number=waybill_number(order.pk), order=order, pieces=pieces, weight_kg=weight_kg, volume_m3=volume_m3,
        differences=_differences(order, pieces=pieces, weight_kg=weight_kg, volume_m3=volume_m3),
        issued_by=clerk, issued_at=now,
    )  # fmt: skip
    publish(about(order, On.WAYBILL_ISSUED, clerk.actor, now, waybill=waybill.number, differs=len(waybill.differences)))
    return waybill


def _differences(order: Order, **measured: object) -> list[list[str]]:
    return [
        [name, str(getattr(order, name)), str(value)] for name, value in measured.items() if getattr(order, name) != value
    ]
