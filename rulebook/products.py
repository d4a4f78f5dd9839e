"""Products and what is given back when one does not keep its promise (§4.6)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Product:
    code: str
    zh: str
    en: str
    air: bool = False
    refund_if_late: bool = False
    on_time_target: Decimal | None = None


PRODUCTS = {
    row.code: row
    for row in (
        Product("timed_air", "空运定时达", "Timed air", air=True, refund_if_late=True),
        Product("air", "普通空运", "Ordinary air", air=True),
        Product("express_road", "汽运快线", "Express road", on_time_target=Decimal("0.99")),
        Product("road_lane", "汽运专线", "Road lane"),
        Product("intercity", "城际配送", "Intercity delivery"),
        Product("agent_lane", "偏线", "Agent lane"),
    )
}

FREIGHT_LINES = frozenset({"freight", "campaign"})
"""The lines of a bill that are its freight: the freight itself and what a campaign took off it; surcharges are not †."""


def freight_is_refunded(product: str, *, promised_at: datetime | None, there_at: datetime) -> bool:
    """Tell whether the freight is refunded: timed air that was there after its promise; at the very instant is in time (§0.2)."""
    row = PRODUCTS.get(product)
    return row is not None and row.refund_if_late and promised_at is not None and there_at > promised_at
