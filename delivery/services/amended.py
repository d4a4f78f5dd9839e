"""An amended waybill (更改单, §1.4.3) reaches the goods and their money while it still can; where it cannot, it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from core.journal import Fact
from core.models import Entry
from delivery.choices import ENDED, ON_THE_ROAD, Cash, Slip, State
from delivery.models import DOOR, CashOnDelivery, Shipment, SignSlip
from delivery.services import slips
from delivery.services.cash import payout
from delivery.services.shipments import nearest
from network.models import Unit
from orders.choices import SlipReturn
from orders.models import Amendment
from orders.services.amending import changes_of
from rulebook.errors import Refused
from rulebook.events import On

CLAUSE, CASH = "§1.4.3", "§4.3.3.2"
OF_GOODS = (
    "pieces", "delivery", "slip_return", "cod_amount", "consignee.name", "consignee.phone", "consignee.place",
    "consignee.address",
)  # fmt: skip
"""What reaches the goods; weight, volume and payer change the bill alone."""

AT_THE_TERMINAL = (State.ARRIVED, State.HELD, State.READY_FOR_PICKUP)

Changes = Mapping[str, list[str]]


def asked_for(entry: Entry) -> list[Fact]:
    """Refuse an amendment that could not be carried out, before a manager reads it."""
    check(_shipment(entry), changes_of(Amendment.objects.get(pk=entry.data["amendment"])))
    return []


def approved(entry: Entry) -> list[Fact]:
    """Carry an approved amendment out: pieces, way of delivery, branch of delivery, slip, cash to collect."""
    shipment = _shipment(entry)
    changes = changes_of(Amendment.objects.get(pk=entry.data["amendment"]))
    check(shipment, changes)
    facts = []
    if not {"pieces", "delivery", "consignee.place"}.isdisjoint(changes):
        facts += _goods(shipment, changes, entry)
    if "slip_return" in changes:
        facts += _slip(shipment, entry)
    if "cod_amount" in changes:
        facts += _cash(shipment, changes["cod_amount"], entry)
    return facts


def _shipment(entry: Entry) -> Shipment:
    """Return the goods, their row locked; whoever amends has locked the order."""
    shipments = Shipment.objects.locked().select_related("order__waybill", "order__branch", "terminal", "place")
    shipment: Shipment = shipments.get(order=int(entry.subject.removeprefix("order/")))
    return shipment


# Whether it still can.


def check(shipment: Shipment, changes: Changes) -> None:
    """:raises Refused: the goods are signed for, on a courier's vehicle or at another branch; the money is collected"""
    named = [name for name in OF_GOODS if name in changes]
    if named and shipment.state in ENDED:
        words = _("货物%(state)s，件数、收货人、送货方式、签收单和代收货款不能再更改。")
        raise Refused(CLAUSE, words % {"state": shipment.get_state_display()}, field=named[0])
    if "pieces" in changes and shipment.left_behind:
        raise Refused("§2.1.2.2", _("货物已拆分装车，余件尚未发车：余件发车后再更改件数。"), field="pieces")
    to_whom = [name for name in named if name == "delivery" or name.startswith("consignee.")]
    if to_whom and shipment.state in ON_THE_ROAD:
        raise Refused(CLAUSE, _("货物正在派送：请先登记派送未成功，再更改收货人或送货方式。"), field=to_whom[0])
    if "consignee.place" in changes and shipment.state in AT_THE_TERMINAL:
        _check_terminal(shipment, changes["consignee.place"][1])
    if "slip_return" in changes:
        _check_slip(shipment)
    if "cod_amount" in changes:
        _check_cash(shipment)


def _check_terminal(shipment: Shipment, place: str) -> None:
    if (branch := nearest(place)) and branch != shipment.terminal_id:
        words = _("货物已到%(here)s，新地址由%(there)s派送：请先外发或退回，不能只改地址。")
        here = shipment.terminal.name if shipment.terminal else ""
        there = Unit.objects.get(pk=branch).name
        raise Refused(CLAUSE, words % {"here": here, "there": there}, field="consignee.place")


def _check_slip(shipment: Shipment) -> None:
    slip = SignSlip.objects.filter(shipment=shipment).first()
    if slip and slip.state != Slip.EXPECTED:
        words = _("签收单已是“%(state)s”，不能再更改。")
        raise Refused("§2.1.3.5", words % {"state": slip.get_state_display()}, field="slip_return")


def _check_cash(shipment: Shipment) -> None:
    cash = CashOnDelivery.objects.filter(order=shipment.order_id).first()
    if cash and cash.state != Cash.DUE:
        words = _("代收货款已是“%(state)s”，只有待收款时才能更改金额。")
        raise Refused(CASH, words % {"state": cash.get_state_display()}, field="cod_amount")


# Carrying it out.


def _goods(shipment: Shipment, changes: Changes, entry: Entry) -> list[Fact]:
    shipment.pieces = shipment.order.waybill.pieces
    wanted = shipment.order.delivery in DOOR if "delivery" in changes else shipment.door
    flipped, shipment.door = wanted != shipment.door, wanted
    if "consignee.place" in changes and shipment.arrived_at is None:
        shipment.terminal_id = nearest(changes["consignee.place"][1])
    shipment.save(update_fields=["pieces", "door", "terminal"])
    if not flipped or shipment.state not in AT_THE_TERMINAL:
        return []
    name = On.DELIVERY_WANTED if shipment.door else On.DELIVERY_UNWANTED
    data = shipment.clock_facts()
    return [_fact(name, shipment.subject, entry, shipment, data)]


def _slip(shipment: Shipment, entry: Entry) -> list[Fact]:
    slip = SignSlip.objects.locked().filter(shipment=shipment).first()
    if slip is None:
        slips.expect(shipment)
    elif shipment.order.slip_return == SlipReturn.NONE:
        slip.call_off()
        slip.save()
        return [_fact(On.SLIP_CLOSED, slip.subject, entry, shipment, shipment.clock_facts())]
    return []


def _cash(shipment: Shipment, amounts: list[str], entry: Entry) -> list[Fact]:
    """The amount changes while nothing has been collected; none any more voids the row, a first one opens it."""
    before, after = (Decimal(amount) for amount in amounts)
    cash = CashOnDelivery.objects.locked().filter(order=shipment.order_id).first()
    if cash is None:
        cash = CashOnDelivery(order=shipment.order, amount=after)
    elif after:
        cash.amount = after
    else:
        cash.void(remark=_("更改单取消代收货款"))
    if after:
        terms = payout(shipment.order, now=entry.occurred_at)
        cash.plan, cash.payout_days = terms["plan"], terms["payout_days"]
    cash.last_actor, cash.last_at = shipment.order.last_actor, entry.occurred_at
    cash.save()
    if not after:
        return [_fact(On.CASH_VOIDED, cash.subject, entry, shipment, {})]
    return [_fact(On.CASH_CHANGED, cash.subject, entry, shipment, {"before": str(before), "amount": str(after)})]


def _fact(name: On, subject: str, entry: Entry, shipment: Shipment, data: Mapping[str, object]) -> Fact:
    return Fact(
        name=name, subject=subject, at=entry.occurred_at, recorded=entry.recorded_at, by=entry.actor,
        order=entry.order_number, also=(f"order/{shipment.order_id}",), data=data,
    )  # fmt: skip
