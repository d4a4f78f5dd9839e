"""A coupon on an order (§4.5): checked and taken at placing, off the price until billing, given back when nothing is billed."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.translation import gettext as _

from core.journal import Fact
from core.models import Actor
from orders.coupons import Coupon
from orders.models import Order
from orders.services.common import about
from orders.services.price import customer_of
from rulebook.due import local_day
from rulebook.errors import Refused
from rulebook.events import On

CLAUSE = "§4.5"
PATTERN = re.compile(r"[A-Z0-9]{1,12}", re.ASCII)


def redeem(order: Order, code: str, now: datetime) -> None:
    """
    Put a coupon on an order that is being placed; its row stays locked until the order is stored.

    :raises Refused: no such coupon of this shipper, its last day is over, or another order has it; names the field
    """
    wanted = code.strip().upper()
    if not wanted:
        return
    known = Coupon.objects.locked().filter(code=wanted) if PATTERN.fullmatch(wanted) else Coupon.objects.none()
    coupon: Coupon | None = known.first()
    if coupon is None or not belongs(coupon, order):
        raise Refused(CLAUSE, _("没有这张优惠券，或它不属于该发货电话，请核对后重新填写，或留空。"), field="coupon")
    if coupon.expired(local_day(now)):
        raise Refused(CLAUSE, _("优惠券已于 %s 到期，请删去后再提交。") % coupon.valid_until.isoformat(), field="coupon")
    if taken := Order.objects.filter(coupon=coupon).first():
        words = _("优惠券已用于订单 %(number)s（%(state)s）：一张只能用一次，请删去后再提交。")
        said = {"number": taken.number, "state": taken.get_state_display()}
        raise Refused(CLAUSE, words % said, field="coupon")
    order.coupon = coupon


def belongs(coupon: Coupon, order: Order) -> bool:
    """Tell whether a coupon is this shipper's: by the phone it was given to, or by the customer's record."""
    if order.shipper_phone_index == coupon.phone_index:
        return True
    if coupon.customer_id is None:
        return False
    known = {order.key_account.customer_id} if order.key_account else set()
    return coupon.customer_id in known or getattr(customer_of(order), "pk", None) == coupon.customer_id


def redeemed(order: Order, by: Actor, now: datetime) -> list[Fact]:
    """Return the fact that an order has taken a coupon, none where it has none."""
    return [_fact(order, order.coupon, On.COUPON_USED, by, now)] if order.coupon else []


def give_back(order: Order, by: Actor, now: datetime) -> list[Fact]:
    """Take the coupon off a locked order that is not billed, so that it can be used again until its last day; the caller saves."""
    coupon, order.coupon = order.coupon, None
    return [_fact(order, coupon, On.COUPON_GIVEN_BACK, by, now)] if coupon else []


def _fact(order: Order, coupon: Coupon, name: On, by: Actor, now: datetime) -> Fact:
    return about(order, name, by, now, coupon=coupon.pk, worth=str(coupon.amount))
