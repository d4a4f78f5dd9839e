"""Products (§4.6)."""

from dataclasses import dataclass
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
