"""What is said on the way to the door: calls to the consignee, special circumstances, demands from the spot (§1.3.3.1, §4.3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from core.journal import publish
from delivery.choices import ENDED, ON_THE_ROAD, TO_PLAN, CallKind, Cash, Means, State
from delivery.models import CashOnDelivery, Circumstance, DeliveryCall, Demand, FreightReceipt, Shipment
from delivery.services.shipments import about, locked
from delivery.services.verbs import Moment, coded_of, future_of, not_now, text_of
from network.models import Person
from orders.choices import Delivery, Payer
from orders.models import AddedCharge
from rulebook.errors import Conflict, Denied, Refused
from rulebook.events import On
from rulebook.measures import Parcel, heaviest_of
from rulebook.reasons import CIRCUMSTANCES, DEMANDS, LATENESS_REASONS
from rulebook.windows import helpers_needed

TO_CALL = (*TO_PLAN, *ON_THE_ROAD, State.READY_FOR_PICKUP)
ZERO, CENT = Decimal("0.00"), Decimal("0.01")
SHARES: dict[str, Decimal] = {Payer.CONSIGNEE: Decimal(1), Payer.BOTH: Decimal("0.5")}
"""Who of the payers has the consignee pay something, and how much of it."""
ON_THE_WAY = (State.IN_TRANSIT, State.AT_HUB, *TO_CALL)


def freights_to_collect(shipments: Iterable[Shipment]) -> dict[int, Decimal]:
    """
    Return by shipment what the consignee has yet to pay (到付): freight and charges added since, less what was received; where both
    pay, half of it, to the fen, half-up (§0.9) †.
    """
    paying = {goods.order_id: goods for goods in shipments if goods.order.waybill.payer in SHARES}
    charged = AddedCharge.objects.filter(waybill__order__in=paying).values_list("waybill__order").annotate(Sum("amount"))
    received = FreightReceipt.objects.standing().filter(order__in=paying).values_list("order").annotate(Sum("amount"))
    added, had = dict(charged), dict(received)
    share = {order: SHARES[goods.order.waybill.payer] for order, goods in paying.items()}
    whole = {order: goods.order.waybill.amount + added.get(order, ZERO) for order, goods in paying.items()}
    due = {order: (whole[order] * share[order]).quantize(CENT, ROUND_HALF_UP) - had.get(order, ZERO) for order in paying}
    return {goods.pk: max(due[order], ZERO) for order, goods in paying.items()}


def freight_to_collect(shipment: Shipment) -> Decimal:
    """Return what the consignee has yet to pay of the freight, 0 where somebody else pays."""
    return freights_to_collect([shipment]).get(shipment.pk, ZERO)


def cash_to_collect(shipment: Shipment) -> Decimal:
    """Return the cash on delivery still to be collected (§4.3.3.2)."""
    due = CashOnDelivery.objects.filter(order=shipment.order_id, state=Cash.DUE).first()
    return due.amount if due else ZERO


@transaction.atomic
def call_consignee(*, number: str, clerk: Person, now: datetime, reached: bool, **said: Any) -> Shipment:
    """
    Record the call before a delivery: time, address, freight to collect, cash and its means, extra services (§4.3.2.7, §4.3.3.1-2).

    :param said: `expected_at`, `address_confirmed`, `freight_told`, `means`, `extras`, `remark`
    :raises Refused: reached, but something the consignee has to be told or asked is missing; names the field
    :raises Conflict: the goods are not at the terminal branch or on its vehicle
    """
    clerk.require("call_consignee")
    shipment = _reachable(number, clerk, TO_CALL)
    told = _told(shipment, said, now) if reached else {}
    DeliveryCall.objects.create(
        shipment=shipment, kind=CallKind.BEFORE, reached=reached, remark=_short(said, "remark"), person=clerk, at=now, **told
    )
    if reached:
        shipment.called_at, shipment.told_at = now, told["expected_at"]
        shipment.save(update_fields=["called_at", "told_at"])
    publish(about(shipment, On.CONSIGNEE_CALLED, Moment(clerk, now, now), {"reached": reached, **_time(told)}))
    return shipment


def _told(shipment: Shipment, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Check that the consignee has been told and asked everything."""
    expected = future_of(said, "expected_at", now, "§4.3.3.1", _("请填写告知收货人的预计送达时间，须晚于现在。"))
    if shipment.door and not said.get("address_confirmed"):
        raise Refused("§4.3.3.1", _("请与收货人核对现在的收货地址；地址有变的，先通过更改单更改。"), field="address_confirmed")
    freight, cash = freight_to_collect(shipment), cash_to_collect(shipment)
    if freight and not said.get("freight_told"):
        raise Refused("§4.3.2.7", _("运费到付 %s 元：请告知收货人备好。") % freight, field="freight_told")
    means = str(said.get("means") or "")
    if cash and means not in Means.values:
        raise Refused("§4.3.3.2", _("代收货款 %s 元：请与收货人确认金额和付款方式。") % cash, field="means")
    return {
        "expected_at": expected, "address_confirmed": bool(said.get("address_confirmed")), "freight": freight or None,
        "cash": cash or None, "means": means if cash else "", "extras": _short(said, "extras", 200),
    }  # fmt: skip


