"""Edits until the waybill is issued; every version is kept (§3.4.4)."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from core.models import Actor
from network.choices import CALL_CENTRE
from network.models import Person, Unit
from orders.choices import PriceState, State
from orders.models import Order, Version
from orders.services.common import about, label, locked, stamp
from orders.services.coupons import belongs, give_back
from orders.services.draft import PRICE_BASIS, Draft, draft_of, from_flat, write_to
from orders.services.placing import check_appointment, named_branch, pickup_day
from orders.services.price import Claim, recognise, set_price, told
from orders.services.routing import move_for_customer, reassign
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.windows import appointment_valid


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of an edit: what it was, what it became."""

    field: str
    before: object
    after: object


@transaction.atomic
def edit(
    *, number: str, draft: Draft, by: Actor, now: datetime, person: Person | None = None, who: str = "", seen: int = 0,
    ships_for: Collection[int] = (),
) -> Order:  # fmt: skip
    """
    Change the content of an order until it is billed; the version before is kept, readable as differences (§3.4.4).

    :param seen: the version the editor saw; 0 accepts any
    :param ships_for: keys of the customers the editor is known to ship for; their contracts apply (§3.4.1)
    :raises Conflict: the order is billed or cancelled, or somebody has edited it since `seen`
    :raises Refused: nothing of a collected pickup can become a drop-off; an appointment of the past
    """
    if person:
        person.require("edit")
        who = label(person)
    order = locked(number, person)
    _check_editable(order, seen)
    before = draft_of(order)
    changed = draft.changed_from(before)
    if not changed:
        return order
    if order.collected_at and not order.handed_back_at and not draft.pickup:
        raise Refused("§3.4.4", _("货物已上门接收，不能改为自送。"), field="pickup")
    if "appointment" in changed:
        if draft.pickup and draft.appointment is None:
            raise Refused("§1.3.1.1r", _("已约定的接货时间可以更改，不能清空。"), field="appointment")
        check_appointment(draft, now, order_on=order.order_on)
    branch = named_branch(draft) if "branch_code" in changed else None
    Version.objects.create(
        order=order, number=order.version, content=json.dumps(before.flat(), ensure_ascii=False), changed=changed,
        by_kind=by.kind, by=who, at=now,
    )  # fmt: skip
    _apply(order, draft, changed, by, who, now, ships_for)
    publish(about(order, On.ORDER_EDITED, by, now, changed=changed, version=order.version))
    if branch and branch.pk != order.branch_id:
        if person and person.roles.isdisjoint(CALL_CENTRE):  # a branch's own correction, not the customer's choice
            return reassign(number=number, branch=branch, clerk=person, reason=_("修改订单时改派"), now=now)
        _follow_customer(order, branch, by, who, now)
    return order


def _check_editable(order: Order, seen: int) -> None:
    if order.state in (State.WAYBILLED, State.CANCELLED):
        words = _("订单已是“%(state)s”，不能再修改；已开单的请走更改单。")
        raise Conflict(words % {"state": order.get_state_display()}, **order.last_act())
    if seen and seen != order.version:
        raise Conflict(_("订单在您打开之后已被修改，请刷新后重新填写。"), **order.last_act())


def _apply(
    order: Order, draft: Draft, changed: list[str], by: Actor, who: str, now: datetime, ships_for: Collection[int]
) -> None:
    write_to(order, draft)
    returned: list[Fact] = []
    if "shipper.phone" in changed:
        recognise(order)
        if order.coupon and not belongs(order.coupon, order):  # another shipper's order: the coupon stays with its owner
            returned = give_back(order, by, now)
    order.version += 1
    agreed = "appointment" in changed and order.appointment is not None and appointment_valid(order.appointment)
    if "pickup" in changed or agreed:
        order.pickup_on = pickup_day(order, now)
    stamp(order, by, who, now)
    before = order.price_state
    basis_changed = not PRICE_BASIS.isdisjoint(changed) or bool(returned and order.price)
    if basis_changed:
        identified = before == PriceState.CONTRACT and "shipper.phone" not in changed
        set_price(order, by, now, claim=Claim(ships_for), identified=identified)
    order.save()
    publish(*returned)
    if basis_changed and not before == order.price_state == PriceState.TO_QUOTE:
        reopened = order.price_state == PriceState.TO_QUOTE
        publish(about(order, On.PRICE_REOPENED if reopened else On.PRICE_RECKONED, by, now, **told(order)))


def _follow_customer(order: Order, branch: Unit, by: Actor, who: str, now: datetime) -> None:
    """Give the order to the branch its customer chose now: a first assignment, or a move that does not count (design §6.8)."""
    if order.state == State.UNASSIGNED:
        order.assign(branch=branch, at=now)
        order.save()
        publish(about(order, On.ORDER_ASSIGNED, by, now), about(order, On.ORDER_REACHED_BRANCH, by, now))
    else:
        move_for_customer(order, branch, by=by, who=who, now=now)


def versions(order: Order) -> list[tuple[Version, list[Difference]]]:
    """Return the edits of an order, newest first, each with what it changed."""
    kept = list(order.versions.order_by("number"))
    contents = [from_flat(json.loads(version.content)).flat() for version in kept] + [draft_of(order).flat()]
    edits = [(kept[i], differences(contents[i], contents[i + 1])) for i in range(len(kept))]
    return edits[::-1]


def differences(before: dict[str, object], after: dict[str, object]) -> list[Difference]:
    """Return the fields that differ between two contents."""
    return [Difference(key, before[key], after[key]) for key in after if before[key] != after[key]]
