"""The price of an order (§3.3): asked for when it is placed and when its basis changes, kept with its lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pricing.services as prices
from core.models import Actor
from core.prepared import Prepared
from customers.choices import Group
from customers.models import Customer
from customers.services import recognised
from orders.choices import Channel, PriceState
from orders.models import Order
from orders.services.draft import PRICE_BASIS
from pricing.services import QuoteFacts
from rulebook.coupons import off
from rulebook.quotes import Quote

BOUND: Prepared[Customer] = Prepared(lambda phone: Customer.objects.bound().filter(phone_index=phone).order_by("pk")[:1])


def facts_of(order: Order, *, at: datetime, customer: Customer | None = None, **measured: object) -> QuoteFacts:
    """
    Return what the price of an order depends on; what was measured at the branch takes the place of what was said.

    :param customer: the record the contract and the group come from (§3.4.1); None: whoever orders is not identified
    """
    said: dict[str, object] = {
        name: getattr(order, name)
        for name in (
            "weight_kg", "volume_m3", "pieces", "product", "declared_value", "insured", "cod_amount", "delivery", "pickup",
            "slip_return", "channel",
        )
    }  # fmt: skip
    if customer:
        said |= {"customer": customer.pk, "membership": customer.group}
    elif order.member and order.channel == Channel.ALIBABA:
        said["membership"] = Group.ALIBABA_MEMBER
    said["key_customer"] = spared_redelivery_fee(order)
    facts = {**said, **measured, "from_place": order.shipper_place, "to_place": order.consignee_place, "at": at}
    return QuoteFacts(**facts)  # type: ignore[arg-type]


def recognise(order: Order) -> None:
    """Note the contract under which an order is placed: by the bound phone it ships under, on the day it was placed (§2)."""
    order.key_account = recognised(order.shipper_phone_index, order.order_on)


def spared_redelivery_fee(order: Order) -> bool:
    """Tell whether a key customer's contract leaves out the fee of a further delivery: unless it says otherwise (§2.1.3.3)."""
    return order.key_account is not None and not order.key_account.redelivery_fee


def customer_of(order: Order) -> Customer | None:
    """Return the bound customer who ships under this phone (§3.4.1), None for a stranger (陌生客户)."""
    return BOUND.one(order.shipper_phone_index)


@dataclass(frozen=True, slots=True)
class Claim:
    """
    What whoever orders may claim for the price: `ships_for`, keys of the customers they are known to ship for, whose contracts
    apply (§3.4.1); `quoted`, the number of a price they were told less than a day ago; `coupon`, the code of a coupon (§4.5).
    """

    ships_for: Collection[int] = ()
    quoted: str = ""
    coupon: str = ""


NO_CLAIM = Claim()


def set_price(
    order: Order, by: Actor, now: datetime, *, claim: Claim = NO_CLAIM, identified: bool = False
) -> None:
    """
    Put the price of today on an order: its state, and what was quoted; the caller saves.

    A contract is used when a member of staff has the customer on the line, or the caller is known to ship for that customer;
    others get the public price, so that nobody reads a contract by typing another one's phone †.

    :param identified: the order is priced for its customer already
    :raises Refused: measures or sums that cannot be, or the number of a price that does not hold
    """
    customer = customer_of(order) if identified or claim.ships_for or by.kind == "person" else None
    if customer and not identified and by.kind != "person" and customer.pk not in claim.ships_for:
        customer = None
    facts = facts_of(order, at=now, customer=customer)
    if claim.quoted:
        facts = prices.as_told(claim.quoted, facts, now)
    quote = prices.quote(facts)
    if order.coupon:
        quote = off(quote, order.coupon.code, order.coupon.amount)
    order.price = prices.keep(quote, facts)
    if not (quote.source == order.price_state == PriceState.TO_QUOTE):
        order.reckon_price(quote.source)


BASIS = tuple(sorted(name for name in PRICE_BASIS if "." not in name and name != "goods"))


def would_cost(values: Mapping[str, Any], *, channel: str, claim: Claim, now: datetime) -> Quote:
    """
    Return what an order filled in this far would cost whoever asks, by the rules of `set_price`; nothing is stored.

    :param values: of the order form's fields, both places and all of BASIS among them
    :raises Refused: measures or sums that cannot be, or the number of a price that does not hold
    """
    said = {name: values[name] for name in BASIS}
    order = Order(channel=channel, shipper_place=values["shipper_place"], consignee_place=values["consignee_place"], **said)
    order.set_shipper_phone(values.get("shipper_phone") or "")
    customer = customer_of(order) if claim.ships_for else None
    facts = facts_of(order, at=now, customer=customer if customer and customer.pk in claim.ships_for else None)
    return prices.quote(prices.as_told(claim.quoted, facts, now) if claim.quoted else facts)


def told(order: Order) -> dict[str, object]:
    """Return what the journal notes of a price: where it is from, what it comes to, which quote it is."""
    if order.price is None:
        return {"price": order.price_state}
    return {"price": order.price_state, "total": str(order.price.total), "quote": order.price.pk}
