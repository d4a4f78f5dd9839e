"""What happens to goods after the waybill: their way, and the cash collected for the shipper."""

from delivery.models.cash import CashMovement, CashOnDelivery
from delivery.models.loads import LoadItem, LoadPlan, SplitConsent, SplitCost
from delivery.models.records import Circumstance, DeliveryCall, Demand, OutsideHire
from delivery.models.shipments import DOOR, Attempt, Scan, Shipment
from delivery.models.slips import SignSlip

__all__ = [
    "DOOR", "Attempt", "CashMovement", "CashOnDelivery", "Circumstance", "DeliveryCall", "Demand", "LoadItem", "LoadPlan",
    "OutsideHire", "Scan", "Shipment", "SignSlip", "SplitConsent", "SplitCost",
]  # fmt: skip
