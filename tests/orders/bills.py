"""Orders ready to be billed, and billed ones, through the real services."""

from decimal import Decimal

from orders import services as orders
from orders.models import Order, Waybill
from tests.factories import CUSTOMER, Company, accepted, sh

BILLED_AT = "04 10:30:00"


def ready(company: Company, amount: str = "320.00", **changes: object) -> Order:
    """A drop-off order, accepted, its branch price confirmed by the customer."""
    content: dict[str, object] = {"pickup": False, **changes}
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), **content)
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(amount), words="一口价含送货", now=sh("04 09:06:00"))
    return orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=sh("04 09:07:00"))


def measures(**changes: object) -> dict[str, object]:
    """What the scale said: as ordered, unless told otherwise."""
    return {"pieces": 10, "weight_kg": Decimal("120.00"), "volume_m3": Decimal("0.800"), **changes}


def bill(company: Company, order: Order, at: str = BILLED_AT, **changes: object) -> Waybill:
    return orders.issue_waybill(number=order.number, clerk=company.clerk, now=sh(at), **measures(**changes))


def billed(company: Company, **changes: object) -> Waybill:
    return bill(company, ready(company, **changes))
