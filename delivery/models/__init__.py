"""What happens to goods after the waybill: their way, what is said and found on it, and the cash collected for the shipper."""

from delivery.models.anomalies import Anomaly
from delivery.models.cash import CashMovement, CashOnDelivery
from delivery.models.keyaccounts import Cost, FollowUp, Measure, SlipChase, TrackingReport
from delivery.models.loads import LoadItem, LoadPlan, SplitConsent, SplitCost
from delivery.models.proofs import Proof
from delivery.models.records import Circumstance, DeliveryCall, Demand, OutsideHire
from delivery.models.shipments import DOOR, Attempt, Scan, Shipment
from delivery.models.slips import SignSlip

__all__ = [
    "DOOR", "Anomaly", "Attempt", "CashMovement", "CashOnDelivery", "Circumstance", "Cost", "DeliveryCall", "Demand",
    "FollowUp", "LoadItem", "LoadPlan", "Measure", "OutsideHire", "Proof", "Scan", "Shipment", "SignSlip",
    "SlipChase", "SplitConsent", "SplitCost", "TrackingReport",
]  # fmt: skip
