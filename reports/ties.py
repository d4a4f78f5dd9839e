"""Sums that tie out: what the rows say against what the journal and the ledgers say, over everything in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum

from core.models import Entry
from delivery import services as delivery
from delivery.choices import SIGNED as SIGNED_STATES
from delivery.choices import Cash, ScanState
from delivery.choices import State as Way
from delivery.models import CashOnDelivery, FreightReceipt, Scan, Shipment
from orders.choices import OPEN, State
from orders.models import BillLine, Order, Waybill
from penalties.services import breaches_fined, carried_faults, ledger_faults, sums_of_ledger, sums_of_penalties
from rulebook.coupons import CODE as COUPON
from rulebook.events import SIGNED, On
from sla.choices import State as Clock
from sla.choices import StepKind
from sla.models import Step

BLOCK = 5_000  # rows in memory at a time
RETURNING = ("find", "take_back")
SHOWN = 5  # of what does not tie out


@dataclass(frozen=True, slots=True)
class Tie:
    """One statement about the whole that has to hold: what it says in figures, and what speaks against it."""

    name: str
    says: str
    faults: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.faults


def ties() -> Iterator[Tie]:
    """Yield every tie; a database whose parts agree has none that does not hold."""
    for check in (orders_end, journal_is_whole, pieces, cash, freight, coupons, announcements, fines, carried, scans):
        yield check()


def orders_end() -> Tie:
    """Orders placed = billed + cancelled + open; each billed one has its waybill and its shipment, each fact its row."""
    by_state = dict(Order.objects.values_list("state").annotate(Count("pk")).order_by())
    billed, cancelled = by_state.get(State.WAYBILLED, 0), by_state.get(State.CANCELLED, 0)
    still_open = sum(by_state.get(state, 0) for state in OPEN)
    told = {name: Entry.objects.filter(name=name).count() for name in (On.ORDER_SUBMITTED, On.WAYBILL_ISSUED, On.ORDER_CANCELLED)}
    placed = told[On.ORDER_SUBMITTED]
    faults = _unequal(
        ("下单事实与已开单、已取消、未结之和", placed, billed + cancelled + still_open),
        ("开单事实与已开单订单", told[On.WAYBILL_ISSUED], billed),
        ("运单与已开单订单", Waybill.objects.count(), billed),
        ("货物与运单", Shipment.objects.count(), billed),
        ("取消事实与已取消订单", told[On.ORDER_CANCELLED], cancelled),
    )
    return Tie("订单", f"下单 {placed} = 已开单 {billed} + 已取消 {cancelled} + 未结 {still_open}", faults)


def journal_is_whole() -> Tie:
    """Every order's facts are numbered 1, 2, 3 …, and every order has some."""
    numbered = Entry.objects.exclude(seq=None).values("order_number")
    chained = numbered.annotate(first=Min("seq"), last=Max("seq"), count=Count("pk"))
    broken = chained.exclude(first=1, last=F("count")).order_by("order_number").values_list("order_number", flat=True)
    orders, known = Order.objects.count(), numbered.distinct().count()
    faults = (*(f"{number} 的日志编号不连续" for number in broken[:SHOWN]), *_unequal(("有日志的订单与订单", known, orders)))
    return Tie("日志", f"{orders} 票订单的日志逐条连续", faults)


def pieces() -> Tie:
    """Pieces billed = signed for + missing at signing + returned + lost + still on their way; by state of the goods and by the journal."""
    sent = Shipment.objects.aggregate(sum=Sum("pieces"))["sum"] or 0
    by_state = {state: (count, signed or 0) for state, count, signed in _pieces_by_state()}
    signed = sum(by_state.get(state, (0, 0))[1] for state in SIGNED_STATES)
    missing = sum(by_state.get(state, (0, 0))[0] for state in SIGNED_STATES) - signed
    returned, lost = by_state.get(Way.RETURNED, (0, 0))[0], by_state.get(Way.LOST, (0, 0))[0]
    ended = (*SIGNED_STATES, Way.RETURNED, Way.LOST)
    on_the_way = sum(count for state, (count, _signed) in by_state.items() if state not in ended)
    faults = _unequal(
        ("运单件数与货物件数", Waybill.objects.aggregate(sum=Sum("pieces"))["sum"] or 0, sent),
        ("各状态件数之和与货物件数", signed + missing + returned + lost + on_the_way, sent),
        ("签收事实与签收件数", _pieces_told_signed(), signed),
    )
    says = f"开单 {sent} 件 = 签收 {signed} + 签收时缺少 {missing} + 退回 {returned} + 丢失 {lost} + 在途 {on_the_way}"
    return Tie("件数", says, faults)


