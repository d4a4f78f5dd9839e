"""What a waybill costs: the system's price, else what the branch quoted and the customer confirmed (§1.4.3, §3.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pricing.services as prices
from orders.choices import PriceState
from orders.models import BillLine, Order, Waybill
from orders.services.draft import Draft
from orders.services.measuring import Measured
from orders.services.price import customer_of, facts_of
from rulebook.coupons import line as coupon_line
from rulebook.quotes import CodPlan

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeLine:
    """A line of a bill: what it is counted on, how much of it, the unit price, the amount, the rule behind it."""

    code: str
    zh: str
    en: str
    basis: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    rule: str = ""
    tariff: str = ""
    words_zh: str = ""
    words_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """The price of a waybill: where it comes from, its lines, one sentence why; the promise that goes with it (§4.6)."""

    source: str
    lines: tuple[ChargeLine, ...]
    zh: str
    en: str
    product: str = ""
    promised_at: datetime | None = None

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    def stored_lines(self) -> list[dict[str, str]]:
        return [{name: str(value) for name, value in asdict(line).items()} for line in self.lines]


def charge(order: Order, content: Draft, found: Measured, *, now: datetime) -> Charge | None:
    """Return the price of the goods as measured: the system's prevails over the branch's (§1.4.3); None while there is none."""
    price = by_system(order, content, found, now=now) or agreed(order)
    return less_coupon(order, price) if price else None


def less_coupon(order: Order, price: Charge) -> Charge:
    """Return the price less the coupon the order was placed with, as a line of its own (§4.5)."""
    if order.coupon is None:
        return price
    off = _line(coupon_line(order.coupon.code, order.coupon.amount, price.total))
    zh, en = f"{price.zh}；{off.words_zh}", f"{price.en}; {off.words_en}"
    return replace(price, lines=(*price.lines, off), zh=zh, en=en)


def by_system(
    order: Order, content: Draft, found: Measured, *, now: datetime, ready: datetime | None = None
) -> Charge | None:
    """
    Return the tariff's price of these goods on these terms, None where it has none.

    The prices are those of the instant the order got its system price; the scale changes quantities, not the tariff †.

    :param ready: when the goods were handed over, which the promise of §4.6 counts from; None: now
    """
    facts = facts_of(
        order, at=order.price.at if order.price else now, customer=customer_of(order), pieces=found.pieces,
        weight_kg=found.weight_kg, volume_m3=found.volume_m3, delivery=content.delivery, slip_return=content.slip_return,
        cod_amount=content.cod_amount, ready=ready or now,
    )  # fmt: skip
    quote = prices.quote(replace(facts, to_place=content.consignee.place))
    if not quote.priced:
        return None
    return Charge(
        source=quote.source, lines=tuple(map(_line, quote.lines)), zh=quote.zh, en=quote.en, product=quote.product,
        promised_at=quote.arrives_by,
    )  # fmt: skip


def _line(line: prices.Line) -> ChargeLine:
    return ChargeLine(
        code=line.code, zh=line.zh, en=line.en, basis=line.basis, quantity=line.quantity, unit_price=line.unit_price,
        amount=line.amount, rule=line.rule, tariff=line.version, words_zh=line.words_zh, words_en=line.words_en,
    )  # fmt: skip


def agreed(order: Order) -> Charge | None:
    """Return the branch's price that the customer confirmed; it stands as it was said, whatever the scale shows."""
    last = order.quotes.filter(answer="confirmed").order_by("-pk").first()
    if last is None:
        return None
    return replace(by_branch(last.amount, last.words, rule=f"branch_quote/{last.pk}"), product=order.product)


def by_branch(amount: Decimal, words: str, *, rule: str = "") -> Charge:
    """Return a price the branch gave, as one line."""
    line = ChargeLine(
        code="freight", zh="运费（营业部报价）", en="Freight (quoted by the branch)", basis="flat", quantity=Decimal(1),
        unit_price=amount, amount=amount, rule=rule, words_zh=words, words_en=words,
    )  # fmt: skip
    return Charge(source=PriceState.CONFIRMED, lines=(line,), zh=words, en=words)


def cod_plan(order: Order, waybill: Waybill, *, now: datetime) -> CodPlan | None:
    """Return the plan of the waybill's tariff by which the cash collected is paid out; None where no tariff covers the lane."""
    facts = facts_of(
        order, at=order.price.at if order.price else now, customer=customer_of(order), pieces=waybill.pieces,
        weight_kg=waybill.weight_kg, volume_m3=waybill.volume_m3,
    )  # fmt: skip
    return prices.cod_plan(facts)


def present(waybill: Waybill) -> Charge:
    """Return the price a waybill stands at."""
    names = tuple(f.name for f in BillLine._meta.fields if f.name in ChargeLine.__dataclass_fields__)
    lines = tuple(ChargeLine(**{name: getattr(row, name) for name in names}) for row in waybill.lines_now())
    return Charge(
        source=waybill.price_source, lines=lines, zh=waybill.price_zh, en=waybill.price_en, product=waybill.product,
        promised_at=waybill.promised_at,
    )  # fmt: skip


def store_lines(waybill: Waybill, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write the price lines of the waybill's present version; they are never changed after."""
    BillLine.objects.bulk_create(
        [
            BillLine(waybill=waybill, version=waybill.version, position=i, **line)
            for i, line in enumerate(lines, start=1)
        ]
    )
