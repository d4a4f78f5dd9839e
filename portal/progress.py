"""How far an order is and what its customer may expect next, read from the journal and the running clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from delivery.choices import State as Goods
from delivery.models import Shipment
from network.places import lineage
from orders.choices import State
from orders.models import Order
from pickup.windows import Window
from reports import tracking
from reports.journey import day_words, near_day, when_words
from reports.tracking import Event
from rulebook.due import local
from sla.models import Deadline

PROMISES = ("§1.2.1.3", "§1.2.1.1", "§1.3.1.1", "§1.3.1.2")
"""The limits a customer is told of; the others are between us."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What the customer may expect, and until when; `late` once that has passed."""

    text: str
    due_at: datetime
    clause: str
    level: str

    @property
    def late(self) -> bool:
        return self.level == "over"


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the steps every order takes."""

    title: str
    done: bool
    current: bool


def orders() -> QuerySet[Order]:
    """Return orders with what their headline needs."""
    found: QuerySet[Order] = Order.objects.select_related("branch", "waybill", "cash", "shipment__terminal", "shipment__slip", "coupon")
    return found


def headline(order: Order) -> str:
    """Return the state of an order in one sentence."""
    branch = {"branch": order.branch.name if order.branch else ""}
    if order.state == State.ACCEPTED and order.collected_at and not order.handed_back_at:
        return _("货物已接收，等待%(branch)s称重开单") % branch
    if order.state == State.ACCEPTED:
        return (_("%(branch)s已受理，等待上门接货") if order.pickup else _("%(branch)s已受理，请送货到营业部")) % branch
    if order.state == State.POSTPONED:
        return _("已延期至 %s 发货") % day_words(order.ship_on)
    if order.state == State.WAYBILLED:
        return _whereabouts(order)
    return {
        State.UNASSIGNED: _("已提交，正在为您分配营业部"),
        State.AT_BRANCH: _("等待%(branch)s电话确认") % branch,
        State.CANCELLED: _("订单已取消"),
    }[State(order.state)]


def goods_of(order: Order) -> Shipment | None:
    """Return the shipment of a billed order, read along with it."""
    return getattr(order, "shipment", None)


def _whereabouts(order: Order) -> str:
    """Say where billed goods are."""
    goods = goods_of(order)
    if goods is None or goods.state == Goods.AT_ORIGIN:
        return _("已开单，运单号 %s") % order.waybill.number
    branch = goods.terminal.name if goods.terminal else _("营业部")
    here = _("货物已到达%(branch)s，等待派送") if goods.door else _("货物已到达%(branch)s，请等待提货通知")
    words = {
        Goods.IN_TRANSIT: _("货物运输途中"), Goods.AT_HUB: _("货物已到中转场"), Goods.ARRIVED: here, Goods.HELD: here,
        Goods.FORWARDED: _("货物已转交%(carrier)s承运"), Goods.OUT_FOR_DELIVERY: _("货物派送中"),
        Goods.WAITING: _("送货人员在现场等待"), Goods.READY_FOR_PICKUP: _("货物等待自提，请到%(branch)s提货"),
        Goods.SIGNED: _("货物已签收"), Goods.SIGNED_WITH_EXCEPTION: _("货物已签收，有异常"), Goods.REFUSED: _("收货人拒收"),
        Goods.LOST: _("货物查找中，营业部会与您联系"), Goods.RETURNING: _("货物正在退回发货人"),
        Goods.RETURNED: _("货物已退回发货人"),
    }  # fmt: skip
    return words[Goods(goods.state)] % {"branch": branch, "carrier": goods.carrier}


def stages(order: Order) -> list[Stage]:
    """Return the steps from placing to the signature; a cancelled order shows how far it came."""
    goods = goods_of(order)
    steps = [(_("提交"), True), (_("受理"), order.accepted_at is not None)]
    if order.pickup:
        steps.append((_("接货"), order.collected_at is not None and order.handed_back_at is None))
    steps.append((_("开单"), order.waybilled_at is not None))
    steps.append((_("到达"), goods is not None and goods.arrived_at is not None))
    steps.append((_("货物签收"), goods is not None and goods.signed_at is not None))
    ended = order.state == State.CANCELLED or (goods is not None and goods.ended_at is not None)
    first_open = next((i for i, (_title, done) in enumerate(steps) if not done), len(steps))
    return [Stage(title, done, current=not ended and i == first_open) for i, (title, done) in enumerate(steps)]


def events(order: Order, *, full: bool) -> list[Event]:
    """Return what happened, newest first; `full` for its parties."""
    return list(reversed(tracking.events(order.number, full=full)))


@dataclass(frozen=True, slots=True)
class Station:
    """Where the money collected for the shipper has been, and since when; None where it has yet to come."""

    title: str
    at: datetime | None


def money(order: Order) -> list[Station]:
    """Return the way of the money from the door to the shipper (§3.2(9)); nothing where none is collected."""
    cash = getattr(order, "cash", None)
    if cash is None or cash.collected_at is None:
        return []
    return [
        Station(_("已收款"), cash.collected_at), Station(_("已清点"), cash.counted_at), Station(_("已存行"), cash.banked_at),
        Station(_("银行已确认"), cash.confirmed_at), Station(_("已汇付"), cash.remitted_at),
    ]  # fmt: skip


def promises(order: Order, now: datetime) -> list[Promise]:
    """Return what is still to be expected, the next first: one query."""
    running = (
        Deadline.objects.of_order(order).open().filter(clause__in=PROMISES, due_at__isnull=False).order_by("due_at")
    )
    return [_promise(order, clock, now) for clock in running]


def next_promises(found: Sequence[Order], now: datetime) -> dict[int, Promise]:
    """Return what each of several orders has to expect next, by its key: one query."""
    running = Deadline.objects.open().filter(order__in=[each.pk for each in found], clause__in=PROMISES, due_at__isnull=False)
    first: dict[int, Deadline] = {}
    for each in running.order_by("due_at"):
        first.setdefault(each.order_id, each)
    return {order.pk: _promise(order, first[order.pk], now) for order in found if order.pk in first}


def _promise(order: Order, clock: Deadline, now: datetime) -> Promise:
    due: datetime = clock.due_at  # type: ignore[assignment]
    time = {"time": when_words(due, now), "branch": order.branch.name if order.branch else _("营业部")}
    left = (due - now).total_seconds()
    level = "over" if left < 0 else "urgent" if left <= 120 else "soon" if left <= 300 else "safe"
    if left < 0:
        return Promise(_late(clock.clause) % time, due, clock.clause, level)
    if clock.clause == "§1.3.1.2" and order.appointment:
        window = {
            "day": near_day(local(order.appointment).date(), local(now).date()),
            "hours": Window(order.appointment).hours,
        }
        return Promise(_("%(day)s %(hours)s 上门接货") % window, due, clock.clause, level)
    words = {
        "§1.2.1.3": _("呼叫中心最迟 %(time)s 为您分配营业部"),
        "§1.2.1.1": _("%(branch)s最迟 %(time)s 致电您确认订单"),
        "§1.3.1.1": _("最迟 %(time)s 上门接货"),
        "§1.3.1.2": _("最迟 %(time)s 上门接货"),
    }
    return Promise(words[clock.clause] % time, due, clock.clause, level)


def _late(clause: str) -> str:
    """Return the honest words for a promise that was not kept."""
    if clause == "§1.2.1.3":
        return _("本应在 %(time)s 前分配营业部，已超时；呼叫中心已收到提醒，正在处理")
    if clause == "§1.2.1.1":
        return _("%(branch)s本应在 %(time)s 前致电您，已超时；呼叫中心已收到提醒，正在催办")
    return _("本应在 %(time)s 前上门接货，已超时；可直接致电营业部催问")


def city(code: str) -> str:
    """Return province and city of a place, no nearer: what a stranger may read."""
    names = [each.name for each in lineage(code)[:2] if not each.is_filler]
    return " ".join(dict.fromkeys(names))


def summaries(numbers: Sequence[str]) -> dict[str, Order]:
    """Return the orders of these order or waybill numbers, by the number asked for."""
    found = orders().filter(number__in=numbers) | orders().filter(waybill__number__in=numbers)
    known = {order.number: order for order in found}
    billed = {order.waybill.number: order for order in known.values() if order.state == State.WAYBILLED}
    return {number: order for number in numbers if (order := known.get(number) or billed.get(number))}
