"""What happens to goods after the waybill: their way, what is said and found on it, and the cash collected for the shipper."""

from delivery.models.anomalies import Anomaly
from delivery.models.cash import CashMovement, CashOnDelivery
from delivery.models.costs import OperatingCost
from delivery.models.freight import FreightMovement, FreightReceipt
from delivery.models.keyaccounts import FollowUp, Measure, SlipChase, TrackingReport
from delivery.models.loads import LoadItem, LoadPlan, SplitConsent
from delivery.models.proofs import Proof
from delivery.models.records import Circumstance, DeliveryCall, Demand
from delivery.models.shipments import DOOR, Attempt, Scan, Shipment
from delivery.models.slips import SignSlip

__all__ = [
    "DOOR", "Anomaly", "Attempt", "CashMovement", "CashOnDelivery", "Circumstance", "DeliveryCall", "Demand",
    "FollowUp", "FreightMovement", "FreightReceipt", "LoadItem", "LoadPlan", "Measure", "OperatingCost", "Proof", "Scan", "Shipment", "SignSlip",
    "SlipChase", "SplitConsent", "TrackingReport",
]  # fmt: skip
