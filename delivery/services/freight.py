"""The verbs of freight paid by the consignee (到付, §4.3.2.7): exact to the fen, counted by another, paid in at the bank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from delivery.choices import LONGEST_OFFLINE, Freight, Holder, Means, Move
from delivery.models import FreightMovement, FreightReceipt, Shipment
from delivery.services.records import freight_to_collect
from network.models import Person
from orders.models import Order
from orders.services.common import label
from orders.services.common import locked as locked_order
from rulebook.errors import Conflict, Refused
from rulebook.events import On

CLAUSE = "§4.3.2.7"
EXACT = "§4.3.3.2"


@transaction.atomic
def collect_freight(
    *, number: str, clerk: Person, amount: Decimal, means: str, now: datetime, at: datetime | None = None
) -> FreightReceipt:
    """
    The consignee has paid the freight (§4.3.2.7). `at` is the event's own time where a phone was offline.

    :param amount: CNY, what was received: all that is still due, exactly
    :raises Refused: another amount than due, an unknown means of payment, a time in the future or too far back
    :raises Conflict: nothing is due: paid already, or somebody else pays
    """
    clerk.require("collect_cash")
    order = locked_order(number)
    shipment = Shipment.objects.visible_to(clerk).select_related("order__waybill", "terminal").get(order=order)
    due, happened = freight_to_collect(shipment), at or now
    if not due:
        raise _nothing_due(order)
    if amount != due:
        words = _("应收到付运费 %(due)s 元，实收 %(got)s 元：请找零或补足后再登记。")
        raise Refused(EXACT, words % {"due": due, "got": amount}, field="amount")
    if means not in Means.values:
        raise Refused(EXACT, _("请选择收款方式。"), field="means")
    if not now - LONGEST_OFFLINE <= happened <= now:
        raise Refused(EXACT, _("收款时间不能晚于现在，也不能早于两天前。"), field="at")
    receipt: FreightReceipt = FreightReceipt.objects.create(
        order=order, amount=due, unit=clerk.unit_for(shipment.terminal), means=means, collected_by=clerk, collected_at=happened,
        last_actor=label(clerk), last_at=now,
    )  # fmt: skip
    _move(receipt, Move.COLLECT, Holder.COURIER, Holder.FREIGHT, clerk, happened, now)
    publish(_fact(receipt, On.FREIGHT_COLLECTED, clerk, happened, now, amount=str(due), means=means))
    return receipt


def _nothing_due(order: Order) -> Conflict:
    last = FreightReceipt.objects.standing().filter(order=order).order_by("pk").last()
    if last is None:
        return Conflict(_("该单没有应向收货人收取的运费。"), **order.last_act())
    return Conflict(_("该单的到付运费已经收过。"), **last.last_act())


@transaction.atomic
def take_back_freight(*, number: str, clerk: Person, remark: str, now: datetime) -> FreightReceipt:
    """
    The last receipt was wrong: no money came, or it was given back. A counter-movement; the receipt stays on record.

    :raises Refused: nothing is said about it
    :raises Conflict: there is none, or it is counted already
    """
    clerk.require("resolve_cash")
    if not remark.strip():
        raise Refused(EXACT, _("请说明冲回原因。"), field="remark")
    order = locked_order(number)
    seen = FreightReceipt.objects.visible_to(clerk).filter(order=order).values("pk")
    receipt: FreightReceipt | None = FreightReceipt.objects.locked().standing().filter(pk__in=seen).order_by("pk").last()
    if receipt is None:
        raise Conflict(_("该单没有可以冲回的到付运费收款。"), **order.last_act())
    receipt.order = order
    perform(receipt.take_back, remark=remark.strip())
    _save(receipt, clerk, now)
    _move(receipt, Move.TAKE_BACK, Holder.FREIGHT, Holder.COURIER, clerk, now, now)
    publish(_fact(receipt, On.FREIGHT_TAKEN_BACK, clerk, now, now, amount=str(receipt.amount)))
    return receipt


@transaction.atomic
def count_freight(*, numbers: Sequence[str], clerk: Person, total: Decimal, now: datetime) -> list[FreightReceipt]:
    """
    Count the freight a courier hands over; all of it is booked or nothing.

    :param total: CNY, as counted
    :raises Refused: the clerk collected some of it, or the total differs from what was collected
    :raises Conflict: one of the orders has nothing left to count
    """
    clerk.require("count_cash")
    rows = _locked_all(numbers, clerk, Freight.COLLECTED)
    if any(receipt.collected_by_id == clerk.pk for receipt in rows):
        raise Refused(EXACT, _("收款人不能清点自己收的款，请由他人清点。"), field="numbers")
    if total != (due := sum((receipt.amount for receipt in rows), Decimal())):
        words = _("应交 %(due)s 元，清点 %(got)s 元，相差 %(gap)s 元：请复点；款未收到的请先冲回收款。")
        raise Refused(EXACT, words % {"due": due, "got": total, "gap": total - due}, field="total")
    for receipt in rows:
        perform(receipt.count, by=clerk, at=now)
        _save(receipt, clerk, now)
        _move(receipt, Move.COUNT, Holder.BRANCH, Holder.COURIER, clerk, now, now)
    _publish_all(rows, On.FREIGHT_COUNTED, clerk, now)
    return rows


@transaction.atomic
def bank_freight(*, numbers: Sequence[str], clerk: Person, slip: str, now: datetime) -> list[FreightReceipt]:
    """
    Pay the counted freight in at the bank, under one deposit slip.

    :raises Refused: no slip number
    :raises Conflict: one of the orders has nothing counted
    """
    clerk.require("bank_cash")
    if not slip.strip():
        raise Refused(EXACT, _("请填写存款单号。"), field="slip")
    rows = _locked_all(numbers, clerk, Freight.COUNTED)
    for receipt in rows:
        perform(receipt.bank, slip=slip.strip(), at=now)
        _save(receipt, clerk, now)
        _move(receipt, Move.BANK, Holder.BANK, Holder.BRANCH, clerk, now, now)
    _publish_all(rows, On.FREIGHT_BANKED, clerk, now)
    return rows


def _locked_all(numbers: Sequence[str], clerk: Person, state: Freight) -> list[FreightReceipt]:
    """
    Return what stands there of these orders, the orders' rows locked first and in the order of their keys.

    :raises FreightReceipt.DoesNotExist: one of them is unknown or outside the scope
    :raises Refused: none is named
    :raises Conflict: one of them has nothing in that state
    """
    wanted = set(numbers)
    if not wanted:
        raise Refused(EXACT, _("请至少选择一票订单。"), field="numbers")
    seen = FreightReceipt.objects.visible_to(clerk).filter(order__number__in=wanted).values("pk")
    known = list(Order.objects.locked().filter(freight_receipts__in=seen).order_by("pk"))
    if {order.number for order in known} != wanted:
        raise FreightReceipt.DoesNotExist
    found = FreightReceipt.objects.locked().select_related("order").filter(pk__in=seen, state=state)
    rows = list(found.order_by("pk"))
    if missing := wanted - {receipt.order.number for receipt in rows}:
        last = FreightReceipt.objects.filter(order__number=min(missing)).order_by("pk").last()
        words = _("%(number)s 的到付运费不是“%(state)s”，请刷新后核对。") % {"number": min(missing), "state": state.label}
        raise Conflict(words, **(last.last_act() if last else {}))
    return rows


def _save(receipt: FreightReceipt, clerk: Person, now: datetime) -> None:
    receipt.last_actor, receipt.last_at = label(clerk), now
    receipt.save()


def _move(
    receipt: FreightReceipt, kind: Move, debit: Holder, credit: Holder, clerk: Person, at: datetime, now: datetime
) -> None:
    FreightMovement.objects.create(
        receipt=receipt, kind=kind, debit=debit, credit=credit, amount=receipt.amount, person=clerk, at=at, recorded_at=now
    )


def _publish_all(rows: Iterable[FreightReceipt], name: On, clerk: Person, now: datetime) -> None:
    publish(*(_fact(receipt, name, clerk, now, now, amount=str(receipt.amount)) for receipt in rows))


def _fact(receipt: FreightReceipt, name: On, clerk: Person, at: datetime, now: datetime, **data: object) -> Fact:
    return Fact(
        name=name, subject=receipt.subject, at=at, recorded=now, by=clerk.actor, order=receipt.order.number,
        also=(f"order/{receipt.order_id}",), data={"unit": receipt.unit_id} | data,
    )  # fmt: skip
