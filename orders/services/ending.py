"""Cancelling, and the reason that belongs to it (§1.2.1.4, §1.2.1.4r). The system itself never cancels."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import publish
from core.models import Actor
from network.models import Person
from orders.choices import PriceState, State
from orders.models import Order
from orders.services.common import about, label, locked, stamp
from orders.services.coupons import give_back
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.reasons import CANCEL_REASONS

COLUMNS = (
    "state", "cancelled_at", "cancelled_by", "cancel_reason", "cancel_text", "reason_confirmed_at", "coupon", "last_actor",
    "last_at",
)  # fmt: skip


@transaction.atomic
def cancel(
    *, number: str, by: Actor, reason: str, text: str, now: datetime, person: Person | None = None, who: str = ""
) -> Order:
    """
    Cancel an order that is not billed. Staff give the reason with it; a reason given by customer or channel is pre-filled and
    the branch (or the call centre) confirms it the same day (§1.2.1.4r).

    :raises Refused: no or an unknown reason; the goods are with us and have not been handed back
    :raises Conflict: the order is billed or cancelled already
    """
    if person:
        person.require("cancel")
    order = locked(number, person)
    _check_reason(reason, text, required=person is not None)
    perform(order.cancel, by_kind=by.kind, reason=reason, text=text, at=now)
    stamp(order, by, label(person) if person else who, now)
    facts = [about(order, On.ORDER_CANCELLED, by, now, by_kind=by.kind, reason=reason), *give_back(order, by, now)]
    if person:
        order.reason_confirmed_at = now
        facts.append(about(order, On.CANCEL_REASON_RECORDED, by, now, reason=reason))
    order.save(update_fields=COLUMNS)
    publish(*facts)
    return order


@transaction.atomic
def confirm_reason(*, number: str, clerk: Person, reason: str, text: str, now: datetime) -> Order:
    """
    Confirm or correct the reason that customer or channel gave (§1.2.1.4r).

    :raises Conflict: the order is not cancelled, or its reason is confirmed already
    """
    clerk.require("confirm_reason")
    order = locked(number, clerk)
    if order.state != State.CANCELLED or order.reason_confirmed_at:
        raise Conflict(_("该订单没有待确认的取消原因。"), **order.last_act())
    _check_reason(reason, text, required=True)
    order.cancel_reason, order.cancel_text, order.reason_confirmed_at = reason, text, now
    stamp(order, clerk.actor, label(clerk), now)
    order.save(update_fields=COLUMNS)
    publish(about(order, On.CANCEL_REASON_RECORDED, clerk.actor, now, reason=reason))
    return order


@transaction.atomic
def cancel_for_price(order: Order, *, by: Actor, who: str, now: datetime) -> Order:
    """Cancel a locked order because the customer declined its price (§3.3): that is the reason, and it is on record."""
    if order.price_state != PriceState.DECLINED:
        raise Conflict(_("客户没有拒绝报价。"))
    perform(order.cancel, by_kind=by.kind, reason="price_declined", text="", at=now)
    order.reason_confirmed_at = now
    stamp(order, by, who, now)
    returned = give_back(order, by, now)
    order.save(update_fields=COLUMNS)
    publish(
        about(order, On.ORDER_CANCELLED, by, now, by_kind=by.kind, reason="price_declined"),
        about(order, On.CANCEL_REASON_RECORDED, by, now, reason="price_declined"),
        *returned,
    )
    return order


def _check_reason(reason: str, text: str, *, required: bool) -> None:
    if not reason and not required:
        return
    if reason not in CANCEL_REASONS:
        raise Refused("§1.2.1.4", _("请选择取消原因。"), field="reason")
    if reason == "other" and not text.strip():
        raise Refused("§1.2.1.4", _("选择“其他”时请填写取消说明。"), field="text")
