"""The way of the goods (§1.3.2, §1.3.3, §4.3.2.6–8): one table of verbs, one way through for pages, API and phones."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import rows
from core.files import files_with_rows
from core.journal import Fact, publish
from core.models import Entry
from core.prepared import Prepared
from delivery.choices import (
    ARRIVALS,
    CORRECTABLE,
    LONGEST_OFFLINE,
    LONGEST_UNTOLD,
    ScanState,
    State,
)
from delivery.models import DOOR, Scan, Shipment
from delivery.services import cash, corrections, proofs, slips
from delivery.services.pictures import Picture
from delivery.services.verbs import VERBS, Moment, Values
from network.models import Person
from network.nearby import delivering, served
from network.places import UnknownPlace
from orders.models import Order
from orders.services.common import label
from orders.services.common import locked as locked_order
from rulebook.errors import Conflict, Refused
from rulebook.events import SIGNED, On

# What the waybill says, heard through the journal.


def opened(entry: Entry) -> list[Fact]:
    """A waybill opens its shipment; the branch nearest to the consignee is to deliver it."""
    key = next(int(s.removeprefix("order/")) for s in (entry.subject, *entry.also) if s.startswith("order/"))
    order = cash.BILLED.ask(key)[0]
    shipment = Shipment.objects.create(
        order=order, pieces=order.waybill.pieces, door=order.delivery in DOOR, terminal_id=nearest(order.consignee_place),
        place=order.branch,
        key_customer=order.key_account_id is not None, to_forward=_out_of_reach(order), opened_at=entry.occurred_at,
    )  # fmt: skip
    slips.expect(shipment)
    data = shipment.clock_facts() | {"terminal": shipment.terminal_id}
    also = (f"order/{order.pk}",)
    return [
        Fact(
            name=On.SHIPMENT_OPENED, subject=shipment.subject, at=entry.occurred_at, recorded=entry.recorded_at, by=entry.actor,
            order=entry.order_number, also=also, data=data,
        )
    ]  # fmt: skip


def _out_of_reach(order: Order) -> bool:
    """Tell whether a key customer's goods for the door go to a place outside every service area: they are to be forwarded (§2.1.4.3)."""
    return order.key_account_id is not None and order.delivery in DOOR and not served(order.consignee_place)


def nearest(place: str) -> int | None:
    """Return the key of the branch that delivers to a place, None where none is known."""
    try:
        return delivering(place)
    except UnknownPlace:
        return None


# One way through.


@files_with_rows()
@transaction.atomic
def act(
    *, number: str, verb: str, clerk: Person, now: datetime, at: datetime | None = None, source: str = "",
    park: bool = False, pictures: Sequence[Picture] = (), **values: Any,
) -> Shipment:  # fmt: skip
    """
    Do a verb of `VERBS` with a shipment and write it into the ledger of scans.

    :param at: the event's own time where a phone was offline
    :param source: the device's key of the act; the same one again changes nothing
    :param park: a scan whose predecessor has not come yet is kept and done once it can be, instead of refused
    :param pictures: what proves a hand-over (§4.3.2.8), kept with the act or not at all
    :param values: plain JSON values, as the verb asks
    :raises Refused: what a rule forbids, with its clause and field
    :raises Conflict: the shipment is not in a state this starts from; says who acted last and when
    :raises Shipment.DoesNotExist: no such number, or it lies outside the scope
    """
    row = VERBS[verb]
    clerk.require(row.right)
    shipment = locked(number, clerk, anywhere=row.anywhere)
    if source and _known(source, shipment, verb):
        return shipment
    moment = Moment(clerk, at or now, now, bool(at and source), tuple(picture.kind for picture in pictures))
    _check_time(shipment, verb, moment)
    try:
        scan = _scan(shipment, verb, moment, values, source, ScanState.APPLIED)
        _perform(shipment, moment, scan)
    except Conflict:
        if not park:
            raise
        scan = _scan(shipment, verb, moment, values, source, ScanState.PARKED)
        rows.insert([scan])
    proofs.keep(shipment, scan, pictures, clerk=clerk, now=now)
    if scan.state == ScanState.APPLIED:
        _drain(shipment, now)
    return shipment