def _pieces_by_state() -> Any:
    return Shipment.objects.values_list("state").annotate(Sum("pieces"), Sum("pieces_signed")).order_by()


def _pieces_told_signed() -> int:
    """Return the pieces that the journal's last word on each shipment says were signed for."""
    told = Entry.objects.filter(name__in=SIGNED).order_by("recorded_at", "pk").values_list("subject", "data")
    standing = {subject: int(data["pieces"]) for subject, data in told.iterator(BLOCK)}
    signed = Shipment.objects.filter(state__in=SIGNED_STATES).values_list("pk", flat=True)
    return sum(standing.get(f"shipment/{key}", 0) for key in signed.iterator(BLOCK))


def cash() -> Tie:
    """Cash collected = remitted + outstanding + written off, in all and for every order, branch and customer (§4.3.3.2)."""
    books = delivery.books()
    due = CashOnDelivery.objects.filter(Q(state=Cash.DUE) | Q(state=Cash.DISCREPANCY, collected_at=None)).count()
    says = (
        f"已收 {books.collected} 元 = 已汇付 {books.remitted} + 在手 {books.outstanding} + 已核销 {books.written_off}"
        f"（另有 {due} 票待收）"
    )
    faults = [f"{KINDS[fault.kind]} {fault.name} 相差 {fault.sums.gap} 元" for fault in delivery.faults()]
    return Tie("代收货款", says, tuple(faults[:SHOWN]))


def freight() -> Tie:
    """Freight received from consignees (到付) lies with its collectors, in the branches or in the bank; each by its movements."""
    books = delivery.freight_books()
    says = f"到付运费 {books.received} 元 = 收款人手中 {books.in_hand} + 库存 {books.in_safe} + 银行 {books.banked}"
    faults = [f"订单 {row.order.number} 的到付运费 {row.amount} 元与收付记录不符" for row in delivery.freight_faults()[:SHOWN]]
    told = dict(Entry.objects.filter(name__in=(On.FREIGHT_COLLECTED, On.FREIGHT_TAKEN_BACK)).values_list("name").annotate(Count("pk")))
    rows = FreightReceipt.objects.standing().count()
    known = told.get(On.FREIGHT_COLLECTED, 0) - told.get(On.FREIGHT_TAKEN_BACK, 0)
    return Tie("到付运费", says, (*faults, *_unequal(("到付运费的收款事实与收款", known, rows), ("到付运费", books.gap, 0))))


def coupons() -> Tie:
    """Every coupon on an order was stated once and not taken back; a billed order that has one has its line, and no other has (§4.5)."""
    used = Order.objects.exclude(coupon=None)
    told = dict(Entry.objects.filter(name__in=(On.COUPON_USED, On.COUPON_GIVEN_BACK)).values_list("name").annotate(Count("pk")))
    stated = told.get(On.COUPON_USED, 0) - told.get(On.COUPON_GIVEN_BACK, 0)
    billed = set(used.filter(state=State.WAYBILLED).values_list("pk", flat=True))
    lines = BillLine.objects.filter(code=COUPON, version=F("waybill__version"))
    lined = Counter(lines.values_list("waybill__order", flat=True))
    off = -sum(lines.values_list("amount", flat=True), Decimal("0.00"))
    wrong = (lined.keys() ^ billed) | {key for key, count in lined.items() if count > 1}
    numbers = Order.objects.filter(pk__in=wrong).order_by("number").values_list("number", flat=True)[:SHOWN]
    faults = (
        *_unequal(("优惠券的使用事实与已用优惠券", stated, used.count())),
        *(f"订单 {number} 的优惠券与运单的抵扣不符" for number in numbers),
    )
    return Tie("优惠券", f"已用优惠券 {used.count()} 张，已开单 {len(billed)} 张，抵扣 {off} 元", faults)


KINDS = {"order": "订单", "branch": "营业部", "customer": "客户"}


