"""The verbs of cash on delivery (代收货款, §4.3.3.2): exact to the fen, counted by another, paid out after the bank."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from core.models import Actor, Entry
from core.prepared import Prepared
from delivery.choices import LONGEST_OFFLINE, PAYOUT_DAYS, Cash, Holder, Means, Move
from delivery.models import CashMovement, CashOnDelivery
from network.models import Person
from orders.models import Order
from orders.services.charging import cod_plan
from orders.services.common import label
from rulebook.due import local
from rulebook.errors import Refused
from rulebook.events import On

CLAUSE = "§4.3.3.2"
BILLED: Prepared[Order] = Prepared(lambda order: Order.objects.select_related("waybill", "branch").filter(pk=order))

# What the waybill and the shipment say, heard through the journal.


def _billed(entry: Entry) -> list[Fact]:
    """A waybill with cash to collect opens its row."""
    order = BILLED.ask(_order(entry))[0]
    if order.cod_amount:
        terms = payout(order, now=entry.occurred_at)
        CashOnDelivery.objects.get_or_create(order=order, defaults={"amount": order.cod_amount, **terms})
    return []


def payout(order: Order, *, now: datetime) -> dict[str, Any]:
    """Return how fast the cash of a billed order is paid out: by the plan its fee is charged by (§3.3)."""
    plan = cod_plan(order, order.waybill, now=now)
    return {"plan": plan.code, "payout_days": plan.days} if plan else {"plan": "", "payout_days": PAYOUT_DAYS}


def _given_up(entry: Entry) -> list[Fact]:
    """Goods refused, lost or on their way back: nothing is to be collected any more."""
    cash = CashOnDelivery.objects.locked().filter(order=_order(entry), state=Cash.DUE).first()
    if cash is None:
        return []
    cash.void(remark="")
    cash.save()
    return [_fact(cash, On.CASH_VOIDED, entry.actor, entry.occurred_at, entry.recorded_at, entry.order_number)]


def _corrected(entry: Entry) -> list[Fact]:
    """The refusal that had made the money void was a wrong tap."""
    if entry.data["verb"] != "refuse":
        return []
    cash = CashOnDelivery.objects.locked().filter(order=_order(entry), state=Cash.VOID).first()
    if cash is None:
        return []
    cash.revive()
    cash.save()
    return [_fact(cash, On.CASH_REVIVED, entry.actor, entry.occurred_at, entry.recorded_at, entry.order_number)]


REACTIONS: dict[str, Callable[[Entry], list[Fact]]] = {
    On.WAYBILL_ISSUED: _billed,
    On.SHIPMENT_REFUSED: _given_up,
    On.SHIPMENT_DECLARED_LOST: _given_up,
    On.SHIPMENT_SENT_BACK: _given_up,
    On.DELIVERY_TAKEN_BACK: _corrected,
}


def _order(entry: Entry) -> int:
    named = (entry.subject, *entry.also)
    return next(int(subject.removeprefix("order/")) for subject in named if subject.startswith("order/"))


def unsettled(order: Order) -> CashOnDelivery | None:
    """Return the cash that keeps the goods from being signed for: not yet collected, or in dispute (§4.3.3.2)."""
    waiting = CashOnDelivery.objects.filter(order=order, state__in=(Cash.DUE, Cash.DISCREPANCY))
    cash: CashOnDelivery | None = waiting.first()
    return cash


# At the consignee's door.


@transaction.atomic
def collect(
    *, number: str, clerk: Person, amount: Decimal, means: str, now: datetime, at: datetime | None = None
) -> CashOnDelivery:
    """
    The consignee has paid (§4.3.3.2). `at` is the event's own time where a phone was offline.

    :param amount: CNY, what was received; another than due is not stored: correct it or raise a discrepancy
    :raises Refused: another amount than due, an unknown means of payment, a time in the future or too far back
    :raises Conflict: collected already, or nothing is due
    """
    clerk.require("collect_cash")
    cash = _locked(number, clerk)
    happened = at or now
    if amount != cash.amount:
        words = _("应收 %(due)s 元，实收 %(got)s 元：请找零或补足后再登记；确有差异请登记差异。")
        raise Refused(CLAUSE, words % {"due": cash.amount, "got": amount}, field="amount")
    if means not in Means.values:
        raise Refused(CLAUSE, _("请选择收款方式。"), field="means")
    if not now - LONGEST_OFFLINE <= happened <= now:
        raise Refused(CLAUSE, _("收款时间不能晚于现在，也不能早于两天前。"), field="at")
    pay_by = local(happened).date() + timedelta(days=cash.payout_days)
    perform(cash.collect, by=clerk, means=means, at=happened, pay_by=pay_by)
    cash.unit = clerk.unit_for(cash.unit)
    _save(cash, clerk, now)
    _move(cash, Move.COLLECT, Holder.COURIER, Holder.OWED, clerk, happened, now)
    _publish(cash, On.CASH_COLLECTED, clerk.actor, happened, now, amount=str(cash.amount), means=means)
    return cash


@transaction.atomic
def raise_discrepancy(*, number: str, clerk: Person, found: Decimal, remark: str, now: datetime) -> CashOnDelivery:
    """
    Another amount than due was offered at the door, or found when counting.

    :raises Refused: the amount is right, negative, or nothing is said about it
    :raises Conflict: the money is counted, or nothing is due
    """
    clerk.require("collect_cash")
    cash = _locked(number, clerk)
    if found == cash.amount or found < 0 or not found.is_finite():
        raise Refused(CLAUSE, _("请填写与应收不同的实际金额。"), field="found")
    if not remark.strip():
        raise Refused(CLAUSE, _("请说明差异的经过。"), field="remark")
    perform(cash.raise_discrepancy, found=found, remark=remark)
    _save(cash, clerk, now)
    _publish(cash, On.CASH_DISCREPANCY_RAISED, clerk.actor, now, now, found=str(found))
    return cash


@transaction.atomic
def resolve(*, number: str, clerk: Person, paid: bool, remark: str, now: datetime) -> CashOnDelivery:
    """
    Settle a discrepancy: the full amount is there after all (`paid`), or the consignee owes it as before.

    Money booked as collected that was not there is booked back; one that was never booked cannot be called paid here:
    it is resolved as owed and then collected.

    :raises Refused: nothing was collected, or nothing is said about it
    :raises Conflict: there is no discrepancy
    """
    clerk.require("resolve_cash")
    cash = _locked(number, clerk)
    if not remark.strip():
        raise Refused(CLAUSE, _("请说明处理结果。"), field="remark")
    booked = cash.collected_at is not None
    if paid and not booked:
        raise Refused(CLAUSE, _("该单尚未收款：请先处理为待收款，再登记收款。"), field="paid")
    if booked and not paid:
        _move(cash, Move.TAKE_BACK, Holder.OWED, Holder.COURIER, clerk, now, now)
    perform(cash.resolve, remark=remark, still_collected=paid)
    _save(cash, clerk, now)
    _publish(cash, On.CASH_RESOLVED, clerk.actor, now, now, paid=paid)
    return cash


# In the office.


@transaction.atomic
def count(*, numbers: Sequence[str], clerk: Person, total: Decimal, now: datetime) -> list[CashOnDelivery]:
    """
    Count what a courier hands over; all of it is booked or nothing.

    :param total: CNY, as counted
    :raises Refused: the clerk collected some of it, or the total differs from what was collected
    :raises Conflict: one of them has been counted already
    """
    clerk.require("count_cash")
    rows = _locked_all(numbers, clerk)
    if any(cash.collected_by == clerk for cash in rows):
        raise Refused(CLAUSE, _("收款人不能清点自己收的款，请由他人清点。"), field="numbers")
    if total != (due := sum((cash.amount for cash in rows), Decimal())):
        words = _("应交 %(due)s 元，清点 %(got)s 元，相差 %(gap)s 元：请复点；确有差异请对有差异的订单登记差异。")
        raise Refused(CLAUSE, words % {"due": due, "got": total, "gap": total - due}, field="total")
    for cash in rows:
        perform(cash.count, by=clerk, at=now)
        _save(cash, clerk, now)
        _move(cash, Move.COUNT, Holder.BRANCH, Holder.COURIER, clerk, now, now)
    _publish_all(rows, On.CASH_COUNTED, clerk, now)
    return rows


@transaction.atomic
def bank(*, numbers: Sequence[str], clerk: Person, slip: str, now: datetime) -> list[CashOnDelivery]:
    """
    Pay the counted money in at the bank, under one deposit slip.

    :raises Refused: no slip number
    :raises Conflict: one of them is not counted, or is paid in already
    """
    clerk.require("bank_cash")
    if not slip.strip():
        raise Refused(CLAUSE, _("请填写存款单号。"), field="slip")
    rows = _locked_all(numbers, clerk)
    for cash in rows:
        perform(cash.bank, slip=slip.strip(), at=now)
        _save(cash, clerk, now)
        _move(cash, Move.BANK, Holder.BANK, Holder.BRANCH, clerk, now, now)
    _publish_all(rows, On.CASH_BANKED, clerk, now)
    return rows


@transaction.atomic
def confirm_bank(*, slip: str, clerk: Person, now: datetime) -> list[CashOnDelivery]:
    """
    The bank confirms a deposit slip: what stands on it may be paid out.

    :raises Refused: nothing waits under this slip
    """
    clerk.require("remit_cash")
    waiting = CashOnDelivery.objects.visible_to(clerk).filter(bank_slip=slip, state=Cash.BANKED, confirmed_at=None)
    rows = _locked_all(list(waiting.values_list("order__number", flat=True)), clerk) if slip else []
    if not rows:
        raise Refused(CLAUSE, _("没有待确认的存款单 %s。") % slip, field="slip")
    for cash in rows:
        cash.confirmed_at = now
        _save(cash, clerk, now)
    _publish_all(rows, On.CASH_CONFIRMED_BY_BANK, clerk, now)
    return rows


@transaction.atomic
def remit(*, numbers: Sequence[str], clerk: Person, batch: str, now: datetime) -> list[CashOnDelivery]:
    """
    Pay the shippers.

    :raises Refused: no batch number, or the bank has not confirmed one of them
    :raises Conflict: one of them is paid already
    """
    clerk.require("remit_cash")
    if not batch.strip():
        raise Refused(CLAUSE, _("请填写汇付批次号。"), field="batch")
    rows = _locked_all(numbers, clerk)
    for cash in rows:
        perform(cash.remit, batch=batch.strip(), at=now)
        _save(cash, clerk, now)
        _move(cash, Move.REMIT, Holder.OWED, Holder.BANK, clerk, now, now)
    _publish_all(rows, On.CASH_REMITTED, clerk, now)
    return rows


@transaction.atomic
def write_off(*, number: str, clerk: Person, remark: str, now: datetime) -> CashOnDelivery:
    """
    Take what cannot be recovered out of the books; whether the shipper is paid for it is a claim's matter (§4.5).

    :raises Refused: nothing is said about it
    :raises Conflict: there is no discrepancy
    """
    clerk.require("remit_cash")
    if not remark.strip():
        raise Refused(CLAUSE, _("请说明核销原因。"), field="remark")
    cash = _locked(number, clerk)
    perform(cash.write_off, remark=remark)
    _save(cash, clerk, now)
    if cash.collected_at:
        _move(cash, Move.WRITE_OFF, Holder.OWED, Holder.COURIER, clerk, now, now)
    _publish(cash, On.CASH_WRITTEN_OFF, clerk.actor, now, now)
    return cash


def _locked(number: str, clerk: Person) -> CashOnDelivery:
    return _locked_all([number], clerk)[0]


def _locked_all(numbers: Sequence[str], clerk: Person) -> list[CashOnDelivery]:
    """
    Return the rows of these orders, in the order of their keys so that two clerks never wait for each other; each order's
    row is locked first: it numbers the facts, and the same order may be signed for right now.

    :raises CashOnDelivery.DoesNotExist: one of them is unknown or outside the scope
    :raises Refused: none is named
    """
    wanted = set(numbers)
    if not wanted:
        raise Refused(CLAUSE, _("请至少选择一票订单。"), field="numbers")
    seen = CashOnDelivery.objects.visible_to(clerk).filter(order__number__in=wanted).values("pk")
    list(Order.objects.locked().filter(cash__in=seen).order_by("pk"))
    rows = list(CashOnDelivery.objects.locked().select_related("order", "unit").filter(pk__in=seen).order_by("pk"))
    if len(rows) != len(wanted):
        raise CashOnDelivery.DoesNotExist
    return rows


def _save(cash: CashOnDelivery, clerk: Person, now: datetime) -> None:
    cash.last_actor, cash.last_at = label(clerk), now
    cash.save()


def _move(
    cash: CashOnDelivery, kind: Move, debit: Holder, credit: Holder, clerk: Person, at: datetime, now: datetime
) -> None:
    CashMovement.objects.create(
        cash=cash, kind=kind, debit=debit, credit=credit, amount=cash.amount, unit=cash.unit, person=clerk,
        at=at, recorded_at=now,
    )  # fmt: skip


def _publish(cash: CashOnDelivery, name: On, by: Actor, at: datetime, now: datetime, **data: object) -> None:
    publish(_fact(cash, name, by, at, now, cash.order.number, data))


def _publish_all(rows: Iterable[CashOnDelivery], name: On, clerk: Person, now: datetime) -> None:
    publish(*(_fact(cash, name, clerk.actor, now, now, cash.order.number) for cash in rows))


def _fact(
    cash: CashOnDelivery, name: On, by: Actor, at: datetime, now: datetime, number: str,
    data: dict[str, object] | None = None,
) -> Fact:  # fmt: skip
    return Fact(
        name=name, subject=cash.subject, at=at, recorded=now, by=by, order=number, also=(f"order/{cash.order_id}",),
        data={"unit": cash.unit_id} | (data or {}),
    )  # fmt: skip
