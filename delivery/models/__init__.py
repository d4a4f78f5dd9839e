"""What happens to goods after the waybill: the cash collected for the shipper."""

from delivery.models.cash import CashMovement, CashOnDelivery

__all__ = ["CashMovement", "CashOnDelivery"]