def _known(source: str, shipment: Shipment, verb: str) -> bool:
    """:raises Conflict: the device gave the same key to another act"""
    said = Scan.objects.filter(source=source).first()
    if said is not None and (said.shipment_id, said.verb) != (shipment.pk, verb):
        raise Conflict(_("这个操作编号已用于另一项操作，请刷新页面后重试。"))
    return said is not None


def _check_time(shipment: Shipment, verb: str, moment: Moment) -> None:
    """
    Hold an event's own time within what can be: not in the future, not too far back, not before the goods were there.

    :raises Refused: naming the limit it is beyond
    """
    untold = shipment.state == State.FORWARDED and VERBS[verb].fact in SIGNED
    longest = LONGEST_UNTOLD if untold else LONGEST_OFFLINE
    if not moment.now - longest <= moment.at <= moment.now:
        words = _("时间不能晚于现在，也不能早于 %d 天前：更早的请由营业部登记并备案。")
        raise Refused("§1.3.3", words % longest.days, field="at")
    since = proofs.at_hand_since(shipment) if VERBS[verb].fact in SIGNED else None
    if since is not None and moment.at < since:
        raise Refused("§1.3.3", _("签收时间不能早于装车派送、外发或通知自提的时间。"), field="at")


OF_ORDER: Prepared[Shipment] = Prepared(
    lambda order: Shipment.objects.locked().with_parked().select_related("terminal", "place").filter(order=order)
)


def locked(number: str, clerk: Person, *, anywhere: bool) -> Shipment:
    """Return the shipment of an order; the order's row is locked before the shipment's."""
    try:
        order = locked_order(number)
    except Order.DoesNotExist as unknown:
        raise Shipment.DoesNotExist from unknown
    shipment = OF_ORDER.one(order.pk)
    if shipment is None:
        raise Shipment.DoesNotExist
    shipment.order = order
    if not anywhere and not shipment.seen_by(clerk):
        raise Shipment.DoesNotExist
    return shipment


def _perform(shipment: Shipment, moment: Moment, scan: Scan) -> None:
    """Do what a scan says; it goes into the ledger with the fact, next in turn, with what it overwrote if it is correctable."""
    row = VERBS[scan.verb]
    before = corrections.picture_of(shipment) if scan.verb in (*CORRECTABLE, *ARRIVALS) else {}
    data = row.do(shipment, moment, scan.data)
    if moment.captured:
        data["captured_at"] = moment.at.isoformat()  # entered on the device, whenever it is told (§1.3.3.1e)
    scan.before = corrections.overwritten(before, shipment)
    scan.turn = shipment.turns = shipment.turns + 1
    shipment.last_actor, shipment.last_at = label(moment.clerk), moment.now
    shipment.save()
    with rows.together():
        rows.insert([scan])
        publish(about(shipment, row.fact, moment, data))


def about(shipment: Shipment, name: On, moment: Moment, data: Values) -> Fact:
    """Return a fact about this shipment, with what the clocks may ask of it."""
    signed = slips.subject_of(shipment) if name in SIGNED | {On.DELIVERY_TAKEN_BACK} else ()
    return Fact(
        name=name, subject=shipment.subject, at=moment.at, recorded=moment.now, by=moment.clerk.actor,
        order=shipment.order.number, also=(f"order/{shipment.order_id}", *signed), data=shipment.clock_facts() | dict(data),
    )  # fmt: skip


def _scan(
    shipment: Shipment, verb: str, moment: Moment, values: Values, source: str, state: str, settles: Scan | None = None
) -> Scan:
    return Scan(
        shipment=shipment, source=source or str(uuid.uuid4()), verb=verb, state=state, settles=settles,
        person=moment.clerk, unit=moment.clerk.unit, at=moment.at, recorded_at=moment.now, data=dict(values),
    )  # fmt: skip


def _drain(shipment: Shipment, now: datetime) -> None:
    """Do the parked scans that fit by now, in the order they happened."""
    while shipment.has_parked and any(_settled(shipment, scan, now) for scan in shipment.scans.parked().select_related("person")):
        pass


def _settled(shipment: Shipment, scan: Scan, now: datetime) -> bool:
    moment = Moment(scan.person, scan.at, now, True, tuple(scan.proofs.values_list("kind", flat=True)))
    try:
        with transaction.atomic():
            _perform(shipment, moment, _scan(shipment, scan.verb, moment, scan.data, "", ScanState.APPLIED, settles=scan))
    except (Conflict, Refused):
        shipment.refresh_from_db()
        return False
    return True
