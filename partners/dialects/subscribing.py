"""A partner asks to be told of one order, in its dialect, at an address on its list."""

from __future__ import annotations

from orders.models import Order
from partners import addresses
from partners.dialects.door import Asked
from partners.dialects.problems import Kind, Problem
from partners.models import Subscription
from rulebook.errors import Refused


def check(asked: Asked, url: str, field: str) -> None:
    """:raises Problem: it is no address we call, or its host is not on the partner's list"""
    try:
        addresses.read(url, asked.partner.callback_hosts)
    except Refused as refusal:
        raise Problem(Kind.FIELD, f"{field}：{refusal.reason}") from refusal


def subscribe(asked: Asked, order: Order, url: str, *, secret: str = "", **data: str) -> bool:
    """
    Tell a partner of an order from now on; False where it asked for that before.

    :param secret: what the dialect signs these pushes with
    """
    said = {"dialect": asked.signer.dialect, "secret": secret, "data": data, "created_at": asked.now, "ended_at": None}
    _row, created = Subscription.objects.update_or_create(
        partner=asked.partner, order_number=order.number, url=url, defaults=said
    )
    return created


def at_its_own_address(asked: Asked, order: Order, **data: str) -> None:
    """
    Tell a partner at the address it has set for all its orders; whoever is told of all of them in this dialect anyway needs no more.

    :raises Problem: it has set none
    """
    partner = asked.partner
    if not partner.callback_url:
        raise Problem(Kind.REFUSED, "尚未设置回调地址，请先设置后再订阅")
    if partner.dialect != asked.signer.dialect:
        subscribe(asked, order, partner.callback_url, **data)