def announcements() -> Tie:
    """Every step that was breached has been announced once, and nothing else has (§1.2, design §6.2)."""
    breached = Step.objects.filter(state__in=(Clock.BREACHED, Clock.EXCUSED)).exclude(kind=StepKind.WARN)
    stand = {str(key) for key in breached.values_list("pk", flat=True).iterator(BLOCK)}
    told: Counter[str] = Counter()
    facts = Entry.objects.filter(name__in=(On.DEADLINE_BREACHED, On.DEADLINE_CORRECTED)).values_list("name", "data")
    for name, data in facts.iterator(BLOCK):
        told[str(data["step"])] += 1 if name == On.DEADLINE_BREACHED else -1
    once = {step for step, count in told.items() if count == 1}
    faults = (
        *(f"时点 {step} 已超时而未公布" for step in sorted(stand - once)[:SHOWN]),
        *(f"时点 {step} 已公布而未超时" for step in sorted(once - stand)[:SHOWN]),
        *(f"时点 {step} 公布了 {count} 次" for step, count in sorted(told.items()) if count not in (0, 1)),
    )
    return Tie("超时公布", f"超时 {len(stand)} 个时点，各公布一次", faults)


def fines() -> Tie:
    """Penalties = ledger, in all and for every penalty and payer (§1.7.3)."""
    said, booked = sums_of_penalties(), sums_of_ledger()
    says = f"处罚 {said.fined:.2f} 元 = 已扣 {said.taken:.2f} + 未扣 {said.outstanding:.2f}"
    found = [f"{PAYERS[fault.kind]} {fault.name} 与账簿不符" for fault in ledger_faults()]
    pairs = (("处罚合计与账簿", said.fined, booked.fined), ("已扣合计与账簿", said.taken, booked.taken))
    return Tie("罚款账", says, (*_unequal(*pairs), *found[:SHOWN]))


PAYERS = {"penalty": "处罚", "payer": "缴款方"}


def carried() -> Tie:
    """Every breached step that carries fines has each of them once, and no other step has any (§1.7.2)."""
    steps, count = breaches_fined()
    found = [f"时点 {fault.step} 应有 {fault.owed} 笔处罚，实有 {fault.carried} 笔" for fault in carried_faults()]
    return Tie("超时处罚", f"应罚的超时 {steps} 个时点，处罚 {count} 笔", tuple(found[:SHOWN]))


def scans() -> Tie:
    """Each shipment's applied scans lead, step by step of the machine, from its origin to where it is."""
    machine = _machine()
    states: dict[int, str] = {}
    came_from: dict[int, str] = {}  # what a loss or the last act left behind: found again or taken back, that holds again
    broken: dict[int, str] = {}
    count = 0
    rows = Scan.objects.filter(state=ScanState.APPLIED).order_by("shipment_id", "turn").values_list("shipment_id", "verb")
    for key, verb in rows.iterator(BLOCK):
        count += 1
        before = states.get(key, Way.AT_ORIGIN)
        targets = machine.get(verb, {})
        if before not in targets:
            broken.setdefault(key, f"“{verb}”不能接在“{before}”之后")
            continue
        states[key] = came_from.get(key, before) if verb in RETURNING else targets[before] or before
        if states[key] != before and verb not in RETURNING:
            came_from[key] = before
    for key, state in Shipment.objects.values_list("pk", "state").iterator(BLOCK):
        if key not in broken and states.get(key, Way.AT_ORIGIN) != state:
            broken[key] = f"扫描止于“{states.get(key, Way.AT_ORIGIN)}”，货物却为“{state}”"
    numbers = dict(Shipment.objects.filter(pk__in=list(broken)[:SHOWN]).values_list("pk", "order__number"))
    faults = tuple(f"订单 {numbers[key]} 的{words}" if key in numbers else words for key, words in list(broken.items())[:SHOWN])
    return Tie("扫描", f"{count} 条扫描逐条相接，止于货物现状", faults)


def _machine() -> dict[str, dict[str, str]]:
    """Return where each verb leads from each state ('' where the row itself says)."""
    steps = {verb: getattr(Shipment, verb)._django_fsm.transitions for verb in delivery.VERBS}
    return {
        verb: {source: str(step.target) if isinstance(step.target, str) else "" for source, step in of_verb.items()}
        for verb, of_verb in steps.items()
    }


def _unequal(*pairs: tuple[str, Any, Any]) -> tuple[str, ...]:
    return tuple(f"{name}不符：{one} 与 {other}" for name, one, other in pairs if one != other)
