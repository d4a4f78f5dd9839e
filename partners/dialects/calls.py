"""What every dialect asks for, in our own words: a partner's order, its progress, prices of a lane, branches of a place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from network.nearby import Nearby, suggestions
from orders.forms import check_characters
from orders.models import Order, Waybill
from orders.numbers import is_valid
from orders.services import Placed
from partners.choices import Dialect, InboxState, Verb
from partners.dialects import inbox
from partners.dialects.door import Asked
from partners.dialects.fields import number
from partners.dialects.problems import Kind, Problem
from pricing.services import offers
from reports import tracking
from reports.tracking import Event
from rulebook.quotes import Quote, QuoteFacts

NUMBER = re.compile(r"[\x21-\x7e]{1,64}")
LONGEST_REASON, LONGEST_NUMBER = 300, 64
WAYBILL_DIGITS, ORDER_LETTERS = 10, 14
CARRIER = {"kuaidi100": "yuanda", "kdniao": "YDWL"}
"""The carrier's own code among those the platforms give."""


def carrier_name() -> str:
    return str(settings.CARRIER_NAME)


def own(asked: Asked, *numbers: str) -> Order:
    """
    Return the partner's order by our number, its own, or the waybill's; the first of the numbers that is known.

    :raises Problem: none of them is one of this partner's
    """
    orders = Order.objects.filter(source=asked.partner.source).select_related("branch")
    for said in numbers:
        if not 0 < len(said) <= LONGEST_NUMBER:
            continue
        billed = Waybill.objects.filter(Q(number=said) | Q(outside_no=said)).values("order_id")
        if found := orders.filter(Q(number=said.upper()) | Q(external_no=said) | Q(pk__in=billed)).order_by("pk").first():
            return found  # type: ignore[no-any-return]
    raise Problem(Kind.UNKNOWN, "没有该订单，或不是贵方的订单")


def waybill_no(order: Order) -> str:
    """Return the waybill's number, '' before it is issued."""
    return Waybill.objects.filter(order=order).values_list("number", flat=True).first() or ""


def place(asked: Asked, external_no: str, body: Mapping[str, Any]) -> Placed:
    """:raises Problem: the number was used before, with the same content"""
    message = _message(asked, external_no, body)
    placed = inbox.place(message, now=asked.now)
    if not placed.created:
        raise Problem(Kind.DUPLICATE, f"订单号重复：该单号已下单，订单号 {placed.order.number}", placed.order)
    return placed


def edit(asked: Asked, external_no: str, body: Mapping[str, Any]) -> inbox.Taken:
    """:raises Problem: it did not take effect when its order came"""
    return _settled(inbox.change(_message(asked, external_no, body), Verb.EDIT, now=asked.now))


def cancel(asked: Asked, external_no: str, reason: str) -> inbox.Taken:
    """
    Cancel by the partner's own number; the reason it gives is for the branch to confirm (§1.2.1.4r).

    :raises Conflict, Refused, Problem: it cannot be cancelled (any more)
    """
    return _settled(inbox.change(_message(asked, external_no, {"text": _clean(reason)}), Verb.CANCEL, now=asked.now))


def _settled(taken: inbox.Taken) -> inbox.Taken:
    if taken.state in (InboxState.REFUSED, InboxState.EXPIRED):
        raise Problem(Kind.CONFLICT, taken.words, taken.order)
    return taken


def _message(asked: Asked, external_no: str, body: Mapping[str, Any]) -> inbox.Message:
    if not NUMBER.fullmatch(external_no):
        raise Problem(Kind.FIELD, "单号须为 1–64 位字母、数字或符号，不含空格和汉字")
    return inbox.Message(
        partner=asked.partner, dialect=Dialect(asked.signer.dialect), event=asked.event, external_no=external_no, content=body, sent_at=asked.sent_at
    )


def _clean(reason: str) -> str:
    """Return a reason that can be stored and read: what cannot is left out."""
    text = "".join(char for char in reason if char.isprintable())[:LONGEST_REASON].strip()
    check_characters(text)
    return text


def progress(order: Order) -> list[Event]:
    """Return what who only knows the number is told, oldest first: no names, no phones, no money (screens §1.4)."""
    return [event for event in tracking.events(order.number, full=False) if event.k100 or event.kdn]


@dataclass(frozen=True, slots=True)
class Lane:
    from_place: str
    to_place: str


def prices(asked: Asked, lane: Lane, *, weight: str, volume: str = "", product: str = "") -> list[Quote]:
    """
    Return the prices of a lane, cheapest first; what is not said of the goods counts as one kilogram.

    :raises Problem: no number; nothing is offered there
    """
    facts = QuoteFacts(
        from_place=lane.from_place, to_place=lane.to_place, weight_kg=number(weight or "1", "weight"),
        volume_m3=number(volume or "0", "volume"), at=asked.now, channel=asked.partner.channel,
    )  # fmt: skip
    found = [quote for quote in offers(facts) if product in ("", quote.product)]
    if not found:
        raise Problem(Kind.REFUSED, "该线路没有公布价，请下单后由营业部报价")
    return found


def is_ours(number: str) -> bool:
    """Tell whether a number is formed as our waybill or order numbers are; not whether there is one."""
    return is_valid(number.upper().removeprefix("E")) and len(number) in (WAYBILL_DIGITS, ORDER_LETTERS)


def branches(place_code: str, now: datetime) -> list[Nearby]:
    return suggestions(place_code, now=now)