@transaction.atomic
def tell_lateness(*, number: str, clerk: Person, now: datetime, reached: bool, **said: Any) -> Shipment:
    """
    Record the call that a delivery will be late, with the reason and the next expected time (§4.3.3.3).

    The limit stays: only a new time agreed with the customer replaces it (§1.3.3.1, §1.3.3.3).

    :param said: `reason`, `expected_at`, `remark`
    :raises Refused: no reason, or no time to come
    :raises Conflict: the goods are not on their way
    """
    clerk.require("call_consignee")
    shipment = _reachable(number, clerk, ON_THE_WAY)
    reason = coded_of(said, "reason", LATENESS_REASONS, "§4.3.3.3")
    expected = future_of(said, "expected_at", now, "§4.3.3.3", _("请填写下次预计送达时间，须晚于现在。"))
    DeliveryCall.objects.create(
        shipment=shipment, kind=CallKind.LATE, reached=reached, reason=reason, expected_at=expected,
        remark=_short(said, "remark"), person=clerk, at=now,
    )  # fmt: skip
    if reached:
        shipment.told_at = expected
        shipment.save(update_fields=["told_at"])
    data = {"reached": reached, "reason": reason, **_time({"expected_at": expected})}
    publish(about(shipment, On.LATENESS_TOLD, Moment(clerk, now, now), data))
    return shipment


@transaction.atomic
def note_circumstance(*, number: str, clerk: Person, now: datetime, cause: str, text: str) -> Shipment:
    """
    Write a special circumstance into the log; before the limit it lets the branch file for an excuse (§1.3.3.1).

    :raises Refused: no cause or words
    :raises Conflict: the goods have arrived at their end
    """
    clerk.require("note_circumstance")
    shipment = locked(number, clerk, anywhere=False)
    if shipment.state in ENDED:
        raise not_now(shipment)
    said = {"cause": cause, "text": text}
    coded_of(said, "cause", CIRCUMSTANCES, "§1.3.3.1")
    words = text_of(said, "text", "§1.3.3.1", _("请写明特殊情况。"))
    Circumstance.objects.create(shipment=shipment, cause=cause, text=words, person=clerk, at=now)
    publish(about(shipment, On.CIRCUMSTANCE_NOTED, Moment(clerk, now, now), {"cause": cause}))
    return shipment


@dataclass(frozen=True, slots=True)
class Crew:
    """How many carry the goods upstairs (§1.3.3.2), by the heaviest piece; `weighed`: it was weighed, not taken as the mean."""

    helpers: int
    heaviest_kg: Decimal
    weighed: bool


