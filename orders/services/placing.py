"""Orders come in (§1.2, §3.4.3). Every door — hall, API, phone, import — ends here; a door adds no rule."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import rows
from core.journal import publish
from core.models import Actor
from customers.models import CustomerAccount
from network.models import Unit
from network.services import branch_by_code
from orders.models import Order, Refunder
from orders.numbers import order_number
from orders.services.common import about, stamp
from orders.services.coupons import redeem, redeemed
from orders.services.draft import (
    CHANNEL_FIELDS,
    NOTHING_SAID,
    ChannelSaid,
    Draft,
    channel_said,
    draft_of,
    from_flat,
    write_to,
)
from orders.services.price import NO_CLAIM, Claim, recognise, set_price, told
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.facts import NO_FACTS
from rulebook.limits import LIMITS
from rulebook.windows import appointment_valid, latest_ship_on


@dataclass(frozen=True, slots=True)
class Placed:
    """The order of a create, and whether this call created it or an earlier one with the same external number did."""

    order: Order
    created: bool


class Duplicate(Conflict):
    """The external number is taken by an order of different content."""

    def __init__(self, order: Order, fields: list[str]) -> None:
        names = "、".join(fields)
        super().__init__(_("渠道单号已用于订单 %(number)s，内容不同：%(fields)s。") % {"number": order.number, "fields": names})
        self.order, self.fields = order, fields


def place(
    draft: Draft, *, channel: str, by: Actor, now: datetime, source: str = "", external_no: str = "", who: str = "",
    claim: Claim = NO_CLAIM, account: CustomerAccount | None = None, said: ChannelSaid = NOTHING_SAID,
) -> Placed:  # fmt: skip
    """
    Take an order in; the same external number with the same content returns the first order (§6).

    :param source: whose external numbers these are ("partner:7"); part of the key that makes a number unique
    :param who: how the one placing is named to others
    :param claim: whom the one placing ships for, which price they were told, which coupon they name
    :param account: the customer's login it is placed with
    :param said: what the channel says besides the content (§6)
    :raises Refused: unknown branch, a coupon that cannot be used, an appointment in the past or later than §1.2.1.4p allows
    :raises Duplicate: the external number belongs to an order of other content
    """
    try:
        branch = named_branch(draft)
        check_appointment(draft, now, order_on=local_day(now))
        return Placed(_store(draft, branch, channel, by, now, source, external_no, who, claim, account, said), created=True)
    except (IntegrityError, Refused):  # a repeat is told by the unique number; only then is the first order looked up
        if external_no and (known := _known(source, external_no)):
            return _same_or_duplicate(known, draft, said)
        raise


def _known(source: str, external_no: str) -> Order | None:
    known: Order | None = Order.objects.filter(source=source, external_no=external_no).select_related("branch").first()
    return known


def _same_or_duplicate(order: Order, draft: Draft, said: ChannelSaid) -> Placed:
    first = order.versions.order_by("number").first()
    known = from_flat(json.loads(first.content)) if first else draft_of(order)
    before = channel_said(order)
    if differing := draft.changed_from(known) + [name for name in CHANNEL_FIELDS if getattr(said, name) != getattr(before, name)]:
        raise Duplicate(order, differing)
    return Placed(order, created=False)


def named_branch(draft: Draft) -> Unit | None:
    if not draft.branch_code:
        return None
    branch = branch_by_code(draft.branch_code)
    if branch is None:
        raise Refused("§3.4.3", _("没有编号为 %s 的营业部，请改选或留空由呼叫中心分配。") % draft.branch_code, field="branch_code")
    return branch


def check_appointment(draft: Draft, now: datetime, *, order_on: date) -> None:
    """:raises Refused: the time is past, more than 3 days after the order date, or nothing is to be picked up"""
    if draft.appointment is None:
        return
    if not draft.pickup:
        raise Refused("§1.3.1.2", _("客户自送的订单不能预约接货时间。"), field="appointment")
    if draft.appointment <= now:
        raise Refused("§1.3.1.2", _("预约接货时间已过，请选择将来的时间。"), field="appointment")
    if local_day(draft.appointment) > latest_ship_on(order_on):
        raise Refused("§1.2.1.4p", _("预约接货时间最迟为下单后第 3 天。"), field="appointment")


@transaction.atomic
def _store(
    draft: Draft, branch: Unit | None, channel: str, by: Actor, now: datetime, source: str, external_no: str, who: str,
    claim: Claim, account: CustomerAccount | None, said: ChannelSaid,
) -> Order:  # fmt: skip
    today = local_day(now)
    order: Order = rows.new(
        Order, channel=channel, source=source, external_no=external_no, placed_at=now, order_on=today,
        placed_by_id=account.pk if account else None, member=said.member,
    )  # fmt: skip
    rows.give_keys([order])
    order.number = order_number(order.pk, now)
    write_to(order, draft)
    recognise(order)
    order.ship_on = today
    order.pickup_on = pickup_day(order, now)
    stamp(order, by, who, now)
    redeem(order, claim.coupon, now)
    set_price(order, by, now, claim=claim)
    if branch:
        order.assign(branch=branch, at=now)
    where = On.ORDER_REACHED_BRANCH if branch else On.ORDER_UNASSIGNED
    facts = [about(order, name, by, now, at_placing=True, **told(order)) for name in (On.ORDER_SUBMITTED, where)]
    facts += redeemed(order, by, now)
    with rows.together():
        rows.insert([order])
        if said.refunder:
            rows.insert([rows.new(Refunder, order=order, **asdict(said.refunder))])
        publish(*facts, born=order.number)
    return order


def pickup_day(order: Order, wanted_at: datetime) -> date | None:
    """Return the local day on which the pickup is agreed or due (§1.3.1.1, §1.3.1.2), None for goods brought in.

    `wanted_at` is when a pickup was asked for: the placing, or the edit that turned the order into a pickup.
    """
    if not order.pickup:
        return None
    if order.appointment and appointment_valid(order.appointment):
        return local_day(order.appointment)
    due = LIMITS["§1.3.1.1"].due(wanted_at, NO_FACTS)
    return local_day(due) if due else None
