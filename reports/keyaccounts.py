"""The daily tracking report of a key customer (§2.1.5): each shipment on its way that day, where it stood, what was done for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from customers.models import KeyCustomer
from delivery.choices import ENDED, Anomalous, ScanState, Slip, State
from delivery.models import Anomaly, FollowUp, Scan, Shipment, SignSlip, TrackingReport
from network.models import Person
from orders.choices import OPEN
from orders.models import Order
from rulebook.due import at
from sla.models import Deadline

LEADS_TO = {
    "depart": State.IN_TRANSIT, "depart_rest": State.IN_TRANSIT, "arrive_hub": State.AT_HUB, "arrive": State.ARRIVED,
    "forward": State.FORWARDED, "offer_for_pickup": State.READY_FOR_PICKUP, "load_for_delivery": State.OUT_FOR_DELIVERY,
    "wait": State.WAITING, "fail_attempt": State.HELD, "reschedule": State.HELD, "sign": State.SIGNED,
    "sign_with_exception": State.SIGNED_WITH_EXCEPTION, "refuse": State.REFUSED, "declare_lost": State.LOST,
    "send_back": State.RETURNING, "close_return": State.RETURNED,
}  # fmt: skip
"""Where a scan of the ledger leaves the goods; what is not here leaves them as they were."""

WAITING_SLIP = (Slip.EXPECTED, Slip.REJECTED)


@dataclass(frozen=True, slots=True)
class Line:
    """One shipment of the report. `due_at`: the clock that runs out first, of those still running."""

    shipment: Shipment
    state: State
    follow_ups: Sequence[FollowUp]
    anomalies: Sequence[Anomaly]
    slip: SignSlip | None
    due_at: datetime | None
    clause: str

    @property
    def number(self) -> str:
        return str(self.shipment.order.number)

    @property
    def waybill(self) -> str:
        return str(self.shipment.order.waybill.number)

    @property
    def to_follow(self) -> bool:
        """Tell whether the day's follow-up is still owed (§2.1.1.2)."""
        return not self.follow_ups and self.state not in ENDED


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one day. `unbilled`: orders of the customer that have no waybill yet."""

    account: KeyCustomer
    day: date
    lines: Sequence[Line]
    unbilled: int
    done: TrackingReport | None


def accounts_seen(person: Person) -> Iterable[KeyCustomer]:
    """Return the key customers a person may see, by name."""
    seen = KeyCustomer.objects.visible_to(person).select_related("customer__branch", "tracker")
    return seen.order_by("ended_at", "customer__name", "pk")


def of_day(account: KeyCustomer, day: date) -> Report:
    """Return a key customer's report of a local day: what was on its way in it, or signed with its slip still out."""
    start, end = at(day), at(day, 24)
    on_way = Q(ended_at=None) | Q(ended_at__gte=start) | Q(slip__state__in=WAITING_SLIP)
    found = Shipment.objects.filter(on_way, order__key_account=account, opened_at__lt=end)
    shipments = list(found.select_related("order__waybill", "terminal", "place", "slip").order_by("opened_at", "pk"))
    keys = [shipment.pk for shipment in shipments]
    open_orders = Order.objects.filter(key_account=account, state__in=OPEN, placed_at__lt=end)
    return Report(
        account=account, day=day, lines=_lines(shipments, keys, start, end), unbilled=open_orders.count(),
        done=account.reports.filter(on=day).select_related("person").first(),
    )  # fmt: skip


def _lines(shipments: Sequence[Shipment], keys: Sequence[int], start: datetime, end: datetime) -> list[Line]:
    """Dress shipments as lines: four queries whatever their number."""
    said = _grouped(FollowUp.objects.filter(shipment__in=keys, at__gte=start, at__lt=end).select_related("person").order_by("at", "pk"))
    wrong = Anomaly.objects.filter(shipment__in=keys, found_at__lt=end).exclude(state=Anomalous.CLOSED, closed_at__lt=start)
    anomalies = _grouped(wrong.order_by("found_at", "pk"))
    scans = _grouped(Scan.objects.filter(shipment__in=keys, at__lt=end, state=ScanState.APPLIED).order_by("at", "pk"))
    running = Deadline.objects.open().of_goods().filter(order__in=[s.order_id for s in shipments], due_at__isnull=False).order_by("-due_at")
    first = {clock.order_id: clock for clock in running}
    return [
        Line(
            shipment=goods, state=_state(scans[goods.pk]), follow_ups=said[goods.pk], anomalies=anomalies[goods.pk],
            slip=getattr(goods, "slip", None), due_at=first[goods.order_id].due_at if goods.order_id in first else None,
            clause=first[goods.order_id].clause if goods.order_id in first else "",
        )
        for goods in shipments
    ]  # fmt: skip


def _grouped(rows: Iterable[object]) -> dict[int, list]:  # type: ignore[type-arg]
    found: dict[int, list] = defaultdict(list)  # type: ignore[type-arg]
    for row in rows:
        found[row.shipment_id].append(row)  # type: ignore[attr-defined]
    return found


def _state(scans: Sequence[Scan]) -> State:
    """Return where the goods stood by the ledger of scans; found goods, and a tap taken back, go on from where they were."""
    states = [State.AT_ORIGIN]
    for scan in scans:
        if scan.verb in ("find", "take_back") and len(states) > 1:
            states.append(states[-2])
        elif scan.verb in LEADS_TO:
            states.append(LEADS_TO[scan.verb])
    return states[-1]


def to_chase(person: Person) -> Iterable[SignSlip]:
    """Return the key customers' slips that are signed and not back; origin and terminal branches both chase them (§2.1.5)."""
    seen = SignSlip.objects.visible_to(person).to_chase().filter(shipment__key_customer=True)
    related = ("shipment__order__key_account__customer", "shipment__order__branch", "shipment__terminal", "unit")
    return seen.select_related(*related).prefetch_related("chases__person", "chases__unit")
