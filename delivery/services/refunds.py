"""When timed air is judged: at the signature, by when the goods were there (§4.6)."""

from core.journal import Fact
from core.models import Entry
from delivery.models import Shipment
from orders.services.refunding import refund_if_late, take_refund_back
from rulebook.events import On


def of_late_goods(entry: Entry) -> list[Fact]:
    """
    A signature shows whether timed air kept its promise: goods to be fetched by when they had arrived, as it is for the
    consignee to come for them †; all others, forwarded ones too, by when they were signed for.
    """
    shipments = Shipment.objects.select_related("order__waybill")
    shipment = shipments.get(pk=int(entry.subject.removeprefix("shipment/")))
    fetched = not shipment.door and not shipment.forwarded_at
    there_at = shipment.arrived_at if fetched and shipment.arrived_at else entry.occurred_at
    refund = refund_if_late(shipment.order, there_at=there_at, now=entry.recorded_at)
    if refund is None:
        return []
    data = {
        "waybill": shipment.order.waybill.number, "amount": str(refund.amount), "payer": shipment.order.waybill.payer,
        "arrives_by": refund.promised_at.isoformat(), "there_at": refund.there_at.isoformat(),
    }  # fmt: skip
    return [
        Fact(
            name=On.FREIGHT_REFUNDED, subject=shipment.order.subject, at=entry.occurred_at, recorded=entry.recorded_at,
            by=entry.actor, order=entry.order_number, also=(shipment.subject,), data=data,
        )
    ]  # fmt: skip


def of_corrected_goods(entry: Entry) -> list[Fact]:
    """The signature that showed the goods late was a wrong tap: what was given back for it is taken back by a counter-row."""
    shipments = Shipment.objects.select_related("order__waybill")
    shipment = shipments.get(pk=int(entry.subject.removeprefix("shipment/")))
    counter = take_refund_back(shipment.order, now=entry.recorded_at)
    if counter is None:
        return []
    data = {"waybill": shipment.order.waybill.number, "amount": str(-counter.amount), "payer": shipment.order.waybill.payer}
    return [
        Fact(
            name=On.FREIGHT_REFUND_TAKEN_BACK, subject=shipment.order.subject, at=entry.occurred_at, recorded=entry.recorded_at,
            by=entry.actor, order=entry.order_number, also=(shipment.subject,), data=data,
        )
    ]  # fmt: skip
