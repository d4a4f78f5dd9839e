"""What pickup and delivery tell the order: orders cannot see them (design §6.19). Called inside their transactions."""

from datetime import date, datetime

from core.journal import publish
from core.models import Actor
from orders.models import Order
from orders.services.common import about
from rulebook.events import On


def collected(*, order: Order, at: datetime) -> Order:
    """The goods of a locked order have been picked up: from now on it is billed, not cancelled."""
    order.collected_at, order.handed_back_at = at, None
    order.save(update_fields=["collected_at", "handed_back_at"])
    return order


def not_collected(*, order: Order) -> Order:
    """The collection of a locked order was a wrong tap: it waits for its pickup as before."""
    order.collected_at = None
    order.save(update_fields=["collected_at"])
    return order


def handed_back(*, order: Order, by: Actor, at: datetime) -> Order:
    """The collected goods of a locked order are back with the shipper: it may be cancelled."""
    order.handed_back_at = at
    order.save(update_fields=["handed_back_at"])
    publish(about(order, On.ORDER_HANDED_BACK, by, at))
    return order


def pickup_expected(*, order: Order, on: date | None, appointment: datetime | None) -> Order:
    """The pickup of a locked order is agreed or due on this day; day's-end duties run on it (§1.2.2.c, §1.4.4)."""
    order.pickup_on, order.appointment = on, appointment
    order.save(update_fields=["pickup_on", "appointment"])
    return order

