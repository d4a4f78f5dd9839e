"""Why an order is not cancelled, in the four reasons partners' programs know (screens.md §1.4)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from core.models import Actor
from orders import services
from orders.choices import State
from orders.models import Order
from rulebook.errors import Conflict, Refused

CODES = {"not_found": "30001", "collected": "30002", "cancelled": "30003", "unsupported": "30004"}
"""Our machine code and the number carriers' interfaces give it: unknown, collected already, cancelled already, not possible."""


class NotCancelled(Conflict):
    """The order stays; `code` is one of `CODES`."""

    def __init__(self, code: str, reason: str, *, clause: str = "", winner: str = "", at: datetime | None = None) -> None:
        super().__init__(reason, winner, at)
        self.code, self.number, self.clause = code, CODES[code], clause


def cancel(*, number: str, by: Actor, reason: str, text: str, who: str, now: datetime) -> Order:
    """
    Cancel a partner's order, found among its own before.

    :raises Refused: the reason for the cancelling is unknown, or has no text
    :raises NotCancelled: goods or waybill are there, it is cancelled already, or it cannot be
    """
    try:
        return services.cancel(number=number, by=by, reason=reason, text=text, who=who, now=now)
    except Conflict as conflict:
        raise NotCancelled(why(number), conflict.reason, winner=conflict.winner, at=conflict.at) from conflict
    except Refused as refusal:
        if refusal.field:
            raise
        raise NotCancelled(why(number), refusal.reason, clause=refusal.clause) from refusal


def why(number: str) -> str:
    """Return the reason an order stands in that cannot be cancelled."""
    order = Order.objects.get(number=number)
    if order.state == State.CANCELLED:
        return "cancelled"
    return "collected" if order.collected_at or order.state == State.WAYBILLED else "unsupported"


def unknown() -> NotCancelled:
    return NotCancelled("not_found", _("没有这个订单，请核对单号。"))