def crew_of(shipment: Shipment) -> Crew | None:
    """Return the helpers a delivery needs, None where the goods are not to be carried upstairs."""
    if shipment.order.delivery != Delivery.UPSTAIRS:
        return None
    waybill = shipment.order.waybill
    parcels = [_parcel(each) for each in waybill.parcels]
    heaviest, weighed = heaviest_of(parcels, weight_kg=waybill.weight_kg, pieces=waybill.pieces)
    return Crew(helpers_needed(heaviest), heaviest.quantize(CENT, ROUND_DOWN), weighed)


def _parcel(stored: Mapping[str, Any]) -> Parcel:
    values: dict[str, Any] = {name: value if name == "pieces" or value is None else Decimal(value) for name, value in stored.items()}
    return Parcel(**values)


@transaction.atomic
def report_demand(*, number: str, clerk: Person, now: datetime, kind: str, text: str) -> Shipment:
    """
    Report an excessive demand from the spot; whoever delivers stays until the branch has answered (§4.3.3.5).

    :raises Refused: no kind or words
    :raises Conflict: the goods are not at the door, or a demand waits for its answer already
    """
    clerk.require("report_demand")
    shipment = _reachable(number, clerk, ON_THE_ROAD)
    said = {"kind": kind, "text": text}
    coded_of(said, "kind", DEMANDS, "§4.3.3.5")
    words = text_of(said, "text", "§4.3.3.5", _("请写明收货人的具体要求。"))
    if waiting := shipment.demands.unanswered().select_related("person").first():
        raise Conflict(_("已上报一项要求，等待营业部答复。"), winner=waiting.person.name, at=waiting.at)
    demand = Demand.objects.create(shipment=shipment, kind=kind, text=words, person=clerk, at=now)
    data = {"demand": demand.pk, "kind_of_demand": kind}
    publish(about(shipment, On.DEMAND_REPORTED, Moment(clerk, now, now), data))
    return shipment


@transaction.atomic
def answer_demand(*, number: str, clerk: Person, now: datetime, agreed: bool, answer: str) -> Shipment:
    """
    Answer the demand reported from the spot, so that the courier can go on (§4.3.3.5).

    :raises Refused: no words
    :raises Denied: whoever reported it does not answer it
    :raises Conflict: nothing waits for an answer
    """
    clerk.require("answer_demand")
    shipment = locked(number, clerk, anywhere=False)
    words = text_of({"answer": answer}, "answer", "§4.3.3.5", _("请写明答复，接送货员据此办理。"))
    waiting = shipment.demands.unanswered().first()
    if waiting is None:
        raise Conflict(_("没有等待答复的现场要求。"), **shipment.last_act())
    if waiting.person_id == clerk.pk:
        raise Denied(_("现场要求须由营业部其他人员答复，不能自己答复。"))
    waiting.agreed, waiting.answer, waiting.answered_by, waiting.answered_at = agreed, words, clerk, now
    waiting.save()
    data = {"demand": waiting.pk, "kind_of_demand": waiting.kind, "agreed": agreed}
    publish(about(shipment, On.DEMAND_ANSWERED, Moment(clerk, now, now), data))
    return shipment


def _reachable(number: str, clerk: Person, states: tuple[State, ...]) -> Shipment:
    shipment = locked(number, clerk, anywhere=False)
    if shipment.state not in states:
        raise not_now(shipment)
    return shipment


def _short(said: Mapping[str, Any], name: str, longest: int = 300) -> str:
    text = str(said.get(name) or "").strip()
    if len(text) > longest:
        raise Refused("§4.3.3", _("内容过长，最多 %d 个字。") % longest, field=name)
    return text


def _time(told: Mapping[str, Any]) -> dict[str, str]:
    return {"expected_at": told["expected_at"].isoformat()} if told.get("expected_at") else {}
