"""What pickup and delivery tell the order: orders cannot see them (design §6.19). Called inside their transactions."""

from datetime import date, datetime

from core.journal import publish
from core.models import Actor
from orders.models import Order
from orders.services.common import about, locked
from rulebook.events import On


def collected(*, number: str, at: datetime) -> Order:
    """The goods have been picked up: from now on the order is billed, not cancelled."""
    order = locked(number)
    order.collected_at, order.handed_back_at = at, None
    order.save(update_fields=["collected_at", "handed_back_at"])
    return order


def handed_back(*, number: str, by: Actor, at: datetime) -> Order:
    """Collected goods are back with the shipper: the order may be cancelled."""
    order = locked(number)
    order.handed_back_at = at
    order.save(update_fields=["handed_back_at"])
    publish(about(order, On.ORDER_HANDED_BACK, by, at))
    return order


def pickup_expected(*, number: str, on: date | None, appointment: datetime | None) -> Order:
    """The pickup is agreed or due on this day; day's-end duties run on it (§1.2.2.c, §1.4.4)."""
    order = locked(number)
    order.pickup_on, order.appointment = on, appointment
    order.save(update_fields=["pickup_on", "appointment"])
    return order

